package dev.ringside.arch.x86.cpu;

import static dev.ringside.arch.x86.X86State.CS;
import static dev.ringside.arch.x86.X86State.DS;
import static dev.ringside.arch.x86.X86State.ES;
import static dev.ringside.arch.x86.X86State.FS;
import static dev.ringside.arch.x86.X86State.GS;
import static dev.ringside.arch.x86.X86State.RSP;
import static dev.ringside.arch.x86.X86State.SS;

import dev.ringside.arch.x86.Rflags;
import dev.ringside.arch.x86.Vector;

/** Far JMP, CALL and RET, and IRET (SDM 2A to 2B under those headings; 3A 5.8). Every method ends with the new instruction pointer in RIP. */
final class FarTransfer {
    private final X86Cpu cpu;
    private final Segmentation segmentation;
    private final StackFrame frame;
    private final StackFrame outer;

    FarTransfer(X86Cpu cpu) {
        this.cpu = cpu;
        this.segmentation = cpu.segmentation;
        this.frame = new StackFrame(cpu);
        this.outer = new StackFrame(cpu);
    }

    // JMP

    void jump(int selector, long offset, long nextIp) {
        if (cpu.isRealOrVm86()) {
            requireParagraphTarget(offset);
            segmentation.loadParagraph(CS, selector);
            arrive(offset);
            return;
        }
        long d = target(selector);
        if (Descriptor.isSegment(d)) {
            checkDirect(selector, d);
            requireTarget(d, offset);
            segmentation.loadCode(selector, d, cpu.cpl);
            arrive(offset);
            return;
        }
        switch (gateKind(selector, d)) {
            case CALL_GATE -> {
                int code = Descriptor.gateSelector(d);
                long offsetInGate = gateOffset(selector, d);
                long codeDescriptor = gateTarget(code);
                if (Descriptor.isConforming(codeDescriptor) ? Descriptor.dpl(codeDescriptor) > cpu.cpl : Descriptor.dpl(codeDescriptor) != cpu.cpl) {
                    throw segmentation.fault(Vector.GP, code);
                }
                requirePresent(code, codeDescriptor);
                requireTarget(codeDescriptor, offsetInGate);
                segmentation.loadCode(code, codeDescriptor, cpu.cpl);
                arrive(offsetInGate);
            }
            case TASK_GATE -> cpu.tasks.farTransfer(Descriptor.gateSelector(d), TaskSwitch.Reason.JMP, nextIp);
            case TASK -> cpu.tasks.farTransfer(selector, TaskSwitch.Reason.JMP, nextIp);
        }
    }

    // CALL

    void call(int selector, long offset, int size, long nextIp) {
        if (cpu.isRealOrVm86()) {
            requireParagraphTarget(offset);
            pushReturn(frame.current(), size, nextIp);
            frame.commit();
            segmentation.loadParagraph(CS, selector);
            arrive(offset);
            return;
        }
        long d = target(selector);
        if (Descriptor.isSegment(d)) {
            checkDirect(selector, d);
            segmentation.markAccessed(selector, d);
            requireTarget(d, offset);
            pushReturn(frame.current(), size, nextIp);
            frame.commit();
            segmentation.loadCode(selector, d, cpu.cpl);
            arrive(offset);
            return;
        }
        switch (gateKind(selector, d)) {
            case CALL_GATE -> throughGate(selector, d, nextIp);
            case TASK_GATE -> cpu.tasks.farTransfer(Descriptor.gateSelector(d), TaskSwitch.Reason.CALL, nextIp);
            case TASK -> cpu.tasks.farTransfer(selector, TaskSwitch.Reason.CALL, nextIp);
        }
    }

