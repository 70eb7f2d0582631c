package dev.ringside.debug.core;

import dev.ringside.asm.core.BuiltProgram;
import java.nio.file.Path;
import java.util.OptionalLong;
import org.eclipse.core.resources.IFile;
import org.eclipse.core.resources.IMarker;
import org.eclipse.core.resources.IResource;
import org.eclipse.core.resources.ResourcesPlugin;
import org.eclipse.core.runtime.CoreException;
import org.eclipse.core.runtime.IPath;
import org.eclipse.debug.core.DebugPlugin;
import org.eclipse.debug.core.model.IBreakpoint;
import org.eclipse.debug.core.model.LineBreakpoint;

/** Stops at the first instruction of a source line, in machines that were booted from the image of that source. The marker moves with the text. */
public final class SourceLineBreakpoint extends LineBreakpoint implements GuestBreakpoint {
    public static final String MARKER_TYPE = "dev.ringside.debug.core.sourceLineBreakpoint";

    /** For the platform, which restores breakpoints from their markers. */
    public SourceLineBreakpoint() {
    }

    /** Creates and registers one. @param line from 1 */
    public static SourceLineBreakpoint create(IFile source, int line) throws CoreException {
        SourceLineBreakpoint breakpoint = new SourceLineBreakpoint();
        ResourcesPlugin.getWorkspace().run(monitor -> {
            IMarker marker = source.createMarker(MARKER_TYPE);
            breakpoint.setMarker(marker);
            marker.setAttribute(IBreakpoint.ENABLED, true);
            marker.setAttribute(IBreakpoint.ID, DebugCore.ID);
            marker.setAttribute(IBreakpoint.PERSISTED, true);
            marker.setAttribute(IMarker.LINE_NUMBER, line);
            marker.setAttribute(IMarker.MESSAGE, source.getName() + ", line " + line);
        }, source, IResource.NONE, null);
        DebugPlugin.getDefault().getBreakpointManager().addBreakpoint(breakpoint);
        return breakpoint;
    }

    public IResource source() {
        return getMarker().getResource();
    }

    /** From 1; 0 once its marker is gone. */
    public int line() {
        return getMarker().getAttribute(IMarker.LINE_NUMBER, 0);
    }

    @Override
    public OptionalLong address(VmDebugTarget machine) {
        BuiltProgram program = machine.program().orElse(null);
        IPath location = source().getLocation();
        boolean same = program != null && location != null && Path.of(location.toOSString()).equals(program.source());
        return same ? program.addressOf(line()) : OptionalLong.empty();
    }

    @Override
    public String getModelIdentifier() {
        return DebugCore.ID;
    }
}
