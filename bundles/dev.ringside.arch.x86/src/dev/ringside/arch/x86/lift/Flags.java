package dev.ringside.arch.x86.lift;

import static dev.ringside.arch.x86.LazyFlags.*;
import static dev.ringside.arch.x86.Rflags.*;

import dev.ringside.arch.x86.X86State;
import dev.ringside.ir.IrBuilder;
import dev.ringside.ir.Type;
import dev.ringside.ir.Value;

/**
 * The arithmetic flags while a block is lifted: writes down how they follow ({@link dev.ringside.arch.x86.LazyFlags}), and remembers it, so
 * that a condition later in the block becomes one comparison of the operands instead of a helper call.
 */
public final class Flags {
    private final IrBuilder b;

    /** What cc_op holds, when that is known while lifting; else −1. */
    private long knownOp = -1;

    /** The last operation that set all flags, or −1 when it lies before the block or was not one of a kind. */
    private int kind = -1;
    private Value left;
    private Value right;
    private Value result;
    /** The result of a later INC or DEC, and what it counted from; null when there was none. */
    private Value stepped;
    private Value steppedFrom;
    private boolean steppedUp;
    /** CF and OF (I1), when a later instruction gave them by themselves. */
    private Value carry;
    private Value overflow;

    Flags(IrBuilder b) {
        this.b = b;
    }

    /** The flags of {@code result = left + right}. */
    public void add(Value left, Value right, Value result) {
        all(ADD, left, right, result);
        fields(operation(ADD, result.type()), result, right);
    }

    /** The flags of {@code result = left + right + carryIn} (I1). */
    public void adc(Value left, Value right, Value carryIn, Value result) {
        forget();
        this.result = result;
        kind = ADC;
        variable(b.add(constant(operation(ADD, result.type())), b.shl(b.zext(carryIn, Type.I64), KIND_SHIFT)));
        b.put(X86State.CC_DST, b.zext(result, Type.I64));
        b.put(X86State.CC_SRC, b.zext(right, Type.I64));
    }

    /** The flags of {@code result = left - right}: of CMP, too. */
    public void sub(Value left, Value right, Value result) {
        all(SUB, left, right, result);
        fields(operation(SUB, left.type()), left, right);
    }

    /** The flags of {@code result = left - right - borrowIn} (I1). */
    public void sbb(Value left, Value right, Value borrowIn, Value result) {
        forget();
        this.result = result;
        kind = SBB;
        variable(b.add(constant(operation(SUB, result.type())), b.shl(b.zext(borrowIn, Type.I64), KIND_SHIFT)));
        b.put(X86State.CC_DST, b.zext(left, Type.I64));
        b.put(X86State.CC_SRC, b.zext(right, Type.I64));
    }

    /** ZF, SF and PF of {@code result}, with CF and OF clear. */
    public void logic(Value result) {
        all(LOGIC, null, null, result);
        known(operation(LOGIC, result.type()));
        b.put(X86State.CC_DST, b.zext(result, Type.I64));
    }

    /** ZF, SF and PF of {@code result}, CF (I1) as given, OF clear. */
    public void logic(Value result, Value carry) {
        all(LOGIC, null, null, result);
        this.carry = carry;
        variable(withCarry(constant(operation(LOGIC, result.type())), carry));
        b.put(X86State.CC_DST, b.zext(result, Type.I64));
    }

    /** INC: all flags but CF. */
    public void inc(Value from, Value result) {
        step(INC, from, result);
    }

    /** DEC: all flags but CF. */
    public void dec(Value from, Value result) {
        step(DEC, from, result);
    }

    private void step(int step, Value from, Value result) {
        steppedUp = step == INC;
        steppedFrom = from;
        stepped = result;
        overflow = null;
        long how = (long) operation(step, result.type()) << STEP_SHIFT;
        long kept = 0xff | CARRY_GIVEN | 1 << CARRY_BIT;
        if (knownOp != -1) {
            known(knownOp & kept | how);
        } else {
            variable(b.or(b.and(b.get(X86State.CC_OP), constant(kept)), constant(how)));
        }
        b.put(X86State.CC_AUX, b.zext(result, Type.I64));
    }

    /**
     * The flags of a shift by a constant that is not 0.
     *
     * @param kind SHL, or SHR for every shift to the right
     * @param before the operand shifted by one less
     */
    public void shift(int kind, Value before, Value result) {
        all(kind, null, before, result);
        fields(operation(kind, result.type()), result, before);
    }

