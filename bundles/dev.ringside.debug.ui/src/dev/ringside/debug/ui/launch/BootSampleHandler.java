package dev.ringside.debug.ui.launch;

import dev.ringside.asm.core.GuestProject;
import dev.ringside.samples.Sample;
import org.eclipse.core.commands.AbstractHandler;
import org.eclipse.core.commands.ExecutionEvent;
import org.eclipse.core.resources.IProject;
import org.eclipse.core.runtime.CoreException;
import org.eclipse.core.runtime.jobs.Job;
import org.eclipse.debug.core.ILaunchConfiguration;
import org.eclipse.debug.core.ILaunchManager;
import org.eclipse.debug.ui.DebugUITools;
import org.eclipse.ui.PlatformUI;
import org.eclipse.ui.statushandlers.StatusManager;

/**
 * Debugs the sample kernel, stopped at its first instruction, from a project of its own, so that the user can read, change and step its source. Does
 * nothing while it is already being debugged.
 */
public final class BootSampleHandler extends AbstractHandler {
    @Override
    public Object execute(ExecutionEvent event) {
        Job.create("Preparing the sample kernel", monitor -> {
            IProject project = GuestProject.sampleKernel(monitor);
            PlatformUI.getWorkbench().getDisplay().asyncExec(() -> boot(project));
        }).schedule();
        return null;
    }

    private static void boot(IProject project) {
        try {
            ILaunchConfiguration sample = GuestConfigurations.forSource(project.getFile(Sample.KERNEL_64.fileName()));
            if (!GuestConfigurations.isLaunched(sample)) {
                DebugUITools.launch(sample, ILaunchManager.DEBUG_MODE);
            }
        } catch (CoreException failed) {
            StatusManager.getManager().handle(failed.getStatus(), StatusManager.SHOW | StatusManager.LOG);
        }
    }
}
