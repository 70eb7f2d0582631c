package dev.ringside.debug.ui.launch;

import org.eclipse.core.commands.AbstractHandler;
import org.eclipse.core.commands.ExecutionEvent;
import org.eclipse.core.commands.ExecutionException;
import org.eclipse.core.runtime.CoreException;
import org.eclipse.debug.core.ILaunchConfiguration;
import org.eclipse.debug.ui.DebugUITools;
import org.eclipse.debug.ui.IDebugUIConstants;
import org.eclipse.jface.viewers.StructuredSelection;
import org.eclipse.ui.handlers.HandlerUtil;

/** Opens the debug dialog on a new "Guest kernel" whose image is still to be chosen. */
public final class BootKernelHandler extends AbstractHandler {
    @Override
    public Object execute(ExecutionEvent event) throws ExecutionException {
        try {
            ILaunchConfiguration kernel = GuestConfigurations.forImage("", "My kernel");
            DebugUITools.openLaunchConfigurationDialogOnGroup(HandlerUtil.getActiveShell(event), new StructuredSelection(kernel),
                    IDebugUIConstants.ID_DEBUG_LAUNCH_GROUP);
            return null;
        } catch (CoreException failed) {
            throw new ExecutionException(failed.getStatus().getMessage(), failed);
        }
    }
}
