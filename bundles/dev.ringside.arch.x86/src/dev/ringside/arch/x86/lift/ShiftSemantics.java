package dev.ringside.arch.x86.lift;

import static dev.ringside.arch.x86.LazyFlags.SHL;
import static dev.ringside.arch.x86.LazyFlags.SHR;
import static dev.ringside.arch.x86.X86State.RCX;

import dev.ringside.arch.x86.isa.Operand;
import dev.ringside.ir.IrBuilder;
import dev.ringside.ir.Type;
import dev.ringside.ir.Value;
import java.util.function.BiConsumer;
import java.util.function.UnaryOperator;

/**
 * Shifts and rotates. Counts are taken modulo 32 (64 for quadwords), and a count of 0 leaves the flags alone. OF is defined for a count of 1
 * only; other counts give it the same formula.
 */
final class ShiftSemantics {
    private ShiftSemantics() {
    }

    static void register(BiConsumer<String, Semantics> table) {
        table.accept("shl", x -> shift(x, SHL, false));
        table.accept("shr", x -> shift(x, SHR, false));
        table.accept("sar", x -> shift(x, SHR, true));
        table.accept("rol", x -> rotate(x, true));
        table.accept("ror", x -> rotate(x, false));
        table.accept("rcl", x -> rotateThroughCarry(x, true));
        table.accept("rcr", x -> rotateThroughCarry(x, false));
        table.accept("shld", x -> shiftDouble(x, true));
        table.accept("shrd", x -> shiftDouble(x, false));
        table.accept("shlx", x -> x.write(0, x.b().shl(x.read(1), x.read(2))));
        table.accept("shrx", x -> x.write(0, x.b().shr(x.read(1), x.read(2))));
        table.accept("sarx", x -> x.write(0, x.b().sar(x.read(1), x.read(2))));
        table.accept("rorx", x -> x.write(0, x.b().rotr(x.read(1), x.b().constant(x.type(0), x.immediate(2)))));
    }

    /** Bytes and words are shifted as doublewords, since counts up to 31 push out more bits than they have. */
    private static void shift(Lift x, int kind, boolean signed) {
        IrBuilder b = x.b();
        Value operand = x.modify(0);
        Type type = operand.type();
        Type wide = type == Type.I64 ? Type.I64 : Type.I32;
        Value value = signed ? b.sext(operand, wide) : b.zext(operand, wide);
        Value count = count(x, 1, wide);
        Value result = b.trunc(shifted(b, value, count, kind, signed), type);
        x.write(0, result);
        setFlags(x, count, kind, result, oneLess -> b.trunc(shifted(b, value, oneLess, kind, signed), type));
    }

    private static Value shifted(IrBuilder b, Value value, Value count, int kind, boolean signed) {
        return kind == SHL ? b.shl(value, count) : signed ? b.sar(value, count) : b.shr(value, count);
    }

    /** @param before from count − 1 to the operand shifted by that */
    private static void setFlags(Lift x, Value count, int kind, Value result, UnaryOperator<Value> before) {
        IrBuilder b = x.b();
        Long known = b.constantOf(count);
        if (known != null && known == 0) {
            return;
        }
        Value oneLess = b.sub(count, b.constant(count.type(), 1));
        Value lastOut = before.apply(oneLess);
        if (known != null) {
            x.flags().shift(kind, lastOut, result);
        } else {
            x.flags().shiftUnless(b.isZero(count), kind, lastOut, result);
        }
    }

    /** The count operand (immediate, 1 or CL) modulo 32 or 64, as {@code type}. */
    private static Value count(Lift x, int operand, Type type) {
        long mask = x.type(0) == Type.I64 ? 63 : 31;
        if (x.operand(operand) instanceof Operand.Imm imm) {
            return x.b().constant(type, imm.value() & mask);
        }
        return x.b().and(x.gpr(RCX, type), x.b().constant(type, mask));
    }

    private static void rotate(Lift x, boolean left) {
        IrBuilder b = x.b();
        Value operand = x.modify(0);
        Type type = operand.type();
        Value count = count(x, 1, type);
        Value result = left ? b.rotl(operand, count) : b.rotr(operand, count);
        x.write(0, result);
        Long known = b.constantOf(count);
        if (known != null && known == 0) {
            return;
        }
        Value high = b.isNegative(result);
        Value carry = left ? b.trunc(result, Type.I1) : high;
        Value overflow = left ? b.xor(high, carry) : b.xor(high, b.trunc(b.shr(result, type.bits() - 2), Type.I1));
        if (known != null) {
            x.flags().carryAndOverflow(carry, overflow);
        } else {
            x.flags().carryAndOverflowUnless(b.isZero(count), carry, overflow);
        }
    }

