package dev.ringside.asm.core;

import dev.ringside.asm.core.AsmLine.Kind;
import dev.ringside.asm.core.AsmLine.Word;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A source text as an editor sees it: its lines, and the names it declares, whether it assembles or not. Immutable. Offsets count characters from 0,
 * lines from 1 as the assembler does.
 */
public final class AsmSource {
    /**
     * A name where it is declared.
     *
     * @param name with the label before it when it is local: {@code print.next}
     * @param text as written: {@code .next}
     * @param offset of its first character
     */
    public record Symbol(String name, String text, int line, int offset, boolean isConstant) {
        public boolean isLocal() {
            return text.startsWith(".");
        }

        public String parent() {
            return isLocal() ? name.substring(0, name.length() - text.length()) : "";
        }
    }

    private final List<String> lines = new ArrayList<>();
    private final List<Integer> starts = new ArrayList<>();

    /** Of each line: the label that local names on it belong to. */
    private final List<String> parents = new ArrayList<>();
    private final Map<String, Symbol> symbols = new LinkedHashMap<>();

    public AsmSource(String text) {
        int start = 0;
        String parent = "";
        for (String piece : text.split("\n", -1)) {
            String line = piece.endsWith("\r") ? piece.substring(0, piece.length() - 1) : piece;
            lines.add(line);
            starts.add(start);
            parent = declare(line, start, parent);
            parents.add(parent);
            start += piece.length() + 1;
        }
    }

    /** @return the label that local names behind belong to */
    private String declare(String line, int start, String parent) {
        // Most lines declare nothing and are not looked at twice.
        List<Word> words = line.isBlank() ? List.of() : AsmLine.words(line);
        Word declared = words.stream().filter(word -> word.kind() == Kind.DECLARATION).findFirst().orElse(null);
        if (declared == null) {
            return parent;
        }
        int at = words.indexOf(declared);
        boolean constant = at > 0 || words.size() > 1 && words.get(1).text().equalsIgnoreCase("equ");
        String name = declared.text().startsWith(".") ? parent + declared.text() : declared.text();
        symbols.putIfAbsent(name, new Symbol(name, declared.text(), lines.size(), start + declared.start(), constant));
        return constant || declared.text().startsWith(".") ? parent : name;
    }

    /** In source order; of a name that is declared twice the first. */
    public List<Symbol> symbols() {
        return List.copyOf(symbols.values());
    }

    public int lineCount() {
        return lines.size();
    }

    public String line(int number) {
        return lines.get(number - 1);
    }

    public int offset(int line, int column) {
        return starts.get(line - 1) + Math.min(column - 1, line(line).length());
    }

    public int lineOf(int offset) {
        int low = 0;
        int high = starts.size() - 1;
        while (low < high) {
            int middle = (low + high + 1) >>> 1;
            if (starts.get(middle) <= offset) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return low + 1;
    }

    /** The word under or right before an offset; columns are those of its line. */
    public Optional<Word> wordAt(int offset) {
        int line = lineOf(offset);
        int column = offset - starts.get(line - 1);
        List<Word> touching = AsmLine.words(line(line)).stream().filter(word -> word.touches(column)).toList();
        return touching.isEmpty() ? Optional.empty() : Optional.of(touching.getLast().kind() == Kind.SYMBOL ? touching.getFirst() : touching.getLast());
    }

    /** Where the name that a word on {@code line} uses is declared. */
    public Optional<Symbol> symbol(String word, int line) {
        return Optional.ofNullable(symbols.get(word.startsWith(".") ? parents.get(line - 1) + word : word));
    }

    /** The word at which an error begins: {@code {start, end}} offsets, at least one character unless the text ends there. */
    public int[] wordRange(int line, int column) {
        int at = Math.min(column - 1, line(line).length());
        Word word = AsmLine.words(line(line)).stream().filter(candidate -> at >= candidate.start() && at < candidate.end()).findFirst().orElse(null);
        int start = starts.get(line - 1);
        if (word != null) {
            return new int[] {start + word.start(), start + word.end()};
        }
        // The error is that something is missing at the end of the line: mark what is there.
        int from = at == 0 ? 0 : at - 1;
        return new int[] {start + from, start + Math.max(at, Math.min(from + 1, line(line).length()))};
    }
}
