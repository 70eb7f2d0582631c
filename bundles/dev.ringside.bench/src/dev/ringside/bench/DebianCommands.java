package dev.ringside.bench;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * busybox at work under Debian's kernel: a file of copies of busybox itself is hashed, and packed. The same script runs on the host for comparison. The clock
 * is read when the script says that a command begins and ends.
 */
final class DebianCommands implements Benchmark {
    /** $B busybox, $N size in MiB; everything happens in the folder it is started in. The header of a gzip file holds the time, so it is left out. */
    private static final String SCRIPT = """
        $B seq 1 $N | while read i; do $B cat $B; done | $B head -c $((N * 1048576)) > data
        $B cat data > /dev/null
        echo "bench: begin"
        $B sha256sum data
        echo "bench: hashed"
        $B gzip -c data > data.gz
        echo "bench: packed"
        $B tail -c +11 data.gz | $B md5sum
        echo "bench: done"
        """;

    private final Row hash;
    private final Row pack;
    private final int megabytes;
    private final LinuxFiles files;
    private final Starter starter;
    private final double timeoutSeconds;

    DebianCommands(int megabytes, LinuxFiles files, Starter starter, double timeoutSeconds) {
        this.megabytes = megabytes;
        this.files = files;
        this.starter = starter;
        this.timeoutSeconds = timeoutSeconds;
        hash = new Row("sha256sum", "busybox sha256sum of " + megabytes + " MB in the guest", Row.Group.LINUX, Row.Unit.SECONDS);
        pack = new Row("gzip", "busybox gzip of " + megabytes + " MB in the guest", Row.Group.LINUX, Row.Unit.SECONDS);
    }

    @Override
    public List<Row> rows() {
        return List.of(hash, pack);
    }

    @Override
    public Optional<String> absence(Contender contender) {
        Optional<String> host = contender == Contender.NATIVE && starter.clock() == Clock.PROCESSOR
            ? Optional.of("the commands of a shell are processes with clocks of their own") : starter.absence(contender);
        return host.isPresent() ? host : files.absence();
    }

    @Override
    public Outcome run(Contender contender) throws BenchException {
        TimedRun run = TimedRun.of(contender == Contender.NATIVE ? onHost() : inGuest(contender), starter.clock(), timeoutSeconds);
        double begin = run.at("bench: begin");
        double hashed = run.at("bench: hashed");
        double packed = run.at("bench: packed");
        run.at("bench: done");
        List<String> said = run.lines().stream().map(TimedRun.Line::text).dropWhile(l -> !l.contains("bench: begin"))
            .filter(l -> l.matches("[0-9a-f]{64}  data|[0-9a-f]{32}  -")).toList();
        if (said.size() != 2) {
            throw new BenchException("printed no result" + run.lastWords());
        }
        return new Outcome(Map.of(hash, hashed - begin, pack, packed - hashed), String.join("; ", said), Loop.trail(contender, run), 0);
    }

    private List<String> inGuest(Contender contender) throws BenchException {
        String init = "#!/bin/busybox sh\nB=/bin/busybox\nN=" + megabytes + "\ncd /\n" + SCRIPT + "$B poweroff -f\n";
        Path initrd = starter.write("commands.gz", Initramfs.of(files.busyboxBytes(), init), false);
        return starter.linux(contender, files.kernel(), initrd, guestMegabytes(), DebianBoot.COMMAND_LINE);
    }

    private List<String> onHost() throws BenchException {
        starter.write("busybox", files.busyboxBytes(), true);
        return List.of(starter.folder().resolve("busybox").toString(), "sh", "-c", "B=./busybox; N=" + megabytes + "; cd '" + starter.folder() + "'\n" + SCRIPT);
    }

    /** Room for the file twice, and for the kernel. */
    private int guestMegabytes() {
        return Math.max(DebianBoot.MEGABYTES, 256 + 4 * megabytes);
    }
}
