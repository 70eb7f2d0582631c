package dev.ringside.cli;

import dev.ringside.arch.Architecture;
import dev.ringside.arch.DisassembledInstruction;
import dev.ringside.arch.Symbolizer;
import dev.ringside.loader.GuestImage;
import dev.ringside.loader.ImageBytes;
import dev.ringside.loader.ImageException;
import dev.ringside.loader.ImageLoader;
import dev.ringside.loader.Segment;
import dev.ringside.machine.MachineProviders;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code ringside disasm}: bytes to text. */
@Command(name = "disasm", mixinStandardHelpOptions = true, description = "Disassembles bytes, a raw file, or a part of a guest image.",
    footer = {"", "ringside disasm --hex '48 89 c8'", "ringside disasm --raw --bits 16 --org 0x7c00 boot.bin", "ringside disasm --at start --count 20 kernel.elf"})
final class DisasmCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(arity = "0..1", paramLabel = "FILE", description = "Guest image or, with --raw, any file.")
    private Path file;

    @Option(names = "--hex", paramLabel = "BYTES", description = "Disassembles these bytes instead of a file.")
    private String hex;

    @Option(names = "--raw", description = "Takes the file as it is, without looking for an image format.")
    private boolean raw;

    @Option(names = "--bits", defaultValue = "64", paramLabel = "N", description = "Code size: 16, 32 or 64 (${DEFAULT-VALUE}).")
    private int bits;

    @Option(names = "--org", defaultValue = "0", converter = Addresses.class, paramLabel = "A", description = "Address of the first byte (${DEFAULT-VALUE}).")
    private long origin;

    @Option(names = "--at", paramLabel = "SYMBOL|ADDRESS", description = "Where to start in an image; its first byte by default.")
    private String at;

    @Option(names = "--count", defaultValue = "0", paramLabel = "N", description = "How many instructions; all by default.",
        showDefaultValue = picocli.CommandLine.Help.Visibility.NEVER)
    private long count;

    @Override
    public Integer call() throws HostError {
        if (bits != 16 && bits != 32 && bits != 64) {
            throw new HostError("--bits " + bits + "; 16, 32 or 64 is needed");
        }
        if (count < 0) {
            throw new HostError("--count " + count + "; a number of instructions is needed, 0 for all");
        }
        if ((hex == null) == (file == null)) {
            throw new HostError("disasm takes either a FILE or --hex BYTES; " + (hex == null ? "none is" : "both are") + " given");
        }
        if (hex != null) {
            print(bytes(hex), origin, 0, Symbolizer.NONE);
            return ExitStatus.OK;
        }
        try {
            disassembleFile();
        } catch (ImageException e) {
            throw new HostError(e.getMessage());
        }
        return ExitStatus.OK;
    }

    private void disassembleFile() throws HostError, ImageException {
        var content = ImageBytes.read(file, "file");
        Optional<GuestImage> image = raw ? Optional.empty() : new ImageLoader(MachineProviders.onClassPath().formats()).load(content);
        if (image.isEmpty()) {
            long start = at == null ? origin : address(Symbolizer.NONE);
            print(content.slice(0, content.length()), origin, start - origin, Symbolizer.NONE);
            return;
        }
        // What is shown when nothing is asked for is how the image begins.
        GuestImage guest = at == null ? image.get() : image.get().inside();
        Symbolizer symbols = guest.symbols();
        Segment first = guest.segments().getFirst();
        long start = at == null ? first.gpa() : address(symbols);
        for (Segment segment : guest.segments()) {
            long offset = segment.offsetOf(start);
            if (offset >= 0) {
                print(segment.content().toBytes(), start - offset, offset, symbols);
                return;
            }
        }
        throw new HostError("--at: there are no bytes at %#x in '%s'; its first segment is at %#x".formatted(start, file, first.gpa()));
    }

    private long address(Symbolizer symbols) throws HostError {
        Long symbol = symbols.addressOf(at);
        return symbol != null ? symbol : Addresses.of("--at", at, file);
    }

    private void print(byte[] bytes, long base, long from, Symbolizer symbols) throws HostError {
        if (from < 0 || from > bytes.length) {
            throw new HostError("--at: there are no bytes at %#x; there are %d from %#x on".formatted(base + from, bytes.length, base));
        }
        Architecture architecture = AsmCommand.architecture();
        PrintWriter out = spec.commandLine().getOut();
        long left = count > 0 ? count : Long.MAX_VALUE;
        for (int i = (int) from; i < bytes.length && left-- > 0;) {
            DisassembledInstruction insn = architecture.disassembler().disassemble(AsmCommand.source(bytes, i), bits, base + i, symbols);
            String name = symbols.nameOf(base + i);
            if (name != null && name.indexOf('+') < 0) {
                out.println(name + ":");
            }
            int length = Math.min(insn.lengthBytes(), bytes.length - i);
            out.printf("%8x  %-31s %s%n", base + i, HexFormat.ofDelimiter(" ").formatHex(bytes, i, i + length), insn.text());
            i += length;
        }
        out.flush();
    }

    private static byte[] bytes(String hex) throws HostError {
        String digits = hex.replaceAll("[\\s,]|0x", "");
        try {
            return HexFormat.of().parseHex(digits);
        } catch (IllegalArgumentException e) {
            throw new HostError("--hex '" + hex + "' is not a row of bytes; pairs of hexadecimal digits are needed, such as '48 89 c8'");
        }
    }
}
