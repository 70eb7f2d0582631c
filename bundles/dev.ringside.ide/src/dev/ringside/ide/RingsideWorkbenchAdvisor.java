package dev.ringside.ide;

import dev.ringside.ide.help.RingsideHelp;
import java.util.List;
import org.eclipse.ui.PlatformUI;
import org.eclipse.ui.application.IWorkbenchConfigurer;
import org.eclipse.ui.application.IWorkbenchWindowConfigurer;
import org.eclipse.ui.application.WorkbenchWindowAdvisor;
import org.eclipse.ui.internal.WorkbenchPlugin;
import org.eclipse.ui.internal.help.WorkbenchHelpSystem;
import org.eclipse.ui.internal.ide.application.IDEWorkbenchAdvisor;
import org.eclipse.ui.internal.registry.ActionSetRegistry;
import org.eclipse.ui.internal.registry.IActionSetDescriptor;

/** Eclipse's own IDE advisor (workspace saved at exit, its images, its error dialogs) with our perspective, our window and our first screen. */
final class RingsideWorkbenchAdvisor extends IDEWorkbenchAdvisor {
    private static final List<String> FOREIGN_ACTIONS = List.of(
            "org.eclipse.ui.edit.text.actionSet.",
            "org.eclipse.ui.externaltools.",
            "org.eclipse.ui.NavigateActionSet",
            "org.eclipse.ui.WorkingSetActionSet",
            "org.eclipse.ui.actionSet.openFiles",
            "org.eclipse.search.",
            "org.eclipse.team.",
            "org.eclipse.debug.ui.profileActionSet");

    @Override
    public void initialize(IWorkbenchConfigurer configurer) {
        super.initialize(configurer);
        configurer.setSaveAndRestore(true);
        removeForeignActions();
    }

    /** Action sets that the platform shows in every perspective, and that have nothing to act on here. */
    private static void removeForeignActions() {
        ActionSetRegistry registry = WorkbenchPlugin.getDefault().getActionSetRegistry();
        for (IActionSetDescriptor actions : registry.getActionSets()) {
            if (FOREIGN_ACTIONS.stream().anyMatch(actions.getId()::startsWith)) {
                registry.removeExtension(actions.getConfigurationElement().getDeclaringExtension(), new Object[] {actions});
            }
        }
    }

    /** The platform's own help needs a web server and a browser. */
    @Override
    public void preStartup() {
        super.preStartup();
        ((WorkbenchHelpSystem) PlatformUI.getWorkbench().getHelpSystem()).setDesiredHelpSystemId(RingsideHelp.ID);
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
        SystemColours.follow(PlatformUI.getWorkbench().getDisplay());
        FirstScreen.show();
    }
}
