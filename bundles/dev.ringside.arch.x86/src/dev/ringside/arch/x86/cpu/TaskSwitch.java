package dev.ringside.arch.x86.cpu;

import static dev.ringside.arch.x86.X86State.CS;
import static dev.ringside.arch.x86.X86State.DS;
import static dev.ringside.arch.x86.X86State.ES;
import static dev.ringside.arch.x86.X86State.FS;
import static dev.ringside.arch.x86.X86State.GS;
import static dev.ringside.arch.x86.X86State.SS;

import dev.ringside.arch.GuestFault;
import dev.ringside.arch.x86.Rflags;
import dev.ringside.arch.x86.Vector;
import dev.ringside.ir.MemFlags;
import dev.ringside.trace.TraceKind;

/**
 * The task-state segment (SDM 3A chapter 7): task switches by JMP, CALL, interrupt and IRET, and the stacks it holds for inner rings.
 *
 * <p>Until the new task's registers are loaded, a fault belongs to the old task and nothing has changed. Later ones (segment selectors in the
 * new TSS) are raised in the new task's context, before its first instruction.
 */
final class TaskSwitch {
    /** What asked for the switch; the order is that of the {@code task_switch} trace event. */
    enum Reason { CALL, IRET, JMP, INTERRUPT }

    private final X86Cpu cpu;
    private final StackFrame frame;

    TaskSwitch(X86Cpu cpu) {
        this.cpu = cpu;
        this.frame = new StackFrame(cpu);
    }

    // Stacks

    /** SS in the high half, ESP in the low half, for inner privilege level {@code cpl} of a legacy TSS. */
    long stackFor(int cpl) {
        boolean wide = isWide(cpu.tr.attributes);
        int at = wide ? 4 + cpl * 8 : 2 + cpl * 4;
        requireTss(at + (wide ? 5 : 3));
        long esp = load(at, wide ? 4 : 2);
        return load(at + (wide ? 4 : 2), 2) << 32 | esp;
    }

    /** The stack pointer at offset {@code at} of the 64-bit TSS: RSP0 to 2 or an IST entry. */
    long longStack(int at) {
        requireTss(at + 7);
        long pointer = load(at, 8);
        if (!Paging.isCanonical(pointer)) {
            throw cpu.ss(cpu.segmentation.ext);
        }
        return pointer;
    }

    private void requireTss(int lastByte) {
        if (cpu.tr.isUnusable() || Integer.compareUnsigned(lastByte, cpu.tr.limit) > 0) {
            throw cpu.segmentation.fault(Vector.TS, cpu.tr.selector);
        }
    }

    private long load(int at, int size) {
        return cpu.memory.load(cpu.tr.base() + at, size, MemFlags.SUPERVISOR);
    }

    private static boolean isWide(int attributes) {
        return (attributes & 8) != 0;
    }

    // Switches

    /** An interrupt or exception through a task gate to {@code selector}. */
    void throughInterrupt(int selector, boolean hasCode, int code, long returnIp, long rflags) {
        switchTo(selector, taskDescriptor(selector, Vector.GP), Reason.INTERRUPT, returnIp, rflags & ~Rflags.RF);
        if (!hasCode) {
            return;
        }
        try {
            StackFrame stack = frame.current();
            stack.push(code, isWide(cpu.tr.attributes) ? 4 : 2);
            stack.commit();
        } catch (GuestFault f) {
            raiseInNewTask(f);
        }
    }

    /** JMP or CALL to a TSS or through a task gate; the caller has checked the privilege. */
    void farTransfer(int selector, Reason reason, long returnIp) {
        switchTo(selector, taskDescriptor(selector, Vector.GP), reason, returnIp, cpu.rflags() & ~Rflags.RF);
    }

    /** IRET with NT set. */
    void returnToPrevious(long returnIp) {
        int selector = (int) load(0, 2);
        if ((selector & 4) != 0) {
            throw cpu.segmentation.fault(Vector.TS, selector);
        }
        long d = cpu.segmentation.read(selector, Vector.TS);
        int type = Descriptor.type(d);
        if (Descriptor.isSegment(d) || type != Descriptor.TSS16_BUSY && type != Descriptor.TSS32_BUSY) {
            throw cpu.segmentation.fault(Vector.TS, selector);
        }
        if (!Descriptor.isPresent(d)) {
            throw cpu.segmentation.fault(Vector.NP, selector);
        }
        switchTo(selector, d, Reason.IRET, returnIp, cpu.rflags() & ~(Rflags.NT | Rflags.RF));
    }

