package dev.ringside.arch.x86.cpu;

import static dev.ringside.arch.x86.X86State.CS;
import static dev.ringside.arch.x86.X86State.DS;
import static dev.ringside.arch.x86.X86State.ES;
import static dev.ringside.arch.x86.X86State.FS;
import static dev.ringside.arch.x86.X86State.GS;
import static dev.ringside.arch.x86.X86State.RSP;
import static dev.ringside.arch.x86.X86State.SS;

import dev.ringside.arch.GuestFault;
import dev.ringside.arch.x86.Rflags;
import dev.ringside.arch.x86.Vector;
import dev.ringside.ir.MemFlags;
import dev.ringside.trace.TraceKind;
import java.util.ArrayList;
import java.util.List;

/** Delivery of interrupts and exceptions through IVT and IDT (SDM 3A chapter 6), and what becomes of exceptions during delivery. */
final class Interrupts {
    /** Where an event comes from: decides EXT, the gate's DPL check, RF and double faults. */
    enum Source {
        /** An exception the processor detected; the pushed instruction pointer is the faulting instruction's. */
        FAULT,
        /** An exception reported after the instruction, or an instruction breakpoint: RF is pushed as it is. */
        TRAP, EXTERNAL,
        /** INT n, INT3 and INTO: the gate's DPL is checked. */
        SOFTWARE,
        /** INT1: as INT3 but without the check. */
        PRIVILEGED_SOFTWARE;

        boolean isExternal() {
            return this != SOFTWARE;
        }

        boolean isException() {
            return this == FAULT || this == TRAP;
        }
    }

    /** Error code bits beside the selector index. */
    private static final int IDT = 2;

    private final X86Cpu cpu;
    private final StackFrame frame;

    /** What was being delivered since the last quiet instruction: at most exception, second exception, double fault, and what ended it. */
    private final int[] chainVectors = new int[8];
    private final int[] chainCodes = new int[8];
    private final long[] chainAddresses = new long[8];
    private int chainLength;
    private long chainRip;

    Interrupts(X86Cpu cpu) {
        this.cpu = cpu;
        this.frame = new StackFrame(cpu);
    }

    /** Delivers an exception at the current instruction, or the double fault that it becomes. */
    void raise(int vector, boolean hasCode, int code, long address, Source source) {
        chainLength = 0;
        chainRip = cpu.pc();
        deliver(vector, hasCode, code, address, source);
    }

    /** An interrupt from outside, or NMI. */
    void external(int vector) {
        chainLength = 0;
        chainRip = cpu.pc();
        if (cpu.trace.wants(TraceKind.INJ_VIRQ)) {
            cpu.trace.emit(TraceKind.INJ_VIRQ, cpu.instructions, cpu.index(), vector, cpu.pc(), 0, 0);
        }
        deliver(vector, false, 0, 0, Source.EXTERNAL);
    }

    /**
     * INT n, INT3, INTO or INT1. Raises, with nothing changed, what its delivery raises.
     *
     * @param returnIp the next instruction's offset
     */
    void software(int vector, long returnIp, Source source) {
        if (vector == Vector.BP || vector == Vector.OF || vector == Vector.DB) {
            traceException(vector, 0);
        }
        once(vector, false, 0, source, returnIp, false);
    }

    private void deliver(int vector, boolean hasCode, int code, long address, Source source) {
        while (true) {
            note(vector, hasCode ? code : 0, address);
            if (vector == Vector.PF) {
                cpu.cr2 = address;
            }
            if (source.isException()) {
                traceException(vector, code);
            }
            try {
                once(vector, hasCode, code, source, cpu.pc(), setsResume(vector, source));
                return;
            } catch (GuestFault second) {
                if (second.vector == Vector.PF) {
                    cpu.cr2 = second.address;
                }
                if (vector == Vector.DF && source.isException() && severity(second.vector) != BENIGN) {
                    note(second.vector, second.hasErrorCode ? second.errorCode : 0, second.address);
                    cpu.shutDown();
                    return;
                }
                boolean doubles = source.isException() && doubles(vector, second.vector);
                if (doubles) {
                    note(second.vector, second.hasErrorCode ? second.errorCode : 0, second.address);
                }
                vector = doubles ? Vector.DF : second.vector;
                hasCode = doubles || second.hasErrorCode;
                code = doubles ? 0 : second.errorCode;
                address = doubles ? 0 : second.address;
                source = Source.FAULT;
            }
        }
    }

