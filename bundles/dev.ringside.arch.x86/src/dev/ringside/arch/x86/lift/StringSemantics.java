package dev.ringside.arch.x86.lift;

import static dev.ringside.arch.x86.X86State.RAX;
import static dev.ringside.arch.x86.X86State.RDI;
import static dev.ringside.arch.x86.X86State.RSI;

import dev.ringside.arch.x86.Rflags;
import dev.ringside.arch.x86.X86Mode;
import dev.ringside.arch.x86.X86State;
import dev.ringside.arch.x86.isa.Operand;
import dev.ringside.arch.x86.isa.X86Instruction;
import dev.ringside.ir.Helper;
import dev.ringside.ir.IrBuilder;
import dev.ringside.ir.Type;
import dev.ringside.ir.Value;
import java.util.function.BiConsumer;

/**
 * String instructions. One by itself is plain IR; with a repeat prefix it stands alone in its block and calls a helper of {@link StringHelpers},
 * which does as many iterations as the budget allows; then the block goes to the next instruction, or to itself again.
 */
final class StringSemantics {
    private StringSemantics() {
    }

    static void register(BiConsumer<String, Semantics> table) {
        table.accept("movs", x -> repeatable(x, StringHelpers.MOVS, StringSemantics::movs));
        table.accept("stos", x -> repeatable(x, StringHelpers.STOS, StringSemantics::stos));
        table.accept("lods", x -> repeatable(x, StringHelpers.LODS, StringSemantics::lods));
        table.accept("scas", x -> repeatable(x, StringHelpers.SCAS, StringSemantics::scas));
        table.accept("cmps", x -> repeatable(x, StringHelpers.CMPS, StringSemantics::cmps));
    }

    /** Whether the instruction repeats, and so stands alone. */
    static boolean repeats(X86Instruction insn) {
        return insn.rep() != 0 && (insn.form().is("rep") || insn.form().is("repz"));
    }

    private static void repeatable(Lift x, Helper helper, Semantics once) {
        if (!repeats(x.insn())) {
            once.lift(x);
            return;
        }
        IrBuilder b = x.b();
        Value done = b.call(helper, b.constant(Type.I32, StringHelpers.shape(x)));
        x.flags().unknown();
        b.branch(done, x.nextPc(), x.thisPc());
    }

    private static void movs(Lift x) {
        Value value = load(x, 1);
        store(x, 0, value);
        advance(x, RSI, value.type());
        advance(x, RDI, value.type());
    }

    private static void stos(Lift x) {
        Value value = x.read(1);
        store(x, 0, value);
        advance(x, RDI, value.type());
    }

    private static void lods(Lift x) {
        Value value = load(x, 1);
        x.gpr(RAX, value);
        advance(x, RSI, value.type());
    }

    private static void scas(Lift x) {
        Value right = load(x, 1);
        Value left = x.gpr(RAX, right.type());
        x.flags().sub(left, right, x.b().sub(left, right));
        advance(x, RDI, right.type());
    }

    private static void cmps(Lift x) {
        Value left = load(x, 0);
        Value right = load(x, 1);
        x.flags().sub(left, right, x.b().sub(left, right));
        advance(x, RSI, left.type());
        advance(x, RDI, left.type());
    }

    private static Value load(Lift x, int operand) {
        Operand.Mem mem = (Operand.Mem) x.operand(operand);
        Type type = x.type(operand);
        return x.b().load(type, x.linear(mem.segment(), x.offset(mem), type.bytes(), false), Lift.memFlags(mem));
    }

    private static void store(Lift x, int operand, Value value) {
        Operand.Mem mem = (Operand.Mem) x.operand(operand);
        x.b().store(x.linear(mem.segment(), x.offset(mem), value.type().bytes(), true), value, Lift.memFlags(mem));
    }

    /** Adds the element size, or subtracts it when DF is set: DF is moved to where it is worth twice the size. */
    private static void advance(Lift x, int register, Type type) {
        IrBuilder b = x.b();
        int bytes = type.bytes();
        int shift = Integer.numberOfTrailingZeros(Rflags.DF) - Integer.numberOfTrailingZeros(2 * bytes);
        Value twiceWhenDown = b.and(b.shr(b.get(X86State.RFLAGS_REST), shift), b.constant(Type.I64, 2L * bytes));
        Value step = b.sub(b.constant(Type.I64, bytes), twiceWhenDown);
        Value moved = b.add(b.get(X86State.GPR[register]), step);
        x.gpr(register, b.trunc(moved, Type.ofBytes(x.insn().addressBits() / 8)));
    }

    static boolean isFlat(Lift x, int segment) {
        return x.is64() || segment == X86State.CS && x.mode(X86Mode.FLAT_CODE)
            || (segment == X86State.ES || segment == X86State.SS || segment == X86State.DS) && x.mode(X86Mode.FLAT_DATA);
    }
}
