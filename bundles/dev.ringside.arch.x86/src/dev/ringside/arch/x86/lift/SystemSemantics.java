package dev.ringside.arch.x86.lift;

import static dev.ringside.arch.x86.X86State.DS;
import static dev.ringside.arch.x86.X86State.ES;
import static dev.ringside.arch.x86.X86State.FS;
import static dev.ringside.arch.x86.X86State.GS;
import static dev.ringside.arch.x86.X86State.RAX;
import static dev.ringside.arch.x86.X86State.RCX;
import static dev.ringside.arch.x86.X86State.RDX;
import static dev.ringside.arch.x86.X86State.SS;

import dev.ringside.arch.x86.Rflags;
import dev.ringside.arch.x86.Vector;
import dev.ringside.arch.x86.X86Mode;
import dev.ringside.arch.x86.X86State;
import dev.ringside.arch.x86.cpu.SystemHelpers;
import dev.ringside.arch.x86.isa.Operand;
import dev.ringside.ir.Helper;
import dev.ringside.ir.IrBuilder;
import dev.ringside.ir.JumpKind;
import dev.ringside.ir.Type;
import dev.ringside.ir.Value;
import java.util.function.BiConsumer;

/**
 * System instructions: mostly a helper of {@link SystemHelpers} with its operands. The lifter has checked privilege ({@code cpl0}) and mode
 * ({@code pm}) already, and ends the block behind {@code leave} and {@code alone} instructions that do not end it themselves.
 */
final class SystemSemantics {
    private static final int CS = X86State.CS;

    private SystemSemantics() {
    }

    static void register(BiConsumer<String, Semantics> table) {
        segments(table);
        farPointers(table);
        transfers(table);
        tables(table);
        control(table);
        ports(table);
        flags(table);
        machine(table);
    }

    // Segment registers

    private static void segments(BiConsumer<String, Semantics> table) {
        table.accept("mov_from_segment", x -> x.write(0, x.b().zext(selector(x, segment(x, 1)), x.type(0))));
        table.accept("mov_to_segment", SystemSemantics::movToSegment);
        table.accept("push_segment", x -> x.push(x.b().zext(selector(x, segment(x, 0)), x.operandType())));
        table.accept("pop_segment", SystemSemantics::popSegment);
    }

    private static int segment(Lift x, int operand) {
        return ((Operand.Reg) x.operand(operand)).index();
    }

    private static Value selector(Lift x, int segment) {
        return x.b().call(SystemHelpers.SELECTOR, x.b().constant(Type.I32, segment));
    }

    private static void movToSegment(Lift x) {
        int segment = segment(x, 0);
        if (segment == CS || segment > GS) {
            undefined(x);
            return;
        }
        load(x, segment, x.b().trunc(x.read(1), Type.I16));
        shadow(x, segment);
    }

    private static void popSegment(Lift x) {
        int segment = segment(x, 0);
        Value selector = x.b().trunc(x.top(x.operandType()), Type.I16);
        Value pointer = x.dropped(x.operandType());
        load(x, segment, selector);
        shadow(x, segment);
        x.putStackPointer(pointer);
    }

    private static void load(Lift x, int segment, Value selector) {
        x.b().call(SystemHelpers.LOAD_SEGMENT, x.b().constant(Type.I32, segment), selector);
    }

    private static void shadow(Lift x, int segment) {
        if (segment == SS) {
            x.b().call(SystemHelpers.STACK_SHADOW);
        }
    }

    private static void farPointers(BiConsumer<String, Semantics> table) {
        table.accept("les", x -> loadFarPointer(x, ES));
        table.accept("lds", x -> loadFarPointer(x, DS));
        table.accept("lss", x -> loadFarPointer(x, SS));
        table.accept("lfs", x -> loadFarPointer(x, FS));
        table.accept("lgs", x -> loadFarPointer(x, GS));
    }

    private static void loadFarPointer(Lift x, int segment) {
        FarPointer pointer = farPointer(x, 1);
        load(x, segment, pointer.selector);
        x.write(0, pointer.offset);
    }

    /** @param selector I16 @param offset of the operand size */
    private record FarPointer(Value selector, Value offset) {
    }

    private static FarPointer farPointer(Lift x, int operand) {
        IrBuilder b = x.b();
        if (x.operand(operand) instanceof Operand.Far far) {
            return new FarPointer(b.constant(Type.I16, far.selector()), b.constant(x.operandType(), far.offset()));
        }
        Type type = x.operandType();
        Value address = x.address(operand);
        int flags = x.memFlags(operand);
        Value offset = b.load(type, address, flags);
        Value selector = b.load(Type.I16, b.add(address, b.constant(Type.I64, type.bytes())), flags);
        return new FarPointer(selector, offset);
    }