    private static final int BENIGN = 0, CONTRIBUTORY = 1, PAGE_FAULT = 2;

    private static int severity(int vector) {
        return switch (vector) {
            case Vector.DE, Vector.TS, Vector.NP, Vector.SS, Vector.GP -> CONTRIBUTORY;
            case Vector.PF -> PAGE_FAULT;
            default -> BENIGN;
        };
    }

    /** SDM 3A table 6-5. */
    private static boolean doubles(int first, int second) {
        int a = severity(first);
        int b = severity(second);
        return a == CONTRIBUTORY && b == CONTRIBUTORY || a == PAGE_FAULT && b != BENIGN;
    }

    /** Fault-class exceptions push RF set, and so does whatever comes between two iterations of a string instruction (SDM 3B 17.3.1.1). */
    private boolean setsResume(int vector, Source source) {
        if (source != Source.FAULT) {
            return cpu.repeating;
        }
        return vector != Vector.NMI && vector != Vector.BP && vector != Vector.OF && vector != Vector.DF && vector != Vector.MC;
    }

    private void traceException(int vector, int code) {
        if (vector == Vector.PF && cpu.trace.wants(TraceKind.PAGE_FAULT)) {
            cpu.trace.emit(TraceKind.PAGE_FAULT, cpu.instructions, cpu.index(), cpu.cr2, code, cpu.pc(), 0);
        }
        if (cpu.trace.wants(TraceKind.INJ_EXCEPTION)) {
            cpu.trace.emit(TraceKind.INJ_EXCEPTION, cpu.instructions, cpu.index(), vector, code, cpu.pc(), 0);
        }
    }

    private void note(int vector, int code, long address) {
        if (chainLength < chainVectors.length) {
            chainVectors[chainLength] = vector;
            chainCodes[chainLength] = code;
            chainAddresses[chainLength++] = address;
        }
    }

    /** The exceptions since the last one that was delivered whole, oldest first, in words. */
    List<String> chain() {
        var lines = new ArrayList<String>();
        for (int i = 0; i < chainLength; i++) {
            int v = chainVectors[i];
            String line = "%s(%#x)".formatted(Vector.name(v), chainCodes[i]);
            if (v == Vector.PF) {
                line += " for address %#x".formatted(chainAddresses[i]);
            }
            lines.add(i == 0 ? line + " at RIP %#x".formatted(chainRip) : line + " while that was delivered");
        }
        return lines;
    }

    // One delivery: either all of it happens, or a fault is thrown and no register has changed

    private void once(int vector, boolean hasCode, int code, Source source, long returnIp, boolean resume) {
        cpu.segmentation.ext = source.isExternal() ? 1 : 0;
        cpu.deliversEvent = true;
        try {
            long rflags = cpu.rflags() | (resume ? Rflags.RF : 0);
            if (!cpu.isProtected()) {
                real(vector, rflags, returnIp);
            } else if (cpu.isLongMode()) {
                longMode(vector, hasCode, code, source, rflags, returnIp);
            } else {
                legacy(vector, hasCode, code, source, rflags, returnIp);
            }
        } finally {
            cpu.segmentation.ext = 0;
            cpu.deliversEvent = false;
        }
        cpu.events.delivered();
        cpu.modeChanged();
    }

    private int gateError(int vector) {
        return vector << 3 | IDT | cpu.segmentation.ext;
    }

