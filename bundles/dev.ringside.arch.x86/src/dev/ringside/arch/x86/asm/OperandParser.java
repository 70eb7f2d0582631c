package dev.ringside.arch.x86.asm;

import dev.ringside.arch.x86.asm.SourceOperand.Distance;
import dev.ringside.arch.x86.asm.SourceOperand.FarAddress;
import dev.ringside.arch.x86.asm.SourceOperand.Memory;
import dev.ringside.arch.x86.asm.SourceOperand.Number;
import dev.ringside.arch.x86.asm.SourceOperand.Register;
import dev.ringside.arch.x86.isa.Operand.Mem;
import dev.ringside.arch.x86.isa.Operand.Reg;
import dev.ringside.arch.x86.isa.Operand.RegisterClass;
import java.util.Locale;
import java.util.Map;

/** Reads one operand: {@code qword [rbx + rcx*8 + 16]}, {@code short .next}, {@code 0x08:start}, {@code DWORD PTR fs:[eax]}, {@code st(1)}. */
final class OperandParser {
    private static final Map<String, Integer> SIZES = Map.ofEntries(Map.entry("byte", 8), Map.entry("word", 16), Map.entry("dword", 32),
            Map.entry("fword", 48), Map.entry("qword", 64), Map.entry("tword", 80), Map.entry("tbyte", 80), Map.entry("oword", 128),
            Map.entry("dqword", 128), Map.entry("xmmword", 128));

    private final TokenCursor cursor;
    private final boolean relativeByDefault;
    private final Expression.Scope constants;

    private int bits;
    private boolean far;
    private Distance distance = Distance.ANY;

    // What the brackets hold.
    private int base = -1;
    private int baseBits;
    private int index = -1;
    private int scale = 1;
    private Expression displacement;
    private int registers;

    /** @param constants for scale factors that are symbols */
    OperandParser(TokenCursor cursor, boolean relativeByDefault, Expression.Scope constants) {
        this.cursor = cursor;
        this.relativeByDefault = relativeByDefault;
        this.constants = constants;
    }

    SourceOperand parse() throws SourceError {
        Token first = cursor.peek();
        int column = first.column();
        qualifiers();
        Token token = cursor.peek();
        Reg reg = token.kind() == Token.Kind.WORD ? RegisterWords.find(token.text()) : null;
        if (reg != null && reg.registerClass() == RegisterClass.SEGMENT && cursor.peekAt(1).is(":")) {
            cursor.take();
            cursor.take();
            if (cursor.accept("[")) {
                return brackets(reg.index(), column);
            }
            return new Memory(bits, reg.index(), -1, -1, 1, cursor.expression(), 0, 0, false, far, column);
        }
        if (cursor.accept("[")) {
            return brackets(-1, column);
        }
        if (reg != null) {
            return register(reg, column);
        }
        Expression value = cursor.expression();
        if (cursor.accept(":")) {
            return new FarAddress(value, cursor.expression(), bits, column);
        }
        return new Number(value, bits, distance, column);
    }

    private void qualifiers() throws SourceError {
        while (cursor.peek().kind() == Token.Kind.WORD) {
            String word = cursor.peek().text().toLowerCase(Locale.ROOT);
            Integer size = SIZES.get(word);
            if (size != null) {
                bits = size;
            } else {
                switch (word) {
                    case "far" -> far = true;
                    case "near" -> distance = Distance.NEAR;
                    case "short" -> distance = Distance.SHORT;
                    case "ptr", "strict" -> {
                        // says nothing more
                    }
                    default -> {
                        return;
                    }
                }
            }
            cursor.take();
        }
    }

    private SourceOperand register(Reg reg, int column) throws SourceError {
        Token token = cursor.take();
        if (token.text().equalsIgnoreCase("st") && cursor.accept("(")) {
            Token number = cursor.take();
            if (number.kind() != Token.Kind.NUMBER || number.value() < 0 || number.value() > 7) {
                throw new SourceError(number.column(), "the x87 registers are st(0) to st(7)");
            }
            cursor.expect(")");
            return new Register(new Reg(RegisterClass.X87, (int) number.value(), 80), "st()", column);
        }
        if (bits != 0 && reg.registerClass() == RegisterClass.GENERAL && reg.bits() != bits) {
            throw new SourceError(column, token.text() + " has " + reg.bits() + " bits, not " + bits);
        }
        return new Register(reg, token.text().toLowerCase(Locale.ROOT), column);
    }

    // ---- brackets

