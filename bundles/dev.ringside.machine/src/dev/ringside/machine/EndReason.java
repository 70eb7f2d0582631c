package dev.ringside.machine;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.stream.Collectors;

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
        /** The exceptions alone, oldest first, in one line: each was raised while the one before was delivered. */
        public String chain() {
            String chain = explanation.lines().takeWhile(line -> line.startsWith("#"))
                .map(line -> line.replace(" while that was delivered", "")).collect(Collectors.joining(" \u2192 "));
            return chain.isEmpty() ? explanation.lines().findFirst().orElse("") : chain;
        }
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

    /** A defect of Ringside, not of the guest. @param explanation one line; {@code detail} for who repairs it */
    record Broken(String explanation, String detail) implements EndReason {
        static Broken by(Throwable defect) {
            var detail = new StringWriter();
            defect.printStackTrace(new PrintWriter(detail));
            return new Broken(defect.toString().lines().findFirst().orElse(""), detail.toString());
        }
    }

    record Terminated() implements EndReason {
    }

    /** The word for scripts: {@code power-off reset debug-exit triple-fault stuck panicked device-failed error terminated}. */
    default String word() {
        return switch (this) {
            case PowerOff p -> "power-off";
            case Reset r -> "reset";
            case DebugExit d -> "debug-exit";
            case TripleFault t -> "triple-fault";
            case Stuck s -> "stuck";
            case Panicked p -> "panicked";
            case DeviceFailed d -> "device-failed";
            case Broken b -> "error";
            case Terminated t -> "terminated";
        };
    }

    /** One line for people. */
    default String describe() {
        return switch (this) {
            case PowerOff p -> "the guest powered off";
            case Reset r -> "the guest reset itself through " + r.by();
            case DebugExit d -> "the guest wrote %#x to isa-debug-exit".formatted(d.value());
            case TripleFault t -> "triple fault: " + t.chain();
            case Stuck s -> "guest is stuck: " + s.explanation();
            case Panicked p -> "the guest reported a panic through pvpanic";
            case DeviceFailed d -> d.explanation();
            case Broken b -> "Ringside itself failed: " + b.explanation();
            case Terminated t -> "terminated";
        };
    }
}
