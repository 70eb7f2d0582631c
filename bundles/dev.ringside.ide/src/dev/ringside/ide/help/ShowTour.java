package dev.ringside.ide.help;

import org.eclipse.core.commands.AbstractHandler;
import org.eclipse.core.commands.ExecutionEvent;
import org.eclipse.ui.PlatformUI;

/** <em>Help ▸ Tour</em>: the tour's page. */
public final class ShowTour extends AbstractHandler {
    private static final String TOUR = "/dev.ringside.ide/help/tour.html";

    @Override
    public Object execute(ExecutionEvent event) {
        PlatformUI.getWorkbench().getHelpSystem().displayHelpResource(TOUR);
        return null;
    }
}
