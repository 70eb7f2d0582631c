package dev.ringside.ide;

import org.eclipse.ui.application.IWorkbenchConfigurer;
import org.eclipse.ui.application.IWorkbenchWindowConfigurer;
import org.eclipse.ui.application.WorkbenchWindowAdvisor;
import org.eclipse.ui.internal.ide.application.IDEWorkbenchAdvisor;

/** Eclipse's own IDE advisor (workspace saved at exit, its images, its error dialogs) with our perspective, our window and our first screen. */
final class RingsideWorkbenchAdvisor extends IDEWorkbenchAdvisor {
    @Override
    public void initialize(IWorkbenchConfigurer configurer) {
        super.initialize(configurer);
        configurer.setSaveAndRestore(true);
    }

    @Override
    public String getInitialWindowPerspectiveId() {
        return RingsidePerspective.ID;
    }

    @Override
    public WorkbenchWindowAdvisor createWorkbenchWindowAdvisor(IWorkbenchWindowConfigurer configurer) {
        return new RingsideWindowAdvisor(this, configurer);
    }

    @Override
    public void postStartup() {
        super.postStartup();
        FirstScreen.show();
    }
}
