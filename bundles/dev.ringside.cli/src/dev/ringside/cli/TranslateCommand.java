package dev.ringside.cli;

import dev.ringside.arch.Architecture;
import dev.ringside.arch.AssemblyResult;
import dev.ringside.arch.CodeSource;
import dev.ringside.arch.Cpu;
import dev.ringside.arch.EntryState;
import dev.ringside.arch.Symbolizer;
import dev.ringside.engine.translator.Listing;
import dev.ringside.loader.GuestImage;
import dev.ringside.loader.ImageBytes;
import dev.ringside.loader.ImageException;
import dev.ringside.loader.ImageLoader;
import dev.ringside.loader.Segment;
import dev.ringside.machine.MachineException;
import dev.ringside.machine.MachineFile;
import dev.ringside.machine.MachineProviders;
import dev.ringside.machine.MachineSettings;
import dev.ringside.machine.Setting;
import dev.ringside.samples.Sample;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.LongFunction;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code ringside translate}: what the translator makes of a piece of guest code. */
@Command(name = "translate", mixinStandardHelpOptions = true,
    description = {"Shows the translation of a loop: each guest instruction, its IR before and after the optimizer, and the JVM bytecode.",
        "Follows jumps to known places, as the translator does with a hot block.",
        "With --hot it runs the image instead, and lists the regions that were hottest with their counters."},
    footer = {"", "ringside translate --at set_gate kernel.asm", "ringside translate --hot 10 --memory 512M --initrd initrd.gz vmlinuz", "ringside translate --at 0x100040 --count 8 --bits 32 kernel.bin"})
