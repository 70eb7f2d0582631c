package dev.ringside.arch.x86.lift;

import static dev.ringside.arch.x86.Rflags.ZF;
import static dev.ringside.arch.x86.X86State.RAX;
import static dev.ringside.arch.x86.X86State.RBX;
import static dev.ringside.arch.x86.X86State.RCX;
import static dev.ringside.arch.x86.X86State.RDX;

import dev.ringside.arch.x86.X86State;
import dev.ringside.arch.x86.isa.Operand;
import dev.ringside.ir.IrBuilder;
import dev.ringside.ir.MemFlags;
import dev.ringside.ir.Type;
import dev.ringside.ir.Value;
import java.util.function.BiConsumer;

/** Moves, conditional moves, exchanges, and addresses as values. */
final class MoveSemantics {
    private MoveSemantics() {
    }

    static void register(BiConsumer<String, Semantics> table) {
        table.accept("mov", x -> x.write(0, x.read(1, x.type(0))));
        table.accept("movzx", x -> x.write(0, x.b().zext(x.read(1), x.type(0))));
        table.accept("movsx", x -> x.write(0, x.b().sext(x.read(1), x.type(0))));
        table.accept("movsxd", x -> x.write(0, x.b().sext(x.read(1), x.type(0))));
        table.accept("movbe", x -> x.write(0, x.b().bswap(x.read(1))));
        table.accept("bswap", MoveSemantics::bswap);
        table.accept("cmovcc", MoveSemantics::cmov);
        table.accept("setcc", x -> x.write(0, x.b().zext(x.flags().condition(x.conditionCode()), Type.I8)));
        table.accept("lea", MoveSemantics::lea);
        table.accept("xchg", MoveSemantics::xchg);
        table.accept("xadd", MoveSemantics::xadd);
        table.accept("cmpxchg", MoveSemantics::cmpxchg);
        table.accept("cmpxchg8b", MoveSemantics::cmpxchg8b);
        table.accept("cmpxchg16b", MoveSemantics::cmpxchg16b);
        table.accept("xlat", MoveSemantics::xlat);
        table.accept("nop", x -> { });
        table.accept("pause", x -> { });
        table.accept("movnti", x -> x.write(0, x.read(1)));
        table.accept("prefetch", x -> { });
        table.accept("lfence", x -> { });
        table.accept("mfence", x -> { });
        table.accept("sfence", x -> { });
        table.accept("clflush", x -> x.read(0));
        table.accept("clflushopt", x -> x.read(0));
    }

    /** A word's result is undefined; processors give 0. */
    private static void bswap(Lift x) {
        Type type = x.type(0);
        x.write(0, type == Type.I16 ? x.b().constant(type, 0) : x.b().bswap(x.read(0)));
    }

    /** The source is read, and the upper half of a 32-bit destination cleared, whatever the condition. */
    private static void cmov(Lift x) {
        Value source = x.read(1);
        x.write(0, x.b().select(x.flags().condition(x.conditionCode()), source, x.read(0)));
    }

    private static void lea(Lift x) {
        x.write(0, x.b().trunc(x.offset((Operand.Mem) x.operand(1)), x.type(0)));
    }

    private static void xchg(Lift x) {
        Value first = x.modify(0);
        Value second = x.read(1);
        x.write(0, second);
        x.write(1, first);
    }

    /** When both operands are one register, the sum stays. */
    private static void xadd(Lift x) {
        Value left = x.modify(0);
        Value right = x.read(1);
        Value sum = x.b().add(left, right);
        if (x.isMemory(0)) {
            x.write(0, sum);
            x.write(1, left);
        } else {
            x.write(1, left);
            x.write(0, sum);
        }
        x.flags().add(left, right, sum);
    }

    /**
     * Memory is written in either case, a register only when the comparison holds, the accumulator only when it fails: the upper half of a
     * register that is not written stays.
     */
    private static void cmpxchg(Lift x) {
        IrBuilder b = x.b();
        Value destination = x.modify(0);
        Type type = destination.type();
        Value accumulator = x.gpr(RAX, type);
        Value equal = b.eq(accumulator, destination);
        Value source = x.read(1);
        if (x.operand(0) instanceof Operand.Reg reg && reg.registerClass() == Operand.RegisterClass.GENERAL) {
            x.gprUnless(b.not(equal), reg.index(), source);
        } else {
            x.write(0, b.select(equal, source, destination));
        }
        x.gprUnless(equal, RAX, destination);
        x.flags().sub(accumulator, destination, b.sub(accumulator, destination));
    }

    private static void cmpxchg8b(Lift x) {
        IrBuilder b = x.b();
        Value old = x.modify(0);
        Value expected = b.deposit(b.zext(x.gpr(RAX, Type.I32), Type.I64), x.gpr(RDX, Type.I32), 32);
        Value replacement = b.deposit(b.zext(x.gpr(RBX, Type.I32), Type.I64), x.gpr(RCX, Type.I32), 32);
        Value equal = b.eq(old, expected);
        x.write(0, b.select(equal, replacement, old));
        x.gpr(RAX, b.select(equal, b.get(X86State.GPR[RAX]), b.and(old, b.constant(Type.I64, 0xffff_ffffL))));
        x.gpr(RDX, b.select(equal, b.get(X86State.GPR[RDX]), b.shr(old, 32)));
        setZero(x, equal);
    }

    /** Misaligned operands raise #GP(0). */
    private static void cmpxchg16b(Lift x) {
        IrBuilder b = x.b();
        Value address = x.address(0, true);
        int flags = x.memFlags(0) | MemFlags.ALIGNED | (x.insn().lock() ? MemFlags.LOCKED : 0);
        Value old = b.load(Type.I128, address, flags | MemFlags.WRITE_INTENT);
        Value low = b.low(old);
        Value high = b.high(old);
        Value rax = x.gpr(RAX, Type.I64);
        Value rdx = x.gpr(RDX, Type.I64);
        Value equal = b.and(b.eq(low, rax), b.eq(high, rdx));
        Value newLow = b.select(equal, x.gpr(RBX, Type.I64), low);
        Value newHigh = b.select(equal, x.gpr(RCX, Type.I64), high);
        b.store(address, b.concat(newLow, newHigh), flags);
        x.gpr(RAX, low);
        x.gpr(RDX, high);
        setZero(x, equal);
    }

    private static void setZero(Lift x, Value equal) {
        x.flags().replace(ZF, x.b().shl(x.b().zext(equal, Type.I64), Integer.numberOfTrailingZeros(ZF)));
    }

    private static void xlat(Lift x) {
        IrBuilder b = x.b();
        int segment = x.insn().segmentOverride() < 0 ? X86State.DS : x.insn().segmentOverride();
        Value offset = b.add(b.get(X86State.GPR[RBX]), b.zext(x.gpr(RAX, Type.I8), Type.I64));
        Value address = x.linear(segment, x.wrapped(offset, x.insn().addressBits()), 1, false);
        x.gpr(RAX, b.load(Type.I8, address, Lift.segmentFlags(segment)));
    }
}
