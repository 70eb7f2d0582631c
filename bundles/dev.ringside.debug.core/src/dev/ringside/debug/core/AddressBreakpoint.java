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

/**
 * Stops every machine before the instruction at a linear address. The address is kept as the user wrote it, so {@code start_kernel} follows the
 * symbol into the next build of the guest. A machine whose image has no such symbol ignores it.
 */
public final class AddressBreakpoint extends Breakpoint implements GuestBreakpoint {
    public static final String MARKER_TYPE = "dev.ringside.debug.core.addressBreakpoint";
    private static final String EXPRESSION = "dev.ringside.debug.core.expression";

    /** For the platform, which restores breakpoints from their markers. */
    public AddressBreakpoint() {
    }

    /** Creates and registers one that stops at every hit. */
    public static AddressBreakpoint create(String expression) throws CoreException {
        return create(expression, 1);
    }

    /** Creates and registers one. @param hitCount from which hit on it stops, from 1 */
    public static AddressBreakpoint create(String expression, int hitCount) throws CoreException {
        AddressBreakpoint breakpoint = new AddressBreakpoint();
        ResourcesPlugin.getWorkspace().run(monitor -> {
            IMarker marker = ResourcesPlugin.getWorkspace().getRoot().createMarker(MARKER_TYPE);
            breakpoint.setMarker(marker);
            marker.setAttribute(IBreakpoint.ENABLED, true);
            marker.setAttribute(IBreakpoint.ID, DebugCore.ID);
            marker.setAttribute(IBreakpoint.PERSISTED, true);
            marker.setAttribute(EXPRESSION, expression);
            marker.setAttribute(HitCount.ATTRIBUTE, hitCount);
            marker.setAttribute(IMarker.MESSAGE, expression);
        }, null, IResource.NONE, null);
        DebugPlugin.getDefault().getBreakpointManager().addBreakpoint(breakpoint);
        return breakpoint;
    }

    public static AddressBreakpoint create(long address) throws CoreException {
        return create("0x" + Long.toHexString(address));
    }

    /** As the user wrote it. */
    public String expression() {
        return getMarker().getAttribute(EXPRESSION, "");
    }

    /** Moves it. @param expression as users write addresses */
    public void setExpression(String expression) throws CoreException {
        setAttributes(new String[] {EXPRESSION, IMarker.MESSAGE}, new Object[] {expression, expression});
    }

    /** Where it is in an image with these symbols; empty when its symbol is not in there. */
    public OptionalLong address(Symbolizer symbols) {
        return AddressExpression.resolve(expression(), symbols);
    }

    @Override
    public OptionalLong address(VmDebugTarget machine) {
        return address(machine.machine().symbols());
    }

    @Override
    public String getModelIdentifier() {
        return DebugCore.ID;
    }
}
