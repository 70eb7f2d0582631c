package dev.ringside.debug.ui.focus;

import dev.ringside.arch.Symbolizer;
import dev.ringside.debug.core.AddressBreakpoint;
import dev.ringside.debug.core.DataWatchpoint;
import dev.ringside.debug.core.DebugCore;
import dev.ringside.debug.core.GuestBreakpoint;
import dev.ringside.debug.core.VmDebugTarget;
import dev.ringside.debug.ui.breakpoints.EditBreakpointHandler;
import dev.ringside.ui.guest.AddressMarks;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.eclipse.core.resources.IMarkerDelta;
import org.eclipse.core.runtime.CoreException;
import org.eclipse.core.runtime.jobs.Job;
import org.eclipse.debug.core.DebugPlugin;
import org.eclipse.debug.core.IBreakpointManager;
import org.eclipse.debug.core.IBreakpointManagerListener;
import org.eclipse.debug.core.IBreakpointsListener;
import org.eclipse.debug.core.model.IBreakpoint;
import org.eclipse.swt.widgets.Display;
import org.eclipse.ui.PlatformUI;

/** The workspace's breakpoints on guest addresses. */
final class BreakpointMarks implements AddressMarks, IBreakpointsListener, IBreakpointManagerListener {
    private final Display display;
    private final List<Runnable> listeners = new ArrayList<>();

    private BreakpointMarks(Display display) {
        this.display = display;
    }

    static BreakpointMarks open() {
        BreakpointMarks marks = new BreakpointMarks(PlatformUI.getWorkbench().getDisplay());
        manager().addBreakpointListener(marks);
        manager().addBreakpointManagerListener(marks);
        return marks;
    }

    @Override
    public Mark at(long address, Symbolizer symbols) {
        return breakpointsAt(address, symbols)
                .map(breakpoint -> breakpoint.isActive() ? Mark.ENABLED : Mark.DISABLED)
                .reduce(Mark.NONE, (one, other) -> one == Mark.ENABLED ? one : other);
    }

    /** Markers belong to the workspace, which may be busy: the change is made in the background. */
    @Override
    public void toggle(long address, Symbolizer symbols) {
        List<GuestBreakpoint> there = breakpointsAt(address, symbols).toList();
        Job.createSystem("Toggle Breakpoint", monitor -> {
            if (there.isEmpty()) {
                AddressBreakpoint.create(expression(address, symbols));
            } else {
                remove(there);
            }
        }).schedule();
    }

    private static void remove(List<GuestBreakpoint> breakpoints) throws CoreException {
        manager().removeBreakpoints(breakpoints.toArray(IBreakpoint[]::new), true);
    }

    @Override
    public void switchThere(long address, Symbolizer symbols) {
        List<GuestBreakpoint> there = breakpointsAt(address, symbols).toList();
        boolean on = there.stream().noneMatch(BreakpointMarks::isEnabled);
        Job.createSystem("Switch Breakpoint", monitor -> {
            for (GuestBreakpoint breakpoint : there) {
                breakpoint.setEnabled(on);
            }
        }).schedule();
    }

    private static boolean isEnabled(IBreakpoint breakpoint) {
        try {
            return breakpoint.isEnabled();
        } catch (CoreException markerGone) {
            return false; // deleted since it was asked
        }
    }

    @Override
    public void edit(long address, Symbolizer symbols) {
        breakpointsAt(address, symbols).findFirst()
                .ifPresent(breakpoint -> EditBreakpointHandler.edit(breakpoint, PlatformUI.getWorkbench().getModalDialogShellProvider().getShell()));
    }

    @Override
    public void watch(long address, int lengthBytes, boolean onRead, boolean onWrite, Symbolizer symbols) {
        Job.createSystem("Set Watchpoint", monitor -> {
            DataWatchpoint.create(expression(address, symbols), lengthBytes, onRead, onWrite);
        }).schedule();
    }

    @Override
    public List<Watched> watched(Symbolizer symbols) {
        List<Watched> watched = new ArrayList<>();
        for (IBreakpoint breakpoint : manager().getBreakpoints(DebugCore.ID)) {
            if (breakpoint instanceof DataWatchpoint watchpoint) {
                watchpoint.address(symbols).ifPresent(address -> watched.add(new Watched(address, watchpoint.lengthBytes(), watchpoint.isActive())));
            }
        }
        return watched;
    }

    /** The symbol when one starts here, so that the breakpoint follows it into the next build; else the number. */
    private static String expression(long address, Symbolizer symbols) {
        String name = symbols.nameOf(address);
        return name != null && Objects.equals(symbols.addressOf(name), address) ? name : "0x" + Long.toHexString(address);
    }

    private static Stream<GuestBreakpoint> breakpointsAt(long address, Symbolizer symbols) {
        return Stream.of(manager().getBreakpoints(DebugCore.ID))
                .filter(GuestBreakpoint.class::isInstance)
                .map(GuestBreakpoint.class::cast)
                .filter(breakpoint -> addressOf(breakpoint, symbols).equals(OptionalLong.of(address)));
    }

    /** A line has an address in a machine only: the one whose symbols are shown. */
    private static OptionalLong addressOf(GuestBreakpoint breakpoint, Symbolizer symbols) {
        if (breakpoint instanceof AddressBreakpoint address) {
            return address.address(symbols);
        }
        return Stream.of(DebugPlugin.getDefault().getLaunchManager().getDebugTargets())
                .filter(target -> target instanceof VmDebugTarget machine && machine.machine().symbols() == symbols)
                .map(target -> breakpoint.address((VmDebugTarget) target))
                .findFirst().orElse(OptionalLong.empty());
    }

    @Override
    public void addListener(Runnable listener) {
        listeners.add(listener);
    }

    @Override
    public void removeListener(Runnable listener) {
        listeners.remove(listener);
    }

    // Any thread

    @Override
    public void breakpointsAdded(IBreakpoint[] breakpoints) {
        tell();
    }

    @Override
    public void breakpointsRemoved(IBreakpoint[] breakpoints, IMarkerDelta[] deltas) {
        tell();
    }

    @Override
    public void breakpointsChanged(IBreakpoint[] breakpoints, IMarkerDelta[] deltas) {
        tell();
    }

    @Override
    public void breakpointManagerEnablementChanged(boolean enabled) {
        tell();
    }

    private void tell() {
        display.asyncExec(() -> List.copyOf(listeners).forEach(Runnable::run));
    }

    private static IBreakpointManager manager() {
        return DebugPlugin.getDefault().getBreakpointManager();
    }
}
