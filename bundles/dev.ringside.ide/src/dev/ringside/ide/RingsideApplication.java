package dev.ringside.ide;

import java.io.IOException;
import org.eclipse.core.runtime.Platform;
import org.eclipse.equinox.app.IApplication;
import org.eclipse.equinox.app.IApplicationContext;
import org.eclipse.jface.dialogs.MessageDialog;
import org.eclipse.osgi.service.datalocation.Location;
import org.eclipse.swt.widgets.Display;
import org.eclipse.ui.IWorkbench;
import org.eclipse.ui.PlatformUI;

/** The workbench as an application. The script {@code ringside} names the workspace with {@code -data}; here it is only taken, or found taken. */
public final class RingsideApplication implements IApplication {
    /** Set by the workbench when it wants to come back with other arguments (another workspace). */
    private static final String ASKED_EXIT_CODE = "eclipse.exitcode";

    /** How SWT makes the picture of a disabled button, read with its first one. What it does otherwise pales them towards white, which stands out in the dark. */
    private static final String DISABLED_PICTURES = "org.eclipse.swt.image.disablement";

    @Override
    public Object start(IApplicationContext context) {
        System.setProperty(DISABLED_PICTURES, "desaturated");
        Display display = PlatformUI.createDisplay();
        Location workspace = Platform.getInstanceLocation();
        try {
            if (!take(workspace)) {
                return EXIT_OK;
            }
            int code = PlatformUI.createAndRunWorkbench(display, new RingsideWorkbenchAdvisor());
            return code == PlatformUI.RETURN_RESTART ? restart() : EXIT_OK;
        } finally {
            workspace.release();
            display.dispose();
        }
    }

    private static Integer restart() {
        return EXIT_RELAUNCH.equals(Integer.getInteger(ASKED_EXIT_CODE)) ? EXIT_RELAUNCH : EXIT_RESTART;
    }

    private static boolean take(Location workspace) {
        String problem;
        try {
            if (workspace.lock()) {
                return true;
            }
            problem = "It is in use by another Ringside.";
        } catch (IOException failed) {
            problem = failed.getMessage();
        }
        MessageDialog.openError(null, "Ringside", "The workspace " + workspace.getURL().getPath() + " cannot be opened. " + problem
                + "\n\nChoose another one: ./ringside ide -data FOLDER");
        return false;
    }

    @Override
    public void stop() {
        if (!PlatformUI.isWorkbenchRunning()) {
            return;
        }
        IWorkbench workbench = PlatformUI.getWorkbench();
        workbench.getDisplay().syncExec(() -> {
            if (!workbench.getDisplay().isDisposed()) {
                workbench.close();
            }
        });
    }
}
