package dev.ringside.arch.x86.lift;

import static dev.ringside.arch.x86.X86State.RCX;

import dev.ringside.arch.x86.Vector;
import dev.ringside.arch.x86.X86Mode;
import dev.ringside.arch.x86.isa.Operand;
import dev.ringside.ir.IrBuilder;
import dev.ringside.ir.JumpKind;
import dev.ringside.ir.Type;
import dev.ringside.ir.Value;
import java.util.function.BiConsumer;

/** Near jumps, calls and returns, loops, BOUND, UD. */
final class ControlSemantics {
    private ControlSemantics() {
    }

    static void register(BiConsumer<String, Semantics> table) {
        table.accept("jcc", x -> branch(x, x.flags().condition(x.conditionCode())));
        table.accept("jcxz", x -> branch(x, x.b().isZero(x.gpr(RCX, counterType(x)))));
        table.accept("loop", x -> loop(x, null));
        table.accept("loope", x -> loop(x, x.flags().condition(4)));
        table.accept("loopne", x -> loop(x, x.flags().condition(5)));
        table.accept("jmp", ControlSemantics::jmp);
        table.accept("call", ControlSemantics::call);
        table.accept("ret", ControlSemantics::ret);
        table.accept("bound", ControlSemantics::bound);
        table.accept("ud", ControlSemantics::undefined);
    }

    private static void branch(Lift x, Value taken) {
        Value target = x.target((Operand.Rel) x.operand(0));
        if (!x.mode(X86Mode.FLAT_CODE)) {
            checkLimit(x, x.b().select(taken, target, x.nextPc()));
        }
        x.b().branch(taken, target, x.nextPc());
    }

    /** @param also a second condition for going on, or null */
    private static void loop(Lift x, Value also) {
        IrBuilder b = x.b();
        Type type = counterType(x);
        Value count = b.sub(x.gpr(RCX, type), b.constant(type, 1));
        Value again = b.isNotZero(count);
        Value taken = also == null ? again : b.and(again, also);
        Value target = x.target((Operand.Rel) x.operand(0));
        if (!x.mode(X86Mode.FLAT_CODE)) {
            checkLimit(x, b.select(taken, target, x.nextPc()));
        }
        x.gpr(RCX, count);
        b.branch(taken, target, x.nextPc());
    }

    private static Type counterType(Lift x) {
        return Type.ofBytes(x.insn().addressBits() / 8);
    }

    private static void jmp(Lift x) {
        Value target = target(x);
        checkLimit(x, target);
        x.b().jump(target, JumpKind.JUMP);
    }

    private static void call(Lift x) {
        Value target = target(x);
        checkLimit(x, target);
        x.push(x.b().trunc(x.nextPc(), x.operandType()));
        x.b().jump(target, JumpKind.CALL);
    }

    private static void ret(Lift x) {
        Type type = x.operandType();
        Value target = x.b().zext(x.top(type), Type.I64);
        checkLimit(x, target);
        long released = x.operandCount() == 0 ? 0 : x.immediate(0) & 0xffff;
        x.putStackPointer(x.stackPointer(x.dropped(type), released));
        x.b().jump(target, JumpKind.RETURN);
    }

    /** Where JMP and CALL go: relative, or a register or memory operand. */
    private static Value target(Lift x) {
        return x.operand(0) instanceof Operand.Rel rel ? x.target(rel) : x.b().zext(x.read(0), Type.I64);
    }

    /** A target outside the code segment, or one that is not canonical, faults in the branch, with everything as before it. */
    private static void checkLimit(Lift x, Value target) {
        IrBuilder b = x.b();
        if (!x.mode(X86Mode.FLAT_CODE)) {
            b.call(CheckHelpers.CODE_LIMIT, target);
        } else if (x.is64() && !(x.operandCount() > 0 && x.operand(0) instanceof Operand.Rel)) {
            Value above = b.shr(b.add(target, b.constant(Type.I64, 1L << 47)), 48);
            b.raiseIf(b.isNotZero(above), Vector.GP, b.constant(Type.I32, 0));
        }
    }

    /** Signed, both bounds inclusive. */
    private static void bound(Lift x) {
        IrBuilder b = x.b();
        Operand.Mem mem = (Operand.Mem) x.operand(1);
        Value index = x.read(0);
        Type type = index.type();
        Value offset = x.offset(mem);
        Value behind = x.wrapped(b.add(offset, b.constant(Type.I64, type.bytes())), mem.addressBits());
        Value lower = b.load(type, x.linear(mem.segment(), offset, type.bytes(), false), Lift.memFlags(mem));
        Value upper = b.load(type, x.linear(mem.segment(), behind, type.bytes(), false), Lift.memFlags(mem));
        b.raiseIf(b.or(b.lts(index, lower), b.lts(upper, index)), Vector.BR);
    }

    private static void undefined(Lift x) {
        x.raise(Vector.UD);
        x.leave();
    }
}
