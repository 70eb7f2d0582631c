package dev.ringside.devices.pc;

import dev.ringside.device.Device;
import dev.ringside.device.DeviceContext;
import dev.ringside.device.IoHandler;
import dev.ringside.device.StateReader;
import dev.ringside.device.StateWriter;
import dev.ringside.inspect.Inspector;

/**
 * Intel 82093AA I/O APIC with the EOI register of version 0x20, at 0xFEC00000: 24 inputs.
 *
 * <p>Inputs 0 to 15 are wired active high (ISA), 16 to 23 active low (PCI); a redirection entry with the other polarity sees its input inverted, as in hardware. An
 * edge on a masked input is lost; a level that is still there when the mask goes is delivered then.
 */
public final class IoApic implements Device, IoHandler {
    static final int PINS = 24;
    static final long DEFAULT_BASE = 0xfec00000L;
    private static final int VERSION = PINS - 1 << 16 | 0x20;
    private static final int ACTIVE_LOW_PINS = 0xff0000;

    private static final long DELIVERY_STATUS = 1 << 12;
    private static final long LOW_ACTIVE = 1 << 13;
    private static final long REMOTE_IRR = 1 << 14;
    private static final long LEVEL = 1 << 15;
    private static final long MASK = 1 << 16;
    private static final long READ_ONLY = DELIVERY_STATUS | REMOTE_IRR;
    private static final long DEFINED = 0xff00_0000_0001_ffffL;
    /** Bits 14:8 of the destination, where it has them. */
    private static final int EXTENDED_SHIFT = 49;
    private static final long EXTENDED = 0x7fL << EXTENDED_SHIFT;

    private final String name;
    private final DeviceContext context;
    private final ApicBus bus;
    private final int initialId;

    private int select;
    private int id;
    private final long[] redirection = new long[PINS];
    /** Devices that ask, whatever the polarity. */
    private int asserted;
    /** What the entries' polarity makes of the inputs. */
    private int active;

