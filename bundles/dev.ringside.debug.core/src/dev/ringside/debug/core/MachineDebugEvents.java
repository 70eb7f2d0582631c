package dev.ringside.debug.core;

import dev.ringside.machine.EndReason;
import dev.ringside.machine.MachineControl.MachineListener;
import dev.ringside.machine.MachineEvent;
import dev.ringside.machine.StopReason;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.eclipse.core.runtime.ILog;
import org.eclipse.debug.core.DebugEvent;
import org.eclipse.debug.core.DebugException;
import org.eclipse.debug.core.DebugPlugin;

/**
 * Turns what a machine tells into what the debug platform tells. It runs on the machine's thread, waits for nothing, and announces a stop only
 * when the frames of that stop are there, so that nobody who hears of it has to wait for them.
 *
 * <p>Protocol: {@code CREATE} of the target and its threads; then {@code RESUME} and {@code SUSPEND} of the virtual CPU that was asked or caused the
 * stop, with the other ones {@code CHANGE}d (a {@code SUSPEND} would draw the Debug view's selection to them); at last {@code TERMINATE}.
 */
final class MachineDebugEvents implements MachineListener {
    private final VmDebugTarget target;

    /** Why the machine runs next: a detail of {@code DebugEvent.RESUME}. */
    private volatile int expected = DebugEvent.CLIENT_REQUEST;

    MachineDebugEvents(VmDebugTarget target) {
        this.target = target;
    }

    /** The frames of the entry, read before anybody can see the machine: the Debug view looks once when it meets a machine, and selects what it finds. */
    void prepare() throws DebugException {
        Answers.await(CompletableFuture.allOf(target.vcpus().stream().map(VcpuThread::fetchFrames).toArray(CompletableFuture[]::new)));
    }

    void announce(boolean runOn) {
        List<DebugEvent> created = new ArrayList<>();
        created.add(new DebugEvent(target, DebugEvent.CREATE));
        target.vcpus().forEach(vcpu -> created.add(new DebugEvent(vcpu, DebugEvent.CREATE)));
        fire(created);
        target.machine().addListener(this);
        if (runOn) {
            target.resume();
        } else {
            tellStop(target.stopVcpu(), new StopReason.Entry());
        }
    }

    void expect(int detail) {
        expected = detail;
    }

    @Override
    public void machineEvent(MachineEvent event) {
        switch (event) {
            case MachineEvent.Resumed resumed -> resumed(resumed);
            case MachineEvent.Stopped stopped -> stopped(stopped);
        }
    }

    private void resumed(MachineEvent.Resumed event) {
        target.running(event.step());
        VcpuThread vcpu = target.vcpus().get(event.vcpu());
        int detail = event.step() ? expected : DebugEvent.CLIENT_REQUEST;
        List<DebugEvent> events = new ArrayList<>();
        if (!event.step()) {
            changed(vcpu, events);
        }
        events.add(new DebugEvent(vcpu, DebugEvent.RESUME, detail));
        fire(events);
    }

    private void stopped(MachineEvent.Stopped event) {
        if (target.isClosed() || event.reason() instanceof StopReason.Entry) {
            return;
        }
        target.stopped(event.vcpu(), event.reason());
        if (event.reason() instanceof StopReason.Ended(EndReason.Broken broken)) {
            ILog.of(MachineDebugEvents.class).error(broken.describe() + "\n" + broken.detail());
        }
        if (event.reason() instanceof StopReason.Ended(EndReason.Terminated terminated)) {
            target.close();
        } else {
            tellStop(target.vcpus().get(event.vcpu()), event.reason());
        }
    }

    private void tellStop(VcpuThread vcpu, StopReason reason) {
        CompletableFuture<?>[] frames = target.vcpus().stream().map(VcpuThread::fetchFrames).toArray(CompletableFuture[]::new);
        CompletableFuture.allOf(frames).whenComplete((nothing, failure) -> {
            boolean same = reason instanceof StopReason.Entry ? target.stop() instanceof StopReason.Entry : target.stop() == reason;
            if (!same) {
                return; // it runs again
            }
            target.tell(reason);
            if (target.end() != null) {
                tellEnd();
            }
            List<DebugEvent> events = new ArrayList<>();
            changed(vcpu, events);
            events.add(new DebugEvent(vcpu, DebugEvent.SUSPEND, detail(reason)));
            fire(events);
        });
    }

    /** Told when a run ends, and again when what is left of it is closed. */
    void tellEnd() {
        List<DebugEvent> events = new ArrayList<>();
        if (target.isClosed()) {
            target.vcpus().forEach(vcpu -> events.add(new DebugEvent(vcpu, DebugEvent.TERMINATE)));
        }
        events.add(new DebugEvent(target, DebugEvent.TERMINATE));
        fire(events);
    }

    private void changed(VcpuThread except, List<DebugEvent> events) {
        for (VcpuThread vcpu : target.vcpus()) {
            if (vcpu != except) {
                events.add(new DebugEvent(vcpu, DebugEvent.CHANGE, DebugEvent.STATE));
            }
        }
    }

    private static int detail(StopReason reason) {
        return switch (reason) {
            case StopReason.Breakpoint b -> DebugEvent.BREAKPOINT;
            case StopReason.Watchpoint w -> DebugEvent.BREAKPOINT;
            case StopReason.Stepped s -> DebugEvent.STEP_END;
            case StopReason.Suspended s -> DebugEvent.CLIENT_REQUEST;
            case StopReason.Entry e -> DebugEvent.UNSPECIFIED;
            case StopReason.Limit l -> DebugEvent.UNSPECIFIED;
            case StopReason.Ended e -> DebugEvent.UNSPECIFIED;
        };
    }

    private static void fire(List<DebugEvent> events) {
        DebugPlugin debug = DebugPlugin.getDefault();
        if (debug != null) { // null once the platform has shut down under a machine that still ends
            debug.fireDebugEventSet(events.toArray(DebugEvent[]::new));
        }
    }
}
