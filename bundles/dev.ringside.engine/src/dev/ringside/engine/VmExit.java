package dev.ringside.engine;

/**
 * Why a run ended. Engines which complete accesses inline, through {@link dev.ringside.arch.VcpuBus}, end only for the first five reasons; the
 * others are for engines that cannot.
 */
public sealed interface VmExit {
    /** As many instructions retired as were allowed. */
    record BudgetReached() implements VmExit {
    }

    /** The processor waits for an event. */
    record Halted() implements VmExit {
    }

    /** Somebody asked. */
    record Paused() implements VmExit {
    }

    /**
     * A breakpoint or a watchpoint.
     *
     * @param address linear address of the instruction: the one about to run, or for a watchpoint the one that has run
     * @param dataAddress the first watched byte that it accessed, for a watchpoint
     */
    record Debug(DebugReason reason, long address, long dataAddress) implements VmExit {
    }

    enum DebugReason { BREAKPOINT, READ_WATCHPOINT, WRITE_WATCHPOINT }

    /** The processor shut down: a fault while a double fault was being delivered. */
    record TripleFault() implements VmExit {
    }

    /** A port access that the machine must complete; the instruction is over when {@link Completion} got its value. */
    record Pio(int port, int sizeBytes, boolean write, long value, Completion completion) implements VmExit {
    }

    record Mmio(long gpa, int sizeBytes, boolean write, long value, Completion completion) implements VmExit {
    }

    record Msr(int msrIndex, boolean write, long value, Completion completion) implements VmExit {
    }

    record Cpuid(int leaf, int subleaf, int[] registers) implements VmExit {
    }

    record Hypercall() implements VmExit {
    }

    /** Gives a read its value, before the next run. */
    @FunctionalInterface
    interface Completion {
        void complete(long value);
    }

    VmExit BUDGET_REACHED = new BudgetReached();
    VmExit HALTED = new Halted();
    VmExit PAUSED = new Paused();
    VmExit TRIPLE_FAULT = new TripleFault();
}