    private void throughGate(int selector, long gate, long nextIp) {
        int code = Descriptor.gateSelector(gate);
        long offset = gateOffset(selector, gate);
        long d = gateTarget(code);
        if (Descriptor.dpl(d) > cpu.cpl) {
            throw segmentation.fault(Vector.GP, code);
        }
        requirePresent(code, d);
        segmentation.markAccessed(code, d);
        requireTarget(d, offset);
        int size = cpu.isLongMode() ? 8 : Descriptor.type(gate) == Descriptor.CALL32 ? 4 : 2;
        if (Descriptor.isConforming(d) || Descriptor.dpl(d) == cpu.cpl) {
            // In long mode the gate's target is 64-bit code, so a caller in compatibility mode pushes 8 bytes, too.
            pushReturn(cpu.isLongMode() ? frame.flat(cpu.slots[RSP], cpu.cpl) : frame.current(), size, nextIp);
            segmentation.loadCode(code, d, cpu.cpl);
            frame.commit();
            arrive(offset);
            return;
        }
        int newCpl = Descriptor.dpl(d);
        if (cpu.isLongMode()) {
            frame.flat(cpu.tasks.longStack(4 + newCpl * 8), newCpl);
            frame.push(cpu.segments[SS].selector, 8);
            frame.push(cpu.slots[RSP], 8);
            pushReturn(frame, 8, nextIp);
            segmentation.loadCode(code, d, newCpl);
            segmentation.loadNullStack(newCpl, newCpl);
            frame.commit();
            arrive(offset);
            return;
        }
        long top = cpu.tasks.stackFor(newCpl);
        int stackSelector = (int) (top >>> 32);
        if (Segmentation.isNull(stackSelector)) {
            throw cpu.ts(segmentation.ext);
        }
        long stackDescriptor = segmentation.stackDescriptor(stackSelector, newCpl, Vector.TS);
        segmentation.markAccessed(stackSelector, stackDescriptor);
        outer.current();
        frame.inner(stackSelector, stackDescriptor, top & 0xffffffffL, newCpl);
        frame.push(cpu.segments[SS].selector, size);
        frame.push(cpu.slots[RSP], size);
        for (int i = Descriptor.gateParameters(gate) - 1; i >= 0; i--) {
            frame.push(outer.peek(i * size, size), size);
        }
        pushReturn(frame, size, nextIp);
        segmentation.cache(cpu.segments[SS], stackSelector, stackDescriptor);
        segmentation.loadCode(code, d, newCpl);
        frame.commit();
        arrive(offset);
    }

    private void pushReturn(StackFrame stack, int size, long nextIp) {
        stack.push(cpu.segments[CS].selector, size);
        stack.push(nextIp, size);
    }

    // RET

    void ret(int size, int releasedBytes) {
        StackFrame stack = frame.current();
        long ip = stack.pop(size);
        int selector = (int) stack.pop(size) & 0xffff;
        if (cpu.isRealOrVm86()) {
            requireParagraphTarget(ip);
            stack.skip(releasedBytes);
            stack.commit();
            segmentation.loadParagraph(CS, selector);
            arrive(ip);
            return;
        }
        long d = returnCode(selector);
        requireTarget(d, ip);
        stack.skip(releasedBytes);
        if ((selector & 3) == cpu.cpl) {
            segmentation.loadCode(selector, d, cpu.cpl);
            stack.commit();
            arrive(ip);
            return;
        }
        long sp = stack.pop(size);
        int stackSelector = (int) stack.pop(size) & 0xffff;
        returnOutward(selector, d, stackSelector);
        setStack(sp, releasedBytes);
        arrive(ip);
    }

    /** The code segment that RET or IRET goes back to, after the checks. */
    private long returnCode(int selector) {
        if (Segmentation.isNull(selector)) {
            throw cpu.gp(0);
        }
        long d = segmentation.read(selector, Vector.GP);
        int rpl = selector & 3;
        if (!Descriptor.isCode(d) || rpl < cpu.cpl || (Descriptor.isConforming(d) ? Descriptor.dpl(d) > rpl : Descriptor.dpl(d) != rpl)
                || isLongAndBig(d)) {
            throw segmentation.fault(Vector.GP, selector);
        }
        requirePresent(selector, d);
        segmentation.markAccessed(selector, d);
        return d;
    }

