package dev.ringside.devices.pc;

import dev.ringside.device.Device;
import dev.ringside.device.DeviceContext;
import dev.ringside.device.DeviceContext.Region;
import dev.ringside.device.IoHandler;
import dev.ringside.device.IrqLine;
import dev.ringside.device.StateReader;
import dev.ringside.device.StateWriter;
import dev.ringside.inspect.Inspector;

/**
 * A function of a PCI device: 256 bytes of configuration space with a type 0 header (PCI Local Bus Specification 3.0, chapter 6), and its base
 * address registers. Subclasses add registers by making bytes writable and by listening to {@link #configWritten}.
 *
 * <p>A base address register decodes nothing while its space is off in the command register, or while it holds 0.
 */
public abstract class PciFunction implements Device {
    public static final int VENDOR_ID = 0x00;
    public static final int DEVICE_ID = 0x02;
    public static final int COMMAND = 0x04;
    public static final int STATUS = 0x06;
    public static final int REVISION = 0x08;
    public static final int CLASS_CODE = 0x09;
    public static final int HEADER_TYPE = 0x0e;
    public static final int BAR0 = 0x10;
    public static final int SUBSYSTEM_VENDOR_ID = 0x2c;
    public static final int SUBSYSTEM_ID = 0x2e;
    public static final int INTERRUPT_LINE = 0x3c;
    public static final int INTERRUPT_PIN = 0x3d;
    private static final int CONFIG_BYTES = 256;
    private static final int COMMAND_IO = 1;
    private static final int COMMAND_MEMORY = 2;
    private static final int COMMAND_INTERRUPT_DISABLE = 0x400;
    private static final int STATUS_INTERRUPT = 8;

    private final String name;
    private final DeviceContext context;
    private final byte[] config = new byte[CONFIG_BYTES];
    private final byte[] initial = new byte[CONFIG_BYTES];
    private final byte[] writable = new byte[CONFIG_BYTES];
    private final Bar[] bars = new Bar[6];
    private IrqLine interruptLine = IrqLine.UNCONNECTED;
    private boolean interrupting;

    /** @param classCode 24 bits: base class, subclass, programming interface */
    protected PciFunction(String name, DeviceContext context, int vendorId, int deviceId, int classCode, int revision) {
        this.name = name;
        this.context = context;
        preset(VENDOR_ID, 2, vendorId);
        preset(DEVICE_ID, 2, deviceId);
        preset(REVISION, 1, revision);
        preset(CLASS_CODE, 3, classCode);
        allowWrites(COMMAND, 2, 0x0547);
        allowWrites(0x0c, 2, 0xffff); // cache line size, latency timer
        allowWrites(INTERRUPT_LINE, 1, 0xff);
    }

    @Override
    public final String name() {
        return name;
    }

    protected final DeviceContext context() {
        return context;
    }

    /** What a register holds after reset. */
    protected final void preset(int at, int sizeBytes, int value) {
        for (int i = 0; i < sizeBytes; i++) {
            config[at + i] = initial[at + i] = (byte) (value >>> 8 * i);
        }
    }

    /** The bits of a register that writes change. */
    protected final void allowWrites(int at, int sizeBytes, int mask) {
        for (int i = 0; i < sizeBytes; i++) {
            writable[at + i] = (byte) (mask >>> 8 * i);
        }
    }

    /** Changes a register whether or not software may. */
    protected final void set(int at, int sizeBytes, int value) {
        for (int i = 0; i < sizeBytes; i++) {
            config[at + i] = (byte) (value >>> 8 * i);
        }
    }

    protected final int get(int at, int sizeBytes) {
        int value = 0;
        for (int i = 0; i < sizeBytes; i++) {
            value |= (config[at + i] & 0xff) << 8 * i;
        }
        return value;
    }

    // Base address registers

    /** Ports behind base address register {@code index}. @param sizeBytes a power of two, 4 to 256 */
    protected final void ioBar(int index, int sizeBytes, IoHandler handler) {
        bars[index] = new Bar(true, sizeBytes, context.claimMovablePorts(this, sizeBytes, handler));
        preset(BAR0 + 4 * index, 4, 1);
        allowWrites(BAR0 + 4 * index, 4, -sizeBytes & 0xffff);
    }

