package dev.ringside.ir;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * Text to blocks: the form that {@link IrPrinter} writes, one operation a line, {@code #} starts a comment. What it returns is verified.
 */
public final class IrParser {
    private final StateLayout layout;
    private final Function<String, Helper> helpers;

    /** @param helpers the helper of a name, or null */
    public IrParser(StateLayout layout, Function<String, Helper> helpers) {
        this.layout = layout;
        this.helpers = helpers;
    }

    /** @throws IrSyntaxException when the text is no block, or is one that {@link IrVerifier} rejects */
    public IrBlock parse(String text) throws IrSyntaxException {
        return new Parse(text).block();
    }

    private final class Parse {
        private final String[] lines;
        private final List<IrInsn> insns = new ArrayList<>();
        private final Map<Integer, Value> values = new HashMap<>();
        private int lineNumber;
        private String line = "";
        private int at;
        private int guestInstructions;
        private int lengthBytes;
        private int valueCount;

        Parse(String text) {
            lines = text.split("\n", -1);
        }

        IrBlock block() throws IrSyntaxException {
            if (!nextLine()) {
                throw error("an empty text is no block");
            }
            word("block");
            long pc = number();
            expect("{");
            endOfLine();
            while (true) {
                if (!nextLine()) {
                    throw error("the block is not closed with '}'");
                }
                if (accept("}")) {
                    endOfLine();
                    break;
                }
                insns.add(insn());
                endOfLine();
            }
            if (nextLine()) {
                throw error("text behind the block");
            }
            var block = new IrBlock(pc, lengthBytes, guestInstructions, List.copyOf(insns), valueCount);
            try {
                IrVerifier.verify(block);
            } catch (IllegalArgumentException wrong) {
                throw error(wrong.getMessage());
            }
            return block;
        }

        private IrInsn insn() throws IrSyntaxException {
            int resultId = -1;
            if (peek() == '%') {
                resultId = valueNumber();
                expect("=");
            }
            int start = place();
            String name = name();
            Op op = Op.ofText(name);
            if (op == null) {
                at = start;
                throw error("no operation is called '" + name + "'");
            }
            IrInsn insn = switch (op) {
                case INSN -> marker();
                case CONST -> of(op, type(), List.of(), number(), null);
                case PC -> of(op, Type.I64, List.of(), signed(), null);
                case GET -> {
                    Type type = type();
                    yield of(op, type, List.of(), 0, field());
                }
                case PUT -> {
                    Type type = type();
                    StateField field = field();
                    expect(",");
                    yield of(op, type, List.of(value()), 0, field);
                }
                case DEPOSIT -> {
                    Type type = type();
                    List<Value> args = values(2);
                    expect(",");
                    yield of(op, type, args, number(), null);
                }
                case LOAD, PROBE -> {
                    Type type = type();
                    yield of(op, type, values(1), flags(), null);
                }
                case STORE -> {
                    Type type = type();
                    yield of(op, type, values(2), flags(), null);
                }
                case CALL -> call();
                case RAISE_IF -> raise();
                case JUMP -> {
                    long kind = jumpKind();
                    yield of(op, Type.I64, values(1), kind, null);
                }
                case BRANCH -> of(op, Type.I64, values(3), 0, null);
                case LEAVE -> of(op, Type.I64, values(1), 0, null);
                case LEAVE_AT_PC -> of(op, Type.I64, List.of(), 0, null);
                default -> {
                    Type type = type();
                    yield of(op, type, values(op.arity()), 0, null);
                }
            };
            boolean hasResult = op == Op.CALL ? insn.helper().result() != null : op.hasResult();
            if (hasResult != (resultId >= 0)) {
                at = start;
                throw error(hasResult ? name + " needs a result: '%n = " + name + "'" : name + " has no result");
            }
            return hasResult ? define(resultId, insn) : insn;
        }

        private IrInsn define(int id, IrInsn insn) throws IrSyntaxException {
            Type type = insn.op().isComparison() ? Type.I1 : insn.op() == Op.CALL ? insn.helper().result() : insn.type();
            var result = new Value(id, type);
            if (values.putIfAbsent(id, result) != null) {
                throw error("%" + id + " is assigned twice");
            }
            valueCount = Math.max(valueCount, id + 1);
            return new IrInsn(insn.op(), insn.type(), result, insn.args(), insn.imm(), insn.aux(), insn.ref());
        }

        private IrInsn of(Op op, Type type, List<Value> args, long imm, Object ref) {
            return new IrInsn(op, type, null, args, imm, 0, ref);
        }

        private IrInsn marker() throws IrSyntaxException {
            int offset = (int) signed();
            int length = (int) number();
            guestInstructions++;
            lengthBytes = offset + length;
            return new IrInsn(Op.INSN, Type.I64, null, List.of(), offset, length, null);
        }

        private IrInsn call() throws IrSyntaxException {
            int start = place();
            String name = name(true);
            Helper helper = helpers.apply(name);
            if (helper == null) {
                at = start;
                throw error("no helper is called '" + name + "'");
            }
            expect("(");
            List<Value> args = new ArrayList<>();
            while (!accept(")")) {
                if (!args.isEmpty()) {
                    expect(",");
                }
                args.add(value());
            }
            return of(Op.CALL, helper.result() == null ? Type.I64 : helper.result(), List.copyOf(args), 0, helper);
        }

        private IrInsn raise() throws IrSyntaxException {
            Value condition = value();
            expect(",");
            long vector = number();
            if (!accept(",")) {
                return of(Op.RAISE_IF, Type.I1, List.of(condition), vector, null);
            }
            return of(Op.RAISE_IF, Type.I1, List.of(condition, value()), vector | 0x100, null);
        }

        private long jumpKind() throws IrSyntaxException {
            int start = place();
            String name = name();
            for (JumpKind kind : JumpKind.values()) {
                if (kind.text().equals(name)) {
                    return kind.ordinal();
                }
            }
            at = start;
            throw error("'" + name + "' is no kind of jump: next, jump, call or return");
        }

        private long flags() throws IrSyntaxException {
            long flags = 0;
            if (accept("[")) {
                while (!accept("]")) {
                    flags |= flag();
                }
            }
            return flags;
        }

        private long flag() throws IrSyntaxException {
            int start = place();
            String name = name();
            if (name.equals("space")) {
                expect("=");
                return number() << MemFlags.SPACE_SHIFT;
            }
            for (MemFlag flag : MemFlag.values()) {
                if (flag.text().equals(name)) {
                    return flag.bit();
                }
            }
            at = start;
            throw error("'" + name + "' is no memory flag");
        }

        private StateField field() throws IrSyntaxException {
            int start = place();
            String name = name(true);
            StateField field = layout.find(name);
            if (field == null) {
                at = start;
                throw error("no state field is called '" + name + "'");
            }
            return field;
        }

        private Type type() throws IrSyntaxException {
            expect(".");
            int start = place();
            String name = name();
            Type type = Type.ofText(name);
            if (type == null) {
                at = start;
                throw error("'" + name + "' is no type: i1, i8, i16, i32, i64 or i128");
            }
            return type;
        }

        private List<Value> values(int count) throws IrSyntaxException {
            List<Value> args = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                if (i > 0) {
                    expect(",");
                }
                args.add(value());
            }
            return List.copyOf(args);
        }

        private Value value() throws IrSyntaxException {
            int start = place();
            int id = valueNumber();
            Value value = values.get(id);
            if (value == null) {
                at = start;
                throw error("%" + id + " is used before it is assigned");
            }
            return value;
        }

        private int valueNumber() throws IrSyntaxException {
            expect("%");
            int start = place();
            while (at < line.length() && Character.isDigit(line.charAt(at))) {
                at++;
            }
            if (at == start || at - start > 6) {
                throw error("'%' needs a number of at most six digits");
            }
            return Integer.parseInt(line.substring(start, at));
        }

        private long signed() throws IrSyntaxException {
            if (accept("-")) {
                return -number();
            }
            accept("+");
            return number();
        }

        private long number() throws IrSyntaxException {
            int start = place();
            while (at < line.length() && Character.isLetterOrDigit(line.charAt(at))) {
                at++;
            }
            String digits = line.substring(start, at);
            try {
                return digits.startsWith("0x") ? Long.parseUnsignedLong(digits.substring(2), 16) : Long.parseUnsignedLong(digits);
            } catch (NumberFormatException e) {
                at = start;
                throw error("a number belongs here, not '" + digits + "'");
            }
        }

        private String name() throws IrSyntaxException {
            return name(false);
        }

        /** Letters, digits and underscores, and dots where the name may have them. */
        private String name(boolean dotted) throws IrSyntaxException {
            int start = place();
            while (at < line.length() && (Character.isLetterOrDigit(line.charAt(at)) || line.charAt(at) == '_' || dotted && line.charAt(at) == '.')) {
                at++;
            }
            if (at == start) {
                throw error("a name belongs here");
            }
            return line.substring(start, at);
        }

        private void word(String word) throws IrSyntaxException {
            int start = place();
            if (!name().equals(word)) {
                at = start;
                throw error("'" + word + "' belongs here");
            }
        }

        private char peek() {
            skipSpace();
            return at < line.length() ? line.charAt(at) : 0;
        }

        private boolean accept(String token) {
            skipSpace();
            if (line.startsWith(token, at)) {
                at += token.length();
                return true;
            }
            return false;
        }

        private void expect(String token) throws IrSyntaxException {
            if (!accept(token)) {
                throw error("'" + token + "' belongs here");
            }
        }

        private void endOfLine() throws IrSyntaxException {
            if (peek() != 0) {
                throw error("nothing more belongs on this line");
            }
        }

        /** Where the next token starts. */
        private int place() {
            skipSpace();
            return at;
        }

        private void skipSpace() {
            while (at < line.length() && Character.isWhitespace(line.charAt(at))) {
                at++;
            }
        }

        /** Goes to the next line that holds something; false at the end of the text. */
        private boolean nextLine() {
            while (lineNumber < lines.length) {
                line = lines[lineNumber++];
                int comment = line.indexOf('#');
                line = comment < 0 ? line : line.substring(0, comment);
                at = 0;
                if (peek() != 0) {
                    return true;
                }
            }
            return false;
        }

        private IrSyntaxException error(String message) {
            return new IrSyntaxException(Math.max(1, lineNumber), at + 1, message);
        }
    }
}
