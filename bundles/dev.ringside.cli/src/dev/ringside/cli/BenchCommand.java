package dev.ringside.cli;

import dev.ringside.bench.Bench;
import dev.ringside.bench.Benchmark;
import dev.ringside.bench.Benchmarks;
import dev.ringside.bench.Clock;
import dev.ringside.bench.Contender;
import dev.ringside.bench.HostFacts;
import dev.ringside.bench.LinuxFiles;
import dev.ringside.bench.Report;
import dev.ringside.bench.ReportJson;
import dev.ringside.bench.ReportMarkdown;
import dev.ringside.bench.ReportText;
import dev.ringside.bench.Row;
import dev.ringside.bench.Starter;
import java.io.IOException;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code ringside bench}: the benchmark table, with QEMU in it when that is installed. */
@Command(name = "bench", mixinStandardHelpOptions = true, sortOptions = false,
    description = "Measures Ringside's engines, QEMU when it is installed, and the bare processor, on the same guest bytes in the same run.",
    footer = {"", "Rows: sieve crc-bits crc-table fib copy sort matrix search | rep syscall switch rewrite page-faults | boot boot-again step sha256sum; all when none is named.",
        "boot gives the rows boot-init, boot and memory; sha256sum gives gzip as well.",
        "The table goes to stdout, progress to stderr. The exit status is 0, or 1 when a row failed: a contender did not end well, or results differ.",
        "", "ringside bench sieve fib", "ringside bench --engines translator,tcg,icount boot", "ringside bench --repeat 7 --markdown table.md"})
final class BenchCommand implements Callable<Integer> {
    private static final int ROW_FAILED = 1;

    @Spec
    private CommandSpec spec;

    @Parameters(arity = "0..*", paramLabel = "ROW", description = "What to measure; see below.")
    private List<String> rows = List.of();

    @Option(names = "--engines", split = ",", paramLabel = "E,E", description = "Columns: interpreter, translator, tcg, icount, native; all by default.")
    private List<String> engines = List.of("interpreter", "translator", "tcg", "icount", "native");

    @Option(names = "--repeat", defaultValue = "5", paramLabel = "N", description = "Rounds; medians are told (${DEFAULT-VALUE}).")
    private int repeat;

    @Option(names = "--interpreter-rounds", paramLabel = "N", description = "Rounds in which the interpreter has a turn, which are the longest; all by default.")
    private Integer interpreterRounds;

    @Option(names = "--length", defaultValue = "1", paramLabel = "F", description = "Times the usual number of passes of our own guests (${DEFAULT-VALUE}).")
    private double length;

    @Option(names = "--megabytes", defaultValue = "64", paramLabel = "N", description = "What sha256sum and gzip work on, in a Debian guest (${DEFAULT-VALUE}).")
    private int megabytes;

    @Option(names = "--processor-time", description = "Times by the processor time of all threads, not by the clock on the wall: for a busy host.")
    private boolean processorTime;

    @Option(names = "--kernel", paramLabel = "F", description = "Debian's kernel; by default the one that the tests have fetched into ~/.cache/ringside/packages.")
    private Path kernel;

    @Option(names = "--busybox", paramLabel = "F", description = "A static busybox for the Debian guest; by default the one that the tests have fetched.")
    private Path busybox;

    @Option(names = "--qemu", paramLabel = "F", description = "QEMU; by default the qemu-system-x86_64 on PATH.")
    private Path qemu;

    @Option(names = "--timeout", defaultValue = "300", paramLabel = "S", description = "The longest that one run may take, in seconds (${DEFAULT-VALUE}).")
    private double timeoutSeconds;

    @Option(names = "--markdown", paramLabel = "FILE", description = "Writes the table to FILE as well, after every row. Its section 'Notes' is kept.")
    private Path markdown;

    @Option(names = "--json", description = "Prints one JSON object as the last line of stderr, with the values of all rounds.")
    private boolean json;

    @Override
    public Integer call() throws HostError {
        List<Contender> contenders = contenders();
        check();
        Path program = qemu != null ? qemu : onPath("qemu-system-x86_64");
        Path folder = temporaryFolder();
        // Runs when the user ends it, too.
        var clear = new Thread(() -> clear(folder));
        Runtime.getRuntime().addShutdownHook(clear);
        return measure(new Starter(java(), Main.class.getName(), program, folder, clock()), contenders, program);
    }

    private int measure(Starter starter, List<Contender> contenders, Path program) throws HostError {
        List<Benchmark> chosen = chosen(Benchmarks.all(starter, AsmCommand.architecture().assembler(), LinuxFiles.find(kernel, busybox), length, megabytes,
            timeoutSeconds));
        var text = new ReportText(this::print);
        var report = new Report(HostFacts.now(program), clock(), contenders, repeat, interpreterRounds(), List.of(), HostFacts.currentLoad());
        text.head(report);
        var bench = new Bench(contenders, repeat, interpreterRounds(), this::progress);
        for (Benchmark benchmark : chosen) {
            var results = bench.run(benchmark);
            report = new Report(report.host(), clock(), contenders, repeat, interpreterRounds(), Stream.concat(report.results().stream(), results.stream()).toList(), HostFacts.currentLoad());
            text.add(report, results);
            if (markdown != null) {
                write(report);
            }
        }
        text.end(report);
        if (json) {
            err().println(ReportJson.of(report));
            err().flush();
        }
        return report.isGood() ? ExitStatus.OK : ROW_FAILED;
    }