    /** The flags of a shift by an amount that may be 0, and then they stay. */
    public void shiftUnless(Value amountIsZero, int kind, Value before, Value result) {
        Value op = b.select(amountIsZero, b.get(X86State.CC_OP), constant(operation(kind, result.type())));
        Value dst = b.select(amountIsZero, b.get(X86State.CC_DST), b.zext(result, Type.I64));
        Value src = b.select(amountIsZero, b.get(X86State.CC_SRC), b.zext(before, Type.I64));
        forget();
        variable(op);
        b.put(X86State.CC_DST, dst);
        b.put(X86State.CC_SRC, src);
    }

    /**
     * The flags of a multiplication.
     *
     * @param kind IMUL or MUL
     * @param product I64: the whole product of narrower operands, extended as {@code kind} says, or the low half
     * @param high the high half of a product of quadwords, else null
     */
    public void multiply(int kind, Type type, Value product, Value high) {
        forget();
        known(operation(kind, type));
        b.put(X86State.CC_DST, product);
        if (high != null) {
            b.put(X86State.CC_SRC, high);
        }
    }

    /** CF becomes {@code carry} (I1); the others stay. */
    public void carry(Value carry) {
        this.carry = carry;
        Long constant = b.constantOf(carry);
        if (constant != null && knownOp != -1) {
            known(knownOp & ~(1L << CARRY_BIT) | CARRY_GIVEN | constant << CARRY_BIT);
            return;
        }
        variable(withCarry(b.and(op(), constant(~(1L << CARRY_BIT))), carry));
    }

    /** OF becomes {@code overflow} (I1); the others stay. */
    public void overflow(Value overflow) {
        this.overflow = overflow;
        variable(withOverflow(b.and(op(), constant(~(1L << OVERFLOW_BIT))), overflow));
    }

    /** CF and OF (I1 each) are given; the others stay. */
    public void carryAndOverflow(Value carry, Value overflow) {
        this.carry = carry;
        this.overflow = overflow;
        variable(withOverflow(withCarry(b.and(op(), constant(~(1L << CARRY_BIT | 1L << OVERFLOW_BIT))), carry), overflow));
    }

    /** As {@link #carryAndOverflow} unless {@code keep} (I1), and then all stay. */
    public void carryAndOverflowUnless(Value keep, Value carry, Value overflow) {
        Value given = withOverflow(withCarry(b.and(op(), constant(~(1L << CARRY_BIT | 1L << OVERFLOW_BIT))), carry), overflow);
        Value op = b.select(keep, op(), given);
        forget();
        variable(op);
    }

    /** All six become those of {@code rflags} (I64, RFLAGS positions; other bits do not matter). */
    public void explicit(Value rflags) {
        forget();
        known(EXPLICIT);
        b.put(X86State.CC_DST, rflags);
    }

    /** The flags in {@code mask} become those of {@code rflags} (I64, nothing set outside {@code mask}); the others stay. */
    public void replace(long mask, Value rflags) {
        explicit(b.or(b.and(arithmetic(), constant(ARITHMETIC & ~mask)), rflags));
    }

    /** A helper wrote the fields: nothing is known about them. */
    public void unknown() {
        forget();
        knownOp = -1;
    }

    /** CF, PF, AF, ZF, SF and OF in their RFLAGS positions, as I64. */
    public Value arithmetic() {
        return b.call(FlagHelpers.ARITHMETIC, op(), b.get(X86State.CC_DST), b.get(X86State.CC_SRC), b.get(X86State.CC_AUX));
    }

    /** CF as I1. */
    public Value carry() {
        return condition(2);
    }

    /** Whether condition {@code cc} holds (the low four bits of a Jcc opcode), as I1. */
    public Value condition(int cc) {
        Value direct = direct(cc);
        return direct != null ? direct
            : b.call(FlagHelpers.condition(cc), op(), b.get(X86State.CC_DST), b.get(X86State.CC_SRC), b.get(X86State.CC_AUX));
    }

    /** The condition from the operands of the instruction that set the flags, or null. */
    private Value direct(int cc) {
        int pair = cc >> 1;
        boolean negated = (cc & 1) != 0;
        if (pair == 1 && carry != null) {
            return negated ? b.not(carry) : carry;
        }
        if (pair == 0 && overflow != null) {
            return negated ? b.not(overflow) : overflow;
        }
        if (pair == 1 || pair == 3 && stepped == null) {
            return carry != null ? null : ofUnsigned(cc);
        }
        if (stepped != null) {
            return overflow != null && pair >= 6 ? null : afterStep(cc);
        }
        if (overflow != null && pair >= 6 || kind == -1) {
            return null;
        }
        return switch (kind) {
            case SUB -> afterSub(cc);
            case LOGIC -> afterLogic(cc);
            default -> ofResult(cc, result);
        };
    }

