package dev.ringside.asm.core;

import dev.ringside.arch.x86.asm.Vocabulary;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * The words of one source line and what each is. It reads as the assembler does, but refuses nothing: an editor shows lines that are half typed.
 * The line has no end-of-line characters.
 */
public final class AsmLine {
    /** What a word is. */
    public enum Kind {
        /** A label or constant where it is declared. */
        DECLARATION,
        /** An instruction's mnemonic, or a prefix before it. */
        MNEMONIC, REGISTER,
        /** A directive, or a word such as {@code dword}. */
        DIRECTIVE,
        /** A name used: a label, a constant, or nothing that is known. */
        NAME, NUMBER, STRING, COMMENT, SYMBOL
    }

    /** @param start offset in the line of its first character, {@code end} of the one behind its last */
    public record Word(int start, int end, Kind kind, String text) {
        /** A cursor right behind a word is still on it. */
        boolean touches(int column) {
            return column >= start && column <= end;
        }
    }

    private static final Set<String> DATA = Set.of("db", "dw", "dd", "dq", "resb", "resw", "resd", "resq", "times");

    private final String line;
    private final List<Word> words = new ArrayList<>();

    private AsmLine(String line) {
        this.line = line;
    }

    /** From left to right; white space is left out. */
    public static List<Word> words(String line) {
        AsmLine reader = new AsmLine(line);
        reader.split();
        reader.classify();
        return reader.words;
    }

    // ---- into words

    private void split() {
        int at = 0;
        while (at < line.length()) {
            char c = line.charAt(at);
            if (Character.isWhitespace(c)) {
                at++;
            } else {
                Kind kind = kind(at);
                int end = end(at, kind);
                words.add(new Word(at, end, kind, line.substring(at, end)));
                at = end;
            }
        }
    }

    private Kind kind(int at) {
        char c = line.charAt(at);
        if (c == ';') {
            return Kind.COMMENT;
        }
        if (c == '"' || c == '\'' || c == '`') {
            return Kind.STRING;
        }
        if (c >= '0' && c <= '9') {
            return Kind.NUMBER;
        }
        boolean macro = c == '%' && words.isEmpty() && at + 1 < line.length() && Character.isLetter(line.charAt(at + 1));
        return macro || isNameStart(c) ? Kind.NAME : Kind.SYMBOL;
    }

    private int end(int at, Kind kind) {
        int end = at + 1;
        switch (kind) {
            case COMMENT -> end = line.length();
            case STRING -> {
                while (end < line.length() && line.charAt(end) != line.charAt(at)) {
                    end += line.charAt(end) == '\\' && line.charAt(at) == '`' && end + 1 < line.length() ? 2 : 1;
                }
                end = Math.min(end + 1, line.length());
            }
            case NUMBER, NAME -> {
                while (end < line.length() && isNamePart(line.charAt(end))) {
                    end++;
                }
            }
            default -> {
                // one character
            }
        }
        return end;
    }

    static boolean isNameStart(char c) {
        return Character.isLetter(c) || c == '_' || c == '.' || c == '?' || c == '@';
    }

    static boolean isNamePart(char c) {
        return Character.isLetterOrDigit(c) || "_.?@$#~".indexOf(c) >= 0;
    }

    // ---- what they are

    private void classify() {
        int at = 0;
        if (at < words.size() && words.get(at).kind() == Kind.NAME && isDeclaration(at)) {
            become(at++, Kind.DECLARATION);
        }
        boolean statement = true;
        boolean repeated = false;
        for (; at < words.size(); at++) {
            if (words.get(at).kind() != Kind.NAME) {
                continue;
            }
            String word = lower(at);
            if (statement || repeated && isStatement(word)) {
                statement = Vocabulary.isPrefix(word);
                repeated = word.equals("times");
                become(at, isDirective(word) ? Kind.DIRECTIVE : isStatement(word) ? Kind.MNEMONIC : Kind.NAME);
                if (word.equals("%define") || word.equals("%assign")) {
                    declareNext(at);
                }
            } else if (Vocabulary.register(word).isPresent()) {
                become(at, Kind.REGISTER);
            } else if (Vocabulary.operandWords().contains(word)) {
                become(at, Kind.DIRECTIVE);
            }
        }
    }

    private boolean isDeclaration(int at) {
        String next = at + 1 < words.size() ? lower(at + 1) : "";
        return next.equals(":") || next.equals("equ") || DATA.contains(next) && !isStatement(lower(at)) && !lower(at).startsWith("%");
    }

    private void declareNext(int at) {
        if (at + 1 < words.size() && words.get(at + 1).kind() == Kind.NAME) {
            become(at + 1, Kind.DECLARATION);
        }
    }

    private static boolean isStatement(String word) {
        return isDirective(word) || Vocabulary.isPrefix(word) || Vocabulary.mnemonics().contains(word);
    }

    private static boolean isDirective(String word) {
        return Vocabulary.directives().contains(word) || word.startsWith("%");
    }

    private String lower(int at) {
        return words.get(at).text().toLowerCase(Locale.ROOT);
    }

    private void become(int at, Kind kind) {
        Word word = words.get(at);
        words.set(at, new Word(word.start(), word.end(), kind, word.text()));
    }
}