    /** CS and SS become those of an outer (or, for IRETQ, the same) privilege level; data segments it must not have become null. */
    private void returnOutward(int selector, long d, int stackSelector) {
        int newCpl = selector & 3;
        boolean outward = newCpl != cpu.cpl;
        if (Segmentation.isNull(stackSelector)) {
            if (!cpu.isLongMode() || !Descriptor.isLong(d) || newCpl == 3) {
                throw cpu.gp(0);
            }
            segmentation.loadCode(selector, d, newCpl);
            segmentation.loadNullStack(stackSelector, newCpl);
        } else {
            long stackDescriptor = segmentation.stackDescriptor(stackSelector, newCpl, Vector.GP);
            segmentation.cache(cpu.segments[SS], stackSelector, stackDescriptor);
            segmentation.loadCode(selector, d, newCpl);
        }
        if (outward) {
            dropInner(ES);
            dropInner(DS);
            dropInner(FS);
            dropInner(GS);
        }
    }

    private void dropInner(int segment) {
        SegmentRegister s = cpu.segments[segment];
        boolean conforming = (s.attributes & (SegmentRegister.CODE | SegmentRegister.CONFORMING)) == (SegmentRegister.CODE | SegmentRegister.CONFORMING);
        if (!s.isUnusable() && s.dpl() < cpu.cpl && !conforming) {
            // The base stays: 64-bit code still adds that of FS and GS.
            s.set(0, s.base(), 0, SegmentRegister.UNUSABLE);
        }
    }

    private void setStack(long sp, int releasedBytes) {
        if (cpu.is64BitCode()) {
            cpu.slots[RSP] = sp + releasedBytes;
        } else {
            StackFrame.setPointer(cpu, cpu.segments[SS], sp + releasedBytes);
        }
    }

    // IRET

    void iret(int size, long nextIp) {
        if (!cpu.isProtected()) {
            iretReal(size);
        } else if (cpu.isVm86()) {
            if (cpu.iopl() != 3) {
                throw cpu.gp(0);
            }
            iretReal(size);
        } else {
            iretProtected(size, nextIp);
        }
        cpu.events.returned();
    }

    private void iretReal(int size) {
        StackFrame stack = frame.current();
        long ip = stack.pop(size);
        int selector = (int) stack.pop(size) & 0xffff;
        long flags = stack.pop(size);
        requireParagraphTarget(ip);
        stack.commit();
        segmentation.loadParagraph(CS, selector);
        long kept = Rflags.VM | Rflags.VIF | Rflags.VIP | (cpu.isVm86() ? Rflags.IOPL : 0);
        setFlags(flags, size, kept);
        arrive(ip);
    }

    private void setFlags(long popped, int size, long kept) {
        if (size == 2) {
            kept |= ~0xffffL;
        }
        cpu.rflags(popped & ~kept | cpu.rflags() & kept);
    }

    private void iretProtected(int size, long nextIp) {
        if (cpu.flag(Rflags.NT)) {
            if (cpu.isLongMode()) {
                throw cpu.gp(0);
            }
            cpu.tasks.returnToPrevious(nextIp);
            return;
        }
        StackFrame stack = frame.current();
        long ip = stack.pop(size);
        int selector = (int) stack.pop(size) & 0xffff;
        long flags = stack.pop(size);
        if ((flags & Rflags.VM) != 0 && size == 4 && cpu.cpl == 0 && !cpu.isLongMode()) {
            toVm86(stack, ip, selector, flags);
            return;
        }
        long kept = Rflags.VM | Rflags.VIF | Rflags.VIP;
        if (cpu.cpl == 0) {
            kept = Rflags.VM;
        } else {
            kept |= Rflags.IOPL;
        }
        if (cpu.cpl > cpu.iopl()) {
            kept |= Rflags.IF;
        }
        long d = returnCode(selector);
        requireTarget(d, ip);
        if ((selector & 3) == cpu.cpl && !cpu.is64BitCode()) {
            segmentation.loadCode(selector, d, cpu.cpl);
            stack.commit();
        } else {
            long sp = stack.pop(size);
            int stackSelector = (int) stack.pop(size) & 0xffff;
            returnOutward(selector, d, stackSelector);
            setStack(sp, 0);
        }
        setFlags(flags, size, kept);
        arrive(ip);
    }