    /** Conditions with CF. */
    private Value ofUnsigned(int cc) {
        return switch (kind) {
            case SUB -> switch (cc) {
                case 2 -> b.ltu(left, right);
                case 3 -> b.leu(right, left);
                case 6 -> b.leu(left, right);
                default -> b.ltu(right, left);
            };
            case ADD -> switch (cc) {
                case 2 -> b.ltu(result, right);
                case 3 -> b.leu(right, result);
                default -> null;
            };
            case LOGIC -> switch (cc) {
                case 2 -> b.constant(Type.I1, 0);
                case 3 -> b.constant(Type.I1, 1);
                case 6 -> b.isZero(result);
                default -> b.isNotZero(result);
            };
            case SHL -> cc >> 1 != 1 ? null : cc == 2 ? b.isNegative(right) : b.les(zero(right), right);
            case SHR -> cc >> 1 != 1 ? null : cc == 2 ? b.trunc(right, Type.I1) : b.not(b.trunc(right, Type.I1));
            default -> null;
        };
    }

    private Value afterSub(int cc) {
        return switch (cc) {
            case 4 -> b.eq(left, right);
            case 5 -> b.ne(left, right);
            case 12 -> b.lts(left, right);
            case 13 -> b.les(right, left);
            case 14 -> b.les(left, right);
            case 15 -> b.lts(right, left);
            default -> ofResult(cc, result);
        };
    }

    private Value afterLogic(int cc) {
        return switch (cc) {
            case 0 -> b.constant(Type.I1, 0);
            case 1 -> b.constant(Type.I1, 1);
            case 12 -> b.isNegative(result);
            case 13 -> b.les(zero(result), result);
            case 14 -> b.les(result, zero(result));
            case 15 -> b.lts(zero(result), result);
            default -> ofResult(cc, result);
        };
    }

    /** INC and DEC overflow at one value, so their signed conditions compare what they counted from. */
    private Value afterStep(int cc) {
        Type type = stepped.type();
        Value limit = b.constant(type, steppedUp ? -1 : 1);
        return switch (cc) {
            case 0 -> b.eq(stepped, extreme(type));
            case 1 -> b.ne(stepped, extreme(type));
            case 12 -> b.lts(steppedFrom, limit);
            case 13 -> b.les(limit, steppedFrom);
            case 14 -> b.les(steppedFrom, limit);
            case 15 -> b.lts(limit, steppedFrom);
            default -> ofResult(cc, stepped);
        };
    }

    private Value extreme(Type type) {
        long lowest = 1L << type.bits() - 1;
        return b.constant(type, steppedUp ? lowest : lowest - 1);
    }

    /** Conditions with ZF, SF and PF alone. */
    private Value ofResult(int cc, Value of) {
        return switch (cc) {
            case 4 -> b.isZero(of);
            case 5 -> b.isNotZero(of);
            case 8 -> b.isNegative(of);
            case 9 -> b.les(zero(of), of);
            case 10 -> b.not(oddParity(of));
            case 11 -> oddParity(of);
            default -> null;
        };
    }

    private Value oddParity(Value of) {
        return b.trunc(b.popcnt(b.trunc(of, Type.I8)), Type.I1);
    }

    private Value zero(Value like) {
        return b.constant(like.type(), 0);
    }

    private Value withCarry(Value op, Value carry) {
        return b.or(op, b.or(b.shl(b.zext(carry, Type.I64), CARRY_BIT), constant(CARRY_GIVEN)));
    }

    private Value withOverflow(Value op, Value overflow) {
        return b.or(op, b.or(b.shl(b.zext(overflow, Type.I64), OVERFLOW_BIT), constant(OVERFLOW_GIVEN)));
    }

    private void all(int kind, Value left, Value right, Value result) {
        forget();
        this.kind = kind;
        this.left = left;
        this.right = right;
        this.result = result;
    }

    private void forget() {
        kind = -1;
        stepped = null;
        carry = null;
        overflow = null;
    }

    private void fields(int op, Value dst, Value src) {
        known(op);
        b.put(X86State.CC_DST, b.zext(dst, Type.I64));
        b.put(X86State.CC_SRC, b.zext(src, Type.I64));
    }

    private Value op() {
        return knownOp != -1 ? constant(knownOp) : b.get(X86State.CC_OP);
    }

    private void known(long op) {
        if (op != knownOp) {
            b.put(X86State.CC_OP, constant(op));
            knownOp = op;
        }
    }

    private void variable(Value op) {
        b.put(X86State.CC_OP, op);
        knownOp = -1;
    }

    private Value constant(long value) {
        return b.constant(Type.I64, value);
    }

    private static int operation(int kind, Type type) {
        return kind << KIND_SHIFT | Integer.numberOfTrailingZeros(type.bytes());
    }
}