    private void real(int vector, long rflags, long returnIp) {
        if (vector * 4 + 3 > cpu.idtLimit) {
            throw cpu.gp(gateError(vector));
        }
        long entry = cpu.memory.load(cpu.idtBase + vector * 4L, 4, MemFlags.SUPERVISOR);
        StackFrame stack = frame.current();
        stack.push(rflags & 0xffff, 2);
        stack.push(cpu.segments[CS].selector, 2);
        stack.push(returnIp & 0xffff, 2);
        stack.commit();
        int selector = (int) (entry >>> 16);
        cpu.segmentation.loadParagraph(CS, selector);
        cpu.pc(entry & 0xffff);
        cpu.rflags(rflags & ~(Rflags.IF | Rflags.TF | Rflags.AC | Rflags.RF));
    }

    private void legacy(int vector, boolean hasCode, int code, Source source, long rflags, long returnIp) {
        if (vector * 8 + 7 > cpu.idtLimit) {
            throw cpu.gp(gateError(vector));
        }
        long gate = cpu.memory.load(cpu.idtBase + vector * 8L, 8, MemFlags.SUPERVISOR);
        int type = Descriptor.isSegment(gate) ? -1 : Descriptor.type(gate);
        boolean task = type == Descriptor.TASK_GATE;
        if (!task && (type & 7) != Descriptor.INTERRUPT16 && (type & 7) != Descriptor.TRAP16 || type < 0) {
            throw cpu.gp(gateError(vector));
        }
        checkGate(vector, gate, source);
        if (task) {
            cpu.tasks.throughInterrupt(Descriptor.gateSelector(gate), hasCode, code, returnIp, rflags);
            return;
        }
        int selector = Descriptor.gateSelector(gate);
        long d = handlerCode(selector);
        int size = type >= 8 ? 4 : 2;
        long target = type >= 8 ? Descriptor.gateOffset(gate) : gate & 0xffff;
        boolean vm86 = cpu.isVm86();
        boolean inner = !Descriptor.isConforming(d) && Descriptor.dpl(d) < cpu.cpl;
        if (vm86 && (!inner || Descriptor.dpl(d) != 0)) {
            throw cpu.segmentation.fault(Vector.GP, selector);
        }
        if (!cpu.segmentation.isTarget(d, target)) {
            throw cpu.gp(cpu.segmentation.ext);
        }
        int newCpl = inner ? Descriptor.dpl(d) : cpu.cpl;
        StackFrame stack;
        int stackSelector = 0;
        long stackDescriptor = 0;
        if (inner) {
            long top = cpu.tasks.stackFor(newCpl);
            stackSelector = (int) (top >>> 32);
            if (Segmentation.isNull(stackSelector)) {
                throw cpu.ts(cpu.segmentation.ext);
            }
            stackDescriptor = cpu.segmentation.stackDescriptor(stackSelector, newCpl, Vector.TS);
            cpu.segmentation.markAccessed(stackSelector, stackDescriptor);
            stack = frame.inner(stackSelector, stackDescriptor, top & 0xffffffffL, newCpl);
            if (vm86) {
                stack.push(cpu.segments[GS].selector, size);
                stack.push(cpu.segments[FS].selector, size);
                stack.push(cpu.segments[DS].selector, size);
                stack.push(cpu.segments[ES].selector, size);
            }
            stack.push(cpu.segments[SS].selector, size);
            stack.push(cpu.slots[RSP], size);
        } else {
            stack = frame.current();
        }
        stack.push(rflags, size);
        stack.push(cpu.segments[CS].selector, size);
        stack.push(returnIp, size);
        if (hasCode) {
            stack.push(code, size);
        }
        if (inner) {
            cpu.segmentation.cache(cpu.segments[SS], stackSelector, stackDescriptor);
        }
        cpu.segmentation.loadCode(selector, d, newCpl);
        stack.commit();
        if (vm86) {
            for (int s : new int[] {ES, DS, FS, GS}) {
                cpu.segments[s].set(0, 0, 0, SegmentRegister.UNUSABLE);
            }
        }
        cpu.pc(target);
        enter(rflags, (type & 1) == 0);
    }

