package dev.ringside.asm.ui.editor;

import org.eclipse.core.commands.AbstractHandler;
import org.eclipse.core.commands.ExecutionEvent;
import org.eclipse.jface.text.ITextOperationTarget;
import org.eclipse.jface.text.ITextSelection;
import org.eclipse.ui.handlers.HandlerUtil;

/** <em>Edit ▸ Toggle Comment</em>: a semicolon before each selected line, or, when all have one, none. */
public final class ToggleComment extends AbstractHandler {
    @Override
    public Object execute(ExecutionEvent event) {
        if (HandlerUtil.getActiveEditor(event) instanceof AsmEditor editor && editor.isEditable()
                && editor.getSelectionProvider().getSelection() instanceof ITextSelection selection) {
            ITextOperationTarget text = editor.viewer();
            text.doOperation(areComments(editor, selection) ? ITextOperationTarget.STRIP_PREFIX : ITextOperationTarget.PREFIX);
        }
        return null;
    }

    private static boolean areComments(AsmEditor editor, ITextSelection selection) {
        var source = editor.source();
        for (int line = selection.getStartLine(); line <= selection.getEndLine(); line++) {
            if (!source.line(line + 1).startsWith(";")) {
                return false;
            }
        }
        return true;
    }
}
