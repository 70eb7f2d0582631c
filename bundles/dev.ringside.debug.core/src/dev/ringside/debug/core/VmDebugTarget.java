package dev.ringside.debug.core;

import dev.ringside.asm.core.BuiltProgram;
import dev.ringside.machine.EndReason;
import dev.ringside.machine.MachineControl;
import dev.ringside.machine.StopReason;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.eclipse.core.resources.IMarkerDelta;
import org.eclipse.debug.core.DebugException;
import org.eclipse.debug.core.DebugPlugin;
import org.eclipse.debug.core.ILaunch;
import org.eclipse.debug.core.ILaunchManager;
import org.eclipse.debug.core.ILaunchesListener;
import org.eclipse.debug.core.model.DebugElement;
import org.eclipse.debug.core.model.IBreakpoint;
import org.eclipse.debug.core.model.IDebugTarget;
import org.eclipse.debug.core.model.IMemoryBlock;
import org.eclipse.debug.core.model.IMemoryBlockExtension;
import org.eclipse.debug.core.model.IMemoryBlockRetrievalExtension;
import org.eclipse.debug.core.model.IProcess;

/**
 * A virtual machine in the Debug view. All virtual CPUs run and stop together.
 *
 * <p>A machine that ended by itself (power-off, triple fault, stuck) counts as terminated but stays open for looking, with its registers and
 * memory, until its launch is removed. One that the user terminated is closed at once.
 */
public final class VmDebugTarget extends DebugElement implements IDebugTarget, IMemoryBlockRetrievalExtension {
    private final ILaunch launch;
    private final String name;
    private final MachineControl machine;

    /** Null when the image was not built here, or its source has changed since. */
    private final BuiltProgram program;
    private final List<VcpuThread> vcpus = new ArrayList<>();
    private final SerialLine serialLine;
    private final InstalledBreakpoints breakpoints;
    private final MachineDebugEvents events;

    /** Written by {@link MachineDebugEvents} only. Null while running. */
    private volatile StopReason stop = new StopReason.Entry();
    private volatile int stopVcpu;
    private volatile long stopNumber;
    private volatile boolean stepping;
    private volatile Told told = new Told(new StopReason.Entry(), 0);
    private volatile boolean closed;

    public VmDebugTarget(ILaunch launch, String name, MachineControl machine) {
        this(launch, name, machine, null);
    }

    /** @param program what the machine's image was assembled from, or null */
    public VmDebugTarget(ILaunch launch, String name, MachineControl machine, BuiltProgram program) {
        super(null);
        this.program = program;
        this.launch = launch;
        this.name = name;
        this.machine = machine;
        this.serialLine = new SerialLine(machine);
        this.breakpoints = new InstalledBreakpoints(this);
        for (int index = 0; index < machine.vcpuCount(); index++) {
            vcpus.add(new VcpuThread(this, index));
        }
        this.events = new MachineDebugEvents(this);
    }

    /** Shows the machine in its launch, standing at entry. With {@code runOn} it goes on at once. Blocks until the machine has told where it stands. */
    public void start(boolean runOn) throws DebugException {
        events.prepare();
        launch.addDebugTarget(this);
        serialLine.open();
        if (ILaunchManager.DEBUG_MODE.equals(launch.getLaunchMode())) {
            breakpoints.open();
        }
        DebugPlugin.getDefault().getLaunchManager().addLaunchListener(whenRemoved);
        events.announce(runOn);
    }

    // What it is

    public MachineControl machine() {
        return machine;
    }

    /** The source of the image, when it was built from one in the workspace. */
    public Optional<BuiltProgram> program() {
        return Optional.ofNullable(program);
    }

    public List<VcpuThread> vcpus() {
        return vcpus;
    }

    public SerialLine serialLine() {
        return serialLine;
    }

    /** Why it stands still, or null while it runs. */
    public StopReason stop() {
        return stop;
    }

    /** The virtual CPU that caused the present stop. */
    public VcpuThread stopVcpu() {
        return vcpus.get(stopVcpu);
    }

    /**
     * What everybody has been told: a stop from when its frames are there until the machine runs. {@link #stop()} is a little earlier.
     *
     * @param stop null while it runs
     */
    public record Told(StopReason stop, long number) {
    }

    public Told told() {
        return told;
    }

    /** On the machine's thread, before the event. */
    void tell(StopReason reason) {
        told = new Told(reason, stopNumber);
    }

    /** Counts stops; answers of one stop hold until the number changes. */
    public long stopNumber() {
        return stopNumber;
    }

    /** How the run ended, or null while it can go on. */
    public EndReason end() {
        return stop instanceof StopReason.Ended ended ? ended.reason() : null;
    }

    /** Whether the machine's memory has been given back, so that nothing can be asked any more. */
    public boolean isClosed() {
        return closed;
    }