    private void toVm86(StackFrame stack, long ip, int selector, long flags) {
        long sp = stack.pop(4);
        int ss = (int) stack.pop(4) & 0xffff;
        int es = (int) stack.pop(4) & 0xffff;
        int ds = (int) stack.pop(4) & 0xffff;
        int fs = (int) stack.pop(4) & 0xffff;
        int gs = (int) stack.pop(4) & 0xffff;
        cpu.rflags(flags);
        cpu.cpl = 3;
        segmentation.loadParagraph(CS, selector);
        segmentation.loadParagraph(SS, ss);
        segmentation.loadParagraph(ES, es);
        segmentation.loadParagraph(DS, ds);
        segmentation.loadParagraph(FS, fs);
        segmentation.loadParagraph(GS, gs);
        cpu.slots[RSP] = sp & 0xffffffffL;
        arrive(ip & 0xffff);
    }

    // Checks

    private void arrive(long ip) {
        cpu.pc(ip);
        cpu.modeChanged();
    }

    private void requireParagraphTarget(long ip) {
        // In real-address mode the limit is CS's own: 64 KiB unless a program left protected mode with another one.
        long limit = cpu.isVm86() ? 0xffff : cpu.segments[CS].limit & 0xffffffffL;
        if ((ip & 0xffffffffL) > limit) {
            throw cpu.gp(0);
        }
    }

    private void requireTarget(long d, long ip) {
        if (!segmentation.isTarget(d, ip)) {
            throw cpu.gp(0);
        }
    }

    private void requirePresent(int selector, long d) {
        if (!Descriptor.isPresent(d)) {
            throw segmentation.fault(Vector.NP, selector);
        }
    }

    private long target(int selector) {
        if (Segmentation.isNull(selector)) {
            throw cpu.gp(0);
        }
        return segmentation.read(selector, Vector.GP);
    }

    private boolean isLongAndBig(long d) {
        return cpu.isLongMode() && Descriptor.isLong(d) && Descriptor.isBig(d);
    }

    private void checkDirect(int selector, long d) {
        int dpl = Descriptor.dpl(d);
        boolean allowed = Descriptor.isConforming(d) ? dpl <= cpu.cpl : dpl == cpu.cpl && (selector & 3) <= cpu.cpl;
        if (!Descriptor.isCode(d) || !allowed || isLongAndBig(d)) {
            throw segmentation.fault(Vector.GP, selector);
        }
        requirePresent(selector, d);
    }

    private enum Gate { CALL_GATE, TASK_GATE, TASK }

    private Gate gateKind(int selector, long d) {
        int type = Descriptor.type(d);
        Gate kind = switch (type) {
            case Descriptor.CALL32 -> Gate.CALL_GATE;
            case Descriptor.CALL16 -> cpu.isLongMode() ? null : Gate.CALL_GATE;
            case Descriptor.TASK_GATE -> cpu.isLongMode() ? null : Gate.TASK_GATE;
            case Descriptor.TSS16, Descriptor.TSS32 -> cpu.isLongMode() ? null : Gate.TASK;
            default -> null;
        };
        if (kind == null || Descriptor.dpl(d) < cpu.cpl || Descriptor.dpl(d) < (selector & 3)) {
            throw segmentation.fault(Vector.GP, selector);
        }
        requirePresent(selector, d);
        return kind;
    }

    private long gateOffset(int selector, long gate) {
        if (cpu.isLongMode()) {
            long upper = segmentation.readUpper(selector, Vector.GP);
            if ((upper >>> 40 & 0x1f) != 0) {
                throw segmentation.fault(Vector.GP, selector);
            }
            return Descriptor.gateOffset(gate) | upper << 32;
        }
        return Descriptor.type(gate) == Descriptor.CALL32 ? Descriptor.gateOffset(gate) : gate & 0xffff;
    }

    /** The code segment a call gate leads to; presence and privilege are still to be checked. */
    private long gateTarget(int selector) {
        if (Segmentation.isNull(selector)) {
            throw cpu.gp(0);
        }
        long d = segmentation.read(selector, Vector.GP);
        if (!Descriptor.isCode(d) || cpu.isLongMode() && (!Descriptor.isLong(d) || Descriptor.isBig(d))) {
            throw segmentation.fault(Vector.GP, selector);
        }
        return d;
    }
}
