package dev.ringside.debug.ui.inject;

import org.eclipse.jface.action.IAction;
import org.eclipse.jface.viewers.ISelection;
import org.eclipse.ui.IObjectActionDelegate;
import org.eclipse.ui.IWorkbenchPart;

/** <em>Inject Fault…</em> in the Debug view's menu, whose selection is the guest in focus. */
public final class InjectAction implements IObjectActionDelegate {
    private IWorkbenchPart part;

    @Override
    public void setActivePart(IAction action, IWorkbenchPart targetPart) {
        part = targetPart;
    }

    @Override
    public void run(IAction action) {
        InjectHandler.inject(part.getSite().getWorkbenchWindow());
    }

    @Override
    public void selectionChanged(IAction action, ISelection selection) {
        // The focus follows the selection by itself.
    }
}
