package dev.ringside.ide;

import dev.ringside.debug.ui.launch.GuestConfigurations;
import java.util.List;
import org.eclipse.core.runtime.Platform;
import org.eclipse.ui.IWorkbench;
import org.eclipse.ui.PlatformUI;

/**
 * What a user finds at start: the welcome page, as long as there is no kernel of the user's own. Later the views offer the same ways. The argument
 * {@code -noSample} leaves the workbench as it is.
 */
final class FirstScreen {
    private static final String NO_SAMPLE = "-noSample";

    private FirstScreen() {
    }

    static void show() {
        if (List.of(Platform.getApplicationArgs()).contains(NO_SAMPLE) || GuestConfigurations.userHasOwn()) {
            return;
        }
        IWorkbench workbench = PlatformUI.getWorkbench();
        workbench.getDisplay().asyncExec(() -> {
            if (!workbench.isClosing()) {
                workbench.getIntroManager().showIntro(workbench.getActiveWorkbenchWindow(), false);
            }
        });
    }
}