    // Far transfers and interrupts

    private static void transfers(BiConsumer<String, Semantics> table) {
        table.accept("jmp_far", x -> {
            FarPointer to = farPointer(x, 0);
            transfer(x, SystemHelpers.JUMP_FAR, wide(x, to.selector), x.b().zext(to.offset, Type.I64), x.nextPc());
        });
        table.accept("call_far", x -> {
            FarPointer to = farPointer(x, 0);
            transfer(x, SystemHelpers.CALL_FAR, wide(x, to.selector), x.b().zext(to.offset, Type.I64), operandBytes(x), x.nextPc());
        });
        table.accept("ret_far", x -> {
            long released = x.operandCount() == 0 ? 0 : x.immediate(0) & 0xffff;
            transfer(x, SystemHelpers.RET_FAR, operandBytes(x), x.b().constant(Type.I32, released));
        });
        table.accept("iret", x -> transfer(x, SystemHelpers.IRET, operandBytes(x), x.nextPc()));
        table.accept("int", x -> transfer(x, SystemHelpers.INTERRUPT, x.b().constant(Type.I32, x.immediate(0) & 0xff), x.nextPc()));
        table.accept("int3", x -> transfer(x, SystemHelpers.BREAKPOINT, x.nextPc()));
        table.accept("into", x -> transfer(x, SystemHelpers.OVERFLOW, x.flags().condition(0), x.nextPc()));
        table.accept("int1", x -> transfer(x, SystemHelpers.ICEBP, x.nextPc()));
        table.accept("syscall", x -> transfer(x, SystemHelpers.SYSCALL, x.nextPc()));
        table.accept("sysret", x -> transfer(x, SystemHelpers.SYSRET, to64(x)));
        table.accept("sysenter", x -> transfer(x, SystemHelpers.SYSENTER));
        table.accept("sysexit", x -> transfer(x, SystemHelpers.SYSEXIT, to64(x)));
        table.accept("hlt", x -> transfer(x, SystemHelpers.HALT, x.nextPc()));
    }

    private static void transfer(Lift x, Helper helper, Value... args) {
        x.b().call(helper, args);
        x.b().leaveAtPc();
    }

    private static Value wide(Lift x, Value selector) {
        return x.b().zext(selector, Type.I32);
    }

    private static Value operandBytes(Lift x) {
        return x.b().constant(Type.I32, x.insn().operandBits() / 8);
    }

    private static Value to64(Lift x) {
        return x.b().constant(Type.I1, x.insn().operandBits() == 64 ? 1 : 0);
    }

    // Descriptor tables

    private static void tables(BiConsumer<String, Semantics> table) {
        table.accept("sgdt", x -> storeTable(x, 1));
        table.accept("sidt", x -> storeTable(x, 0));
        table.accept("lgdt", x -> loadTable(x, 1));
        table.accept("lidt", x -> loadTable(x, 0));
        table.accept("sldt", x -> x.write(0, x.b().zext(x.b().call(SystemHelpers.STORE_LDT), x.type(0))));
        table.accept("str", x -> x.write(0, x.b().zext(x.b().call(SystemHelpers.STORE_TASK), x.type(0))));
        table.accept("lldt", x -> x.b().call(SystemHelpers.LOAD_LDT, x.read(0)));
        table.accept("ltr", x -> x.b().call(SystemHelpers.LOAD_TASK, x.read(0)));
        table.accept("lar", x -> lookUp(x, SystemHelpers.ACCESS_RIGHTS));
        table.accept("lsl", x -> lookUp(x, SystemHelpers.SEGMENT_LIMIT));
        table.accept("verr", x -> verify(x, 0));
        table.accept("verw", x -> verify(x, 1));
        table.accept("arpl", SystemSemantics::adjustRpl);
    }

    private static Type baseType(Lift x) {
        return x.is64() ? Type.I64 : Type.I32;
    }

    private static void storeTable(Lift x, int gdt) {
        IrBuilder b = x.b();
        Value which = b.constant(Type.I1, gdt);
        Value address = x.address(0, true);
        b.store(address, b.call(SystemHelpers.TABLE_LIMIT, which), x.memFlags(0));
        b.store(b.add(address, b.constant(Type.I64, 2)), b.trunc(b.call(SystemHelpers.TABLE_BASE, which), baseType(x)), x.memFlags(0));
    }

