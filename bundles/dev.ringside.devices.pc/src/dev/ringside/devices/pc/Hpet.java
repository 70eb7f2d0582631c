package dev.ringside.devices.pc;

import dev.ringside.device.Device;
import dev.ringside.device.DeviceContext;
import dev.ringside.device.IoHandler;
import dev.ringside.device.IrqLine;
import dev.ringside.device.StateReader;
import dev.ringside.device.StateWriter;
import dev.ringside.device.Timer;
import dev.ringside.inspect.Inspectable;
import dev.ringside.inspect.Inspector;

/**
 * High Precision Event Timers (IA-PC HPET Specification 1.0a) at 0xFED00000: a 64-bit counter with a period of 10 ns, three comparators, legacy
 * replacement routing. Message-signalled (FSB) delivery is not offered.
 *
 * <p>A comparator that is set to a value which has passed waits until the counter comes round, as the specification has it.
 */
public final class Hpet implements Device, IoHandler {
    static final long BASE = 0xfed00000L;
    static final int TIMERS = 3;
    private static final long PERIOD_FEMTOS = PcClocks.HPET_PERIOD_NANOS * 1_000_000;
    /** Period, vendor 8086, legacy capable, 64-bit counter, three timers, revision 1. */
    static final long CAPABILITIES = PERIOD_FEMTOS << 32 | 0x8086_0000L | 1 << 15 | 1 << 13 | TIMERS - 1 << 8 | 1;
    /** I/O APIC inputs that a timer may use outside of legacy mode: 2 and 20 to 23. */
    private static final long ROUTES = 0x00f0_0004L;

    private static final long CONFIG_ENABLE = 1;
    private static final long CONFIG_LEGACY = 2;

    private static final long LEVEL = 1 << 1;
    private static final long INTERRUPT_ENABLE = 1 << 2;
    private static final long PERIODIC = 1 << 3;
    private static final long PERIODIC_CAPABLE = 1 << 4;
    private static final long SIZE_64 = 1 << 5;
    private static final long VALUE_SET = 1 << 6;
    private static final long MODE_32 = 1 << 8;
    private static final long WRITABLE = LEVEL | INTERRUPT_ENABLE | PERIODIC | VALUE_SET | MODE_32 | 0x1f << 9;

    private final String name;
    private final DeviceContext context;
    private final GatedLine[] legacyReplaced;
    private final IrqLine[] routes = new IrqLine[IoApic.PINS];
    private final IrqLine[] legacy;
    private final Comparator[] comparators = new Comparator[TIMERS];

    private long config;
    private long interruptStatus;
    /** The counter while it stands, else what it shows at {@link #startedNanos}. */
    private long counter;
    private long startedNanos;

    /**
     * @param router asked for the lines that timers can be routed to
     * @param pit the 8254's way to IRQ 0, cut in legacy mode
     * @param rtc the clock's way to IRQ 8, cut in legacy mode
     */
    Hpet(String name, DeviceContext context, GsiRouter router, GatedLine pit, GatedLine rtc) {
        this.name = name;
        this.context = context;
        this.legacyReplaced = new GatedLine[] {pit, rtc};
        for (int gsi = 0; gsi < IoApic.PINS; gsi++) {
            routes[gsi] = (ROUTES >> gsi & 1) != 0 && gsi != 2 ? router.gsi(gsi) : IrqLine.UNCONNECTED;
        }
        legacy = new IrqLine[] {router.gsi(0), router.gsi(8)};
        routes[2] = legacy[0]; // input 2 of the I/O APIC is IRQ 0
        for (int i = 0; i < TIMERS; i++) {
            comparators[i] = new Comparator(i);
        }
        reset();
        context.claimMmio(this, BASE, 0x400, this);
    }

    @Override
    public String name() {
        return name;
    }

    private boolean running() {
        return (config & CONFIG_ENABLE) != 0;
    }

    private boolean legacyMode() {
        return (config & CONFIG_LEGACY) != 0;
    }

    private long counter() {
        return running() ? counter + (context.clock().nanos() - startedNanos) / PcClocks.HPET_PERIOD_NANOS : counter;
    }