    private long taskDescriptor(int selector, int vector) {
        if ((selector & 4) != 0 || Segmentation.isNull(selector)) {
            throw cpu.segmentation.fault(vector, selector);
        }
        long d = cpu.segmentation.read(selector, vector);
        int type = Descriptor.type(d);
        if (Descriptor.isSegment(d) || type != Descriptor.TSS16 && type != Descriptor.TSS32) {
            throw cpu.segmentation.fault(vector, selector);
        }
        if (!Descriptor.isPresent(d)) {
            throw cpu.segmentation.fault(Vector.NP, selector);
        }
        return d;
    }

    private void switchTo(int selector, long d, Reason reason, long returnIp, long rflags) {
        boolean wide = isWide(Descriptor.type(d));
        if (Integer.compareUnsigned(Descriptor.limit(d), wide ? 0x67 : 0x2b) < 0) {
            throw cpu.segmentation.fault(Vector.TS, selector);
        }
        boolean nests = reason == Reason.CALL || reason == Reason.INTERRUPT;
        boolean oldWide = isWide(cpu.tr.attributes);
        int oldSelector = cpu.tr.selector;
        long newBase = Descriptor.base(d);
        probe(selector, newBase, wide, oldWide, nests);
        long[] state = read(newBase, wide);

        save(oldWide, returnIp, rflags);
        if (reason == Reason.JMP || reason == Reason.IRET) {
            cpu.segmentation.markBusy(oldSelector, false);
        }
        if (nests) {
            cpu.memory.store(newBase, 2, oldSelector, MemFlags.SUPERVISOR);
            state[FLAGS] |= Rflags.NT;
        }
        if (reason != Reason.IRET) {
            cpu.segmentation.markBusy(selector, true);
        }
        cpu.tr.set(selector, newBase, Descriptor.limit(d), Descriptor.attributes(d) | Descriptor.BUSY);
        cpu.cr0 |= Cr0.TS;
        if (cpu.trace.wants(TraceKind.TASK_SWITCH)) {
            cpu.trace.emit(TraceKind.TASK_SWITCH, cpu.instructions, cpu.index(), selector, reason.ordinal(), 0, 0);
        }
        load(state, wide);
    }

    /** Faults now or never: everything the switch will touch before the commit point. */
    private void probe(int selector, long newBase, boolean wide, boolean oldWide, boolean nests) {
        cpu.memory.probeWrite(cpu.tr.base() + (oldWide ? 0x20 : 0x0e), oldWide ? 0x40 : 0x1c, MemFlags.SUPERVISOR);
        if (nests) {
            cpu.memory.probeWrite(newBase, 2, MemFlags.SUPERVISOR);
        }
        cpu.memory.probeWrite(cpu.segmentation.address(selector) + 5, 1, MemFlags.SUPERVISOR);
        cpu.memory.probeWrite(cpu.segmentation.address(cpu.tr.selector) + 5, 1, MemFlags.SUPERVISOR);
        cpu.memory.load(newBase + (wide ? 0x64 : 0x2a), wide ? 4 : 2, MemFlags.SUPERVISOR);
    }

    // The dynamic part of a TSS as an array: CR3, EIP, EFLAGS, eight registers, ES, CS, SS, DS, FS, GS, LDT, trap flag

    private static final int CR3 = 0, EIP = 1, FLAGS = 2, REGISTERS = 3, SELECTORS = 11, LDT = 17, TRAP = 18;

    private long[] read(long base, boolean wide) {
        var state = new long[19];
        if (wide) {
            for (int i = CR3; i < SELECTORS; i++) {
                state[i] = cpu.memory.load(base + 0x1c + i * 4, 4, MemFlags.SUPERVISOR);
            }
            for (int i = SELECTORS; i <= LDT; i++) {
                state[i] = cpu.memory.load(base + 0x48 + (i - SELECTORS) * 4, 2, MemFlags.SUPERVISOR);
            }
            state[TRAP] = cpu.memory.load(base + 0x64, 2, MemFlags.SUPERVISOR) & 1;
            return state;
        }
        state[CR3] = cpu.cr3;
        for (int i = EIP; i < SELECTORS; i++) {
            state[i] = cpu.memory.load(base + 0x0e + (i - EIP) * 2, 2, MemFlags.SUPERVISOR);
            if (i >= REGISTERS) {
                state[i] |= 0xffff0000L;
            }
        }
        for (int i = 0; i < 4; i++) {
            state[SELECTORS + i] = cpu.memory.load(base + 0x22 + i * 2, 2, MemFlags.SUPERVISOR);
        }
        state[LDT] = cpu.memory.load(base + 0x2a, 2, MemFlags.SUPERVISOR);
        return state;
    }