    private Memory brackets(int segmentBefore, int column) throws SourceError {
        int segment = segmentBefore;
        int told = 0;
        boolean relative = false;
        boolean absolute = false;
        while (true) {
            Token token = cursor.peek();
            String word = token.kind() == Token.Kind.WORD ? token.text().toLowerCase(Locale.ROOT) : "";
            Reg reg = RegisterWords.find(word);
            if (reg != null && reg.registerClass() == RegisterClass.SEGMENT && cursor.peekAt(1).is(":")) {
                segment = reg.index();
                cursor.take();
                cursor.take();
            } else if (word.equals("rel")) {
                relative = true;
                cursor.take();
            } else if (word.equals("abs")) {
                absolute = true;
                cursor.take();
            } else if (SIZES.containsKey(word)) {
                told = SIZES.get(word);
                cursor.take();
            } else {
                break;
            }
        }
        addTerms(cursor.expression(), false);
        cursor.expect("]");
        boolean isAbsolute = base < 0 && index < 0;
        if (isAbsolute && relativeByDefault && !absolute && segment < 4) {
            relative = true;
        }
        return new Memory(bits, segment, base, index, scale, displacement, isAbsolute ? told : baseBits, isAbsolute ? 0 : told,
                relative && isAbsolute, far, column);
    }

    /** Splits a sum into registers and the rest. */
    private void addTerms(Expression term, boolean negative) throws SourceError {
        switch (term) {
            case Expression.RegisterTerm r -> addRegister(r, 0, negative);
            case Expression.Binary b when b.operator().equals("+") -> {
                addTerms(b.left(), negative);
                addTerms(b.right(), negative);
            }
            case Expression.Binary b when b.operator().equals("-") -> {
                addTerms(b.left(), negative);
                addTerms(b.right(), !negative);
            }
            case Expression.Binary b when b.operator().equals("*") && b.left() instanceof Expression.RegisterTerm r ->
                    addRegister(r, scale(b.right()), negative);
            case Expression.Binary b when b.operator().equals("*") && b.right() instanceof Expression.RegisterTerm r ->
                    addRegister(r, scale(b.left()), negative);
            default -> {
                Expression signed = negative ? new Expression.Unary('-', term, term.column()) : term;
                displacement = displacement == null ? signed : new Expression.Binary("+", displacement, signed, displacement.column());
            }
        }
    }

    private int scale(Expression factor) throws SourceError {
        long value = factor.value(constants);
        if (value < 1 || value > 9 || value == 6 || value == 7) {
            throw new SourceError(factor.column(), "an index is scaled by 1, 2, 4 or 8, not by " + value);
        }
        return (int) value;
    }

    /** @param factor 0 when none is written */
    private void addRegister(Expression.RegisterTerm term, int factor, boolean negative) throws SourceError {
        Reg reg = term.reg();
        if (negative || reg.registerClass() != RegisterClass.GENERAL || reg.bits() == 8) {
            throw new SourceError(term.column(), negative ? "a register cannot be subtracted from an address" : "this register cannot be part of an address");
        }
        if (registers > 0 && reg.bits() != baseBits) {
            throw new SourceError(term.column(), "registers of an address have one size");
        }
        registers++;
        baseBits = reg.bits();
        if (baseBits == 16) {
            add16(reg.index(), factor, term.column());
            return;
        }
        boolean oddFactor = factor == 3 || factor == 5 || factor == 9;
        if ((factor == 0 || oddFactor) && base < 0) {
            base = reg.index();
            if (oddFactor) {
                index(reg.index(), factor - 1, term.column());
            }
        } else {
            index(reg.index(), Math.max(factor, 1), term.column());
        }
    }

    private void index(int register, int factor, int column) throws SourceError {
        if (index >= 0 && base < 0 && scale == 1) {
            base = index;
            index = -1;
        }
        if (index >= 0) {
            throw new SourceError(column, "an address has a base and an index, no third register");
        }
        if (register == Mem.RIP || register == 4 && (factor != 1 || base == 4)) {
            throw new SourceError(column, (register == 4 ? "rsp" : "rip") + " cannot be an index");
        }
        index = register;
        scale = factor;
        if (index == 4) {
            // RSP can only be the base: [rax + rsp] is [rsp + rax].
            index = base;
            base = 4;
        }
    }

    /** BX or BP, then SI or DI, in any order. */
    private void add16(int register, int factor, int column) throws SourceError {
        boolean isBase = register == 3 || register == 5;
        if (!isBase && register != 6 && register != 7 || factor > 1 || (isBase ? base : index) >= 0) {
            throw new SourceError(column, "a 16-bit address is bx or bp, plus si or di, plus a displacement");
        }
        if (isBase) {
            base = register;
        } else {
            index = register;
        }
    }
}
