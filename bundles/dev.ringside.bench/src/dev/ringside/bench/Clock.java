package dev.ringside.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What a run is timed by. */
public enum Clock {
    /** The time that passes, as a user feels it. */
    WALL,
    /** What all threads of the process have had of the processors: for a host that does other things as well. Linux only; counts in steps of 10 ms. */
    PROCESSOR;

    private static final double TICKS_PER_SECOND = 100;
    /** Fields of /proc/PID/stat behind the name, which may hold anything (proc(5)). */
    private static final int USER_TICKS = 11;
    private static final int SYSTEM_TICKS = 12;

    /** Seconds that {@code process} has had since {@code startNanos}; of a process that is gone, {@code last}. */
    double seconds(Process process, long startNanos, double last) {
        return switch (this) {
            case WALL -> (System.nanoTime() - startNanos) / 1e9;
            case PROCESSOR -> processorSeconds(process.pid(), last);
        };
    }

    private static double processorSeconds(long pid, double last) {
        try {
            String stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
            return Math.max(last, (Long.parseLong(fields[USER_TICKS]) + Long.parseLong(fields[SYSTEM_TICKS])) / TICKS_PER_SECOND);
        } catch (IOException e) {
            // It has ended.
            return last;
        }
    }
}
