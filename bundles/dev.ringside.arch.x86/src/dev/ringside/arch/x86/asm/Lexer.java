package dev.ringside.arch.x86.asm;

import dev.ringside.arch.x86.asm.Token.Kind;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Splits a line into words, numbers, strings and symbols; drops the comment. */
final class Lexer {
    private static final BigInteger LIMIT = BigInteger.ONE.shiftLeft(64);

    private final String line;
    private int at;

    private Lexer(String line) {
        this.line = line;
    }

    static List<Token> tokens(String line) throws SourceError {
        Lexer lexer = new Lexer(line);
        List<Token> tokens = new ArrayList<>();
        Token token;
        do {
            token = lexer.next();
            tokens.add(token);
        } while (token.kind() != Kind.END);
        return tokens;
    }

    private Token next() throws SourceError {
        while (at < line.length() && Character.isWhitespace(line.charAt(at))) {
            at++;
        }
        int start = at;
        if (at == line.length() || line.charAt(at) == ';') {
            return new Token(Kind.END, "the end of the line", 0, start + 1);
        }
        char c = line.charAt(at);
        if (c == '"' || c == '\'' || c == '`') {
            return string(c);
        }
        if (c >= '0' && c <= '9') {
            return number();
        }
        if (isWordStart(c)) {
            return word();
        }
        String two = line.substring(at, Math.min(at + 2, line.length()));
        boolean pair = two.equals("<<") || two.equals(">>") || two.equals("$$");
        at += pair ? 2 : 1;
        if ("+-*/%&|^~!()[],:$<>=".indexOf(c) < 0) {
            throw new SourceError(start + 1, "'" + c + "' has no meaning here");
        }
        return new Token(Kind.SYMBOL, line.substring(start, at), 0, start + 1);
    }

    private boolean isWordStart(char c) {
        if (c == '%') {
            return at + 1 < line.length() && Character.isLetter(line.charAt(at + 1)) && line.substring(0, at).isBlank();
        }
        return Character.isLetter(c) || c == '_' || c == '.' || c == '?' || c == '@';
    }

    private Token word() {
        int start = at++;
        while (at < line.length() && (Character.isLetterOrDigit(line.charAt(at)) || "_.?@$#~".indexOf(line.charAt(at)) >= 0)) {
            at++;
        }
        return new Token(Kind.WORD, line.substring(start, at), 0, start + 1);
    }

    private Token number() throws SourceError {
        int start = at;
        while (at < line.length() && (Character.isLetterOrDigit(line.charAt(at)) || line.charAt(at) == '_')) {
            at++;
        }
        String text = line.substring(start, at);
        String digits = text.replace("_", "").toLowerCase(Locale.ROOT);
        int radix = 10;
        if (digits.startsWith("0x") || digits.startsWith("0h")) {
            digits = digits.substring(2);
            radix = 16;
        } else if (digits.endsWith("h")) {
            digits = digits.substring(0, digits.length() - 1);
            radix = 16;
        } else if (digits.startsWith("0b") && digits.length() > 2) {
            digits = digits.substring(2);
            radix = 2;
        } else if (digits.startsWith("0o") || digits.startsWith("0q")) {
            digits = digits.substring(2);
            radix = 8;
        } else if (digits.endsWith("b")) {
            digits = digits.substring(0, digits.length() - 1);
            radix = 2;
        } else if (digits.endsWith("o") || digits.endsWith("q")) {
            digits = digits.substring(0, digits.length() - 1);
            radix = 8;
        }
        if (digits.length() > 64) {
            throw new SourceError(start + 1, "the number does not fit in 64 bits");
        }
        BigInteger value;
        try {
            value = new BigInteger(digits, radix);
        } catch (NumberFormatException e) {
            throw new SourceError(start + 1, "'" + text + "' is no number: 42, 0x2a, 2ah, 0b101010 and 52o are");
        }
        if (value.signum() < 0 || value.compareTo(LIMIT) >= 0) {
            throw new SourceError(start + 1, "'" + text + "' does not fit in 64 bits");
        }
        return new Token(Kind.NUMBER, text, value.longValue(), start + 1);
    }

    private Token string(char quote) throws SourceError {
        int start = at++;
        StringBuilder text = new StringBuilder();
        while (at < line.length() && line.charAt(at) != quote) {
            char c = line.charAt(at++);
            text.append(c == '\\' && quote == '`' ? escape(start) : c);
        }
        if (at == line.length()) {
            throw new SourceError(start + 1, "the string has no closing " + quote);
        }
        at++;
        byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
        long value = 0;
        for (int i = Math.min(bytes.length, 8) - 1; i >= 0; i--) {
            value = value << 8 | bytes[i] & 0xff;
        }
        return new Token(Kind.STRING, text.toString(), value, start + 1);
    }

    private char escape(int start) throws SourceError {
        char c = at < line.length() ? line.charAt(at++) : ' ';
        return switch (c) {
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'a' -> 7;
            case 'b' -> '\b';
            case 'e' -> 27;
            case '0' -> 0;
            case '\\', '\'', '"', '`' -> c;
            default -> throw new SourceError(start + 1, "'\\" + c + "' is no escape: \\n \\r \\t \\a \\b \\e \\0 \\\\ and quotes are");
        };
    }
}
