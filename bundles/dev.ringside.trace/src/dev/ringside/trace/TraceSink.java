package dev.ringside.trace;

/**
 * Where events go. Called on the thread that runs the machine, between guest instructions; an implementation neither blocks nor allocates
 * for a kind it does not want, and never changes the machine.
 */
public interface TraceSink {
    /** Whether {@code kind} is worth building; asked before the operands are computed where that costs something. */
    boolean wants(TraceKind kind);

    /**
     * Records one event.
     *
     * @param instructions the machine's retired instructions before the instruction that caused the event
     * @param vcpu index of the virtual CPU, from 0
     * @param a the operand named first by {@link TraceKind#operands()}; unused operands are 0
     */
    void emit(TraceKind kind, long instructions, int vcpu, long a, long b, long c, long d);

    /** Wants nothing. */
    TraceSink NONE = new TraceSink() {
        @Override
        public boolean wants(TraceKind kind) {
            return false;
        }

        @Override
        public void emit(TraceKind kind, long instructions, int vcpu, long a, long b, long c, long d) {
            // Nobody listens.
        }
    };
}
