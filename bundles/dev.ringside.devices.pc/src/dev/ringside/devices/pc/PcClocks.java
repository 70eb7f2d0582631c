package dev.ringside.devices.pc;

/**
 * The frequencies of this PC, and exact conversion between their ticks and virtual nanoseconds.
 *
 * <p>Conversions use whole seconds and a remainder, so they neither overflow nor drift: {@code ticks(nanos(n)) == n} for every {@code n}.
 */
public final class PcClocks {
    public static final long NANOS_PER_SECOND = 1_000_000_000L;
    /** Time-stamp counter: one tick for each virtual nanosecond. */
    public static final long TSC_HZ = NANOS_PER_SECOND;
    /** The crystal that CPUID leaf 15H would report, and the input of the local APIC timer's divider. */
    public static final long APIC_TIMER_HZ = NANOS_PER_SECOND;
    /** CLK of the 8254: 14.31818 MHz / 12. */
    public static final long PIT_HZ = 1_193_182L;
    /** ACPI power-management timer: 14.31818 MHz / 4. */
    public static final long PM_TIMER_HZ = 3_579_545L;
    /** Time base of the real-time clock. */
    public static final long RTC_HZ = 32_768L;
    /** Period of the HPET main counter: 10 ns. */
    public static final long HPET_PERIOD_NANOS = 10;
    /** Input of the 16550A's baud-rate generator. */
    public static final long UART_HZ = 1_843_200L;

    private PcClocks() {
    }

    /** Ticks of a clock with {@code hz} that have passed at {@code nanos}. */
    static long ticks(long nanos, long hz) {
        return nanos / NANOS_PER_SECOND * hz + nanos % NANOS_PER_SECOND * hz / NANOS_PER_SECOND;
    }

    /** The first nanosecond at which {@code ticks} ticks have passed. */
    static long nanos(long ticks, long hz) {
        return ticks / hz * NANOS_PER_SECOND + (ticks % hz * NANOS_PER_SECOND + hz - 1) / hz;
    }
}