    public IoApic(String name, DeviceContext context, ApicBus bus, int id) {
        this.name = name;
        this.context = context;
        this.bus = bus;
        this.initialId = id;
        reset();
        bus.onEndOfInterrupt(this::endOfInterrupt);
        context.claimMmio(this, DEFAULT_BASE, 0x1000, this);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public long read(long offset, int sizeBytes) {
        return switch ((int) offset) {
            case 0x00 -> select;
            case 0x10 -> readRegister();
            default -> {
                context.unimplemented(this, "read of I/O APIC offset 0x" + Long.toHexString(offset));
                yield 0;
            }
        };
    }

    @Override
    public void write(long offset, int sizeBytes, long value) {
        switch ((int) offset) {
            case 0x00 -> select = (int) value & 0xff;
            case 0x10 -> writeRegister((int) value);
            case 0x40 -> endOfInterrupt((int) value & 0xff);
            default -> context.unimplemented(this, "write of I/O APIC offset 0x" + Long.toHexString(offset));
        }
    }

    private int readRegister() {
        if (select >= 0x10 && select < 0x10 + 2 * PINS) {
            long entry = redirection[select - 0x10 >> 1];
            return (int) (entry >>> (select & 1) * 32);
        }
        return switch (select) {
            case 0, 2 -> id << 24;
            case 1 -> VERSION;
            default -> 0;
        };
    }

    private void writeRegister(int value) {
        if (select >= 0x10 && select < 0x10 + 2 * PINS) {
            writeRedirection(select - 0x10 >> 1, (select & 1) != 0, value);
        } else if (select == 0) {
            id = value >> 24 & 0xf;
        }
    }

    private void writeRedirection(int pin, boolean high, int value) {
        long old = redirection[pin];
        long entry = high ? old & 0xffffffffL | (long) value << 32 : old & ~0xffffffffL | value & 0xffffffffL & ~READ_ONLY | old & READ_ONLY;
        entry &= bus.hasExtendedDestinations() ? DEFINED | EXTENDED : DEFINED;
        if ((entry & LEVEL) == 0) {
            entry &= ~REMOTE_IRR; // an edge entry has none; software relies on it to clear a stuck one
        }
        redirection[pin] = entry;
        int bit = 1 << pin;
        boolean wasActive = (active & bit) != 0;
        boolean isActive = input(pin);
        active = isActive ? active | bit : active & ~bit;
        if ((entry & LEVEL) != 0) {
            serviceLevel(pin);
        } else if (isActive && !wasActive) {
            serviceEdge(pin); // the new polarity made an edge
        }
    }

    private boolean input(int pin) {
        boolean wire = ((asserted ^ ACTIVE_LOW_PINS) >> pin & 1) != 0;
        return wire != ((redirection[pin] & LOW_ACTIVE) != 0);
    }

    /** A device asks at {@code pin}, or no longer. */
    public void set(int pin, boolean assertedNow) {
        int bit = 1 << pin;
        asserted = assertedNow ? asserted | bit : asserted & ~bit;
        boolean wasActive = (active & bit) != 0;
        boolean isActive = input(pin);
        active = isActive ? active | bit : active & ~bit;
        if ((redirection[pin] & LEVEL) != 0) {
            serviceLevel(pin);
        } else if (isActive && !wasActive) {
            serviceEdge(pin);
        }
    }

    private void serviceEdge(int pin) {
        long entry = redirection[pin];
        if ((entry & MASK) == 0) {
            bus.deliver(message(entry));
        }
    }

    private void serviceLevel(int pin) {
        long entry = redirection[pin];
        if ((entry & (MASK | REMOTE_IRR)) != 0 || (active >> pin & 1) == 0) {
            return;
        }
        boolean hasRemoteIrr = (entry >> 8 & 7) <= InterruptMessage.LOWEST_PRIORITY;
        if (bus.deliver(message(entry)) && hasRemoteIrr) {
            redirection[pin] |= REMOTE_IRR;
        }
    }

    private static InterruptMessage message(long entry) {
        int mode = (int) (entry >> 8) & 7;
        boolean level = (entry & LEVEL) != 0 && mode <= InterruptMessage.LOWEST_PRIORITY;
        int destination = (int) (entry >>> 56) | (int) ((entry & EXTENDED) >>> EXTENDED_SHIFT) << 8;
        return new InterruptMessage(destination, (entry & 0x800) != 0, 0xff, mode, (int) entry & 0xff, level);
    }

    /** An EOI message, or a write of the EOI register: ends every level interrupt with that vector; a level that is still there asks again. */
    private void endOfInterrupt(int vector) {
        for (int pin = 0; pin < PINS; pin++) {
            long entry = redirection[pin];
            if ((entry & 0xff) == vector && (entry & (LEVEL | REMOTE_IRR)) == (LEVEL | REMOTE_IRR)) {
                redirection[pin] = entry & ~REMOTE_IRR;
                serviceLevel(pin);
            }
        }
    }

    @Override
    public void reset() {
        select = 0;
        id = initialId;
        for (int pin = 0; pin < PINS; pin++) {
            redirection[pin] = MASK;
            int bit = 1 << pin;
            active = input(pin) ? active | bit : active & ~bit;
        }
    }

    @Override
    public void save(StateWriter out) {
        out.putInt("IOREGSEL", select);
        out.putInt("IOAPICID", id);
        for (int pin = 0; pin < PINS; pin++) {
            out.putLong("IOREDTBL" + pin, redirection[pin]);
        }
        out.putInt("asserted", asserted);
        out.putInt("active", active);
    }

    @Override
    public void restore(StateReader in) {
        select = in.getInt("IOREGSEL");
        id = in.getInt("IOAPICID");
        for (int pin = 0; pin < PINS; pin++) {
            redirection[pin] = in.getLong("IOREDTBL" + pin);
        }
        asserted = in.getInt("asserted");
        active = in.getInt("active");
    }

    @Override
    public void inspect(Inspector out) {
        out.hex("IOREGSEL", select, 8).hex("IOAPICID", id << 24, 32).hex("IOAPICVER", VERSION, 32).hex("inputs", asserted, PINS);
        for (int pin = 0; pin < PINS; pin++) {
            out.hex("IOREDTBL" + pin, redirection[pin], 64);
        }
    }
}
