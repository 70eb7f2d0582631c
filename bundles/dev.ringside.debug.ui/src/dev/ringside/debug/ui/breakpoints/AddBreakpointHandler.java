package dev.ringside.debug.ui.breakpoints;

import dev.ringside.debug.core.AddressBreakpoint;
import org.eclipse.core.commands.AbstractHandler;
import org.eclipse.core.commands.ExecutionEvent;
import org.eclipse.core.runtime.jobs.Job;
import org.eclipse.jface.window.Window;
import org.eclipse.ui.handlers.HandlerUtil;

/** <em>Run ▸ Add Breakpoint at Address</em>. */
public final class AddBreakpointHandler extends AbstractHandler {
    @Override
    public Object execute(ExecutionEvent event) {
        BreakpointDialog dialog = new BreakpointDialog(HandlerUtil.getActiveShell(event), "Add Breakpoint", "", true, 1);
        if (dialog.open() == Window.OK) {
            // Markers belong to the workspace, which may be busy.
            Job.createSystem("Add Breakpoint", monitor -> {
                AddressBreakpoint.create(dialog.address(), dialog.hitCount());
            }).schedule();
        }
        return null;
    }
}