    @Override
    public String getName() {
        return name;
    }

    @Override
    public String getModelIdentifier() {
        return DebugCore.ID;
    }

    @Override
    public IDebugTarget getDebugTarget() {
        return this;
    }

    @Override
    public ILaunch getLaunch() {
        return launch;
    }

    /** None: the guest runs inside this process. */
    @Override
    public IProcess getProcess() {
        return null;
    }

    @Override
    public VcpuThread[] getThreads() {
        return closed ? new VcpuThread[0] : vcpus.toArray(VcpuThread[]::new);
    }

    @Override
    public boolean hasThreads() {
        return !closed;
    }

    // Running and stopping

    void resume(int detail, Runnable request) {
        events.expect(detail);
        request.run();
    }

    /** On the machine's thread, before anybody is told. */
    void running(boolean toStep) {
        stepping = toStep;
        stop = null;
        told = new Told(null, stopNumber);
    }

    /** On the machine's thread, before anybody is told. */
    void stopped(int vcpu, StopReason reason) {
        stopVcpu = vcpu;
        stepping = false;
        stopNumber++;
        stop = reason;
    }

    boolean isStepping(VcpuThread vcpu) {
        return stepping && vcpu.index() == stopVcpu;
    }

    @Override
    public boolean canResume() {
        return isSuspended() && !isTerminated();
    }

    @Override
    public boolean canSuspend() {
        return !isSuspended() && !isTerminated();
    }

    @Override
    public boolean isSuspended() {
        return stop != null;
    }

    @Override
    public void resume() {
        if (canResume()) {
            resume(org.eclipse.debug.core.DebugEvent.CLIENT_REQUEST, machine::resume);
        }
    }

    @Override
    public void suspend() {
        machine.suspend();
    }

    @Override
    public boolean canTerminate() {
        return !isTerminated();
    }

    @Override
    public boolean isTerminated() {
        return closed || end() != null;
    }

    @Override
    public void terminate() {
        machine.terminate();
    }

    /** Gives the guest's memory back, and tells that there is nothing to look at any more. */
    void close() {
        if (closed) {
            return;
        }
        closed = true;
        DebugPlugin.getDefault().getLaunchManager().removeLaunchListener(whenRemoved);
        breakpoints.close();
        serialLine.close();
        machine.close();
        events.tellEnd();
    }

    private final ILaunchesListener whenRemoved = new ILaunchesListener() {
        @Override
        public void launchesRemoved(ILaunch[] removed) {
            if (List.of(removed).contains(launch)) {
                close();
            }
        }

        @Override
        public void launchesAdded(ILaunch[] added) {
            // Nothing of ours.
        }

        @Override
        public void launchesChanged(ILaunch[] changed) {
            // Nothing of ours.
        }
    };

    @Override
    public boolean canDisconnect() {
        return false;
    }

    @Override
    public void disconnect() throws DebugException {
        notSupported("a guest runs inside the workbench and cannot be disconnected", null);
    }

    @Override
    public boolean isDisconnected() {
        return false;
    }

    // Breakpoints: InstalledBreakpoints listens for itself

    @Override
    public boolean supportsBreakpoint(IBreakpoint breakpoint) {
        return breakpoint instanceof GuestBreakpoint || breakpoint instanceof DataWatchpoint;
    }

    /** @param address at which the machine stopped when a breakpoint stopped it, or which was accessed */
    IBreakpoint[] breakpointsAt(long address) {
        return breakpoints.at(address);
    }

    @Override
    public void breakpointAdded(IBreakpoint breakpoint) {
        breakpoints.breakpointAdded(breakpoint);
    }

    @Override
    public void breakpointRemoved(IBreakpoint breakpoint, IMarkerDelta delta) {
        breakpoints.breakpointRemoved(breakpoint, delta);
    }

    @Override
    public void breakpointChanged(IBreakpoint breakpoint, IMarkerDelta delta) {
        breakpoints.breakpointChanged(breakpoint, delta);
    }

    // Memory

    @Override
    public boolean supportsStorageRetrieval() {
        return !closed;
    }

    @Override
    public IMemoryBlock getMemoryBlock(long startAddress, long length) {
        return new VirtualMemoryBlock(this, "0x" + Long.toHexString(startAddress), startAddress);
    }

    @Override
    public IMemoryBlockExtension getExtendedMemoryBlock(String expression, Object context) throws DebugException {
        OptionalLong address = AddressExpression.resolve(expression, machine.symbols());
        if (address.isEmpty()) {
            throw DebugCore.requestFailure("\"" + expression + "\" is neither an address such as 0x100000 nor a symbol of the image", null);
        }
        return new VirtualMemoryBlock(this, expression, address.getAsLong());
    }

    static BigInteger unsigned(long address) {
        return new BigInteger(Long.toUnsignedString(address));
    }
}
