package dev.ringside.arch.x86.isa;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Reads one instruction table; {@code base.isa} shows the grammar by example. */
public final class IsaReader {
    /** Condition names by number, as the disassembler prints them. */
    public static final List<String> CONDITIONS = List.of("o", "no", "b", "ae", "e", "ne", "be", "a", "s", "ns", "p", "np", "l", "ge", "le", "g");
    /** Other names of the same conditions. */
    private static final List<List<String>> CONDITION_ALIASES = List.of(List.of(), List.of(), List.of("c", "nae"), List.of("nc", "nb"), List.of("z"),
            List.of("nz"), List.of("na"), List.of("nbe"), List.of(), List.of(), List.of("pe"), List.of("po"), List.of("nge"), List.of("nl"),
            List.of("ng"), List.of("nle"));

    private static final Set<String> PREFIX_WORDS = Set.of("NP", "66", "F2", "F3");
    private static final Set<String> BEHIND = Set.of("ib", "iw", "iz", "iv", "cb", "cz", "ap", "ob");
    private static final Set<String> ATTRIBUTES = Set.of("lock", "i64", "o64", "d64", "f64", "os16", "os32", "os64", "as16", "as32", "as64", "mem",
            "reg", "rep", "repz", "cpl0", "pm", "specific", "norexb", "nofx", "noasm", "nosize", "pseudo", "sized");
    private static final Set<String> KINDS = Set.of("branch", "call", "return", "conditional", "interrupt", "halt", "system", "serializing", "alone",
            "leave");

    private final String file;
    private final String[] lines;
    private int line;
    private int nextId;
    private List<Token> tokens;
    private int at;

    private IsaReader(String file, String text, int firstId) {
        this.file = file;
        this.lines = text.split("\n", -1);
        this.nextId = firstId;
    }

    /**
     * Reads a table.
     *
     * @param file name for messages
     * @param firstId number of the first form
     * @throws IsaSyntaxException naming file, line and column
     */
    public static List<Insn> read(String file, String text, int firstId) {
        return new IsaReader(file, text, firstId).read();
    }

    private record Token(String text, int column) {
    }

    private List<Insn> read() {
        List<Insn> insns = new ArrayList<>();
        Draft draft = null;
        for (line = 0; line < lines.length; line++) {
            tokens = tokenize(lines[line]);
            at = 0;
            if (tokens.isEmpty()) {
                continue;
            }
            Token word = next("a word");
            if (word.text.equals("insn")) {
                finish(draft, insns);
                draft = header();
            } else if (draft == null) {
                throw error(word, "'" + word.text + "' before the first insn");
            } else {
                detail(draft, word);
            }
        }
        finish(draft, insns);
        return insns;
    }

    /** What is known of an instruction while its rows are read. */
    private static final class Draft {
        String mnemonic;
        String title;
        String sdm;
        String flagsRead = "";
        String flagsWritten = "";
        String flagsUndefined = "";
        final Set<String> reads = new LinkedHashSet<>();
        final Set<String> writes = new LinkedHashSet<>();
        final Set<String> kind = new LinkedHashSet<>();
        String feature = "";
        String means;
        String test = "";
        final List<RawForm> forms = new ArrayList<>();
    }

    /** A form without the instruction it belongs to, which is complete only later. */
    private static final class RawForm {
        List<String> names = List.of();
        int prefix = -1;
        int map;
        int opcode = -1;
        boolean modrm;
        int mod = -1;
        int digit = -1;
        int rm = -1;
        boolean plusRegister;
        boolean plusCondition;
        boolean fixedModrm;
        int operandSize;
        int addressSize;
        final List<String> immediates = new ArrayList<>();
        List<String> operands = List.of();
        final Set<String> attributes = new LinkedHashSet<>();
    }

    private Draft header() {
        Draft draft = new Draft();
        Token name = next("the heading's mnemonic");
        draft.mnemonic = name.text;
        Token title = next("a title in quotes");
        if (!title.text.startsWith("\"")) {
            throw error(title, "expected a title in quotes, not '" + title.text + "'");
        }
        draft.title = title.text.substring(1, title.text.length() - 1);
        Token sdm = next("sdm and a heading of the manual");
        if (!sdm.text.equals("sdm")) {
            throw error(sdm, "expected 'sdm', not '" + sdm.text + "'");
        }
        Token heading = next("a heading of the manual such as 2A:ADD");
        draft.sdm = lines[line].substring(heading.column - 1).strip();
        draft.means = draft.mnemonic.toLowerCase(Locale.ROOT);
        at = tokens.size();
        return draft;
    }

