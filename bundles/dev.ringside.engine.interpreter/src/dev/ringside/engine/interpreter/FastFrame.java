package dev.ringside.engine.interpreter;

import dev.ringside.arch.Cpu;

/** What {@link FastCode} shares with the executor that runs it. */
public final class FastFrame {
    public final Cpu cpu;
    public final long[] slots;
    private final Executor executor;
    /** In which blocks must have been found to hold. */
    public long epoch;
    /** What is left when the code comes back. */
    public int budget;

    FastFrame(Cpu cpu, Executor executor) {
        this.cpu = cpu;
        this.executor = executor;
        slots = cpu.slots;
    }

    /** As {@link Executor#timeIs}. */
    public void timeIs(int left) {
        executor.timeIs(left);
    }

    /** As {@link Executor#timeIsOver}. */
    public void timeIsOver() {
        executor.timeIsOver();
    }

    /** The operation at {@code index} of {@code block} is about to throw; slots are as the interpreter would have them. */
    public void throwing(Block block, int index, int left) {
        executor.atInRegion(block, index, left);
    }
}
