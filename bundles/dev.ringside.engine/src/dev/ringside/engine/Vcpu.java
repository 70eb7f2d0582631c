package dev.ringside.engine;

import dev.ringside.arch.Cpu;

/** One processor under an engine. Belongs to the machine's thread, except {@link #requestPause()}. */
public interface Vcpu {
    Cpu cpu();

    /**
     * Runs until {@code maxInstructions} more have retired (repetitions count each), or something else ends the run. {@link Cpu#instructions}
     * has grown by exactly what retired, and the state is exact.
     *
     * @param maxInstructions at least 1
     */
    VmExit run(long maxInstructions);

    /**
     * One step of a debugger's: the delivery of one waiting event, or one instruction, or the delivery of the exception that it raised. The processor
     * then stands before the next instruction, in the last case the handler's first. Stops at no execution breakpoint.
     *
     * @return as {@link #run}; {@link VmExit.BudgetReached} when the step is complete
     */
    VmExit step();

    /** Makes the current or the next {@link #run} end soon with {@link VmExit.Paused}, at an instruction boundary. Thread-safe. */
    void requestPause();

    /** The next instruction does not stop at an execution breakpoint: for resuming where one was set under the program counter. After an exit for a breakpoint this holds by itself. */
    void stepOverBreakpoint();

    /**
     * Reads guest-virtual memory without disturbing anything: no translation is kept, no accessed bit set, no device asked.
     *
     * @return how many bytes could be read from the start
     */
    int look(long gva, byte[] into, int offset, int length);

    /** Writes guest-virtual memory for a debugger, read-only pages included. @return how many bytes could be written from the start */
    int poke(long gva, byte[] from, int offset, int length);
}
