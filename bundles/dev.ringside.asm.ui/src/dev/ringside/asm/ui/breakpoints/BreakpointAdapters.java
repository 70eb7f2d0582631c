package dev.ringside.asm.ui.breakpoints;

import org.eclipse.core.runtime.IAdapterFactory;
import org.eclipse.debug.ui.actions.IToggleBreakpointsTarget;

/** Tells the debug platform how breakpoints are set in an assembly editor. */
public final class BreakpointAdapters implements IAdapterFactory {
    private final LineBreakpoints lines = new LineBreakpoints();

    @Override
    public <T> T getAdapter(Object editor, Class<T> type) {
        return type == IToggleBreakpointsTarget.class ? type.cast(lines) : null;
    }

    @Override
    public Class<?>[] getAdapterList() {
        return new Class<?>[] {IToggleBreakpointsTarget.class};
    }
}
