package dev.ringside.asm.ui.editor;

import dev.ringside.arch.AssemblyResult;
import dev.ringside.arch.AssemblyResult.LineRange;
import dev.ringside.asm.core.AsmSource;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CopyOnWriteArrayList;

/** What is known of an editor's text: its names at once, addresses and bytes as of the last time it assembled. Any thread. */
public final class AsmModel {
    /** Told on the thread that assembled. */
    @FunctionalInterface
    interface Listener {
        void assembled(AsmSource source, AssemblyResult result);
    }

    private final List<Listener> listeners = new CopyOnWriteArrayList<>();
    private volatile AsmSource source = new AsmSource("");
    private volatile AssemblyResult good = new AssemblyResult(0, new byte[0], new java.util.TreeMap<>(), List.of(), List.of());
    private volatile boolean current;

    void addListener(Listener listener) {
        listeners.add(listener);
    }

    void removeListener(Listener listener) {
        listeners.remove(listener);
    }

    void assembled(AsmSource text, AssemblyResult result) {
        source = text;
        current = !result.hasErrors();
        if (current) {
            good = result;
        }
        listeners.forEach(listener -> listener.assembled(text, result));
    }

    /** As of the last assembly. */
    public AsmSource source() {
        return source;
    }

    /** Address of a label or value of a constant, from the last assembly without errors. */
    OptionalLong value(String symbol) {
        Long value = good.symbols().get(symbol);
        return value == null ? OptionalLong.empty() : OptionalLong.of(value);
    }

    /** The line whose code begins at an address; 0 when the text has errors or there is none. */
    int lineAt(long address) {
        return !current ? 0 : good.lines().stream().filter(range -> range.code() && range.start() == address).mapToInt(LineRange::line).findFirst().orElse(0);
    }

    /** What a line was assembled to, with its address; null when the text has errors or the line no code. */
    Code codeOf(int line) {
        if (!current) {
            return null;
        }
        LineRange range = good.lines().stream().filter(candidate -> candidate.line() == line && candidate.code()).findFirst().orElse(null);
        if (range == null) {
            return null;
        }
        int from = (int) (range.start() - good.origin());
        return new Code(range.start(), Arrays.copyOfRange(good.bytes(), from, from + (int) (range.end() - range.start())));
    }

    /** An instruction of the text. */
    record Code(long address, byte[] bytes) {
    }
}