    private void detail(Draft draft, Token word) {
        switch (word.text) {
            case "form" -> draft.forms.add(form());
            case "flags" -> flags(draft);
            case "reads", "writes" -> registers(draft, word.text);
            case "kind" -> {
                while (at < tokens.size()) {
                    Token kind = next("a kind");
                    if (!KINDS.contains(kind.text)) {
                        throw error(kind, "unknown kind '" + kind.text + "'");
                    }
                    draft.kind.add(kind.text);
                }
            }
            case "feature" -> draft.feature = next("a CPUID feature").text;
            case "means" -> draft.means = next("the name of the semantics").text;
            case "test" -> {
                draft.test = lines[line].substring(next("what to test").column - 1).strip();
                at = tokens.size();
            }
            default -> throw error(word, "expected insn, form, flags, reads, writes, kind, feature, means or test, not '" + word.text + "'");
        }
        if (at < tokens.size()) {
            throw error(tokens.get(at), "nothing may follow here");
        }
    }

    private void flags(Draft draft) {
        while (at < tokens.size()) {
            Token token = next("flags");
            if (!isFlags(token.text)) {
                throw error(token, "expected r:, w: or u: and letters of oszapcd, not '" + token.text + "'");
            }
            String letters = token.text.substring(2);
            switch (token.text.charAt(0)) {
                case 'r' -> draft.flagsRead = letters;
                case 'w' -> draft.flagsWritten = letters;
                default -> draft.flagsUndefined = letters;
            }
        }
    }

    private static boolean isFlags(String text) {
        if (text.length() < 3 || "rwu".indexOf(text.charAt(0)) < 0 || text.charAt(1) != ':') {
            return false;
        }
        for (int i = 2; i < text.length(); i++) {
            if ("oszapcd".indexOf(text.charAt(i)) < 0) {
                return false;
            }
        }
        return true;
    }

    private void registers(Draft draft, String first) {
        Set<String> into = first.equals("reads") ? draft.reads : draft.writes;
        while (at < tokens.size()) {
            Token token = next("a register");
            switch (token.text) {
                case "reads" -> into = draft.reads;
                case "writes" -> into = draft.writes;
                default -> into.add(token.text);
            }
        }
    }

    // ---- form rows

    private RawForm form() {
        RawForm form = new RawForm();
        encoding(form);
        if (at < tokens.size() && isOperands(tokens.get(at).text)) {
            form.operands = operands(next("operands"));
        }
        while (at < tokens.size()) {
            attribute(form, next("an attribute"));
        }
        constrainMod(form);
        return form;
    }

    /** Operands that can only be memory, or only a register, limit the ModRM mod field. {@code R} does not: MOV to a control register ignores it. */
    private static void constrainMod(RawForm form) {
        for (String operand : form.operands) {
            switch (OperandCode.of(operand).place()) {
                case MEMORY -> form.mod = 0;
                case RM_MMX_ONLY, RM_XMM_ONLY -> form.mod = 3;
                default -> {
                    // may be either
                }
            }
        }
    }

    private void encoding(RawForm form) {
        Token first = at < tokens.size() ? tokens.get(at) : new Token("", 1);
        while (at < tokens.size() && isEncoding(tokens.get(at).text)) {
            Token token = next("an encoding");
            String text = token.text;
            if (form.opcode < 0 && form.map == 0 && PREFIX_WORDS.contains(text)) {
                form.prefix = prefix(text);
            } else if (text.startsWith("VEX.")) {
                vex(form, token);
            } else if (text.startsWith("/")) {
                form.modrm = true;
                form.digit = text.equals("/r") ? -1 : text.charAt(1) - '0';
            } else if (BEHIND.contains(text)) {
                form.immediates.add(text);
            } else {
                opcodeByte(form, token);
            }
        }
        if (form.opcode < 0) {
            throw error(first, "expected the bytes of an encoding");
        }
    }

    private void opcodeByte(RawForm form, Token token) {
        int value = Integer.parseInt(token.text.substring(0, 2), 16);
        String suffix = token.text.substring(2);
        if (form.opcode >= 0) {
            if (form.modrm || value < 0xc0) {
                throw error(token, "'" + token.text + "' is no register ModRM byte");
            }
            form.modrm = true;
            form.mod = 3;
            form.digit = value >> 3 & 7;
            form.rm = suffix.equals("+i") ? -1 : value & 7;
            form.fixedModrm = true;
        } else if (form.map == 0 && value == 0x0f) {
            form.map = 1;
        } else if (form.map == 1 && (value == 0x38 || value == 0x3a)) {
            form.map = value == 0x38 ? 2 : 3;
        } else {
            form.opcode = value;
            form.plusRegister = suffix.equals("+r");
            form.plusCondition = suffix.equals("+cc");
        }
    }

    private void vex(RawForm form, Token token) {
        int dot = token.text.indexOf('.', 4);
        String prefix = dot < 0 ? "" : token.text.substring(4, dot);
        int map = List.of("0F", "0F38", "0F3A").indexOf(token.text.substring(dot + 1));
        if (!PREFIX_WORDS.contains(prefix) || map < 0) {
            throw error(token, "expected VEX.NP|66|F2|F3.0F|0F38|0F3A, not '" + token.text + "'");
        }
        form.prefix = prefix(prefix);
        form.map = 5 + map;
    }

    private static int prefix(String word) {
        return word.equals("NP") ? 0 : Integer.parseInt(word, 16);
    }

