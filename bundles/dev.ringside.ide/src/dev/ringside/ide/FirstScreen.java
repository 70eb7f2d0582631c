package dev.ringside.ide;

import dev.ringside.debug.ui.launch.GuestConfigurations;
import java.util.List;
import org.eclipse.core.commands.common.CommandException;
import org.eclipse.core.runtime.Platform;
import org.eclipse.core.runtime.Status;
import org.eclipse.ui.IWorkbench;
import org.eclipse.ui.PlatformUI;
import org.eclipse.ui.handlers.IHandlerService;
import org.eclipse.ui.statushandlers.StatusManager;

/**
 * What a user finds at start: the sample kernel, stopped at its first instruction, as long as there is no kernel of the user's own. Later the views offer
 * both ways. The argument {@code -noSample} leaves the workbench as it is.
 */
final class FirstScreen {
    private static final String NO_SAMPLE = "-noSample";
    private static final String BOOT_SAMPLE = "dev.ringside.debug.ui.bootSample";

    private FirstScreen() {
    }

    static void show() {
        if (List.of(Platform.getApplicationArgs()).contains(NO_SAMPLE) || GuestConfigurations.userHasOwn()) {
            return;
        }
        IWorkbench workbench = PlatformUI.getWorkbench();
        workbench.getDisplay().asyncExec(() -> bootSample(workbench));
    }

    private static void bootSample(IWorkbench workbench) {
        if (workbench.isClosing()) {
            return;
        }
        try {
            workbench.getService(IHandlerService.class).executeCommand(BOOT_SAMPLE, null);
        } catch (CommandException failed) {
            Throwable reason = failed.getCause() == null ? failed : failed.getCause();
            StatusManager.getManager().handle(Status.error("The sample kernel does not start: " + reason.getMessage(), failed), StatusManager.SHOW);
        }
    }
}
