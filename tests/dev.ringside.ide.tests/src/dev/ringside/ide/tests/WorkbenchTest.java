package dev.ringside.ide.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import org.eclipse.core.runtime.Platform;
import org.eclipse.ui.IWorkbenchWindow;
import org.eclipse.ui.PlatformUI;
import org.junit.jupiter.api.Test;

class WorkbenchTest {
    @Test
    void productIsRingside() {
        assertEquals("Ringside", Platform.getProduct().getName());
    }

    @Test
    void opensInTheRingsidePerspective() {
        IWorkbenchWindow window = PlatformUI.getWorkbench().getDisplay().syncCall(() -> PlatformUI.getWorkbench().getWorkbenchWindows()[0]);

        assertEquals("dev.ringside.ide.perspective", window.getActivePage().getPerspective().getId());
        assertNull(window.getActivePage().getActiveEditor());
    }
}