    @Override
    public long read(long offset, int sizeBytes) {
        long value = readRegister((int) offset & ~7);
        return value >>> 8 * (offset & 7);
    }

    private long readRegister(int offset) {
        return switch (offset) {
            case 0x000 -> CAPABILITIES;
            case 0x010 -> config;
            case 0x020 -> interruptStatus;
            case 0x0f0 -> counter();
            default -> {
                int index = offset - 0x100 >> 5;
                if (offset < 0x100 || index >= TIMERS) {
                    yield 0;
                }
                yield switch (offset & 0x1f) {
                    case 0x00 -> comparators[index].config;
                    case 0x08 -> comparators[index].value;
                    default -> 0;
                };
            }
        };
    }

    /** Narrow writes change their part of a register; the rest is written back as it is (for the status register: as zeros, which change nothing). */
    @Override
    public void write(long offset, int sizeBytes, long value) {
        int register = (int) offset & ~7;
        int shift = 8 * ((int) offset & 7);
        long mask = sizeBytes == 8 ? -1 : (1L << 8 * sizeBytes) - 1 << shift;
        if (register == 0x20) {
            writeStatus(value << shift & mask);
            return;
        }
        if (register >= 0x100 && (register & 0x1f) == 0x08) {
            int index = register - 0x100 >> 5;
            if (index < TIMERS) {
                comparators[index].writeValue(value << shift & mask, mask);
            }
            return;
        }
        writeRegister(register, readRegister(register) & ~mask | value << shift & mask);
    }

    private void writeRegister(int register, long value) {
        switch (register) {
            case 0x010 -> writeConfig(value & (CONFIG_ENABLE | CONFIG_LEGACY));
            case 0x0f0 -> {
                counter = value;
                startedNanos = context.clock().nanos();
                for (Comparator comparator : comparators) {
                    comparator.matched = false;
                }
                rearm();
            }
            default -> {
                int index = register - 0x100 >> 5;
                if (register >= 0x100 && index < TIMERS && (register & 0x1f) == 0) {
                    comparators[index].writeConfig(value);
                }
            }
        }
    }

    private void writeConfig(long value) {
        counter = counter();
        startedNanos = context.clock().nanos();
        for (Comparator comparator : comparators) {
            comparator.release();
        }
        config = value;
        for (GatedLine line : legacyReplaced) {
            line.connect(!legacyMode());
        }
        for (Comparator comparator : comparators) {
            comparator.drive();
        }
        rearm();
    }

    private void writeStatus(long ones) {
        for (Comparator comparator : comparators) {
            if ((ones >> comparator.index & 1) != 0) {
                interruptStatus &= ~(1L << comparator.index);
                comparator.drive();
            }
        }
    }

    private void rearm() {
        for (Comparator comparator : comparators) {
            comparator.arm();
        }
    }

    private final class Comparator implements Inspectable {
        final int index;
        final Timer timer;
        long config;
        long value;
        long period;
        boolean matched;
        long matchedCount;

        Comparator(int index) {
            this.index = index;
            this.timer = context.clock().newTimer(name + " timer " + index, this::expired);
        }

        private boolean is(long bit) {
            return (config & bit) != 0;
        }

        private long mask() {
            return is(MODE_32) ? 0xffffffffL : -1L;
        }

        void writeConfig(long newConfig) {
            release();
            config = newConfig & WRITABLE | ROUTES << 32 | PERIODIC_CAPABLE | SIZE_64;
            if (is(MODE_32)) {
                value &= 0xffffffffL;
                period &= 0xffffffffL;
            }
            drive();
            arm();
        }

        /** In periodic mode the value is the period, except after VAL_SET, when it is the next match. */
        void writeValue(long bits, long written) {
            if (!is(PERIODIC) || is(VALUE_SET)) {
                value = (value & ~written | bits) & mask();
            }
            if (is(PERIODIC) && !is(VALUE_SET)) {
                period = (period & ~written | bits) & mask();
            }
            config &= ~VALUE_SET;
            arm();
        }

