package dev.ringside.ide;

import org.eclipse.equinox.app.IApplication;
import org.eclipse.equinox.app.IApplicationContext;
import org.eclipse.ui.internal.ide.application.IDEApplication;

/**
 * The workbench as an application.
 *
 * <p>It is Eclipse's own IDE application (workspace lock and prompt, restart, resource navigator support) under our name, so that
 * {@code -application dev.ringside.ide.application} keeps meaning "Ringside" whatever is behind it.
 */
public final class RingsideApplication implements IApplication {
    private final IApplication workbench = new IDEApplication();

    @Override
    public Object start(IApplicationContext context) throws Exception {
        return workbench.start(context);
    }

    @Override
    public void stop() {
        workbench.stop();
    }
}
