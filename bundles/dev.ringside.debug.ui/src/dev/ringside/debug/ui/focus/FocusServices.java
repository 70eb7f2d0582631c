package dev.ringside.debug.ui.focus;

import dev.ringside.ui.guest.AddressMarks;
import dev.ringside.ui.guest.GuestFocus;
import org.eclipse.ui.services.AbstractServiceFactory;
import org.eclipse.ui.services.IServiceLocator;

/** Makes the workbench services of {@code dev.ringside.ui.guest}: one of each for the whole workbench. UI thread. */
public final class FocusServices extends AbstractServiceFactory {
    private static DebugFocus focus;
    private static BreakpointMarks marks;

    @Override
    public Object create(@SuppressWarnings("rawtypes") Class service, IServiceLocator parent, IServiceLocator locator) {
        if (service == GuestFocus.class) {
            return focus == null ? focus = DebugFocus.open() : focus;
        }
        if (service == AddressMarks.class) {
            return marks == null ? marks = BreakpointMarks.open() : marks;
        }
        return null;
    }
}
