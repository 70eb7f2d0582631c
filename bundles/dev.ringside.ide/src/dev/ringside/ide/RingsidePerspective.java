package dev.ringside.ide;

import org.eclipse.debug.ui.IDebugUIConstants;
import org.eclipse.ui.IPageLayout;
import org.eclipse.ui.IPerspectiveFactory;
import org.eclipse.ui.console.IConsoleConstants;

/** The <em>Ringside</em> perspective: who runs (left), what it holds (right), what it said (bottom). */
public final class RingsidePerspective implements IPerspectiveFactory {
    @Override
    public void createInitialLayout(IPageLayout layout) {
        String editors = layout.getEditorArea();
        layout.addView(IDebugUIConstants.ID_DEBUG_VIEW, IPageLayout.LEFT, 0.3f, editors);
        layout.addView(IConsoleConstants.ID_CONSOLE_VIEW, IPageLayout.BOTTOM, 0.6f, editors);
        layout.addView(IDebugUIConstants.ID_REGISTER_VIEW, IPageLayout.RIGHT, 0.6f, editors);
    }
}
