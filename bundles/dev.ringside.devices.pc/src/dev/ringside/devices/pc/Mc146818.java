package dev.ringside.devices.pc;

import dev.ringside.device.Device;
import dev.ringside.device.DeviceContext;
import dev.ringside.device.IrqLine;
import dev.ringside.device.StateReader;
import dev.ringside.device.StateWriter;
import dev.ringside.device.Timer;
import dev.ringside.inspect.Inspector;
import java.time.LocalDateTime;
import java.time.ZoneOffset;

/**
 * Motorola MC146818 real-time clock with 128 bytes of CMOS memory at ports 0x70/0x71, and 128 more at 0x72/0x73. Bit 7 of port 0x70 masks NMIs.
 *
 * <p>The time of day is {@link #baseSeconds} plus the virtual time since {@link #baseNanos}. Flags of register C are computed when somebody looks;
 * the timer runs only for interrupts that are enabled. Daylight saving (DSE) and the square-wave output are registers without effect.
 */
public final class Mc146818 implements Device {
    static final int CENTURY = 0x32;
    private static final int SECONDS = 0;
    private static final int SECONDS_ALARM = 1;
    private static final int MINUTES = 2;
    private static final int MINUTES_ALARM = 3;
    private static final int HOURS = 4;
    private static final int HOURS_ALARM = 5;
    private static final int DAY_OF_WEEK = 6;
    private static final int DATE = 7;
    private static final int MONTH = 8;
    private static final int YEAR = 9;
    private static final int REGISTER_A = 10;
    private static final int REGISTER_B = 11;
    private static final int REGISTER_C = 12;
    private static final int REGISTER_D = 13;

    private static final int A_UIP = 0x80;
    private static final int B_SET = 0x80;
    private static final int B_BINARY = 0x04;
    private static final int B_24_HOURS = 0x02;
    private static final int PERIODIC = 0x40;
    private static final int ALARM = 0x20;
    private static final int UPDATE = 0x10;
    private static final int C_IRQ = 0x80;
    private static final int D_VALID = 0x80;
    /** UIP rises 244 µs before the update, which takes 1984 µs with a 32768 Hz time base. */
    private static final long UPDATE_NANOS = 244_000 + 1_984_000;
    private static final int SECONDS_PER_DAY = 86_400;

    private final String name;
    private final DeviceContext context;
    private final IrqLine irq8;
    private final Timer timer;
    private final long startEpochSeconds;

    private final byte[] cmos = new byte[256];
    private int index;
    private int extendedIndex;
    private boolean nmiMasked;
    private int registerA;
    private int registerB;
    private int registerC;
    private long baseSeconds;
    private long baseNanos;
    /** Everything up to this virtual time is in {@link #registerC}. */
    private long settledNanos;

    /** @param startEpochSeconds what the clock shows at power-on, UTC */
    public Mc146818(String name, DeviceContext context, IrqLine irq8, long startEpochSeconds) {
        this.name = name;
        this.context = context;
        this.irq8 = irq8;
        this.startEpochSeconds = startEpochSeconds;
        this.timer = context.clock().newTimer(name, this::expired);
        baseSeconds = startEpochSeconds;
        reset();
        context.claimPorts(this, 0x70, 4, new ByteIo() {
            @Override
            public int readByte(int offset) {
                return switch (offset) {
                    case 1 -> readRegister(index);
                    case 3 -> cmos[0x80 | extendedIndex] & 0xff;
                    default -> 0xff; // the index registers are write-only
                };
            }

            @Override
            public void writeByte(int offset, int value) {
                switch (offset) {
                    case 0 -> {
                        index = value & 0x7f;
                        nmiMasked = (value & 0x80) != 0;
                    }
                    case 1 -> writeRegister(index, value);
                    case 2 -> extendedIndex = value & 0x7f;
                    default -> cmos[0x80 | extendedIndex] = (byte) value;
                }
            }
        });
    }

    @Override
    public String name() {
        return name;
    }

    /** What firmware finds in a byte of CMOS memory. @param at 0x0E to 0xFF */
    public void setCmos(int at, int value) {
        cmos[at] = (byte) value;
    }

