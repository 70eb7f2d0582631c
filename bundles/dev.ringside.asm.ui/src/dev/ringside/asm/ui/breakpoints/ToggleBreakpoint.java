package dev.ringside.asm.ui.breakpoints;

import org.eclipse.core.commands.AbstractHandler;
import org.eclipse.core.commands.ExecutionEvent;
import org.eclipse.ui.IEditorPart;
import org.eclipse.ui.handlers.HandlerUtil;

/** Ctrl+Shift+B in an assembly editor: the platform's own handler comes with menu entries for languages with methods and fields. */
public final class ToggleBreakpoint extends AbstractHandler {
    @Override
    public Object execute(ExecutionEvent event) {
        IEditorPart editor = HandlerUtil.getActiveEditor(event);
        if (editor != null) {
            new LineBreakpoints().toggleLineBreakpoints(editor, editor.getSite().getSelectionProvider().getSelection());
        }
        return null;
    }
}
