package dev.ringside.asm.ui.editor;

import dev.ringside.asm.core.AsmLine.Word;
import dev.ringside.asm.core.AsmSource;
import dev.ringside.asm.core.AsmSource.Symbol;
import java.util.Optional;
import org.eclipse.core.commands.AbstractHandler;
import org.eclipse.core.commands.ExecutionEvent;
import org.eclipse.ui.handlers.HandlerUtil;

/** <em>Navigate ▸ Go to Label</em>: to where the name at the cursor is declared. */
public final class GoToLabel extends AbstractHandler {
    @Override
    public Object execute(ExecutionEvent event) {
        if (HandlerUtil.getActiveEditor(event) instanceof AsmEditor editor) {
            AsmSource source = editor.source();
            int offset = editor.cursorOffset();
            Optional<Word> word = source.wordAt(offset);
            Optional<Symbol> symbol = word.flatMap(name -> source.symbol(name.text(), source.lineOf(offset)));
            symbol.ifPresentOrElse(editor::goTo, () -> editor.say(word.map(name -> "\"" + name.text() + "\" is not declared here").orElse("There is no name at the cursor")));
        }
        return null;
    }
}
