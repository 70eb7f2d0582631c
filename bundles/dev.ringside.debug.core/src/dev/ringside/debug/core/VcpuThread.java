package dev.ringside.debug.core;

import dev.ringside.machine.MachineControl;
import dev.ringside.machine.MachineControl.AddressKind;
import dev.ringside.machine.MachineControl.Frame;
import dev.ringside.machine.MachineControl.Injection;
import dev.ringside.machine.StopReason;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.eclipse.debug.core.DebugEvent;
import org.eclipse.debug.core.DebugException;
import org.eclipse.debug.core.model.DebugElement;
import org.eclipse.debug.core.model.IBreakpoint;
import org.eclipse.debug.core.model.IThread;

/** One virtual CPU in the Debug view. It keeps what was read at the present stop, so that a second question costs nothing. */
public final class VcpuThread extends DebugElement implements IThread {
    private final VmDebugTarget target;
    private final int index;

    /** Innermost first; of the present stop. Elements are kept from stop to stop where depth allows, so that the Debug view keeps its selection. */
    private volatile List<GuestFrame> frames = List.of();

    /** Guards the fields below; a leaf lock. */
    private final Object lock = new Object();
    private CompletableFuture<RegisterState> registers;
    private long registersStop = -1;
    private RegisterState seenBefore;

    VcpuThread(VmDebugTarget target, int index) {
        super(target);
        this.target = target;
        this.index = index;
    }

    /** From 0. */
    public int index() {
        return index;
    }

    public VmDebugTarget target() {
        return target;
    }

    @Override
    public String getName() {
        return "CPU " + index;
    }

    @Override
    public String getModelIdentifier() {
        return DebugCore.ID;
    }

    // Looking

    /** The registers of the present stop: asked once a stop, however many views want them. While the machine runs, those of the last stop. */
    public CompletableFuture<RegisterState> registers() {
        synchronized (lock) {
            if (registers != null && registersStop == target.stopNumber()) {
                return registers;
            }
            RegisterState before = registers == null ? null : registers.exceptionally(failure -> null).getNow(seenBefore);
            return ask(before);
        }
    }

    private CompletableFuture<RegisterState> ask(RegisterState before) {
        seenBefore = before;
        registersStop = target.stopNumber();
        registers = machine().registers(index).thenApply(groups -> RegisterState.of(groups, before));
        return registers;
    }

    /** Changes a register of a stopped machine; the answer comes when every view can be told. */
    public CompletableFuture<Void> setRegister(String name, String digits) {
        return machine().setRegister(index, name, digits).thenCompose(nothing -> {
            synchronized (lock) {
                ask(seenBefore); // still compared with the stop before: an edited register is a changed one
            }
            return fetchFrames();
        }).thenRun(() -> fireChangeEvent(DebugEvent.CONTENT));
    }

    /** Changes memory of a stopped machine; the answer comes when every view can be told. Code may have changed, so the frames are read again. */
    public CompletableFuture<Void> writeMemory(AddressKind kind, long address, byte[] bytes) {
        return machine().writeMemory(kind, index, address, bytes).thenCompose(nothing -> fetchFrames()).thenRun(() -> fireChangeEvent(DebugEvent.CONTENT));
    }

    /** Reads ports of a stopped machine, which can change their devices; the answer comes when every view can be told. */
    public CompletableFuture<byte[]> readPorts(int first, int lengthBytes) {
        return machine().readPorts(first, lengthBytes).thenApply(read -> {
            fireChangeEvent(DebugEvent.CONTENT);
            return read;
        });
    }

    /** Writes ports of a stopped machine; the answer comes when every view can be told. */
    public CompletableFuture<Void> writePorts(int first, byte[] bytes) {
        return machine().writePorts(first, bytes).thenRun(() -> fireChangeEvent(DebugEvent.CONTENT));
    }

    /** Makes a fault of the machine's paravirtual interface happen; the answer comes when every view can be told. */
    public CompletableFuture<Injection> inject(String event, long instructions, int vcpu) {
        return machine().inject(event, instructions, vcpu).thenApply(injected -> {
            fireChangeEvent(DebugEvent.CONTENT);
            return injected;
        });
    }

    /** Reads the frames of the present stop. */
    CompletableFuture<Void> fetchFrames() {
        return machine().frames(index).thenAccept(this::adopt);
    }

    private synchronized void adopt(List<Frame> read) {
        List<GuestFrame> old = frames;
        List<GuestFrame> adopted = new ArrayList<>();
        for (int i = 0; i < read.size(); i++) {
            int sameDepth = old.size() - read.size() + i;
            GuestFrame frame = sameDepth >= 0 && sameDepth < old.size() ? old.get(sameDepth) : new GuestFrame(this);
            frame.show(read.get(i));
            adopted.add(frame);
        }
        frames = adopted;
    }

    /** The innermost frame as it was read, or one at 0 when none has been. */
    Frame innermost() {
        List<GuestFrame> now = frames;
        return now.isEmpty() ? new Frame(0, 0, null, 0, 0) : now.getFirst().shown();
    }

    private MachineControl machine() {
        return target.machine();
    }

    @Override
    public GuestFrame[] getStackFrames() {
        return hasStackFrames() ? frames.toArray(GuestFrame[]::new) : new GuestFrame[0];
    }

    @Override
    public boolean hasStackFrames() {
        return isSuspended() && !target.isClosed() && !frames.isEmpty();
    }

    @Override
    public GuestFrame getTopStackFrame() {
        return hasStackFrames() ? frames.getFirst() : null;
    }

    @Override
    public IBreakpoint[] getBreakpoints() {
        if (target.stopVcpu() != this) {
            return new IBreakpoint[0];
        }
        return switch (target.stop()) {
            case StopReason.Breakpoint(long address) -> target.breakpointsAt(address);
            case StopReason.Watchpoint(long pc, long address, boolean write) -> target.breakpointsAt(address);
            case null, default -> new IBreakpoint[0];
        };
    }

    @Override
    public int getPriority() {
        return 0;
    }

    // Running

    @Override
    public boolean canResume() {
        return target.canResume();
    }

    @Override
    public boolean canSuspend() {
        return target.canSuspend();
    }

    @Override
    public boolean isSuspended() {
        return target.isSuspended();
    }

    @Override
    public void resume() {
        target.resume();
    }

    @Override
    public void suspend() {
        target.suspend();
    }

    @Override
    public boolean canStepInto() {
        return canResume();
    }

    @Override
    public boolean canStepOver() {
        return canResume();
    }

    @Override
    public boolean canStepReturn() {
        return canResume();
    }

    @Override
    public boolean isStepping() {
        return target.isStepping(this);
    }

    @Override
    public void stepInto() {
        step(DebugEvent.STEP_INTO, () -> machine().stepInto(index));
    }

    @Override
    public void stepOver() {
        step(DebugEvent.STEP_OVER, () -> machine().stepOver(index));
    }

    @Override
    public void stepReturn() {
        step(DebugEvent.STEP_RETURN, () -> machine().stepReturn(index));
    }

    private void step(int detail, Runnable request) {
        if (canResume()) {
            target.resume(detail, request);
        }
    }

    /** Runs until the instruction at linear {@code address} is next. */
    public void runTo(long address) {
        if (canResume()) {
            target.resume(DebugEvent.CLIENT_REQUEST, () -> machine().runTo(address));
        }
    }

    @Override
    public boolean canTerminate() {
        return target.canTerminate();
    }

    @Override
    public boolean isTerminated() {
        return target.isTerminated();
    }

    @Override
    public void terminate() throws DebugException {
        target.terminate();
    }
}
