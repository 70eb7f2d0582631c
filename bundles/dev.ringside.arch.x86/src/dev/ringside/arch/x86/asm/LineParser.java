package dev.ringside.arch.x86.asm;

import dev.ringside.arch.x86.asm.Statement.Line;
import dev.ringside.arch.x86.asm.Token.Kind;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Source lines to statements, with what carries over from one line to the next: code size, last label, constants, definitions. */
final class LineParser {
    private static final Map<String, Integer> DATA = Map.of("db", 1, "dw", 2, "dd", 4, "dq", 8);
    private static final Map<String, Integer> RESERVE = Map.of("resb", 1, "resw", 2, "resd", 4, "resq", 8);
    private static final Set<String> DIRECTIVES = Set.of("bits", "use16", "use32", "use64", "org", "align", "alignb", "times", "equ", "global", "extern",
            "section", "segment", "default", "cpu", "db", "dw", "dd", "dq", "resb", "resw", "resd", "resq");

    /** Definitions that double each other grow fast. */
    private static final int MAX_TOKENS = 20_000;

    private final Set<String> names = new HashSet<>();
    private final Map<String, Long> constants = new HashMap<>();
    private final Map<String, List<Token>> definitions = new HashMap<>();
    private final List<Line> lines = new ArrayList<>();

    private int codeBits;
    private boolean relativeByDefault;
    private String parentLabel = "";
    private int lineNumber;
    private TokenCursor cursor;

    /** @param codeBits until the first {@code bits} */
    LineParser(int codeBits) {
        this.codeBits = codeBits;
    }

    static Set<String> directives() {
        return DIRECTIVES;
    }

    List<Line> lines() {
        return lines;
    }

    /** Every label and constant. */
    Set<String> names() {
        return names;
    }

    void parse(int number, String text) throws SourceError {
        lineNumber = number;
        List<Token> tokens = define(Lexer.tokens(text));
        if (tokens == null) {
            return;
        }
        cursor = new TokenCursor(expand(tokens), parentLabel);
        label();
        if (!cursor.atEnd()) {
            int column = cursor.peek().column();
            Statement statement = statement();
            cursor.expectEnd();
            if (statement != null) {
                lines.add(new Line(lineNumber, column, statement));
            }
        }
    }

    // ---- labels and constants

    private void label() throws SourceError {
        Token first = cursor.peek();
        if (first.kind() != Kind.WORD) {
            return;
        }
        Token second = cursor.peekAt(1);
        boolean colon = second.is(":");
        if (second.is("equ") || colon && cursor.peekAt(2).is("equ")) {
            cursor.take();
            cursor.accept(":");
            cursor.take();
            String name = declare(first);
            Expression value = cursor.expression();
            lines.add(new Line(lineNumber, first.column(), new Statement.Equ(name, value, first.column())));
            remember(name, value);
            return;
        }
        String word = first.text().toLowerCase(Locale.ROOT);
        boolean known = DIRECTIVES.contains(word) || Prefixes.isPrefix(word) || !Mnemonics.find(word).isEmpty() || word.startsWith("%");
        String next = second.text().toLowerCase(Locale.ROOT);
        boolean dataFollows = second.kind() == Kind.WORD && (DATA.containsKey(next) || RESERVE.containsKey(next) || next.equals("times"));
        if (colon || !known && dataFollows) {
            cursor.take();
            cursor.accept(":");
            String name = declare(first);
            if (!first.text().startsWith(".")) {
                parentLabel = name;
                cursor = new TokenCursor(rest(), parentLabel);
            }
            lines.add(new Line(lineNumber, first.column(), new Statement.Label(name, first.column())));
        }
    }

    private List<Token> rest() {
        List<Token> rest = new ArrayList<>();
        Token token;
        do {
            token = cursor.take();
            rest.add(token);
        } while (token.kind() != Kind.END);
        return rest;
    }

    private String declare(Token token) throws SourceError {
        if (RegisterWords.find(token.text()) != null) {
            throw new SourceError(token.column(), "'" + token.text() + "' is a register and cannot be a symbol");
        }
        if (token.text().startsWith(".") && parentLabel.isEmpty()) {
            throw new SourceError(token.column(), "the local label '" + token.text() + "' comes before any other label");
        }
        String name = cursor.symbolName(token.text());
        if (!names.add(name)) {
            throw new SourceError(token.column(), "the symbol '" + name + "' is defined twice");
        }
        return name;
    }

    /** A constant that depends on nothing behind it may scale an index. */
    private void remember(String name, Expression value) {
        try {
            constants.put(name, value.value(known));
        } catch (SourceError e) {
            // It depends on labels: layout finds its value.
            constants.remove(name);
        }
    }

    private final Expression.Scope known = new Expression.Scope() {
        @Override
        public long symbol(String name, int column) throws SourceError {
            Long value = constants.get(name);
            if (value == null) {
                throw new SourceError(column, "the value of '" + name + "' must be known before this line");
            }
            return value;
        }

        @Override
        public long here() {
            return 0;
        }

        @Override
        public long start() {
            return 0;
        }
    };