    boolean isNmiMasked() {
        return nmiMasked;
    }

    // Registers

    private int readRegister(int at) {
        switch (at) {
            case REGISTER_A -> {
                return registerA | (updateInProgress() ? A_UIP : 0);
            }
            case REGISTER_B -> {
                return registerB;
            }
            case REGISTER_C -> {
                settle();
                int value = registerC | (interrupting() ? C_IRQ : 0);
                registerC = 0;
                drive();
                return value;
            }
            case REGISTER_D -> {
                return D_VALID;
            }
            case SECONDS, MINUTES, HOURS, DAY_OF_WEEK, DATE, MONTH, YEAR, CENTURY -> {
                return halted() ? cmos[at] & 0xff : encodeNow(at);
            }
            default -> {
                return cmos[at] & 0xff;
            }
        }
    }

    private void writeRegister(int at, int value) {
        settle();
        switch (at) {
            case REGISTER_A -> writeRegisterA(value & 0x7f);
            case REGISTER_B -> writeRegisterB(value);
            case REGISTER_C, REGISTER_D -> {
                // read-only
            }
            case SECONDS, MINUTES, HOURS, DAY_OF_WEEK, DATE, MONTH, YEAR, CENTURY -> writeTime(at, value);
            default -> cmos[at] = (byte) value;
        }
        drive();
    }

    /** Whether the time stands still: SET, or the divider held in reset. */
    private boolean halted() {
        return (registerB & B_SET) != 0 || dividerHeld();
    }

    private boolean dividerHeld() {
        return (registerA & 0x60) == 0x60;
    }

    private void writeRegisterA(int value) {
        boolean wasHeld = dividerHeld();
        boolean holds = (value & 0x60) == 0x60;
        if (holds && !halted()) {
            freeze();
        }
        registerA = value;
        if (wasHeld && !holds && (registerB & B_SET) == 0) {
            // "The first update cycle begins one-half second later."
            thaw(PcClocks.NANOS_PER_SECOND / 2);
        }
    }

    private void writeRegisterB(int value) {
        boolean wasHalted = halted();
        if (!wasHalted && (value & B_SET) != 0) {
            freeze();
        }
        boolean setEnds = (registerB & B_SET) != 0 && (value & B_SET) == 0;
        registerB = (value & B_SET) != 0 ? value & ~UPDATE : value; // SET clears UIE
        if (setEnds && !dividerHeld()) {
            thaw(subSecond());
        }
    }

    private void writeTime(int at, int value) {
        if (halted()) {
            cmos[at] = (byte) value;
            return;
        }
        long phase = subSecond();
        freeze();
        cmos[at] = (byte) value;
        thaw(phase);
    }

    // Time of day

    private long secondsAt(long nanos) {
        return baseSeconds + Math.floorDiv(nanos - baseNanos, PcClocks.NANOS_PER_SECOND);
    }

    /** Nanoseconds since the last update. */
    private long subSecond() {
        return Math.floorMod(context.clock().nanos() - baseNanos, PcClocks.NANOS_PER_SECOND);
    }

    private boolean updateInProgress() {
        return !halted() && subSecond() >= PcClocks.NANOS_PER_SECOND - UPDATE_NANOS;
    }

    private LocalDateTime timeAt(long seconds) {
        return LocalDateTime.ofEpochSecond(seconds, 0, ZoneOffset.UTC);
    }

    private int encodeNow(int at) {
        return encode(at, timeAt(secondsAt(context.clock().nanos())));
    }

    private int encode(int at, LocalDateTime time) {
        return switch (at) {
            case SECONDS -> digits(time.getSecond());
            case MINUTES -> digits(time.getMinute());
            case HOURS -> hours(time.getHour());
            case DAY_OF_WEEK -> digits(time.getDayOfWeek().getValue() % 7 + 1); // Sunday is 1
            case DATE -> digits(time.getDayOfMonth());
            case MONTH -> digits(time.getMonthValue());
            case YEAR -> digits(time.getYear() % 100);
            default -> digits(time.getYear() / 100);
        };
    }