    /** Operand and CF rotate as one number of one bit more. */
    private static void rotateThroughCarry(Lift x, boolean left) {
        IrBuilder b = x.b();
        Value operand = x.modify(0);
        Type type = operand.type();
        int bits = type.bits();
        Value carryIn = x.flags().carry();
        Value count = countThroughCarry(b, count(x, 1, Type.I64), bits);
        Value keep = b.isZero(count);
        Value result;
        Value carry;
        if (type == Type.I64) {
            result = b.select(keep, operand, rotated64(b, operand, carryIn, count, left));
            Value out = left ? b.sub(b.constant(Type.I64, 64), count) : b.sub(count, b.constant(Type.I64, 1));
            carry = b.trunc(b.shr(operand, out), Type.I1);
        } else {
            Value whole = b.or(b.zext(operand, Type.I64), b.shl(b.zext(carryIn, Type.I64), bits));
            Value back = b.sub(b.constant(Type.I64, bits + 1), count);
            Value rotated = left ? b.or(b.shl(whole, count), b.shr(whole, back)) : b.or(b.shr(whole, count), b.shl(whole, back));
            result = b.trunc(rotated, type);
            carry = b.trunc(b.shr(rotated, bits), Type.I1);
        }
        x.write(0, result);
        Value high = b.isNegative(result);
        Value overflow = b.xor(high, left ? carry : b.trunc(b.shr(result, bits - 2), Type.I1));
        x.flags().carryAndOverflowUnless(keep, carry, overflow);
    }

    /** A byte with CF comes around after 9 positions, a word after 17. */
    private static Value countThroughCarry(IrBuilder b, Value count, int bits) {
        for (int turn = bits + 1 << (bits == 8 ? 1 : 0); bits <= 16 && turn > bits; turn >>= 1) {
            Value limit = b.constant(Type.I64, turn);
            count = b.select(b.ltu(count, limit), count, b.sub(count, limit));
        }
        return count;
    }

    /** For counts from 1 to 63. */
    private static Value rotated64(IrBuilder b, Value operand, Value carryIn, Value count, boolean left) {
        Value back = b.sub(b.constant(Type.I64, 64), count);
        Value oneLess = b.sub(count, b.constant(Type.I64, 1));
        Value in = b.zext(carryIn, Type.I64);
        return left
            ? b.or(b.or(b.shl(operand, count), b.shl(in, oneLess)), b.shr(b.shr(operand, 1), back))
            : b.or(b.or(b.shr(operand, count), b.shl(in, back)), b.shl(b.shl(operand, 1), back));
    }

    /** A word's counts above 16 are undefined; the captured processor then goes on with the source's bits again. */
    private static void shiftDouble(Lift x, boolean left) {
        IrBuilder b = x.b();
        Value destination = x.modify(0);
        Value source = x.read(1);
        Type type = destination.type();
        Value count = count(x, 2, type == Type.I16 ? Type.I64 : type);
        Value result = type == Type.I16 ? doubleWord(b, destination, source, count, left) : doubled(b, destination, source, count, left);
        x.write(0, result);
        setFlags(x, count, left ? SHL : SHR, result, oneLess -> type == Type.I16
            ? doubleWord(b, destination, source, oneLess, left)
            : left ? b.shl(destination, oneLess) : b.shr(destination, oneLess));
    }

    private static Value doubled(IrBuilder b, Value destination, Value source, Value count, boolean left) {
        Value back = b.sub(b.constant(count.type(), count.type().bits()), count);
        Value both = left ? b.or(b.shl(destination, count), b.shr(source, back)) : b.or(b.shr(destination, count), b.shl(source, back));
        return b.select(b.isZero(count), destination, both);
    }

    private static Value doubleWord(IrBuilder b, Value destination, Value source, Value count, boolean left) {
        Value inner = b.zext(destination, Type.I64);
        Value once = b.zext(source, Type.I64);
        Value twice = b.or(once, b.shl(once, 16));
        return b.trunc(left ? b.shr(b.shl(b.or(b.shl(inner, 32), twice), count), 32) : b.shr(b.or(b.shl(twice, 16), inner), count), Type.I16);
    }
}
