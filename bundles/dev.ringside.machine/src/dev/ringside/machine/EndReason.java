package dev.ringside.machine;

/** How a run ended. */
public sealed interface EndReason {
    record PowerOff() implements EndReason {
    }

    /** @param by what the guest used: {@code port 0xcf9}, {@code keyboard controller}, {@code triple fault} */
    record Reset(String by) implements EndReason {
    }

    /** @param value written to isa-debug-exit; the process exit status is {@code value << 1 | 1} */
    record DebugExit(long value) implements EndReason {
    }

    /** @param explanation the chain of exceptions and the registers, several lines */
    record TripleFault(String explanation) implements EndReason {
    }

    /** Halted with interrupts off, or a loop that nothing can end. @param explanation one line */
    record Stuck(String explanation) implements EndReason {
    }

    /** pvpanic. */
    record Panicked() implements EndReason {
    }

    /** A device that a plug-in brought failed, which is the plug-in's fault and not the guest's. @param explanation one line */
    record DeviceFailed(String explanation) implements EndReason {
    }

    record Terminated() implements EndReason {
    }

    /** The word for scripts: {@code power-off reset debug-exit triple-fault stuck panicked device-failed terminated}. */
    default String word() {
        return switch (this) {
            case PowerOff p -> "power-off";
            case Reset r -> "reset";
            case DebugExit d -> "debug-exit";
            case TripleFault t -> "triple-fault";
            case Stuck s -> "stuck";
            case Panicked p -> "panicked";
            case DeviceFailed d -> "device-failed";
            case Terminated t -> "terminated";
        };
    }

    /** One line for people. */
    default String describe() {
        return switch (this) {
            case PowerOff p -> "the guest powered off";
            case Reset r -> "the guest reset itself through " + r.by();
            case DebugExit d -> "the guest wrote %#x to isa-debug-exit".formatted(d.value());
            case TripleFault t -> "triple fault: " + t.explanation().lines().findFirst().orElse("");
            case Stuck s -> "guest is stuck: " + s.explanation();
            case Panicked p -> "the guest reported a panic through pvpanic";
            case DeviceFailed d -> d.explanation();
            case Terminated t -> "terminated";
        };
    }
}
