package dev.ringside.debug.core;

import dev.ringside.machine.MachineControl.Frame;
import dev.ringside.machine.MachineControl.RegisterGroupValues;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.eclipse.debug.core.DebugException;
import org.eclipse.debug.core.model.DebugElement;
import org.eclipse.debug.core.model.IRegisterGroup;
import org.eclipse.debug.core.model.IStackFrame;
import org.eclipse.debug.core.model.IThread;
import org.eclipse.debug.core.model.IVariable;

/** A place in the guest's code to which control will return, or where it is. Its registers are those of the frame, as far as they are known. */
public final class GuestFrame extends DebugElement implements IStackFrame {
    private final VcpuThread vcpu;
    private volatile Frame frame = new Frame(0, 0, null, 0, 0);

    GuestFrame(VcpuThread vcpu) {
        super(vcpu.getDebugTarget());
        this.vcpu = vcpu;
    }

    void show(Frame now) {
        frame = now;
    }

    public VcpuThread vcpu() {
        return vcpu;
    }

    Frame shown() {
        return frame;
    }

    /** The registers in this frame; those that are not known there have no digits. */
    public CompletableFuture<RegisterState> registers() {
        Frame now = frame;
        Frame innermost = vcpu.innermost();
        return vcpu.registers().thenApply(state -> FrameRegisters.of(state, now, innermost));
    }

    /** Linear address of the frame's next instruction. */
    public long pc() {
        return frame.pc();
    }

    /** 0 for the innermost. */
    public int index() {
        return frame.index();
    }

    /** {@code start_kernel+0x1c}, or null. */
    public String symbol() {
        return frame.symbol();
    }

    @Override
    public String getName() {
        String address = "0x" + Long.toHexString(pc());
        return symbol() == null ? address : symbol() + "  " + address;
    }

    @Override
    public String getModelIdentifier() {
        return DebugCore.ID;
    }

    @Override
    public IThread getThread() {
        return vcpu;
    }

    @Override
    public IRegisterGroup[] getRegisterGroups() throws DebugException {
        RegisterState state = Answers.await(registers());
        List<IRegisterGroup> groups = new ArrayList<>();
        for (RegisterGroupValues group : state.groups()) {
            groups.add(new GuestRegisterGroup(vcpu, group, state));
        }
        return groups.toArray(IRegisterGroup[]::new);
    }

    @Override
    public boolean hasRegisterGroups() {
        return true;
    }

    @Override
    public IVariable[] getVariables() {
        return new IVariable[0];
    }

    @Override
    public boolean hasVariables() {
        return false;
    }

    /** The line of the source whose bytes are executed next; -1 for code that was not built here. */
    @Override
    public int getLineNumber() {
        return vcpu.target().program().map(program -> program.lineAt(pc()).orElse(-1)).orElse(-1);
    }

    @Override
    public int getCharStart() {
        return -1;
    }

    @Override
    public int getCharEnd() {
        return -1;
    }

    // A frame runs and stops with its virtual CPU

    @Override
    public boolean canStepInto() {
        return vcpu.canStepInto();
    }

    @Override
    public boolean canStepOver() {
        return vcpu.canStepOver();
    }

    @Override
    public boolean canStepReturn() {
        return vcpu.canStepReturn();
    }

    @Override
    public boolean isStepping() {
        return vcpu.isStepping();
    }

    @Override
    public void stepInto() {
        vcpu.stepInto();
    }

    @Override
    public void stepOver() {
        vcpu.stepOver();
    }

    @Override
    public void stepReturn() {
        vcpu.stepReturn();
    }

    @Override
    public boolean canResume() {
        return vcpu.canResume();
    }

    @Override
    public boolean canSuspend() {
        return vcpu.canSuspend();
    }

    @Override
    public boolean isSuspended() {
        return vcpu.isSuspended();
    }

    @Override
    public void resume() {
        vcpu.resume();
    }

    @Override
    public void suspend() {
        vcpu.suspend();
    }

    @Override
    public boolean canTerminate() {
        return vcpu.canTerminate();
    }

    @Override
    public boolean isTerminated() {
        return vcpu.isTerminated();
    }

    @Override
    public void terminate() throws DebugException {
        vcpu.terminate();
    }
}
