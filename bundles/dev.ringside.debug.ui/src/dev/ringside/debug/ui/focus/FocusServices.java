package dev.ringside.debug.ui.focus;

import dev.ringside.ui.guest.AddressMarks;
import dev.ringside.ui.guest.GuestFocus;
import java.util.HashMap;
import java.util.Map;
import org.eclipse.ui.IWindowListener;
import org.eclipse.ui.IWorkbenchWindow;
import org.eclipse.ui.PlatformUI;
import org.eclipse.ui.services.AbstractServiceFactory;
import org.eclipse.ui.services.IServiceLocator;

/**
 * Makes the workbench services of {@code dev.ringside.ui.guest}: one focus for each window, because each has a Debug view with a selection of its own; one set of
 * marks for all. Asked for a focus without a window, as by the workbench itself, it has none to give. UI thread.
 */
public final class FocusServices extends AbstractServiceFactory {
    private static final Map<IWorkbenchWindow, DebugFocus> FOCUSES = new HashMap<>();
    private static BreakpointMarks marks;

    @Override
    public Object create(@SuppressWarnings("rawtypes") Class service, IServiceLocator parent, IServiceLocator locator) {
        if (service == GuestFocus.class) {
            IWorkbenchWindow window = locator.getService(IWorkbenchWindow.class);
            return window == null ? null : FOCUSES.computeIfAbsent(window, FocusServices::open);
        }
        if (service == AddressMarks.class) {
            return marks == null ? marks = BreakpointMarks.open() : marks;
        }
        return null;
    }

    private static DebugFocus open(IWorkbenchWindow window) {
        PlatformUI.getWorkbench().addWindowListener(CLOSED); // a listener is added once, however often it is
        return DebugFocus.open(window);
    }

    private static final IWindowListener CLOSED = new IWindowListener() {
        @Override
        public void windowClosed(IWorkbenchWindow window) {
            DebugFocus gone = FOCUSES.remove(window);
            if (gone != null) {
                gone.close();
            }
        }

        @Override
        public void windowOpened(IWorkbenchWindow window) {
            // Its focus comes with its first view.
        }

        @Override
        public void windowActivated(IWorkbenchWindow window) {
            // Each keeps its own.
        }

        @Override
        public void windowDeactivated(IWorkbenchWindow window) {
            // Each keeps its own.
        }
    };
}
