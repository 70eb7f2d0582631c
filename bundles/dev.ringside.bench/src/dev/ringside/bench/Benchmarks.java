package dev.ringside.bench;

import dev.ringside.arch.Assembler;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** All there are, with the longest last: what is there when it is cut short is the most. */
public final class Benchmarks {
    private Benchmarks() {
    }

    /**
     * @param length how many times the usual number of passes our own guests make
     * @param megabytes what the commands in a Debian guest work on
     * @param timeoutSeconds for each run
     */
    public static List<Benchmark> all(Starter starter, Assembler assembler, LinuxFiles files, double length, int megabytes, double timeoutSeconds) {
        var all = new ArrayList<Benchmark>();
        Arrays.stream(GuestName.values()).forEach(g -> all.add(new Loop(g, length, starter, assembler, timeoutSeconds)));
        all.add(new DebianBoot(files, starter, timeoutSeconds));
        all.add(new DebianReboot(files, starter, timeoutSeconds));
        all.add(new Stepping(starter, assembler, timeoutSeconds));
        all.add(new DebianCommands(megabytes, files, starter, timeoutSeconds));
        return all;
    }
}
