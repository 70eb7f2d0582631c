package dev.ringside.bench;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Debian's stock kernel with busybox: from the start of the process to the first line of /init, and to the end of the process after power-off. */
record DebianBoot(LinuxFiles files, Starter starter, double timeoutSeconds) implements Benchmark {
    static final int MEGABYTES = 512;
    static final String COMMAND_LINE = "console=ttyS0 panic=-1";
    private static final String REACHED = "bench: init";
    private static final String INIT = """
        #!/bin/busybox sh
        echo "%s"
        /bin/busybox mount -t proc proc /proc
        /bin/busybox uname -r
        /bin/busybox poweroff -f
        """.formatted(REACHED);
    private static final Row INIT_ROW = new Row("boot-init", "Debian's kernel boots to /init", Row.Group.LINUX, Row.Unit.SECONDS);
    private static final Row OFF_ROW = new Row("boot", "Debian's kernel boots and powers off", Row.Group.LINUX, Row.Unit.SECONDS);
    private static final Row MEMORY_ROW = new Row("memory", "resident beside the guest's memory, most during that boot", Row.Group.DEBUGGER, Row.Unit.MEGABYTES);

    @Override
    public List<Row> rows() {
        return List.of(INIT_ROW, OFF_ROW, MEMORY_ROW);
    }

    @Override
    public Optional<String> absence(Contender contender) {
        return starter.absenceOfMachine(contender).or(files::absence);
    }

    @Override
    public Outcome run(Contender contender) throws BenchException {
        Path initrd = starter.write("boot.gz", Initramfs.of(files.busyboxBytes(), INIT), false);
        TimedRun run = TimedRun.watchingMemory(starter.linux(contender, files.kernel(), initrd, MEGABYTES, COMMAND_LINE), starter.clock(), timeoutSeconds,
            (long) MEGABYTES << 20);
        double reached = run.at(REACHED);
        if (run.status() != 0) {
            throw new BenchException("did not power off" + run.lastWords());
        }
        Map<Row, Double> values = new LinkedHashMap<>(Map.of(INIT_ROW, reached, OFF_ROW, run.seconds()));
        if (run.memory().guestBytes() > 0) {
            values.put(MEMORY_ROW, run.memory().overheadBytes() / 1048576.0);
        }
        return new Outcome(values, "init reached", Loop.trail(contender, run), 0);
    }
}
