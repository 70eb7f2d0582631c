package dev.ringside.bench;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Debian's stock kernel once more after a reboot: the same image in the same process, which has run it before. */
record DebianReboot(LinuxFiles files, Starter starter, double timeoutSeconds) implements Benchmark {
    private static final String REACHED = "bench: init";
    /** The kernel's last words. */
    private static final String RESTARTING = "Restarting system";
    private static final String INIT = """
        #!/bin/busybox sh
        echo "%s"
        read word
        [ "$word" = again ] && /bin/busybox reboot -f
        /bin/busybox poweroff -f
        """.formatted(REACHED);
    private static final Row ROW = new Row("boot-again", "Debian's kernel boots to /init after a reboot, in the process that ran it before", Row.Group.LINUX, Row.Unit.SECONDS);

    @Override
    public List<Row> rows() {
        return List.of(ROW);
    }

    @Override
    public Optional<String> absence(Contender contender) {
        return starter.absenceOfMachine(contender).or(files::absence);
    }

    @Override
    public Outcome run(Contender contender) throws BenchException {
        Path initrd = starter.write("reboot.gz", Initramfs.of(files.busyboxBytes(), INIT), false);
        TimedRun run = TimedRun.talking(starter.rebootingLinux(contender, files.kernel(), initrd, DebianBoot.MEGABYTES, DebianBoot.COMMAND_LINE), starter.clock(),
            timeoutSeconds, new TimedRun.Conversation(REACHED, List.of("again", "off")));
        if (run.status() != 0) {
            throw new BenchException("did not power off" + run.lastWords());
        }
        // No trail: what is typed comes when the host is ready, so that runs differ by it.
        return new Outcome(Map.of(ROW, run.at(REACHED, RESTARTING) - run.at(RESTARTING)), "init reached twice", "", 0);
    }
}
