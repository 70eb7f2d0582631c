package dev.ringside.debug.ui.breakpoints;

import dev.ringside.debug.core.AddressBreakpoint;
import dev.ringside.debug.core.DebugCore;
import dev.ringside.debug.core.HitCount;
import dev.ringside.debug.ui.GuestModelPresentation;
import org.eclipse.core.commands.AbstractHandler;
import org.eclipse.core.commands.ExecutionEvent;
import org.eclipse.core.runtime.Adapters;
import org.eclipse.core.runtime.jobs.Job;
import org.eclipse.debug.core.model.IBreakpoint;
import org.eclipse.jface.viewers.IStructuredSelection;
import org.eclipse.jface.window.Window;
import org.eclipse.swt.widgets.Shell;
import org.eclipse.ui.handlers.HandlerUtil;

/** <em>Edit Breakpoint</em> on a guest's breakpoint or watchpoint in the Breakpoints view. */
public final class EditBreakpointHandler extends AbstractHandler {
    @Override
    public Object execute(ExecutionEvent event) {
        IStructuredSelection selection = HandlerUtil.getCurrentStructuredSelection(event);
        IBreakpoint breakpoint = selection == null ? null : Adapters.adapt(selection.getFirstElement(), IBreakpoint.class);
        if (breakpoint != null && breakpoint.getModelIdentifier().equals(DebugCore.ID)) {
            edit(breakpoint, HandlerUtil.getActiveShell(event));
        }
        return null;
    }

    /** Asks, and changes what the user has changed. @param breakpoint one of ours */
    public static void edit(IBreakpoint breakpoint, Shell parent) {
        AddressBreakpoint movable = breakpoint instanceof AddressBreakpoint address ? address : null;
        BreakpointDialog dialog = new BreakpointDialog(parent, "Edit Breakpoint",
                movable != null ? movable.expression() : GuestModelPresentation.place(breakpoint), movable != null, HitCount.of(breakpoint));
        if (dialog.open() == Window.OK) {
            // Markers belong to the workspace, which may be busy.
            Job.createSystem("Edit Breakpoint", monitor -> {
                if (movable != null && !movable.expression().equals(dialog.address())) {
                    movable.setExpression(dialog.address());
                }
                if (HitCount.of(breakpoint) != dialog.hitCount()) {
                    HitCount.set(breakpoint, dialog.hitCount());
                }
            }).schedule();
        }
    }
}
