package dev.ringside.arch.x86.asm;

import dev.ringside.arch.x86.asm.Token.Kind;
import java.util.List;

/** A place in a line, with the expression grammar that all statements share. */
final class TokenCursor {
    /** Binary operators, the loosest first. */
    private static final List<List<String>> LEVELS = List.of(List.of("|"), List.of("^"), List.of("&"), List.of("<<", ">>"), List.of("+", "-"),
            List.of("*", "/", "%"));

    private static final int MAX_OPERATIONS = 1000;
    private static final int MAX_DEPTH = 100;

    private final List<Token> tokens;
    private final String parentLabel;
    private int at;
    private int operations;
    private int depth;

    /** @param parentLabel what a name that begins with a dot belongs to */
    TokenCursor(List<Token> tokens, String parentLabel) {
        this.tokens = tokens;
        this.parentLabel = parentLabel;
    }

    Token peek() {
        return tokens.get(at);
    }

    Token peekAt(int ahead) {
        return tokens.get(Math.min(at + ahead, tokens.size() - 1));
    }

    Token take() {
        Token token = tokens.get(at);
        if (token.kind() != Kind.END) {
            at++;
        }
        return token;
    }

    boolean accept(String symbolOrWord) {
        if (peek().is(symbolOrWord)) {
            at++;
            return true;
        }
        return false;
    }

    void expect(String symbol) throws SourceError {
        if (!accept(symbol)) {
            throw new SourceError(peek().column(), "expected '" + symbol + "', not " + name(peek()));
        }
    }

    boolean atEnd() {
        return peek().kind() == Kind.END;
    }

    void expectEnd() throws SourceError {
        if (!atEnd()) {
            throw new SourceError(peek().column(), "expected the end of the line, not " + name(peek()));
        }
    }

    static String name(Token token) {
        return token.kind() == Kind.END ? token.text() : "'" + token.text() + "'";
    }

    /** A symbol's full name: {@code .next} belongs to the last label without a dot. */
    String symbolName(String written) {
        return written.startsWith(".") && !written.startsWith("..") ? parentLabel + written : written;
    }

    Expression expression() throws SourceError {
        operations = 0;
        return binary(0);
    }

    private Expression binary(int level) throws SourceError {
        if (level == LEVELS.size()) {
            return unary();
        }
        Expression left = binary(level + 1);
        while (peek().kind() == Kind.SYMBOL && LEVELS.get(level).contains(peek().text())) {
            Token operator = take();
            limit(++operations, MAX_OPERATIONS, operator);
            left = new Expression.Binary(operator.text(), left, binary(level + 1), left.column());
        }
        return left;
    }

    /** Evaluation is recursive: a hostile line must not exhaust the stack. */
    private static void limit(int now, int most, Token token) throws SourceError {
        if (now > most) {
            throw new SourceError(token.column(), "the expression is too long");
        }
    }

    private Expression unary() throws SourceError {
        Token token = take();
        limit(++depth, MAX_DEPTH, token);
        Expression expression = primary(token);
        depth--;
        return expression;
    }

    private Expression primary(Token token) throws SourceError {
        switch (token.kind()) {
            case NUMBER -> {
                return new Expression.Constant(token.value(), token.column());
            }
            case STRING -> {
                if (token.text().isEmpty() || token.text().getBytes(java.nio.charset.StandardCharsets.UTF_8).length > 8) {
                    throw new SourceError(token.column(), "a character constant has 1 to 8 bytes");
                }
                return new Expression.Constant(token.value(), token.column());
            }
            case WORD -> {
                var reg = RegisterWords.find(token.text());
                if (reg != null) {
                    return new Expression.RegisterTerm(reg, token.column());
                }
                return new Expression.Symbol(symbolName(token.text()), token.column());
            }
            case SYMBOL -> {
                switch (token.text()) {
                    case "-", "+", "~", "!" -> {
                        return new Expression.Unary(token.text().charAt(0), unary(), token.column());
                    }
                    case "$" -> {
                        return new Expression.Here(token.column());
                    }
                    case "$$" -> {
                        return new Expression.Start(token.column());
                    }
                    case "(" -> {
                        Expression inner = binary(0);
                        expect(")");
                        return inner;
                    }
                    default -> {
                        // an error
                    }
                }
            }
            case END -> {
                // an error
            }
        }
        throw new SourceError(token.column(), "expected a number, a symbol or '(', not " + name(token));
    }
}