    private void longMode(int vector, boolean hasCode, int code, Source source, long rflags, long returnIp) {
        if (vector * 16 + 15 > cpu.idtLimit) {
            throw cpu.gp(gateError(vector));
        }
        long gate = cpu.memory.load(cpu.idtBase + vector * 16L, 8, MemFlags.SUPERVISOR);
        long upper = cpu.memory.load(cpu.idtBase + vector * 16L + 8, 8, MemFlags.SUPERVISOR);
        int type = Descriptor.type(gate);
        if (Descriptor.isSegment(gate) || type != Descriptor.INTERRUPT32 && type != Descriptor.TRAP32 || (upper >>> 40 & 0x1f) != 0) {
            throw cpu.gp(gateError(vector));
        }
        checkGate(vector, gate, source);
        int selector = Descriptor.gateSelector(gate);
        long d = handlerCode(selector);
        if (!Descriptor.isLong(d) || Descriptor.isBig(d)) {
            throw cpu.segmentation.fault(Vector.GP, selector);
        }
        long target = Descriptor.gateOffset(gate) | upper << 32;
        boolean inner = !Descriptor.isConforming(d) && Descriptor.dpl(d) < cpu.cpl;
        int newCpl = inner ? Descriptor.dpl(d) : cpu.cpl;
        int ist = Descriptor.gateIst(gate);
        long top = cpu.slots[RSP];
        if (ist != 0) {
            top = cpu.tasks.longStack(0x1c + ist * 8);
        } else if (inner) {
            top = cpu.tasks.longStack(4 + newCpl * 8);
        }
        if (!Paging.isCanonical(target)) {
            throw cpu.gp(cpu.segmentation.ext);
        }
        StackFrame stack = frame.flat(top & ~0xfL, newCpl);
        stack.push(cpu.segments[SS].selector, 8);
        stack.push(cpu.slots[RSP], 8);
        stack.push(rflags, 8);
        stack.push(cpu.segments[CS].selector, 8);
        stack.push(returnIp, 8);
        if (hasCode) {
            stack.push(code & 0xffffffffL, 8);
        }
        cpu.segmentation.loadCode(selector, d, newCpl);
        if (inner) {
            cpu.segmentation.loadNullStack(newCpl, newCpl);
        }
        stack.commit();
        cpu.pc(target);
        enter(rflags, (type & 1) == 0);
    }

    private void checkGate(int vector, long gate, Source source) {
        boolean checked = source == Source.SOFTWARE;
        if (checked && Descriptor.dpl(gate) < cpu.cpl) {
            throw cpu.gp(gateError(vector));
        }
        if (!Descriptor.isPresent(gate)) {
            throw cpu.np(gateError(vector));
        }
    }

    /** The handler's code segment, after the checks that do not depend on the gate's size. */
    private long handlerCode(int selector) {
        if (Segmentation.isNull(selector)) {
            throw cpu.gp(cpu.segmentation.ext);
        }
        long d = cpu.segmentation.read(selector, Vector.GP);
        if (!Descriptor.isCode(d) || Descriptor.dpl(d) > cpu.cpl) {
            throw cpu.segmentation.fault(Vector.GP, selector);
        }
        if (!Descriptor.isPresent(d)) {
            throw cpu.segmentation.fault(Vector.NP, selector);
        }
        cpu.segmentation.markAccessed(selector, d);
        return d;
    }

    private void enter(long rflags, boolean interruptGate) {
        int cleared = Rflags.TF | Rflags.VM | Rflags.RF | Rflags.NT | (interruptGate ? Rflags.IF : 0);
        cpu.rflags(rflags & ~cleared);
    }
}