    private static boolean isEncoding(String text) {
        if (text.charAt(0) == '/') {
            return text.length() == 2 && (text.equals("/r") || text.charAt(1) >= '0' && text.charAt(1) <= '7');
        }
        if (text.length() >= 2 && isHexDigit(text.charAt(0)) && isHexDigit(text.charAt(1))) {
            return switch (text.substring(2)) {
                case "", "+r", "+cc", "+i" -> true;
                default -> false;
            };
        }
        return text.equals("NP") || text.startsWith("VEX.") || BEHIND.contains(text);
    }

    private static boolean isHexDigit(char c) {
        return c >= '0' && c <= '9' || c >= 'A' && c <= 'F';
    }

    private static boolean isOperands(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) >= 'A' && text.charAt(i) <= 'Z') {
                return true;
            }
        }
        return text.equals("1");
    }

    private List<String> operands(Token token) {
        List<String> operands = List.of(token.text.split(","));
        for (String operand : operands) {
            if (!OperandCode.isKnown(operand)) {
                throw error(token, "unknown operand '" + operand + "'");
            }
        }
        return operands;
    }

    private void attribute(RawForm form, Token token) {
        switch (token.text) {
            case "as" -> form.names = Arrays.asList(next("a mnemonic").text.split(","));
            case "os16", "os32", "os64" -> form.operandSize = Integer.parseInt(token.text.substring(2));
            case "as16", "as32", "as64" -> form.addressSize = Integer.parseInt(token.text.substring(2));
            case "mem", "reg" -> {
                if (!form.modrm) {
                    throw error(token, "'" + token.text + "' needs a ModRM byte");
                }
                form.mod = token.text.equals("mem") ? 0 : 3;
            }
            default -> {
                if (!ATTRIBUTES.contains(token.text) && !token.text.startsWith("wait:")) {
                    throw error(token, "unknown attribute '" + token.text + "'");
                }
                form.attributes.add(token.text);
            }
        }
    }

    private void finish(Draft draft, List<Insn> insns) {
        if (draft == null) {
            return;
        }
        if (draft.forms.isEmpty()) {
            throw new IsaSyntaxException(file, line, 1, draft.mnemonic + " has no form");
        }
        List<Form> forms = new ArrayList<>();
        Insn insn = new Insn(draft.mnemonic, draft.title, draft.sdm, draft.flagsRead, draft.flagsWritten, draft.flagsUndefined, Set.copyOf(draft.reads),
                Set.copyOf(draft.writes), Set.copyOf(draft.kind), draft.feature, draft.means, draft.test, java.util.Collections.unmodifiableList(forms));
        for (RawForm raw : draft.forms) {
            if (raw.plusCondition) {
                for (int condition = 0; condition < 16; condition++) {
                    forms.add(form(insn, raw, raw.opcode + condition, conditional(raw.names, condition)));
                }
            } else {
                forms.add(form(insn, raw, raw.opcode, raw.names.isEmpty() ? List.of(draft.mnemonic.toLowerCase(Locale.ROOT)) : raw.names));
            }
        }
        insns.add(insn);
    }

    private static List<String> conditional(List<String> patterns, int condition) {
        List<String> names = new ArrayList<>();
        for (String pattern : patterns) {
            names.add(pattern.replace("CC", CONDITIONS.get(condition)));
            for (String alias : CONDITION_ALIASES.get(condition)) {
                names.add(pattern.replace("CC", alias));
            }
        }
        return names;
    }

    private Form form(Insn insn, RawForm raw, int opcode, List<String> names) {
        return new Form(nextId++, insn, names.get(0), List.copyOf(names.subList(1, names.size())), raw.map, opcode, raw.prefix, raw.digit, raw.modrm,
                raw.mod, raw.rm, raw.plusRegister, raw.operandSize, raw.addressSize, List.copyOf(raw.immediates), raw.operands,
                Set.copyOf(raw.attributes));
    }

    // ---- tokens

    private static List<Token> tokenize(String text) {
        List<Token> tokens = new ArrayList<>();
        int at = 0;
        while (at < text.length()) {
            char c = text.charAt(at);
            if (c == '#') {
                break;
            }
            if (c == ' ' || c == '\t' || c == '\r') {
                at++;
                continue;
            }
            int end = at + 1;
            if (c == '"') {
                int quote = text.indexOf('"', end);
                end = quote < 0 ? text.length() : quote + 1;
            } else {
                while (end < text.length() && text.charAt(end) > ' ' && text.charAt(end) != '#') {
                    end++;
                }
            }
            tokens.add(new Token(text.substring(at, end), at + 1));
            at = end;
        }
        return tokens;
    }

    private Token next(String expected) {
        if (at >= tokens.size()) {
            throw new IsaSyntaxException(file, line + 1, lines[line].length() + 1, "expected " + expected);
        }
        return tokens.get(at++);
    }

    private IsaSyntaxException error(Token token, String message) {
        return new IsaSyntaxException(file, line + 1, token.column, message);
    }
}