        void arm() {
            if (!running()) {
                timer.cancel();
                return;
            }
            long left = value - counter() & mask();
            if (left == 0 && matched && matchedCount == counter()) {
                // It shows the value that has just matched, and matches again only after it came round.
                left = is(MODE_32) ? 1L << 32 : -1;
            }
            long nanosPerTick = PcClocks.HPET_PERIOD_NANOS;
            if (left < 0 || left > (Long.MAX_VALUE - context.clock().nanos()) / nanosPerTick) {
                timer.cancel(); // millennia away
            } else {
                long sinceTick = (context.clock().nanos() - startedNanos) % nanosPerTick;
                timer.arm(context.clock().nanos() + left * nanosPerTick - sinceTick);
            }
        }

        private void expired() {
            matched = true;
            matchedCount = counter();
            if (is(PERIODIC) && period != 0) {
                value = value + period & mask();
            }
            if (is(INTERRUPT_ENABLE)) {
                fire();
            }
            arm();
        }

        private IrqLine line() {
            if (legacyMode() && index < 2) {
                return legacy[index];
            }
            return routes[(int) (config >> 9 & 0x1f) % IoApic.PINS];
        }

        private void fire() {
            if (is(LEVEL)) {
                interruptStatus |= 1L << index;
                drive();
            } else {
                line().pulse();
            }
        }

        void drive() {
            if (is(LEVEL)) {
                line().set((interruptStatus >> index & 1) != 0 && is(INTERRUPT_ENABLE) && running());
            }
        }

        /** Lets go of the line before it is changed for another. */
        void release() {
            if (is(LEVEL)) {
                line().set(false);
            }
        }

        void reset() {
            release();
            config = ROUTES << 32 | PERIODIC_CAPABLE | SIZE_64;
            value = -1L;
            period = 0;
            matched = false;
            matchedCount = 0;
            timer.cancel();
        }

        @Override
        public void inspect(Inspector out) {
            out.hex("configuration and capability", config, 64).hex("comparator", value, 64).hex("period", period, 64);
        }
    }

    @Override
    public void reset() {
        for (Comparator comparator : comparators) {
            comparator.reset();
        }
        config = 0;
        interruptStatus = 0;
        counter = 0;
        startedNanos = 0;
        for (GatedLine line : legacyReplaced) {
            line.connect(true);
        }
    }

    @Override
    public void save(StateWriter out) {
        out.putLong("GEN_CONF", config);
        out.putLong("GINTR_STA", interruptStatus);
        out.putLong("counter", counter);
        out.putLong("startedNanos", startedNanos);
        for (Comparator comparator : comparators) {
            out.putLong("T_CONF" + comparator.index, comparator.config);
            out.putLong("T_VAL" + comparator.index, comparator.value);
            out.putLong("T_PERIOD" + comparator.index, comparator.period);
            out.putBoolean("T_MATCHED" + comparator.index, comparator.matched);
            out.putLong("T_MATCHED_COUNT" + comparator.index, comparator.matchedCount);
            TimerState.save(out, "timer" + comparator.index, comparator.timer);
        }
    }

    @Override
    public void restore(StateReader in) {
        config = in.getLong("GEN_CONF");
        interruptStatus = in.getLong("GINTR_STA");
        counter = in.getLong("counter");
        startedNanos = in.getLong("startedNanos");
        for (Comparator comparator : comparators) {
            comparator.config = in.getLong("T_CONF" + comparator.index);
            comparator.value = in.getLong("T_VAL" + comparator.index);
            comparator.period = in.getLong("T_PERIOD" + comparator.index);
            comparator.matched = in.getBoolean("T_MATCHED" + comparator.index);
            comparator.matchedCount = in.getLong("T_MATCHED_COUNT" + comparator.index);
            TimerState.restore(in, "timer" + comparator.index, comparator.timer);
        }
        for (GatedLine line : legacyReplaced) {
            line.connect(!legacyMode());
        }
    }

    @Override
    public void inspect(Inspector out) {
        out.hex("GCAP_ID", CAPABILITIES, 64).hex("GEN_CONF", config, 64).hex("GINTR_STA", interruptStatus, 64).hex("MAIN_CNT", counter(), 64);
        for (Comparator comparator : comparators) {
            out.child("timer " + comparator.index, comparator);
        }
    }
}
