package dev.ringside.machine;

import dev.ringside.trace.TraceKind;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.LongSupplier;

/**
 * Host time that the machine took to answer exits, by kind. Asking the host's clock takes as long as answering many an exit, so the first {@value #STRIDE} of a kind are timed
 * each, and of those behind them every {@value #STRIDE}th, which stands for the others. What is measured goes into statistics and nowhere else: no guest, trace or hash sees it.
 *
 * <p>Belongs to the machine's thread.
 */
final class ExitTimes {
    /** A prime: a guest that goes round a few ports must not fall into step with it. */
    static final int STRIDE = 61;
    private static final long NOT_TIMED = Long.MIN_VALUE;
    private static final TraceKind[] KINDS = TraceKind.values();

    private final LongSupplier hostNanos;
    private final long[] nanos = new long[KINDS.length];
    private final long[] begun = new long[KINDS.length];
    /** By kind, how many exits pass before the next that is timed. */
    private final long[] next = new long[KINDS.length];
    /** How many exits the one stands for that is being answered: they do not nest. */
    private int weight;

    ExitTimes() {
        this(System::nanoTime);
    }

    /** @param hostNanos the host's clock */
    ExitTimes(LongSupplier hostNanos) {
        this.hostNanos = hostNanos;
    }

    /** An exit's answer begins. @return what {@link #end} is to be told */
    long begin(TraceKind kind) {
        int k = kind.ordinal();
        if (begun[k]++ < next[k]) {
            return NOT_TIMED;
        }
        weight = begun[k] <= STRIDE ? 1 : STRIDE;
        next[k] += begun[k] < STRIDE ? 1 : STRIDE;
        return hostNanos.getAsLong();
    }

    /** The answer is there; without this, the exit took no time. @param kind what it turned out to be, which {@link #begin} may only have known roughly */
    void end(TraceKind kind, long began) {
        if (began != NOT_TIMED) {
            nanos[kind.ordinal()] += (hostNanos.getAsLong() - began) * weight;
        }
    }

    /** Time that was measured in full, such as a wait. */
    void add(TraceKind kind, long elapsedNanos) {
        nanos[kind.ordinal()] += elapsedNanos;
    }

    /** Nanoseconds of the kinds that took any, by label. */
    SortedMap<String, Long> nanos() {
        var result = new TreeMap<String, Long>();
        for (TraceKind kind : KINDS) {
            if (nanos[kind.ordinal()] > 0) {
                result.put(kind.label(), nanos[kind.ordinal()]);
            }
        }
        return result;
    }
}