    /** {@code %define NAME tokens} and {@code %assign}; returns null when the line was one. */
    private List<Token> define(List<Token> tokens) throws SourceError {
        Token first = tokens.get(0);
        if (first.kind() != Kind.WORD || !first.text().startsWith("%")) {
            return tokens;
        }
        String directive = first.text().toLowerCase(Locale.ROOT);
        if (!directive.equals("%define") && !directive.equals("%assign")) {
            throw new SourceError(first.column(), "'" + first.text() + "' is not supported: only %define NAME value and %assign NAME value are");
        }
        Token name = tokens.get(1);
        if (name.kind() != Kind.WORD) {
            throw new SourceError(name.column(), "expected a name, not " + TokenCursor.name(name));
        }
        if (tokens.get(2).is("(")) {
            throw new SourceError(tokens.get(2).column(), "definitions with parameters are not supported");
        }
        definitions.put(name.text(), expand(tokens.subList(2, tokens.size() - 1)));
        return null;
    }

    private List<Token> expand(List<Token> tokens) throws SourceError {
        if (definitions.isEmpty()) {
            return tokens;
        }
        List<Token> expanded = new ArrayList<>();
        for (Token token : tokens) {
            List<Token> body = token.kind() == Kind.WORD ? definitions.get(token.text()) : null;
            if (body == null) {
                expanded.add(token);
            } else {
                if (expanded.size() + body.size() > MAX_TOKENS) {
                    throw new SourceError(token.column(), "the line is too long with '" + token.text() + "' replaced");
                }
                for (Token inner : body) {
                    expanded.add(new Token(inner.kind(), inner.text(), inner.value(), token.column()));
                }
            }
        }
        return expanded;
    }

    // ---- statements

    /** Null for a directive that leaves nothing behind. */
    private Statement statement() throws SourceError {
        Token first = cursor.peek();
        if (first.kind() != Kind.WORD) {
            throw new SourceError(first.column(), "expected an instruction or a directive, not " + TokenCursor.name(first));
        }
        String word = first.text().toLowerCase(Locale.ROOT);
        if (!DIRECTIVES.contains(word)) {
            return instruction();
        }
        cursor.take();
        if (DATA.containsKey(word)) {
            return data(DATA.get(word));
        }
        if (RESERVE.containsKey(word)) {
            return new Statement.Reserve(RESERVE.get(word), cursor.expression());
        }
        switch (word) {
            case "bits" -> {
                Token size = cursor.take();
                if (size.kind() != Kind.NUMBER || size.value() != 16 && size.value() != 32 && size.value() != 64) {
                    throw new SourceError(size.column(), "bits is 16, 32 or 64, not " + TokenCursor.name(size));
                }
                codeBits = (int) size.value();
                return null;
            }
            case "use16", "use32", "use64" -> {
                codeBits = Integer.parseInt(word.substring(3));
                return null;
            }
            case "org" -> {
                return new Statement.Org(cursor.expression(), first.column());
            }
            case "align", "alignb" -> {
                Expression boundary = cursor.expression();
                while (!cursor.atEnd()) {
                    // What NASM fills with: ours follows what stands before.
                    cursor.take();
                }
                return new Statement.Align(boundary);
            }
            case "times" -> {
                Expression count = cursor.expression();
                Statement body = statement();
                if (body instanceof Statement.Times) {
                    throw new SourceError(first.column(), "times cannot repeat times: multiply the counts");
                }
                if (body == null) {
                    throw new SourceError(first.column(), "times repeats instructions and data, not directives");
                }
                return new Statement.Times(count, body);
            }
            case "default" -> {
                Token what = cursor.take();
                if (!what.is("rel") && !what.is("abs")) {
                    throw new SourceError(what.column(), "default is rel or abs, not " + TokenCursor.name(what));
                }
                relativeByDefault = what.is("rel");
                return null;
            }
            case "global", "cpu", "section", "segment" -> {
                // A flat binary has one section and exports everything.
                while (!cursor.atEnd()) {
                    cursor.take();
                }
                return null;
            }
            default -> throw new SourceError(first.column(), "'" + first.text() + "' has no meaning in a flat binary");
        }
    }

    private Statement.Data data(int unitBytes) throws SourceError {
        List<Statement.Data.Item> items = new ArrayList<>();
        do {
            Token token = cursor.peek();
            boolean alone = cursor.peekAt(1).kind() == Kind.END || cursor.peekAt(1).is(",");
            if (token.kind() == Kind.STRING && alone) {
                cursor.take();
                items.add(new Statement.Data.Item(null, token.text().getBytes(StandardCharsets.UTF_8), token.column()));
            } else {
                items.add(new Statement.Data.Item(cursor.expression(), null, token.column()));
            }
        } while (cursor.accept(","));
        return new Statement.Data(unitBytes, items);
    }

    private Statement.Instruction instruction() throws SourceError {
        List<String> words = new ArrayList<>();
        int operandBits = 0;
        int addressBits = 0;
        Token token = cursor.take();
        String word = token.text().toLowerCase(Locale.ROOT);
        while (Prefixes.isPrefix(word) && cursor.peek().kind() == Kind.WORD) {
            words.add(word);
            if (word.length() == 3 && word.charAt(0) == 'o') {
                operandBits = Integer.parseInt(word.substring(1));
            } else if (word.length() == 3 && word.charAt(0) == 'a') {
                addressBits = Integer.parseInt(word.substring(1));
            }
            token = cursor.take();
            word = token.text().toLowerCase(Locale.ROOT);
        }
        List<SourceOperand> operands = new ArrayList<>();
        if (!cursor.atEnd()) {
            do {
                operands.add(new OperandParser(cursor, relativeByDefault, known).parse());
            } while (cursor.accept(","));
        }
        cursor.expectEnd();
        Prefixes prefixes = words.isEmpty() ? Prefixes.NONE : new Prefixes(List.copyOf(words), operandBits, addressBits);
        return new Statement.Instruction(new Matcher(word, operands, prefixes, codeBits, token.column()).candidates());
    }
}
