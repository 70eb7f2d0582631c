package dev.ringside.debug.ui.focus;

import dev.ringside.debug.core.GuestFrame;
import dev.ringside.debug.core.VcpuThread;
import dev.ringside.debug.core.VmDebugTarget;
import dev.ringside.debug.ui.SourceDisplays;
import dev.ringside.ui.guest.GuestFocus;
import dev.ringside.ui.guest.GuestVcpu;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.eclipse.debug.core.DebugEvent;
import org.eclipse.debug.core.DebugPlugin;
import org.eclipse.debug.core.IDebugEventSetListener;
import org.eclipse.debug.core.ILaunch;
import org.eclipse.debug.ui.DebugUITools;
import org.eclipse.debug.ui.contexts.DebugContextEvent;
import org.eclipse.debug.ui.contexts.IDebugContextListener;
import org.eclipse.debug.ui.contexts.IDebugContextService;
import org.eclipse.jface.viewers.ISelection;
import org.eclipse.jface.viewers.IStructuredSelection;
import org.eclipse.swt.widgets.Display;
import org.eclipse.ui.IWorkbenchWindow;
import org.eclipse.ui.PlatformUI;

/**
 * The virtual CPU that the views of a window show: what the user selects in its Debug view, and what stops. A machine that starts goes to the window in front; the
 * others keep theirs.
 *
 * <p>A stop is taken from the debug event itself, not from the selection that the Debug view makes of it later: views settle sooner, and they work with
 * the Debug view closed. A selection that says the same again is dropped.
 */
final class DebugFocus implements GuestFocus {
    private final Display display;
    private final IWorkbenchWindow window;
    private final IDebugContextListener selections = this::selected;
    private final IDebugEventSetListener events = this::happened;
    private final List<Listener> listeners = new ArrayList<>();

    /** UI thread only, as all of this. */
    private FocusedVcpu current;
    private int edits;

    private DebugFocus(IWorkbenchWindow window) {
        this.display = PlatformUI.getWorkbench().getDisplay();
        this.window = window;
    }

    static DebugFocus open(IWorkbenchWindow window) {
        DebugFocus focus = new DebugFocus(window);
        IDebugContextService contexts = focus.contexts();
        contexts.addDebugContextListener(focus.selections);
        DebugPlugin.getDefault().addDebugEventListener(focus.events);
        focus.select(contexts.getActiveContext());
        for (ILaunch launch : DebugPlugin.getDefault().getLaunchManager().getLaunches()) {
            if (focus.current == null) {
                focus.select(launch);
            }
        }
        return focus;
    }

    /** The window is gone. */
    void close() {
        contexts().removeDebugContextListener(selections);
        DebugPlugin.getDefault().removeDebugEventListener(events);
        listeners.clear();
    }

    private IDebugContextService contexts() {
        return DebugUITools.getDebugContextManager().getContextService(window);
    }

    @Override
    public GuestVcpu current() {
        return current;
    }

    @Override
    public void addListener(Listener listener) {
        listeners.add(listener);
        listener.focusChanged(current);
    }

    @Override
    public void removeListener(Listener listener) {
        listeners.remove(listener);
    }

    // What the user selects

    private void selected(DebugContextEvent event) {
        select(event.getContext());
    }

    private void select(ISelection selection) {
        if (selection instanceof IStructuredSelection elements && !elements.isEmpty()) {
            select(elements.getFirstElement());
        }
    }

    private void select(Object element) {
        switch (element) {
            case GuestFrame frame -> show(frame.vcpu(), frame);
            case VcpuThread vcpu -> show(vcpu, vcpu.getTopStackFrame());
            case VmDebugTarget machine -> show(machine.stopVcpu(), machine.stopVcpu().getTopStackFrame());
            case ILaunch launch when launch.getDebugTarget() instanceof VmDebugTarget machine -> select(machine);
            case null, default -> {
                // Not ours; keep what is shown.
            }
        }
    }

    // What happens

    /** Any thread. */
    private void happened(DebugEvent[] events) {
        for (DebugEvent event : events) {
            if (event.getSource() instanceof VcpuThread || event.getSource() instanceof VmDebugTarget) {
                display.asyncExec(() -> happened(event));
            }
        }
    }

    private void happened(DebugEvent event) {
        switch (event.getSource()) {
            case VcpuThread vcpu -> happened(event, vcpu);
            case VmDebugTarget machine -> happened(event, machine);
            default -> throw new AssertionError(event);
        }
    }

    private void happened(DebugEvent event, VmDebugTarget machine) {
        if (event.getKind() == DebugEvent.CREATE) {
            if (current == null || current.isOver() || isInFront()) {
                select(machine);
            }
        } else if (event.getKind() == DebugEvent.TERMINATE && isShown(machine)) {
            if (machine.isClosed()) {
                publish(null);
            } else {
                select(machine);
                // The platform looks up sources of machines that can go on.
                SourceDisplays.show(current.frame(), window.getActivePage(), true);
            }
        }
    }

    private void happened(DebugEvent event, VcpuThread vcpu) {
        boolean takesOver = current == null || !isShown(vcpu.target()) && isInFront() && (current.isRunning() || current.isOver());
        switch (event.getKind()) {
            case DebugEvent.SUSPEND -> {
                if (takesOver || isShown(vcpu.target())) {
                    select(vcpu);
                }
            }
            case DebugEvent.RESUME -> {
                if (isShown(vcpu.target()) && !showsTheLastStop()) {
                    publish(current.running());
                }
            }
            case DebugEvent.CHANGE -> {
                if (current != null && current.vcpu() == vcpu) {
                    edits += event.getDetail() == DebugEvent.CONTENT ? 1 : 0;
                    show(vcpu, current.frame() != null ? current.frame() : vcpu.getTopStackFrame());
                }
            }
            default -> {
                // Creation and termination are told of the whole machine.
            }
        }
    }

    private boolean isInFront() {
        IWorkbenchWindow front = PlatformUI.getWorkbench().getActiveWorkbenchWindow();
        return front == null || front == window;
    }

    private boolean isShown(VmDebugTarget machine) {
        return current != null && current.vcpu().target() == machine;
    }

    /** A late selection in the Debug view may have brought a stop before its events arrive; the resumption that led to it is old news then. */
    private boolean showsTheLastStop() {
        VmDebugTarget.Told told = current.vcpu().target().told();
        return !current.isRunning() && told.stop() == current.stop() && told.number() == current.stopNumber();
    }

    private void show(VcpuThread vcpu, GuestFrame frame) {
        publish(vcpu.target().isClosed() ? null : FocusedVcpu.of(vcpu, frame, edits));
    }

    private void publish(FocusedVcpu now) {
        if (!Objects.equals(now, current)) {
            current = now;
            List.copyOf(listeners).forEach(listener -> listener.focusChanged(now));
        }
    }
}