    private int interpreterRounds() {
        return interpreterRounds == null ? repeat : Math.min(interpreterRounds, repeat);
    }

    private Clock clock() {
        return processorTime ? Clock.PROCESSOR : Clock.WALL;
    }

    private List<Contender> contenders() throws HostError {
        var contenders = new ArrayList<Contender>();
        for (String engine : engines) {
            contenders.add(Contender.of(engine).orElseThrow(() -> new HostError("--engines: '" + engine + "' is unknown; there are "
                + String.join(", ", Arrays.stream(Contender.values()).map(Contender::word).toList()))));
        }
        return contenders.stream().distinct().sorted().toList();
    }

    private void check() throws HostError {
        if (repeat < 1) {
            throw new HostError("--repeat " + repeat + "; at least 1 is needed");
        }
        if (interpreterRounds() < 1) {
            throw new HostError("--interpreter-rounds " + interpreterRounds + "; at least 1 is needed, or --engines without the interpreter");
        }
        if (!(length > 0)) {
            throw new HostError("--length " + length + "; a number above 0 is needed");
        }
        if (megabytes < 1 || megabytes > 1024) {
            throw new HostError("--megabytes " + megabytes + "; 1 to 1024 are possible");
        }
        if (!(timeoutSeconds > 0)) {
            throw new HostError("--timeout " + timeoutSeconds + "; a number of seconds above 0 is needed");
        }
        if (!clock().isAvailable()) {
            throw new HostError("--processor-time: this host does not tell the processor time of another process; leave it out");
        }
        for (Path file : Stream.of(kernel, busybox, qemu).filter(f -> f != null).toList()) {
            if (!Files.isReadable(file)) {
                throw new HostError("file '" + file + "' cannot be read");
            }
        }
    }

    /** Those that give a row of the names asked for; all without names. */
    private List<Benchmark> chosen(List<Benchmark> all) throws HostError {
        for (String row : rows) {
            if (all.stream().noneMatch(b -> gives(b, row))) {
                throw new HostError("row '" + row + "' is unknown; there are "
                    + String.join(", ", all.stream().flatMap(b -> b.rows().stream()).map(Row::name).distinct().toList()));
            }
        }
        return rows.isEmpty() ? all : all.stream().filter(b -> rows.stream().anyMatch(row -> gives(b, row))).toList();
    }

    private static boolean gives(Benchmark benchmark, String row) {
        return benchmark.rows().stream().anyMatch(r -> r.name().equals(row));
    }

    /** This JVM's own command: a measured one starts as a user's does. */
    private static List<String> java() {
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream().filter(a -> !a.startsWith("-agent") && !a.startsWith("-javaagent")).forEach(command::add);
        command.addAll(List.of("-cp", System.getProperty("java.class.path")));
        return command;
    }

    private static Path onPath(String program) {
        String path = System.getenv("PATH");
        return path == null ? null : Arrays.stream(path.split(":")).filter(f -> !f.isEmpty()).map(f -> Path.of(f, program)).filter(Files::isExecutable).findFirst()
            .orElse(null);
    }

    private void write(Report report) throws HostError {
        try {
            String before = Files.exists(markdown) ? Files.readString(markdown) : "";
            Files.writeString(markdown, new ReportMarkdown(report).page(commandLine(), before));
        } catch (IOException e) {
            throw HostFile.cannotWrite("--markdown", markdown, e);
        }
    }

    /** As it was given, but for the folders of this host. */
    private String commandLine() {
        return "./ringside " + spec.commandLine().getParseResult().originalArgs().stream()
            .map(a -> a.startsWith("/") ? Path.of(a).getFileName().toString() : a).collect(Collectors.joining(" "));
    }

    private static Path temporaryFolder() throws HostError {
        try {
            return Files.createTempDirectory("ringside-bench");
        } catch (IOException e) {
            throw new HostError("no temporary folder can be made: " + e.getMessage());
        }
    }

    private void clear(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
            Files.delete(folder);
        } catch (IOException e) {
            err().println("ringside: temporary folder '" + folder + "' cannot be cleared: " + e.getMessage());
        }
    }

    private void print(String line) {
        PrintWriter out = spec.commandLine().getOut();
        Charset charset = System.out.charset();
        out.println(charset.newEncoder().canEncode('±') ? line : line.replace("±", "+-"));
        out.flush();
    }

    private void progress(String what) {
        err().println("ringside: " + what);
        err().flush();
    }

    private PrintWriter err() {
        return spec.commandLine().getErr();
    }
}
