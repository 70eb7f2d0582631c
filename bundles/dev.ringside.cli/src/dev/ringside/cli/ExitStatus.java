package dev.ringside.cli;

import dev.ringside.machine.EndReason;
import dev.ringside.machine.StopReason;

/** The exit status of a process: a contract that scripts rely on. */
final class ExitStatus {
    static final int OK = 0;
    /** A limit of instructions or time was reached. */
    static final int LIMIT = 124;
    /** Something on the host is wrong: an option, a file, a build without the feature. */
    static final int HOST_ERROR = 125;
    /** The guest cannot go on: triple fault, or stuck for ever. */
    static final int GUEST_DEAD = 126;

    private ExitStatus() {
    }

    static int of(StopReason stop) {
        return switch (stop) {
            case StopReason.Ended(EndReason reason) -> of(reason);
            case StopReason.Entry e -> LIMIT;
            case StopReason.Suspended s -> LIMIT;
            case StopReason.Breakpoint b -> LIMIT;
            case StopReason.Watchpoint w -> LIMIT;
            case StopReason.Stepped s -> LIMIT;
            case StopReason.Limit l -> LIMIT;
        };
    }

    private static int of(EndReason reason) {
        return switch (reason) {
            case EndReason.PowerOff p -> OK;
            case EndReason.Reset r -> OK;
            case EndReason.DebugExit d -> (int) (d.value() << 1 | 1) & 0xff;
            case EndReason.TripleFault t -> GUEST_DEAD;
            case EndReason.Stuck s -> GUEST_DEAD;
            case EndReason.Panicked p -> GUEST_DEAD;
            case EndReason.DeviceFailed d -> HOST_ERROR;
            case EndReason.Broken b -> HOST_ERROR;
            case EndReason.Terminated t -> LIMIT;
        };
    }
}
