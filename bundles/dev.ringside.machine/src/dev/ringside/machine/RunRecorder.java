package dev.ringside.machine;

import dev.ringside.trace.TraceKind;
import dev.ringside.trace.TraceSink;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Counts what happens and keeps a hash over every exit and every delivered interrupt and exception with its instruction count: two runs with the
 * same hash took the same path. Passes events on to whoever else wants them.
 */
final class RunRecorder implements TraceSink {
    private static final TraceKind[] KINDS = TraceKind.values();
    private static final long PRIME = 0x100000001b3L;

    private final long[] counts = new long[KINDS.length];
    private TraceSink next = TraceSink.NONE;
    private long hash = 0xcbf29ce484222325L;
    private TraceKind lastExit;

    void next(TraceSink sink) {
        next = sink;
    }

    @Override
    public boolean wants(TraceKind kind) {
        return isHashed(kind) || kind == TraceKind.PAGE_FAULT || next.wants(kind);
    }

    @Override
    public void emit(TraceKind kind, long instructions, int vcpu, long a, long b, long c, long d) {
        counts[kind.ordinal()]++;
        if (kind.isExit()) {
            lastExit = kind;
        }
        if (isHashed(kind)) {
            mix(kind.ordinal());
            mix(instructions);
            mix(vcpu);
            mix(a);
            mix(b);
            mix(c);
            mix(d);
        }
        if (next.wants(kind)) {
            next.emit(kind, instructions, vcpu, a, b, c, d);
        }
    }

    /** A stop for a debugger is no part of the guest's path. */
    private static boolean isHashed(TraceKind kind) {
        return kind.isExit() && kind != TraceKind.DEBUG || kind == TraceKind.INJ_VIRQ || kind == TraceKind.INJ_EXCEPTION;
    }

    private void mix(long value) {
        hash = (hash ^ value) * PRIME;
        hash ^= hash >>> 29;
    }

    /** Kind of the last exit, or null before the first. */
    TraceKind lastExit() {
        return lastExit;
    }

    /** Kinds that happened, by label: exits, or everything else. */
    SortedMap<String, Long> counts(boolean exits) {
        var result = new TreeMap<String, Long>();
        for (TraceKind kind : KINDS) {
            if (kind.isExit() == exits && counts[kind.ordinal()] > 0) {
                result.put(kind.label(), counts[kind.ordinal()]);
            }
        }
        return result;
    }

    String hash() {
        return "%016x".formatted(hash);
    }
}