    private int hours(int hour) {
        if ((registerB & B_24_HOURS) != 0) {
            return digits(hour);
        }
        int twelve = hour % 12 == 0 ? 12 : hour % 12;
        return digits(twelve) | (hour >= 12 ? 0x80 : 0);
    }

    private int digits(int value) {
        return (registerB & B_BINARY) != 0 ? value : value / 10 << 4 | value % 10;
    }

    private int number(int at) {
        return number((byte) cmos[at]);
    }

    private int number(byte digits) {
        int value = digits & 0xff;
        return (registerB & B_BINARY) != 0 ? value : (value >> 4) * 10 + (value & 15);
    }

    private int hourNumber(int at) {
        if ((registerB & B_24_HOURS) != 0) {
            return number(at);
        }
        int twelve = number((byte) (cmos[at] & 0x7f)) % 12;
        return (cmos[at] & 0x80) != 0 ? twelve + 12 : twelve;
    }

    /** Copies the running time into the registers. */
    private void freeze() {
        LocalDateTime now = timeAt(secondsAt(context.clock().nanos()));
        for (int at : new int[] {SECONDS, MINUTES, HOURS, DAY_OF_WEEK, DATE, MONTH, YEAR, CENTURY}) {
            cmos[at] = (byte) encode(at, now);
        }
    }

    /** Goes on from what the registers show. Impossible dates count on from the first of January, as nothing is defined for them. */
    private void thaw(long phaseNanos) {
        int year = number(CENTURY) * 100 + number(YEAR);
        LocalDateTime start = LocalDateTime.of(Math.clamp(year, 1, 9999), 1, 1, 0, 0);
        LocalDateTime time = start.plusMonths(number(MONTH) - 1).plusDays(number(DATE) - 1).plusHours(hourNumber(HOURS)).plusMinutes(number(MINUTES))
                .plusSeconds(number(SECONDS));
        baseSeconds = time.toEpochSecond(ZoneOffset.UTC);
        baseNanos = context.clock().nanos() - phaseNanos;
    }

    // Interrupts

    private void expired() {
        settle();
        drive();
    }

    /** Brings the flags of register C up to now. */
    private void settle() {
        long now = context.clock().nanos();
        long from = settledNanos;
        settledNanos = now;
        long period = periodicTicks();
        if (period != 0 && !dividerHeld()
                && PcClocks.ticks(now, PcClocks.RTC_HZ) / period != PcClocks.ticks(from, PcClocks.RTC_HZ) / period) {
            registerC |= PERIODIC;
        }
        if (halted()) {
            return;
        }
        long first = secondsAt(from) + 1;
        long last = secondsAt(now);
        if (first <= last) {
            registerC |= UPDATE;
            if (alarmWithin(first, last)) {
                registerC |= ALARM;
            }
        }
    }

    private boolean alarmWithin(long first, long last) {
        long end = Math.min(last, first + SECONDS_PER_DAY - 1);
        for (long second = first; second <= end; second++) {
            if (alarmMatches(second)) {
                return true;
            }
        }
        return false;
    }

    /** Alarm registers with both top bits set match everything. */
    private boolean alarmMatches(long second) {
        int ofDay = (int) Math.floorMod(second, (long) SECONDS_PER_DAY);
        return matches(SECONDS_ALARM, number(SECONDS_ALARM), ofDay % 60) && matches(MINUTES_ALARM, number(MINUTES_ALARM), ofDay / 60 % 60)
                && matches(HOURS_ALARM, hourNumber(HOURS_ALARM), ofDay / 3600);
    }

    /** Whether the alarm is a time of day at all. */
    private boolean alarmExists() {
        return isBelow(60, SECONDS_ALARM, number(SECONDS_ALARM)) && isBelow(60, MINUTES_ALARM, number(MINUTES_ALARM))
                && isBelow(24, HOURS_ALARM, hourNumber(HOURS_ALARM));
    }

    private boolean isBelow(int limit, int register, int wanted) {
        return (cmos[register] & 0xc0) == 0xc0 || wanted < limit;
    }

    private boolean matches(int register, int wanted, int actual) {
        return (cmos[register] & 0xc0) == 0xc0 || wanted == actual;
    }