    private void save(boolean wide, long eip, long rflags) {
        long base = cpu.tr.base();
        int size = wide ? 4 : 2;
        int at = wide ? 0x20 : 0x0e;
        cpu.memory.store(base + at, size, eip, MemFlags.SUPERVISOR);
        cpu.memory.store(base + at + size, size, rflags, MemFlags.SUPERVISOR);
        for (int i = 0; i < 8; i++) {
            cpu.memory.store(base + at + size * (2 + i), size, cpu.slots[i], MemFlags.SUPERVISOR);
        }
        int selectors = wide ? 0x48 : 0x22;
        for (int i = 0; i < (wide ? 6 : 4); i++) {
            cpu.memory.store(base + selectors + i * size, 2, cpu.segments[i].selector, MemFlags.SUPERVISOR);
        }
    }

    private void load(long[] state, boolean wide) {
        boolean paging = (cpu.cr0 & Cr0.PG) != 0;
        if (wide && paging) {
            cpu.control.switchAddressSpace(state[CR3]);
        }
        for (int i = 0; i < 8; i++) {
            cpu.slots[i] = state[REGISTERS + i] & 0xffffffffL;
        }
        cpu.pc(state[EIP]);
        cpu.rflags(wide ? state[FLAGS] : state[FLAGS] & 0xffff);
        cpu.events.taskSwitched(state[TRAP] != 0);
        boolean vm86 = cpu.isVm86();
        cpu.cpl = vm86 ? 3 : (int) state[SELECTORS + CS] & 3;
        cpu.ldtr.set((int) state[LDT], 0, 0, SegmentRegister.UNUSABLE);
        for (int i = 0; i < 6; i++) {
            if (vm86) {
                cpu.segmentation.loadParagraph(i, (int) state[SELECTORS + i]);
            } else {
                cpu.segments[i].set((int) state[SELECTORS + i], 0, 0, SegmentRegister.UNUSABLE);
            }
        }
        cpu.modeChanged();
        try {
            cpu.segmentation.loadLdt((int) state[LDT], Vector.TS);
            if (!vm86) {
                loadSegments(state);
            }
            cpu.modeChanged();
        } catch (GuestFault f) {
            raiseInNewTask(f);
        }
    }

    private void loadSegments(long[] state) {
        int cs = (int) state[SELECTORS + CS];
        long d = newCode(cs);
        cpu.segmentation.loadCode(cs, d, cs & 3);
        cpu.segmentation.loadStack((int) state[SELECTORS + SS], cpu.cpl, Vector.TS);
        for (int s : new int[] {ES, DS, FS, GS}) {
            cpu.segmentation.loadData(s, (int) state[SELECTORS + s], Vector.TS);
        }
        if (!cpu.segmentation.isTarget(d, state[EIP])) {
            throw cpu.gp(cpu.segmentation.ext);
        }
    }

    private long newCode(int selector) {
        if (Segmentation.isNull(selector)) {
            throw cpu.ts(cpu.segmentation.error(selector));
        }
        long d = cpu.segmentation.read(selector, Vector.TS);
        int dpl = Descriptor.dpl(d);
        int rpl = selector & 3;
        if (!Descriptor.isCode(d) || (Descriptor.isConforming(d) ? dpl > rpl : dpl != rpl)) {
            throw cpu.segmentation.fault(Vector.TS, selector);
        }
        if (!Descriptor.isPresent(d)) {
            throw cpu.segmentation.fault(Vector.NP, selector);
        }
        return d;
    }

    /** The instruction pointer is the new task's already, so the engine must not see this fault: it would be blamed on the old one's. */
    private void raiseInNewTask(GuestFault f) {
        cpu.modeChanged();
        cpu.events.faultBeforeNextInstruction(f);
    }
}
