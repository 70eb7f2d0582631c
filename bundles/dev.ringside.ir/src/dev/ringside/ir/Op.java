package dev.ringside.ir;

import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The operations. Values narrower than 64 bits are zero-extended in whatever holds them. Unless a line says otherwise, operands and result
 * have the instruction's type, of at most 64 bits, and results wrap.
 */
public enum Op {
    // Structure
    /** Start of a guest instruction: {@code imm} is its distance from the block's first byte, {@code aux} its length in bytes. */
    INSN(0, false),
    /** {@code imm}. */
    CONST(0, true),
    /** The block's first instruction's program counter plus {@code imm}, as I64: position independent. */
    PC(0, true),
    /** The value of state field {@code ref}. */
    GET(0, true),
    /** State field {@code ref} becomes the operand. */
    PUT(1, false),

    // Arithmetic
    ADD(2, true), SUB(2, true), MUL(2, true), NEG(1, true),
    /** High half of the unsigned product. */
    MULHU(2, true),
    /** High half of the signed product. */
    MULHS(2, true),
    /** Also on I128, as are OR, XOR and NOT. */
    AND(2, true), OR(2, true), XOR(2, true), NOT(1, true),
    /** Shifts and rotates: the amount is read modulo the width. */
    SHL(2, true), SHR(2, true), SAR(2, true), ROTL(2, true), ROTR(2, true),
    /** Leading zeros, the width for 0. */
    CLZ(1, true),
    /** Trailing zeros, the width for 0. */
    CTZ(1, true),
    POPCNT(1, true),
    /** Bytes in reverse order; I16 and wider. */
    BSWAP(1, true),

    // Comparison: the instruction's type is that of the operands, the result is I1
    EQ(2, true), NE(2, true), LTU(2, true), LEU(2, true), LTS(2, true), LES(2, true),

    /** {@code args[0]} (I1) chooses {@code args[1]} when 1, else {@code args[2]}. */
    SELECT(3, true),

    // Width
    /** To the wider type of the instruction. */
    ZEXT(1, true), SEXT(1, true),
    /** To the narrower type of the instruction: the low bits. */
    TRUNC(1, true),
    /** {@code args[0]} with the bits from {@code imm} up replaced by {@code args[1]}, which may be narrower. */
    DEPOSIT(2, true),
    /** I128 from low and high I64. */
    CONCAT(2, true),
    /** Low I64 of an I128. */
    LOW(1, true),
    /** High I64 of an I128. */
    HIGH(1, true),

    // Memory: args[0] is the linear address (I64), imm the MemFlags
    LOAD(1, true),
    /** {@code args[1]} to memory. Either the whole store happens or none of it. */
    STORE(2, false),
    /** Faults as a store of the instruction's type would, and changes nothing else. */
    PROBE(1, false),

    /** Helper {@code ref}; the result, if it has one, has its type. */
    CALL(-1, true),
    /**
     * When {@code args[0]} (I1) holds, raises exception {@code imm & 0xff} at the current instruction; {@code imm & 0x100} says that it
     * carries the error code {@code args[1]} (I32), which is absent otherwise.
     */
    RAISE_IF(-1, false),

    // Terminators: exactly one, last
    /** Goes on at {@code args[0]} (I64); {@code imm} is a {@link JumpKind} ordinal. */
    JUMP(1, false),
    /** Goes on at {@code args[1]} when {@code args[0]} (I1) holds, else at {@code args[2]}. */
    BRANCH(3, false),
    /** Goes on at {@code args[0]} after the engine has looked at modes, pending events and breakpoints again. */
    LEAVE(1, false),
    /** Ends the block without writing the program counter: the last helper did. The engine looks again as for LEAVE. */
    LEAVE_AT_PC(0, false);

    private static final Map<String, Op> BY_TEXT = Arrays.stream(values()).collect(Collectors.toMap(Op::text, op -> op));

    private final int arity;
    private final boolean hasResult;

    Op(int arity, boolean hasResult) {
        this.arity = arity;
        this.hasResult = hasResult;
    }

    /** Operand count, or -1 when the helper or the flags decide. */
    public int arity() {
        return arity;
    }

    public boolean hasResult() {
        return hasResult;
    }

    /** The name in the text form: {@code raise_if}. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The operation of that name, or null. */
    public static Op ofText(String text) {
        return BY_TEXT.get(text);
    }

    public boolean isTerminator() {
        return this == JUMP || this == BRANCH || this == LEAVE || this == LEAVE_AT_PC;
    }

    /** Whether memory is accessed or an exception may be raised: a point where the guest may see the state. */
    public boolean isSideExit() {
        return this == LOAD || this == STORE || this == PROBE || this == RAISE_IF;
    }

    public boolean isComparison() {
        return ordinal() >= EQ.ordinal() && ordinal() <= LES.ordinal();
    }
}