    /** Period of the periodic interrupt in ticks of 32768 Hz; 0 for none. */
    private long periodicTicks() {
        int rate = registerA & 0x0f;
        if (rate == 0) {
            return 0;
        }
        return 1L << (rate <= 2 ? rate + 6 : rate - 1);
    }

    private boolean interrupting() {
        return (registerC & registerB & (PERIODIC | ALARM | UPDATE)) != 0;
    }

    /** Drives IRQ 8 and arms the timer for the next enabled event. While the line is high nothing further can happen. */
    private void drive() {
        boolean high = interrupting();
        irq8.set(high);
        long next = high ? Long.MAX_VALUE : nextEvent();
        if (next == Long.MAX_VALUE) {
            timer.cancel();
        } else {
            timer.arm(next);
        }
    }

    private long nextEvent() {
        long now = context.clock().nanos();
        long next = Long.MAX_VALUE;
        long period = periodicTicks();
        if ((registerB & PERIODIC) != 0 && period != 0 && !dividerHeld()) {
            long tick = (PcClocks.ticks(now, PcClocks.RTC_HZ) / period + 1) * period;
            next = PcClocks.nanos(tick, PcClocks.RTC_HZ);
        }
        if (halted()) {
            return next;
        }
        long nextUpdate = now - subSecond() + PcClocks.NANOS_PER_SECOND;
        if ((registerB & UPDATE) != 0) {
            next = Math.min(next, nextUpdate);
        }
        if ((registerB & ALARM) != 0 && alarmExists()) {
            long second = secondsAt(now);
            for (int i = 1; i <= SECONDS_PER_DAY; i++) {
                if (alarmMatches(second + i)) {
                    next = Math.min(next, nextUpdate + (i - 1) * PcClocks.NANOS_PER_SECOND);
                    break;
                }
            }
        }
        return next;
    }

    // Life

    /** RESET clears the interrupt enables and flags; a battery keeps the time and the memory. */
    @Override
    public void reset() {
        index = 0;
        extendedIndex = 0;
        nmiMasked = false;
        if (registerA == 0) {
            registerA = 0x26;
            registerB = B_24_HOURS;
        }
        registerB &= ~(PERIODIC | ALARM | UPDATE | 0x08);
        registerC = 0;
        settledNanos = context.clock().nanos();
        drive();
    }

    @Override
    public void save(StateWriter out) {
        out.putBytes("cmos", cmos);
        out.putInt("index", index);
        out.putInt("extendedIndex", extendedIndex);
        out.putBoolean("nmiMasked", nmiMasked);
        out.putInt("A", registerA);
        out.putInt("B", registerB);
        out.putInt("C", registerC);
        out.putLong("baseSeconds", baseSeconds);
        out.putLong("baseNanos", baseNanos);
        out.putLong("settledNanos", settledNanos);
        TimerState.save(out, "timer", timer);
    }

    @Override
    public void restore(StateReader in) {
        byte[] saved = in.getBytes("cmos");
        System.arraycopy(saved, 0, cmos, 0, cmos.length);
        index = in.getInt("index");
        extendedIndex = in.getInt("extendedIndex");
        nmiMasked = in.getBoolean("nmiMasked");
        registerA = in.getInt("A");
        registerB = in.getInt("B");
        registerC = in.getInt("C");
        baseSeconds = in.getLong("baseSeconds");
        baseNanos = in.getLong("baseNanos");
        settledNanos = in.getLong("settledNanos");
        TimerState.restore(in, "timer", timer);
        irq8.set(interrupting());
    }

    @Override
    public void inspect(Inspector out) {
        out.text("time", timeAt(halted() ? baseSeconds : secondsAt(context.clock().nanos())).toString()).decimal("epoch at power-on", startEpochSeconds)
                .hex("index", index, 8).hex("A", registerA | (updateInProgress() ? A_UIP : 0), 8).hex("B", registerB, 8).hex("C", registerC, 8)
                .flag("NMI masked", nmiMasked);
        for (int at = 0; at < 0x80; at++) {
            if (at > REGISTER_D && cmos[at] != 0) {
                out.hex("CMOS %02x".formatted(at), cmos[at], 8);
            }
        }
    }
}
