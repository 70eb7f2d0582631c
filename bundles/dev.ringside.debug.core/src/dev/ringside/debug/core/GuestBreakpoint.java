package dev.ringside.debug.core;

import java.util.OptionalLong;
import org.eclipse.core.runtime.CoreException;
import org.eclipse.debug.core.DebugPlugin;
import org.eclipse.debug.core.model.IBreakpoint;

/** Stops machines before the instruction at a linear address, however the address is told. */
public interface GuestBreakpoint extends IBreakpoint {
    /** Where it is in a machine; empty when it is not in its image. */
    OptionalLong address(VmDebugTarget machine);

    /** Whether it stops machines: enabled, and breakpoints are not skipped as a whole. */
    default boolean isActive() {
        try {
            return DebugPlugin.getDefault().getBreakpointManager().isEnabled() && isEnabled();
        } catch (CoreException markerGone) {
            return false; // deleted since it was asked
        }
    }
}
