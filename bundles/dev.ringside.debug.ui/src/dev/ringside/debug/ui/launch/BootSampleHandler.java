package dev.ringside.debug.ui.launch;

import dev.ringside.debug.core.launch.GuestLaunchConfiguration;
import org.eclipse.core.commands.AbstractHandler;
import org.eclipse.core.commands.ExecutionEvent;
import org.eclipse.core.commands.ExecutionException;
import org.eclipse.core.runtime.CoreException;
import org.eclipse.debug.core.ILaunchConfiguration;
import org.eclipse.debug.core.ILaunchManager;
import org.eclipse.debug.ui.DebugUITools;

/** Debugs the embedded sample kernel, stopped at its first instruction. Does nothing while it is already being debugged. */
public final class BootSampleHandler extends AbstractHandler {
    private static final String NAME = "Sample kernel";

    @Override
    public Object execute(ExecutionEvent event) throws ExecutionException {
        try {
            ILaunchConfiguration sample = GuestConfigurations.forImage(GuestLaunchConfiguration.SAMPLE_KERNEL, NAME);
            if (!GuestConfigurations.isLaunched(sample)) {
                DebugUITools.launch(sample, ILaunchManager.DEBUG_MODE);
            }
            return null;
        } catch (CoreException failed) {
            throw new ExecutionException(failed.getStatus().getMessage(), failed);
        }
    }
}
