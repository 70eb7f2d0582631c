package dev.ringside.arch.x86.lift;

import static dev.ringside.arch.x86.Rflags.AF;
import static dev.ringside.arch.x86.Rflags.CF;
import static dev.ringside.arch.x86.X86State.RAX;

import dev.ringside.arch.x86.Vector;
import dev.ringside.ir.IrBuilder;
import dev.ringside.ir.Type;
import dev.ringside.ir.Value;
import java.util.function.BiConsumer;

/** The BCD adjustments (SDM 1 7.3.1.4), valid outside 64-bit mode only. OF, and CF of AAM and AAD, come out clear. */
final class DecimalSemantics {
    private DecimalSemantics() {
    }

    static void register(BiConsumer<String, Semantics> table) {
        table.accept("daa", x -> adjustPacked(x, true));
        table.accept("das", x -> adjustPacked(x, false));
        table.accept("aaa", x -> adjustUnpacked(x, 0x106));
        table.accept("aas", x -> adjustUnpacked(x, -0x106));
        table.accept("aam", DecimalSemantics::aam);
        table.accept("aad", DecimalSemantics::aad);
    }

    /** DAA and DAS: 6 for the low digit, 0x60 for the high one; DAS borrows into CF from the low correction, too. */
    private static void adjustPacked(Lift x, boolean add) {
        IrBuilder b = x.b();
        Value flags = x.flags().arithmetic();
        Value al = x.gpr(RAX, Type.I8);
        Value lowDigit = b.and(al, b.constant(Type.I8, 0xf));
        Value low = b.or(b.ltu(b.constant(Type.I8, 9), lowDigit), bit(b, flags, AF));
        Value high = b.or(b.ltu(b.constant(Type.I8, 0x99), al), bit(b, flags, CF));
        Value correction = b.add(b.select(low, b.constant(Type.I8, 6), b.constant(Type.I8, 0)),
            b.select(high, b.constant(Type.I8, 0x60), b.constant(Type.I8, 0)));
        Value result = add ? b.add(al, correction) : b.sub(al, correction);
        Value borrowed = b.and(low, b.ltu(al, b.constant(Type.I8, 6)));
        x.gpr(RAX, result);
        x.flags().logic(result);
        setCarryAndAdjust(x, add ? high : b.or(high, borrowed), low);
    }

    /** AAA and AAS: AX is corrected by one in AH and six in AL together. */
    private static void adjustUnpacked(Lift x, int correction) {
        IrBuilder b = x.b();
        Value adjust = bit(b, x.flags().arithmetic(), AF);
        Value ax = x.gpr(RAX, Type.I16);
        Value digit = b.and(ax, b.constant(Type.I16, 0xf));
        Value needed = b.or(b.ltu(b.constant(Type.I16, 9), digit), adjust);
        Value corrected = b.add(ax, b.select(needed, b.constant(Type.I16, correction), b.constant(Type.I16, 0)));
        Value result = b.and(corrected, b.constant(Type.I16, 0xff0f));
        x.gpr(RAX, result);
        x.flags().logic(b.trunc(result, Type.I8));
        setCarryAndAdjust(x, needed, needed);
    }

    private static void setCarryAndAdjust(Lift x, Value carry, Value adjust) {
        IrBuilder b = x.b();
        Value carryBit = b.zext(carry, Type.I64);
        Value adjustBit = b.shl(b.zext(adjust, Type.I64), 4);
        x.flags().replace(CF | AF, b.or(carryBit, adjustBit));
    }

    private static Value bit(IrBuilder b, Value flags, long mask) {
        return b.isNotZero(b.and(flags, b.constant(Type.I64, mask)));
    }

    private static void aam(Lift x) {
        IrBuilder b = x.b();
        long base = x.immediate(0) & 0xff;
        if (base == 0) {
            x.raise(Vector.DE);
            return;
        }
        Value al = b.zext(x.gpr(RAX, Type.I8), Type.I64);
        Value divisor = b.constant(Type.I64, base);
        Value quotient = b.call(DivideHelpers.DIV, al, divisor, b.constant(Type.I32, 8));
        Value remainder = b.trunc(b.sub(al, b.mul(quotient, divisor)), Type.I8);
        x.gpr(RAX, b.deposit(b.zext(remainder, Type.I16), b.trunc(quotient, Type.I8), 8));
        x.flags().logic(remainder);
    }

    private static void aad(Lift x) {
        IrBuilder b = x.b();
        Value ax = x.gpr(RAX, Type.I16);
        Value tens = b.mul(b.shr(ax, 8), b.constant(Type.I16, x.immediate(0) & 0xff));
        Value result = b.trunc(b.add(ax, tens), Type.I8);
        x.gpr(RAX, b.zext(result, Type.I16));
        x.flags().logic(result);
    }
}
