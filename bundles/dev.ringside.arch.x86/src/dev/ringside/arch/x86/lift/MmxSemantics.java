package dev.ringside.arch.x86.lift;

import static dev.ringside.ir.Type.I16;
import static dev.ringside.ir.Type.I32;
import static dev.ringside.ir.Type.I64;
import static dev.ringside.ir.Type.I8;

import dev.ringside.arch.x86.X86State;
import dev.ringside.arch.x86.isa.Operand;
import dev.ringside.arch.x86.simd.SseOperations;
import dev.ringside.ir.Helper;
import dev.ringside.ir.IrBuilder;
import dev.ringside.ir.Value;
import java.util.function.BiConsumer;

/**
 * MMX (SDM 1, 9). Its registers are the significands of the physical x87 registers; every instruction sets TOP to 0 and, but for EMMS, marks all
 * registers in use, and a written register's exponent becomes all ones. Operations are functions of values, without state.
 */
final class MmxSemantics {
    private MmxSemantics() {
    }

    /** What exists on MMX registers only; the rest is in {@link SseSemantics}, which hands the MMX forms over. */
    static void register(BiConsumer<String, Semantics> table) {
        table.accept("emms", x -> {
            begin(x);
            x.b().put(X86State.FTOP, x.b().constant(I8, 0));
            x.b().put(X86State.FTAG, x.b().constant(I8, 0));
        });
        table.accept("pshufw", x -> {
            begin(x);
            Value source = value(x, 1);
            put(x, 0, x.b().call(SseOperations.MMX.get("pshufw"), source, x.b().constant(I64, x.immediate(2) & 0xff)));
        });
        table.accept("movntq", MmxSemantics::move);
        table.accept("maskmovq", x -> {
            begin(x);
            maskedStore(x, value(x, 0), value(x, 1), 0);
            end(x);
        });
    }

    /** Whether an operand is an MMX register. */
    static boolean isMmx(Lift x) {
        for (int i = 0; i < x.operandCount(); i++) {
            if (isMmx(x, i)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isMmx(Lift x, int index) {
        return x.operand(index) instanceof Operand.Reg reg && reg.registerClass() == Operand.RegisterClass.MMX;
    }

    /** What comes before the operands: a pending x87 exception. */
    static void begin(Lift x) {
        x.b().call(X87Semantics.PENDING);
    }

    /** What comes after the last access that may fault. {@link #put} does it, too. */
    static void end(Lift x) {
        IrBuilder b = x.b();
        b.put(X86State.FTOP, b.constant(I8, 0));
        b.put(X86State.FTAG, b.constant(I8, 0xff));
    }

    static void two(Lift x, Helper helper) {
        begin(x);
        Value right = value(x, 1);
        put(x, 0, x.b().call(helper, value(x, 0), right));
    }

    static void palignr(Lift x) {
        begin(x);
        Value low = value(x, 1);
        put(x, 0, x.b().call(SseOperations.PALIGNR_MMX, value(x, 0), low, x.b().constant(I32, x.immediate(2) & 0xff)));
    }

    /** MOVQ and MOVNTQ between MMX registers and memory. */
    static void move(Lift x) {
        begin(x);
        if (x.isMemory(0)) {
            x.write(0, value(x, 1));
            end(x);
        } else {
            put(x, 0, value(x, 1));
        }
    }

    /** MOVD and MOVQ between an MMX register and a general one or memory. */
    static void moveGeneral(Lift x) {
        IrBuilder b = x.b();
        begin(x);
        if (isMmx(x, 0)) {
            put(x, 0, b.zext(x.read(1), I64));
        } else {
            x.write(0, b.trunc(value(x, 1), x.type(0)));
            end(x);
        }
    }

    /** MASKMOVQ and each half of MASKMOVDQU: to DS:rDI, or the overriding segment. */
    static void maskedStore(Lift x, Value data, Value mask, int displacement) {
        IrBuilder b = x.b();
        int segment = x.insn().segmentOverride() >= 0 ? x.insn().segmentOverride() : X86State.DS;
        Value offset = b.add(b.get(X86State.GPR[X86State.RDI]), b.constant(I64, displacement));
        Value address = x.linear(segment, x.wrapped(offset, x.insn().addressBits()), 1, true);
        b.call(SseOperations.MASKED_STORE, address, b.constant(I32, Lift.segmentFlags(segment)), data, mask);
    }

    /** A register, memory zero-extended, or a shift count. */
    static Value value(Lift x, int index) {
        return isMmx(x, index) ? x.b().get(X86State.FPR[number(x, index)])
            : x.operand(index) instanceof Operand.Imm imm ? x.b().constant(I64, imm.value() & 0xff) : x.b().zext(x.read(index), I64);
    }

    static void put(Lift x, int index, Value value) {
        IrBuilder b = x.b();
        b.put(X86State.FPR[number(x, index)], value);
        b.put(X86State.FPE[number(x, index)], b.constant(I16, 0xffff));
        end(x);
    }

    private static int number(Lift x, int index) {
        return ((Operand.Reg) x.operand(index)).index();
    }
}
