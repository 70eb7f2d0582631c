package dev.ringside.debug.core;

import dev.ringside.machine.StopReason;

/** Why a machine stands still, in words. */
public final class StopText {
    private StopText() {
    }

    /** In a word or two, where the address stands beside it. @param stop null while it runs */
    public static String brief(StopReason stop) {
        return switch (stop) {
            case null -> "running";
            case StopReason.Entry e -> "at entry";
            case StopReason.Suspended s -> "suspended";
            case StopReason.Breakpoint b -> "breakpoint";
            case StopReason.Watchpoint w -> w.write() ? "write watchpoint" : "read watchpoint";
            case StopReason.Stepped s -> "stepped";
            case StopReason.Limit l -> "limit reached";
            case StopReason.Ended e -> e.reason().word();
        };
    }

    /** In a sentence. @param stop null while it runs */
    public static String describe(StopReason stop) {
        return switch (stop) {
            case null -> "running";
            case StopReason.Entry e -> "stopped at entry";
            case StopReason.Suspended s -> "suspended";
            case StopReason.Breakpoint b -> "stopped at breakpoint 0x" + Long.toHexString(b.address());
            case StopReason.Watchpoint w -> "stopped after " + (w.write() ? "a write to" : "a read of") + " 0x" + Long.toHexString(w.dataAddress());
            case StopReason.Stepped s -> "stepped";
            case StopReason.Limit l -> "stopped: the limit of instructions was reached";
            case StopReason.Ended e -> e.reason().describe();
        };
    }
}