    private static void loadTable(Lift x, int gdt) {
        IrBuilder b = x.b();
        Value address = x.address(0);
        Value limit = b.load(Type.I16, address, x.memFlags(0));
        Value base = b.zext(b.load(baseType(x), b.add(address, b.constant(Type.I64, 2)), x.memFlags(0)), Type.I64);
        if (x.insn().operandBits() == 16 && !x.is64()) {
            base = b.and(base, b.constant(Type.I64, 0xff_ffff));
        }
        b.call(SystemHelpers.LOAD_TABLE, b.constant(Type.I1, gdt), limit, base);
    }

    private static void lookUp(Lift x, Helper helper) {
        IrBuilder b = x.b();
        Value found = b.call(helper, b.trunc(x.read(1), Type.I16));
        Value valid = b.not(b.eq(found, b.constant(Type.I64, -1)));
        x.write(0, b.select(valid, b.trunc(found, x.type(0)), x.read(0)));
        zero(x, valid);
    }

    private static void verify(Lift x, int write) {
        zero(x, x.b().call(SystemHelpers.VERIFY, x.read(0), x.b().constant(Type.I1, write)));
    }

    private static void adjustRpl(Lift x) {
        IrBuilder b = x.b();
        Value rpl = b.constant(Type.I16, 3);
        Value destination = x.modify(0);
        Value wanted = b.and(x.read(1), rpl);
        Value lower = b.ltu(b.and(destination, rpl), wanted);
        x.write(0, b.select(lower, b.or(b.and(destination, b.not(rpl)), wanted), destination));
        zero(x, lower);
    }

    private static void zero(Lift x, Value set) {
        IrBuilder b = x.b();
        x.flags().replace(Rflags.ZF, b.select(set, b.constant(Type.I64, Rflags.ZF), b.constant(Type.I64, 0)));
    }

    // Control and debug registers, translations

    private static void control(BiConsumer<String, Semantics> table) {
        table.accept("mov_from_cr", x -> x.write(0, x.b().trunc(x.b().call(SystemHelpers.READ_CONTROL, number(x, 1)), x.type(0))));
        table.accept("mov_to_cr", x -> x.b().call(SystemHelpers.WRITE_CONTROL, number(x, 0), x.b().zext(x.read(1), Type.I64)));
        table.accept("mov_from_dr", x -> x.write(0, x.b().trunc(x.b().call(SystemHelpers.READ_DEBUG, number(x, 1)), x.type(0))));
        table.accept("mov_to_dr", x -> x.b().call(SystemHelpers.WRITE_DEBUG, number(x, 0), x.b().zext(x.read(1), Type.I64)));
        table.accept("smsw", x -> x.write(0, x.b().trunc(x.b().call(SystemHelpers.MACHINE_STATUS), x.type(0))));
        table.accept("lmsw", x -> x.b().call(SystemHelpers.LOAD_MACHINE_STATUS, x.read(0)));
        table.accept("clts", x -> x.b().call(SystemHelpers.CLEAR_TASK_SWITCHED));
        table.accept("invlpg", x -> x.b().call(SystemHelpers.INVLPG, x.address(0)));
        table.accept("invpcid", x -> x.b().call(SystemHelpers.INVPCID, x.b().zext(x.read(0), Type.I64), x.address(1),
            x.b().constant(Type.I32, ((Operand.Mem) x.operand(1)).segment())));
        table.accept("invd", x -> { });
        table.accept("wbinvd", x -> { });
        table.accept("xgetbv", x -> x.b().call(SystemHelpers.READ_XCR));
        table.accept("xsetbv", x -> x.b().call(SystemHelpers.WRITE_XCR));
    }

    private static Value number(Lift x, int operand) {
        return x.b().constant(Type.I32, ((Operand.Reg) x.operand(operand)).index());
    }

    // Ports

    private static void ports(BiConsumer<String, Semantics> table) {
        table.accept("in", x -> {
            Type type = x.type(0);
            Value value = x.b().call(SystemHelpers.PORT_IN, port(x, 1), x.b().constant(Type.I32, type.bytes()));
            x.write(0, x.b().trunc(value, type));
        });
        table.accept("out", x -> {
            Value value = x.read(1);
            x.b().call(SystemHelpers.PORT_OUT, port(x, 0), x.b().constant(Type.I32, value.type().bytes()), x.b().zext(value, Type.I64));
        });
        table.accept("ins", x -> string(x, SystemHelpers.STRING_IN, 0));
        table.accept("outs", x -> string(x, SystemHelpers.STRING_OUT, 1));
    }

    private static Value port(Lift x, int operand) {
        return x.operand(operand) instanceof Operand.Imm imm ? x.b().constant(Type.I16, imm.value() & 0xff) : x.gpr(RDX, Type.I16);
    }

