package dev.ringside.arch.x86.lift;

import static dev.ringside.arch.x86.Rflags.*;
import static dev.ringside.arch.x86.X86State.RBP;
import static dev.ringside.arch.x86.X86State.RSP;

import dev.ringside.arch.x86.Vector;
import dev.ringside.arch.x86.X86Mode;
import dev.ringside.arch.x86.X86State;
import dev.ringside.ir.IrBuilder;
import dev.ringside.ir.Type;
import dev.ringside.ir.Value;
import java.util.function.BiConsumer;

/** PUSH, POP and their relatives, ENTER and LEAVE. */
final class StackSemantics {
    private StackSemantics() {
    }

    static void register(BiConsumer<String, Semantics> table) {
        table.accept("push", x -> x.push(x.read(0, x.operandType())));
        table.accept("pop", StackSemantics::pop);
        table.accept("pusha", StackSemantics::pusha);
        table.accept("popa", StackSemantics::popa);
        table.accept("pushf", StackSemantics::pushf);
        table.accept("popf", StackSemantics::popf);
        table.accept("enter", StackSemantics::enter);
        table.accept("leave", StackSemantics::leave);
    }

    /** A memory operand's address sees the stack pointer behind the popped value (SDM 2B, POP). */
    private static void pop(Lift x) {
        Type type = x.operandType();
        Value value = x.top(type);
        Value pointer = x.dropped(type);
        if (x.isMemory(0)) {
            x.addressWithStackPointer(x.is64() ? pointer : stackPointerPut(x, pointer));
            x.write(0, value);
            x.putStackPointer(pointer);
        } else {
            x.putStackPointer(pointer);
            x.write(0, value);
        }
    }

    /** What RSP will hold. */
    private static Value stackPointerPut(Lift x, Value pointer) {
        return x.stackBits() == 16 ? x.b().deposit(x.b().get(X86State.GPR[RSP]), x.b().trunc(pointer, Type.I16), 0) : pointer;
    }

    private static void pusha(Lift x) {
        Type type = x.operandType();
        Value pointer = x.stackPointer();
        for (int register = 0; register < 8; register++) {
            pointer = x.stackPointer(pointer, -type.bytes());
            x.stackStore(pointer, x.gpr(register, type));
        }
        x.putStackPointer(pointer);
    }

    private static void popa(Lift x) {
        Type type = x.operandType();
        Value pointer = x.stackPointer();
        Value[] values = new Value[8];
        for (int register = 7; register >= 0; register--) {
            values[register] = x.stackLoad(pointer, type);
            pointer = x.stackPointer(pointer, type.bytes());
        }
        x.putStackPointer(pointer);
        for (int register = 0; register < 8; register++) {
            if (register != RSP) {
                x.gpr(register, values[register]);
            }
        }
    }

    private static void pushf(Lift x) {
        IrBuilder b = x.b();
        requireIoplInVm86(x);
        Value rest = b.and(b.get(X86State.RFLAGS_REST), constant(b, ~(VM | RF)));
        x.push(b.trunc(b.or(rest, x.flags().arithmetic()), x.operandType()));
    }

    private static void popf(Lift x) {
        IrBuilder b = x.b();
        requireIoplInVm86(x);
        Type type = x.operandType();
        Value value = b.zext(x.top(type), Type.I64);
        long writable = writableFlags(x) & type.mask();
        Value kept = b.and(b.get(X86State.RFLAGS_REST), constant(b, ~(writable | RF)));
        Value pointer = x.dropped(type);
        b.put(X86State.RFLAGS_REST, b.or(kept, b.and(value, constant(b, writable))));
        x.flags().explicit(b.and(value, constant(b, ARITHMETIC)));
        x.putStackPointer(pointer);
        x.leave();
    }

    /** IOPL changes at CPL 0 only, IF where CPL allows I/O; elsewhere they keep their values silently. VM, VIF and VIP never change. */
    private static long writableFlags(Lift x) {
        long always = TF | DF | NT | AC | ID;
        if (x.mode(X86Mode.CPL_0)) {
            return always | IF | IOPL;
        }
        return x.mode(X86Mode.VM86) || !x.mode(X86Mode.IO_CHECKED) ? always | IF : always;
    }

    private static void requireIoplInVm86(Lift x) {
        if (x.mode(X86Mode.VM86)) {
            IrBuilder b = x.b();
            Value iopl = b.and(b.get(X86State.RFLAGS_REST), constant(b, IOPL));
            b.raiseIf(b.ne(iopl, constant(b, IOPL)), Vector.GP, b.constant(Type.I32, 0));
        }
    }

    private static void enter(Lift x) {
        IrBuilder b = x.b();
        Type type = x.operandType();
        long sizeBytes = x.immediate(0) & 0xffff;
        int level = (int) x.immediate(1) & 0x1f;
        Value pointer = x.stackPointer(x.stackPointer(), -type.bytes());
        x.stackStore(pointer, x.gpr(RBP, type));
        Value frame = pointer;
        Value outer = x.wrapped(b.get(X86State.GPR[RBP]), x.stackBits());
        for (int i = 1; i < level; i++) {
            outer = x.stackPointer(outer, -type.bytes());
            pointer = x.stackPointer(pointer, -type.bytes());
            x.stackStore(pointer, x.stackLoad(outer, type));
        }
        if (level > 0) {
            pointer = x.stackPointer(pointer, -type.bytes());
            x.stackStore(pointer, b.trunc(frame, type));
        }
        pointer = x.stackPointer(pointer, -sizeBytes);
        b.probe(type, x.linear(X86State.SS, pointer, type.bytes(), true), Lift.segmentFlags(X86State.SS));
        x.gpr(RBP, b.trunc(frame, type));
        x.putStackPointer(pointer);
    }

    private static void leave(Lift x) {
        IrBuilder b = x.b();
        Type type = x.operandType();
        Value frame = x.wrapped(b.get(X86State.GPR[RBP]), x.stackBits());
        Value saved = x.stackLoad(frame, type);
        x.putStackPointer(x.stackPointer(frame, type.bytes()));
        x.gpr(RBP, saved);
    }

    private static Value constant(IrBuilder b, long value) {
        return b.constant(Type.I64, value);
    }
}
