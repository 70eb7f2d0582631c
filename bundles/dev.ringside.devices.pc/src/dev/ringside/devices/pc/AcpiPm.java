package dev.ringside.devices.pc;

import dev.ringside.device.Clock;
import dev.ringside.device.Device;
import dev.ringside.device.DeviceContext;
import dev.ringside.device.DeviceContext.EndRequest;
import dev.ringside.device.IoHandler;
import dev.ringside.device.IrqLine;
import dev.ringside.device.StateReader;
import dev.ringside.device.StateWriter;
import dev.ringside.device.Timer;
import dev.ringside.inspect.Inspectable;
import dev.ringside.inspect.Inspector;

/**
 * ACPI fixed hardware (ACPI 6.5 chapter 4.8) as the PIIX4 lays it out: 64 ports.
 *
 * <pre>
 *   0  PM1a status     2  PM1a enable     4  PM1a control     8  power-management timer (32 bits)     0xC  GPE0 status, enable (2 + 2 bytes)
 * </pre>
 *
 * Writing SLP_EN with sleep type 0 (soft off, as {@code \_S5} says) switches the machine off; there are no other sleep states.
 */
final class AcpiPm implements IoHandler, Inspectable {
    static final int PORTS = 64;
    static final int SLEEP_TYPE_S5 = 0;

    private static final int TMR_STS = 1 << 0;
    private static final int PWRBTN_STS = 1 << 8;
    private static final int RTC_STS = 1 << 10;
    private static final int PM1_STATUS_BITS = TMR_STS | 1 << 5 | PWRBTN_STS | RTC_STS | 1 << 15;
    private static final int PM1_ENABLE_BITS = TMR_STS | 1 << 5 | PWRBTN_STS | RTC_STS;
    private static final int SCI_EN = 1;
    private static final int SLP_EN = 1 << 13;
    /** TMR_STS is set when bit 31 of the timer toggles. */
    private static final long HALF_TIMER = 1L << 31;

    private final Device owner;
    private final DeviceContext context;
    private final Clock clock;
    private final IrqLine sci;
    private final Timer overflow;
    private int pm1Status;
    private int pm1Enable;
    private int pm1Control;
    private int gpe0Status;
    private int gpe0Enable;

    AcpiPm(Device owner, DeviceContext context, IrqLine sci) {
        this.owner = owner;
        this.context = context;
        this.clock = context.clock();
        this.sci = sci;
        this.overflow = clock.newTimer("acpi pm timer", this::timerToggled);
        reset();
    }

    private long timer() {
        return PcClocks.ticks(clock.nanos(), PcClocks.PM_TIMER_HZ);
    }

    @Override
    public long read(long offset, int sizeBytes) {
        if (offset >= 8 && offset < 12) {
            return (timer() & 0xffffffffL) >>> 8 * (offset - 8);
        }
        long value = 0;
        for (int i = 0; i < sizeBytes; i++) {
            value |= (long) readByte((int) offset + i) << 8 * i;
        }
        return value;
    }

    private int readByte(int offset) {
        int word = switch (offset & ~1) {
            case 0 -> pm1Status;
            case 2 -> pm1Enable;
            case 4 -> pm1Control;
            case 0xc -> gpe0Status;
            case 0xe -> gpe0Enable;
            default -> 0;
        };
        return word >> 8 * (offset & 1) & 0xff;
    }

    @Override
    public void write(long offset, int sizeBytes, long value) {
        for (int i = 0; i < sizeBytes; i++) {
            int at = (int) offset + i;
            int shift = 8 * (at & 1);
            int octet = (int) (value >>> 8 * i) & 0xff;
            int kept = ~(0xff << shift);
            switch (at & ~1) {
                case 0 -> pm1Status &= ~(octet << shift); // write one to clear
                case 2 -> pm1Enable = (pm1Enable & kept | octet << shift) & PM1_ENABLE_BITS;
                case 4 -> writeControl(pm1Control & kept | octet << shift);
                case 0xc -> gpe0Status &= ~(octet << shift);
                case 0xe -> gpe0Enable = gpe0Enable & kept | octet << shift;
                default -> {
                    // The timer is read-only, the rest reserved.
                }
            }
        }
        update();
    }

    private void writeControl(int value) {
        // SCI_EN belongs to the SMI command port; SLP_EN always reads 0.
        pm1Control = value & ~(SCI_EN | SLP_EN) & 0x3c06 | pm1Control & SCI_EN;
        if ((value & SLP_EN) != 0) {
            int type = value >> 10 & 7;
            if (type == SLEEP_TYPE_S5) {
                context.end(new EndRequest.PowerOff());
            } else {
                context.unimplemented(owner, "ACPI sleep type " + type);
            }
        }
    }

    /** The SMI command port: the operating system takes over, or gives back. */
    void acpiMode(boolean on) {
        pm1Control = on ? pm1Control | SCI_EN : pm1Control & ~SCI_EN;
        update();
    }

    /** The power button. */
    void powerButton() {
        pm1Status |= PWRBTN_STS;
        update();
    }

    private void timerToggled() {
        pm1Status |= TMR_STS;
        update();
    }

    private void update() {
        boolean event = (pm1Status & pm1Enable & PM1_STATUS_BITS) != 0 || (gpe0Status & gpe0Enable) != 0;
        sci.set((pm1Control & SCI_EN) != 0 && event);
        if ((pm1Enable & TMR_STS) != 0) {
            overflow.arm(PcClocks.nanos((timer() / HALF_TIMER + 1) * HALF_TIMER, PcClocks.PM_TIMER_HZ));
        } else {
            overflow.cancel();
        }
    }

    void reset() {
        pm1Status = 0;
        pm1Enable = 0;
        pm1Control = 0;
        gpe0Status = 0;
        gpe0Enable = 0;
        update();
    }

    void save(StateWriter out) {
        out.putInts("pm", new int[] {pm1Status, pm1Enable, pm1Control, gpe0Status, gpe0Enable});
    }

    void restore(StateReader in) {
        int[] state = new int[5];
        in.getInts("pm", state);
        pm1Status = state[0];
        pm1Enable = state[1];
        pm1Control = state[2];
        gpe0Status = state[3];
        gpe0Enable = state[4];
        update();
    }

    @Override
    public void inspect(Inspector out) {
        out.hex("PM1a_STS", pm1Status, 16).hex("PM1a_EN", pm1Enable, 16).hex("PM1a_CNT", pm1Control, 16).hex("PM_TMR", timer(), 32)
                .hex("GPE0_STS", gpe0Status, 16).hex("GPE0_EN", gpe0Enable, 16);
    }
}