    /** 32-bit memory behind base address register {@code index}. @param sizeBytes a power of two from 16 */
    protected final void memoryBar(int index, int sizeBytes, IoHandler handler) {
        Region region = context.claimMmio(this, 0, sizeBytes, handler);
        region.enable(false);
        bars[index] = new Bar(false, sizeBytes, region);
        allowWrites(BAR0 + 4 * index, 4, -sizeBytes);
    }

    private record Bar(boolean io, int sizeBytes, Region region) {
    }

    private void placeBars() {
        int command = get(COMMAND, 2);
        for (int i = 0; i < bars.length; i++) {
            Bar bar = bars[i];
            if (bar != null) {
                long base = get(BAR0 + 4 * i, 4) & (bar.io ? 0xfffcL : 0xfffffff0L);
                boolean decodes = (command & (bar.io ? COMMAND_IO : COMMAND_MEMORY)) != 0;
                // All ones is what software writes to find out the size.
                boolean placed = base != 0 && base != (-bar.sizeBytes & (bar.io ? 0xffffL : 0xffffffffL));
                bar.region.move(base);
                bar.region.enable(decodes && placed);
            }
        }
    }

    // Configuration accesses

    /** @param at 0 to 255 */
    public final int readConfig(int at, int sizeBytes) {
        beforeRead(at);
        int value = 0;
        for (int i = 0; i < sizeBytes && at + i < CONFIG_BYTES; i++) {
            value |= (config[at + i] & 0xff) << 8 * i;
        }
        return value;
    }

    public final void writeConfig(int at, int sizeBytes, int value) {
        for (int i = 0; i < sizeBytes && at + i < CONFIG_BYTES; i++) {
            int mask = writable[at + i];
            config[at + i] = (byte) (config[at + i] & ~mask | value >>> 8 * i & mask);
        }
        if (at < BAR0 + 24 && at + sizeBytes > COMMAND) {
            placeBars();
            driveInterrupt();
        }
        configWritten(at, sizeBytes);
    }

    /** Software wrote {@code sizeBytes} from {@code at}; the registers hold the new values. */
    protected void configWritten(int at, int sizeBytes) {
        // Most functions have no registers of their own.
    }

    /** Software is about to read {@code at}. */
    protected void beforeRead(int at) {
        // Most registers are what was written.
    }

    /** The function's interrupt pin (INTA# to INTD#), for functions that ask for one. @param pin 1 to 4 */
    protected final void interruptPin(int pin) {
        preset(INTERRUPT_PIN, 1, pin);
    }

    /** Connects the interrupt pin; called once by the bus. */
    final void connectInterrupt(IrqLine line) {
        interruptLine = line;
    }

    /** Asserts the interrupt pin or takes it back; level-triggered, held back while the command register says so. */
    protected final void interrupt(boolean asserted) {
        interrupting = asserted;
        driveInterrupt();
    }

    private void driveInterrupt() {
        int status = get(STATUS, 2);
        set(STATUS, 2, interrupting ? status | STATUS_INTERRUPT : status & ~STATUS_INTERRUPT);
        interruptLine.set(interrupting && (get(COMMAND, 2) & COMMAND_INTERRUPT_DISABLE) == 0);
    }

    @Override
    public void reset() {
        System.arraycopy(initial, 0, config, 0, CONFIG_BYTES);
        interrupting = false;
        driveInterrupt();
        placeBars();
        configWritten(0, CONFIG_BYTES);
    }

    @Override
    public void save(StateWriter out) {
        out.putBytes("config", config);
        out.putBoolean("interrupting", interrupting);
    }

    @Override
    public void restore(StateReader in) {
        System.arraycopy(in.getBytes("config"), 0, config, 0, CONFIG_BYTES);
        interrupting = in.getBoolean("interrupting");
        driveInterrupt();
        placeBars();
        configWritten(0, CONFIG_BYTES);
    }

    @Override
    public void inspect(Inspector out) {
        out.hex("vendor ID", get(VENDOR_ID, 2), 16).hex("device ID", get(DEVICE_ID, 2), 16).hex("command", get(COMMAND, 2), 16).hex("status", get(STATUS, 2), 16)
                .hex("class code", get(CLASS_CODE, 3), 24).hex("interrupt line", get(INTERRUPT_LINE, 1), 8).hex("interrupt pin", get(INTERRUPT_PIN, 1), 8);
        for (int i = 0; i < bars.length; i++) {
            if (bars[i] != null) {
                out.hex("BAR" + i, get(BAR0 + 4 * i, 4) & 0xffffffffL, 32);
            }
        }
    }
}
