package dev.ringside.cli;

import dev.ringside.arch.Architecture;
import dev.ringside.arch.AssemblyResult;
import dev.ringside.arch.AssemblyResult.AssemblyError;
import dev.ringside.arch.CodeSource;
import dev.ringside.machine.MachineProviders;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code ringside asm}: text to bytes. */
@Command(name = "asm", mixinStandardHelpOptions = true, description = "Assembles Intel syntax to a flat binary, or prints a listing.")
final class AsmCommand implements Callable<Integer> {
    /** What a text is called in messages. */
    private static final String TEXT = "text";

    @Spec
    private CommandSpec spec;

    @Parameters(arity = "0..1", paramLabel = "FILE", description = "Source file.")
    private Path file;

    @Option(names = {"-e", "--expression"}, paramLabel = "TEXT", description = "Assembles this text (lines separated by ';;') instead of a file.")
    private String text;

    @Option(names = {"-o", "--output"}, paramLabel = "F", description = "Writes the bytes to F instead of printing a listing.")
    private Path output;

    @Option(names = "--bits", defaultValue = "64", paramLabel = "N", description = "Code size for -e: 16, 32 or 64 (${DEFAULT-VALUE}); files say it with 'bits'.")
    private int bits;

    @Override
    public Integer call() throws HostError {
        String source = source();
        AssemblyResult result = architecture().assembler().assemble(file == null ? TEXT : file.toString(), source);
        PrintWriter err = spec.commandLine().getErr();
        if (result.hasErrors()) {
            result.errors().stream().map(this::asGiven).forEach(err::println);
            return ExitStatus.HOST_ERROR;
        }
        if (output != null) {
            write(result.bytes());
        } else {
            print(result, source.lines().toArray(String[]::new));
        }
        return ExitStatus.OK;
    }

    /** In front of a text stands a line that the user did not write. */
    private AssemblyError asGiven(AssemblyError error) {
        return file != null ? error : new AssemblyError(TEXT, error.line() - 1, error.column(), error.message());
    }

    private String source() throws HostError {
        if ((text == null) == (file == null)) {
            throw new HostError("asm takes either a FILE or -e TEXT; " + (text == null ? "none is" : "both are") + " given");
        }
        if (text != null) {
            if (bits != 16 && bits != 32 && bits != 64) {
                throw new HostError("--bits " + bits + "; 16, 32 or 64 is needed");
            }
            return "bits " + bits + "\n" + text.replace(";;", "\n");
        }
        return read(file);
    }

    /** @throws HostError when it cannot be read, and, after its errors went to {@code err}, when it has some */
    static AssemblyResult assemble(Path file, PrintWriter err) throws HostError {
        AssemblyResult result = architecture().assembler().assemble(file.toString(), read(file));
        if (result.hasErrors()) {
            result.errors().forEach(err::println);
            throw new HostError("source '" + file + "' has errors (above)");
        }
        return result;
    }

    private static String read(Path file) throws HostError {
        try {
            return Files.readString(file);
        } catch (NoSuchFileException e) {
            throw new HostError("source '" + file + "' does not exist");
        } catch (MalformedInputException e) {
            throw new HostError("source '" + file + "' is not UTF-8 text; save it as UTF-8");
        } catch (IOException e) {
            throw new HostError("source '" + file + "' cannot be read: " + HostFile.reason(e));
        }
    }

    private void write(byte[] bytes) throws HostError {
        try {
            Files.write(output, bytes);
        } catch (IOException e) {
            throw HostFile.cannotWrite("--output", output, e);
        }
    }

    private void print(AssemblyResult result, String[] lines) {
        PrintWriter out = spec.commandLine().getOut();
        for (var range : result.lines()) {
            int from = (int) (range.start() - result.origin());
            int to = (int) Math.min(range.end() - result.origin(), from + 16L);
            String bytes = HexFormat.ofDelimiter(" ").formatHex(result.bytes(), from, to) + (range.end() - range.start() > 16 ? " ..." : "");
            out.printf("%08x  %-50s %s%n", range.start(), bytes, lines[range.line() - 1].strip());
        }
        out.flush();
    }

    static Architecture architecture() throws HostError {
        return MachineProviders.onClassPath().architectures().stream().findFirst().orElseThrow(() -> new HostError("no architecture is installed"));
    }

    /** Source over a whole array. */
    static CodeSource source(byte[] bytes, int at) {
        return CodeSource.of(bytes, at, bytes.length);
    }
}
