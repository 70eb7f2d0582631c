package dev.ringside.debug.ui;

import dev.ringside.debug.core.GuestFrame;
import org.eclipse.core.runtime.IAdapterFactory;
import org.eclipse.debug.ui.DebugUITools;
import org.eclipse.debug.ui.sourcelookup.ISourceDisplay;
import org.eclipse.ui.IWorkbenchPage;

/** Shows the line of a frame that has one, and nothing for the others. */
public final class SourceDisplays implements IAdapterFactory {
    @Override
    public <T> T getAdapter(Object frame, Class<T> type) {
        return type == ISourceDisplay.class ? type.cast((ISourceDisplay) SourceDisplays::show) : null;
    }

    /** UI thread. */
    public static void show(Object element, IWorkbenchPage page, boolean again) {
        if (element instanceof GuestFrame frame && frame.getLineNumber() > 0) {
            DebugUITools.displaySource(DebugUITools.lookupSource(frame, frame.getLaunch().getSourceLocator()), page);
        }
    }

    @Override
    public Class<?>[] getAdapterList() {
        return new Class<?>[] {ISourceDisplay.class};
    }
}
