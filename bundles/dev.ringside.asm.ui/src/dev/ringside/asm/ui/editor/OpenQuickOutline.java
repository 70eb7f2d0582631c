package dev.ringside.asm.ui.editor;

import org.eclipse.core.commands.AbstractHandler;
import org.eclipse.core.commands.ExecutionEvent;
import org.eclipse.ui.handlers.HandlerUtil;

/** <em>Navigate ▸ Quick Outline</em>. */
public final class OpenQuickOutline extends AbstractHandler {
    @Override
    public Object execute(ExecutionEvent event) {
        if (HandlerUtil.getActiveEditor(event) instanceof AsmEditor editor) {
            new QuickOutline(HandlerUtil.getActiveShell(event), editor).open();
        }
        return null;
    }
}
