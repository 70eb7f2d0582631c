package dev.ringside.cli;

import dev.ringside.trace.TraceKind;
import dev.ringside.trace.TraceSink;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;
import java.util.stream.Collectors;

/** {@code --trace exit,page_fault:FILE}: writes the named events, one line each. */
final class TraceOption implements TraceSink, AutoCloseable {
    private final Set<TraceKind> kinds;
    private final PrintWriter out;
    /** Null when the events go to stderr. */
    private final Path file;

    private TraceOption(Set<TraceKind> kinds, PrintWriter out, Path file) {
        this.kinds = kinds;
        this.out = out;
        this.file = file;
    }

    /** @param text event names with commas, then an optional colon and file; stderr without one */
    static TraceOption parse(String text, PrintWriter err) throws HostError {
        int colon = text.indexOf(':');
        var kinds = EnumSet.noneOf(TraceKind.class);
        for (String name : (colon < 0 ? text : text.substring(0, colon)).split(",")) {
            add(name.trim(), kinds);
        }
        if (colon < 0) {
            return new TraceOption(kinds, err, null);
        }
        if (colon == text.length() - 1) {
            throw new HostError("--trace '" + text + "': behind the colon a file is needed");
        }
        Path file = Path.of(text.substring(colon + 1));
        try {
            return new TraceOption(kinds, new PrintWriter(Files.newBufferedWriter(file, StandardCharsets.UTF_8)), file);
        } catch (IOException e) {
            throw HostFile.cannotWrite("--trace", file, e);
        }
    }

    private static void add(String name, Set<TraceKind> into) throws HostError {
        if (name.equals("exit")) {
            Arrays.stream(TraceKind.values()).filter(TraceKind::isExit).forEach(into::add);
            return;
        }
        if (name.equals("all")) {
            into.addAll(EnumSet.allOf(TraceKind.class));
            return;
        }
        into.add(Arrays.stream(TraceKind.values()).filter(k -> k.label().equals(name)).findFirst().orElseThrow(() -> new HostError("--trace: event '" + name
            + "' is unknown; there are exit, all, " + Arrays.stream(TraceKind.values()).map(TraceKind::label).collect(Collectors.joining(", ")))));
    }

    @Override
    public boolean wants(TraceKind kind) {
        return kinds.contains(kind);
    }

    @Override
    public void emit(TraceKind kind, long instructions, int vcpu, long a, long b, long c, long d) {
        out.println(line(kind, instructions, vcpu, a, b, c, d));
    }

    /** One event as its line. */
    static String line(TraceKind kind, long instructions, int vcpu, long... values) {
        var text = new StringBuilder(kind.label()).append(": insn=").append(instructions).append(" vcpu=").append(vcpu);
        for (int i = 0; i < kind.operands().size(); i++) {
            text.append(' ').append(kind.operands().get(i)).append("=0x").append(Long.toHexString(values[i]));
        }
        return text.toString();
    }

    /** @throws HostError when some of the events could not be written */
    void check() throws HostError {
        if (out.checkError() && file != null) {
            throw new HostError("--trace: file '" + file + "' could not be written to its end; events are missing");
        }
    }

    @Override
    public void close() {
        out.flush();
        if (file != null) {
            out.close();
        }
    }
}
