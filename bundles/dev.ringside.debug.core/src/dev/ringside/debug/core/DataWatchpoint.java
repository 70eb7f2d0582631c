package dev.ringside.debug.core;

import dev.ringside.arch.Symbolizer;
import java.util.OptionalLong;
import org.eclipse.core.resources.IMarker;
import org.eclipse.core.resources.IResource;
import org.eclipse.core.resources.ResourcesPlugin;
import org.eclipse.core.runtime.CoreException;
import org.eclipse.debug.core.DebugPlugin;
import org.eclipse.debug.core.model.Breakpoint;
import org.eclipse.debug.core.model.IBreakpoint;
import org.eclipse.debug.core.model.IWatchpoint;

/**
 * Stops every machine after an access to bytes at a linear address. As with {@link AddressBreakpoint} the address is kept as the user wrote it. Reading and writing can be
 * switched in the Breakpoints view.
 */
public final class DataWatchpoint extends Breakpoint implements IWatchpoint {
    public static final String MARKER_TYPE = "dev.ringside.debug.core.dataWatchpoint";
    private static final String EXPRESSION = "dev.ringside.debug.core.expression";
    private static final String LENGTH = "dev.ringside.debug.core.lengthBytes";
    private static final String ACCESS = "dev.ringside.debug.core.access";
    private static final String MODIFICATION = "dev.ringside.debug.core.modification";

    /** For the platform, which restores breakpoints from their markers. */
    public DataWatchpoint() {
    }

    /** Creates and registers one. */
    public static DataWatchpoint create(String expression, int lengthBytes, boolean onRead, boolean onWrite) throws CoreException {
        DataWatchpoint watchpoint = new DataWatchpoint();
        ResourcesPlugin.getWorkspace().run(monitor -> {
            IMarker marker = ResourcesPlugin.getWorkspace().getRoot().createMarker(MARKER_TYPE);
            watchpoint.setMarker(marker);
            marker.setAttribute(IBreakpoint.ENABLED, true);
            marker.setAttribute(IBreakpoint.ID, DebugCore.ID);
            marker.setAttribute(IBreakpoint.PERSISTED, true);
            marker.setAttribute(EXPRESSION, expression);
            marker.setAttribute(LENGTH, lengthBytes);
            marker.setAttribute(ACCESS, onRead);
            marker.setAttribute(MODIFICATION, onWrite);
            marker.setAttribute(IMarker.MESSAGE, expression);
        }, null, IResource.NONE, null);
        DebugPlugin.getDefault().getBreakpointManager().addBreakpoint(watchpoint);
        return watchpoint;
    }

    /** As the user wrote it. */
    public String expression() {
        return getMarker().getAttribute(EXPRESSION, "");
    }

    /** At least 1. */
    public int lengthBytes() {
        return Math.max(1, getMarker().getAttribute(LENGTH, 1));
    }

    /** Where it is in an image with these symbols; empty when its symbol is not in there. */
    public OptionalLong address(Symbolizer symbols) {
        return AddressExpression.resolve(expression(), symbols);
    }

    /** Whether it stops machines: enabled, for some kind of access, and breakpoints are not skipped as a whole. */
    public boolean isActive() {
        return DebugPlugin.getDefault().getBreakpointManager().isEnabled() && getMarker().getAttribute(IBreakpoint.ENABLED, false)
                && (isAccess() || isModification());
    }

    /** For lists: {@code counter (8 bytes, write)}. */
    public String describe() {
        String when = isAccess() ? isModification() ? "read or write" : "read" : isModification() ? "write" : "never";
        return "%s (%d byte%s, %s)".formatted(expression(), lengthBytes(), lengthBytes() == 1 ? "" : "s", when);
    }

    @Override
    public boolean isAccess() {
        return getMarker().getAttribute(ACCESS, false);
    }

    @Override
    public void setAccess(boolean access) throws CoreException {
        setAttribute(ACCESS, access);
    }

    @Override
    public boolean isModification() {
        return getMarker().getAttribute(MODIFICATION, false);
    }

    @Override
    public void setModification(boolean modification) throws CoreException {
        setAttribute(MODIFICATION, modification);
    }

    @Override
    public boolean supportsAccess() {
        return true;
    }

    @Override
    public boolean supportsModification() {
        return true;
    }

    @Override
    public String getModelIdentifier() {
        return DebugCore.ID;
    }
}
