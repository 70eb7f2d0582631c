package dev.ringside.asm.core;

import dev.ringside.arch.AssemblyResult;
import dev.ringside.arch.AssemblyResult.LineRange;
import dev.ringside.arch.x86.asm.X86Assembler;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * An image and the source that it was assembled from, by their places: {@code build/kernel.bin} comes from {@code kernel.asm} beside the folder
 * {@code build}. Addresses of lines are known only while the source still gives these very bytes.
 *
 * @param result without errors
 */
public record BuiltProgram(Path source, AssemblyResult result) {

    /** The program of an image, or empty: it is no built one, or its source has changed. Reads files; blocks. */
    public static Optional<BuiltProgram> of(Path image) throws IOException {
        Path source = source(image).orElse(null);
        if (source == null || !Files.isRegularFile(image)) {
            return Optional.empty();
        }
        AssemblyResult result = assemble(source);
        return !result.hasErrors() && Arrays.equals(result.bytes(), Files.readAllBytes(image)) ? Optional.of(new BuiltProgram(source, result)) : Optional.empty();
    }

    /** Why an image is not there: the first error of its source, with its place; empty when there is no such reason. */
    public static Optional<String> whyMissing(Path image) throws IOException {
        Path source = source(image).orElse(null);
        if (source == null || Files.exists(image)) {
            return Optional.empty();
        }
        return assemble(source).errors().stream().findFirst().map(Object::toString);
    }

    private static AssemblyResult assemble(Path source) throws IOException {
        return new X86Assembler().assemble(source.getFileName().toString(), new String(Files.readAllBytes(source), StandardCharsets.UTF_8));
    }

    private static Optional<Path> source(Path image) {
        String name = image.getFileName() == null ? "" : image.getFileName().toString();
        if (!name.endsWith("." + GuestProject.IMAGE_EXTENSION)) {
            return Optional.empty();
        }
        String sourceName = name.substring(0, name.length() - GuestProject.IMAGE_EXTENSION.length()) + GuestProject.SOURCE_EXTENSION;
        for (Path folder = image.toAbsolutePath().getParent(); folder != null && folder.getParent() != null; folder = folder.getParent()) {
            if (folder.endsWith(GuestProject.BUILD_FOLDER)) {
                Path source = folder.getParent().resolve(folder.relativize(image.toAbsolutePath().resolveSibling(sourceName)));
                return Files.isRegularFile(source) ? Optional.of(source) : Optional.empty();
            }
        }
        return Optional.empty();
    }

    /** Where the first instruction of a line is; empty for a line without code. */
    public OptionalLong addressOf(int line) {
        return result.lines().stream().filter(range -> range.line() == line && range.code()).mapToLong(LineRange::start).findFirst();
    }

    /** The line whose bytes are at an address. */
    public OptionalInt lineAt(long address) {
        return result.lines().stream().filter(range -> address >= range.start() && address < range.end()).mapToInt(LineRange::line).findFirst();
    }

    /** The first line with code from {@code line} on: where a breakpoint set there belongs. */
    public OptionalInt codeLineFrom(int line) {
        return codeLineFrom(result, line);
    }

    public static OptionalInt codeLineFrom(AssemblyResult result, int line) {
        return result.lines().stream().filter(range -> range.code() && range.line() >= line).mapToInt(LineRange::line).min();
    }
}
