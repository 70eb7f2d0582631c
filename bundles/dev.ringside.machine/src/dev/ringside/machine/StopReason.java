package dev.ringside.machine;

/** Why a machine stands still, with the numbers that a debugger shows. Addresses are linear. */
public sealed interface StopReason {
    /** Before the first instruction. */
    record Entry() implements StopReason {
    }

    /** Somebody asked. */
    record Suspended() implements StopReason {
    }

    record Breakpoint(long address) implements StopReason {
    }

    /** @param address of the instruction that accessed; {@code dataAddress} the first watched byte that it accessed */
    record Watchpoint(long address, long dataAddress, boolean write) implements StopReason {
    }

    /** A step is complete. */
    record Stepped() implements StopReason {
    }

    /** A limit of instructions was reached. */
    record Limit() implements StopReason {
    }

    /** The run is over; only looking is possible now. */
    record Ended(EndReason reason) implements StopReason {
    }
}