final class TranslateCommand implements Callable<Integer> {
    private static final String SOURCE = ".asm";

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "IMAGE", description = "Guest image, or assembly source (.asm) with its labels; a file of no known format is taken as it is, from --org on.")
    private Path file;

    @Option(names = "--at", paramLabel = "SYMBOL|ADDRESS", description = "Where the code begins.")
    private String at;

    @Option(names = "--bits", defaultValue = "64", paramLabel = "N", description = "Code size: 16, 32 or 64 (${DEFAULT-VALUE}).")
    private int bits;

    @Option(names = "--count", defaultValue = "100", paramLabel = "N", description = "How many guest instructions at most (${DEFAULT-VALUE}).")
    private int count;

    @Option(names = "--org", defaultValue = "0", converter = Addresses.class, paramLabel = "A", description = "Address of a raw file's first byte (${DEFAULT-VALUE}).")
    private long origin;

    @Option(names = "--hot", paramLabel = "N", description = "Boots IMAGE, and lists the N regions in which most instructions retired.")
    private Integer hot;

    @Option(names = "--memory", converter = Sizes.class, paramLabel = "SIZE", description = "With --hot: guest memory, such as 512M (128M).")
    private Long memory;

    @Option(names = "--initrd", paramLabel = "F", description = "With --hot: initial RAM disk.")
    private Path initrd;

    @Option(names = "--append", paramLabel = "S", description = "With --hot: kernel command line.")
    private String append;

    @Option(names = "--max-instructions", defaultValue = "2000000000", paramLabel = "N", description = "With --hot: the run ends after N instructions (${DEFAULT-VALUE}).")
    private long maxInstructions;

    @Override
    public Integer call() throws HostError, MachineException {
        if ((at == null) == (hot == null)) {
            throw new HostError((at == null ? "neither --at nor --hot is" : "both --at and --hot are") + " given; one of them is needed");
        }
        if (hot != null) {
            return hottest();
        }
        if (count < 1) {
            throw new HostError("--count " + count + "; at least 1 is needed");
        }
        if (file.toString().endsWith(SOURCE)) {
            AssemblyResult assembled = AsmCommand.assemble(file, spec.commandLine().getErr());
            Symbolizer labels = Sample.symbols(assembled);
            show(address(labels), pc -> source(assembled.bytes(), pc - assembled.origin()), labels);
            return ExitStatus.OK;
        }
        try {
            var content = ImageBytes.read(file, "image");
            var image = new ImageLoader(MachineProviders.onClassPath().formats()).load(content);
            if (image.isPresent()) {
                show(image.get().inside());
            } else {
                byte[] bytes = content.slice(0, content.length());
                show(address(Symbolizer.NONE), pc -> source(bytes, pc - origin), Symbolizer.NONE);
            }
        } catch (ImageException e) {
            throw new HostError(e.getMessage());
        }
        return ExitStatus.OK;
    }

    private Integer hottest() throws HostError, MachineException {
        if (hot < 1 || maxInstructions < 1) {
            throw new HostError(hot < 1 ? "--hot " + hot + "; at least 1 is needed" : "--max-instructions " + maxInstructions + "; at least 1 is needed");
        }
        MachineSettings given = MachineSettings.NONE.with(Setting.IMAGE, MachineFile.isNamed(file) ? null : file).with(Setting.MEMORY, memory)
            .with(Setting.INITRD, initrd).with(Setting.APPEND, append).with(Setting.ENGINE, "translator").with(Setting.NO_REBOOT, true);
        MachineSettings settings = MachineFile.isNamed(file) ? MachineFile.read(file).under(given) : given;
        new HotRegionsReport(settings, hot).print(maxInstructions, spec.commandLine().getOut());
        return ExitStatus.OK;
    }

    private void show(GuestImage image) throws HostError {
        Symbolizer symbols = image.symbols();
        show(address(symbols), pc -> {
            for (Segment segment : image.segments()) {
                long at = segment.offsetOf(pc);
                if (at >= 0) {
                    return segment.content().to((from, offset, length) -> CodeSource.of(from, offset + (int) at, offset + length));
                }
            }
            return null;
        }, symbols);
    }

    private long address(Symbolizer symbols) throws HostError {
        Long symbol = symbols.addressOf(at);
        return symbol != null ? symbol : Addresses.of("--at", at, file);
    }

    private static CodeSource source(byte[] bytes, long from) {
        return from < 0 || from >= bytes.length ? null : CodeSource.of(bytes, (int) from, bytes.length);
    }

    private void show(long start, LongFunction<CodeSource> code, Symbolizer symbols) throws HostError {
        Architecture architecture = AsmCommand.architecture();
        Listing listing = Listing.of(architecture, modeKey(architecture, start), start, code, count);
        if (listing.rows().isEmpty()) {
            throw new HostError("--at: there is no code at %#x in '%s'".formatted(start, file));
        }
        PrintWriter out = spec.commandLine().getOut();
        for (Listing.Row row : listing.rows()) {
            if (row.startsBlock()) {
                out.println();
            }
            String name = symbols.nameOf(row.pc());
            if (name != null && name.indexOf('+') < 0) {
                out.println(name + ":");
            }
            out.printf("%8x  %s%n", row.pc(), architecture.disassembler().disassemble(code.apply(row.pc()), bits, row.pc(), symbols).text());
            columns(out, row);
        }
        out.printf("%naround them%n");
        listing.frame().forEach(line -> out.println("      " + line));
        out.printf("%n%d instructions, %d bytes of bytecode%n", listing.rows().size(), listing.bytecodeBytes());
        out.flush();
    }

    /** IR, optimized IR and bytecode beside each other. */
    private static void columns(PrintWriter out, Listing.Row row) {
        List<List<String>> columns = List.of(row.ir(), row.optimized(), row.bytecode());
        int lines = columns.stream().mapToInt(List::size).max().orElse(0);
        for (int i = 0; i < lines; i++) {
            out.println("          %-40s | %-40s | %s".formatted(line(columns.get(0), i), line(columns.get(1), i), line(columns.get(2), i)).stripTrailing());
        }
    }

    private static String line(List<String> column, int i) {
        return i < column.size() ? column.get(i) : "";
    }

    private int modeKey(Architecture architecture, long pc) throws HostError {
        EntryState.Mode mode = switch (bits) {
            case 16 -> EntryState.Mode.REAL_16;
            case 32 -> EntryState.Mode.PROTECTED_32;
            case 64 -> EntryState.Mode.LONG_64;
            default -> throw new HostError("--bits " + bits + "; 16, 32 or 64 is needed");
        };
        Cpu cpu = architecture.newCpu(0);
        cpu.enter(new EntryState(mode, mode == EntryState.Mode.REAL_16 ? 0 : pc, Map.of(), 0, 0, 0, 8, 0x10));
        return cpu.modeKey();
    }
}
