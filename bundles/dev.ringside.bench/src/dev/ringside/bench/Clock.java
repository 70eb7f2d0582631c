package dev.ringside.bench;

/** What a run is timed by. */
public enum Clock {
    /** The time that passes, as a user feels it. */
    WALL,
    /** What all threads of the process have had of the processors: for a host that does other things as well. Linux only. */
    PROCESSOR;

    /** Seconds that {@code process} has had since {@code startNanos}; by the processor clock, of a process that is gone, {@code last}. */
    double seconds(Process process, long startNanos, double last) {
        return switch (this) {
            case WALL -> (System.nanoTime() - startNanos) / 1e9;
            case PROCESSOR -> ProcessClock.seconds(process.pid()).orElse(last);
        };
    }

    /** Whether this host has it. */
    public boolean isAvailable() {
        return this == WALL || ProcessClock.seconds(ProcessHandle.current().pid()).isPresent();
    }
}