    private static void string(Lift x, Helper helper, int memoryOperand) {
        Operand.Mem mem = (Operand.Mem) x.operand(memoryOperand);
        int shape = SystemHelpers.stringShape(mem.bits() / 8, x.insn().addressBits(), mem.segment(), x.insn().rep() != 0);
        transfer(x, helper, x.b().constant(Type.I32, shape), x.thisPc(), x.nextPc());
    }

    // Flags

    private static void flags(BiConsumer<String, Semantics> table) {
        table.accept("cli", SystemSemantics::cli);
        table.accept("sti", x -> x.b().call(SystemHelpers.SET_INTERRUPT_FLAG));
        table.accept("clac", x -> alignmentCheck(x, false));
        table.accept("stac", x -> alignmentCheck(x, true));
    }

    /** Where IOPL cannot forbid it, CLI needs no helper, and nothing new can be pending behind it. */
    private static void cli(Lift x) {
        if (x.mode(X86Mode.IO_CHECKED)) {
            x.b().call(SystemHelpers.CLEAR_INTERRUPT_FLAG);
            return;
        }
        IrBuilder b = x.b();
        b.put(X86State.RFLAGS_REST, b.and(b.get(X86State.RFLAGS_REST), b.constant(Type.I64, ~Rflags.IF)));
        b.jump(x.nextPc(), JumpKind.NEXT);
    }

    private static void alignmentCheck(Lift x, boolean set) {
        IrBuilder b = x.b();
        if (!x.mode(X86Mode.CPL_0)) {
            undefined(x);
            return;
        }
        Value rest = b.get(X86State.RFLAGS_REST);
        b.put(X86State.RFLAGS_REST, set ? b.or(rest, b.constant(Type.I64, Rflags.AC)) : b.and(rest, b.constant(Type.I64, ~Rflags.AC)));
    }

    // The rest of the machine

    private static void machine(BiConsumer<String, Semantics> table) {
        table.accept("cpuid", x -> x.b().call(SystemHelpers.CPUID));
        table.accept("rdtsc", SystemSemantics::readTime);
        table.accept("rdtscp", x -> {
            readTime(x);
            x.b().put(X86State.GPR[RCX], low(x, x.b().call(SystemHelpers.READ_PROCESSOR_ID)));
        });
        // There are no performance counters, so no counter number is valid.
        table.accept("rdpmc", x -> x.raiseZero(Vector.GP));
        table.accept("rdmsr", x -> x.b().call(SystemHelpers.READ_MSR));
        table.accept("wrmsr", x -> x.b().call(SystemHelpers.WRITE_MSR));
        table.accept("swapgs", x -> x.b().call(SystemHelpers.SWAP_GS));
        table.accept("rdfsbase", x -> readBase(x, 0));
        table.accept("rdgsbase", x -> readBase(x, 1));
        table.accept("wrfsbase", x -> writeBase(x, 0));
        table.accept("wrgsbase", x -> writeBase(x, 1));
        table.accept("rdrand", SystemSemantics::random);
        table.accept("rdseed", SystemSemantics::random);
        table.accept("vmcall", x -> x.b().call(SystemHelpers.HYPERCALL));
        table.accept("vmmcall", x -> x.b().call(SystemHelpers.HYPERCALL));
        // Not advertised by CPUID, so undefined (SDM 2B: MONITOR, MWAIT; 3C: RSM outside SMM).
        table.accept("rsm", SystemSemantics::undefined);
        table.accept("monitor", SystemSemantics::undefined);
        table.accept("mwait", SystemSemantics::undefined);
    }

    private static void undefined(Lift x) {
        x.raise(Vector.UD);
        x.leave();
    }

    private static void readTime(Lift x) {
        Value time = x.b().call(SystemHelpers.READ_TIME);
        x.b().put(X86State.GPR[RAX], low(x, time));
        x.b().put(X86State.GPR[RDX], x.b().shr(time, 32));
    }

    private static Value low(Lift x, Value value) {
        return x.b().and(value, x.b().constant(Type.I64, 0xffff_ffffL));
    }

    private static void readBase(Lift x, int gs) {
        x.write(0, x.b().trunc(x.b().call(SystemHelpers.READ_BASE, x.b().constant(Type.I1, gs)), x.type(0)));
    }

    private static void writeBase(Lift x, int gs) {
        x.b().call(SystemHelpers.WRITE_BASE, x.b().constant(Type.I1, gs), x.b().zext(x.read(0), Type.I64));
    }

    /** The source is never short, so CF is always set. */
    private static void random(Lift x) {
        x.write(0, x.b().trunc(x.b().call(SystemHelpers.RANDOM), x.type(0)));
        x.flags().explicit(x.b().constant(Type.I64, Rflags.CF));
    }
}
