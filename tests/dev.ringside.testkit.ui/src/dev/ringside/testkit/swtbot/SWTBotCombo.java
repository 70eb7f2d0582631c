package dev.ringside.testkit.swtbot;

import java.util.List;
import org.eclipse.swt.SWT;
import org.eclipse.swt.widgets.Combo;

/** A field with a list. */
public final class SWTBotCombo extends AbstractSWTBot<Combo> {
    SWTBotCombo(Combo widget) {
        super(widget);
    }

    public String getText() {
        return Ui.call(widget::getText);
    }

    public List<String> items() {
        return Ui.call(() -> List.of(widget.getItems()));
    }

    public SWTBotCombo setText(String text) {
        Ui.act(() -> widget.setText(text));
        return this;
    }

    /** As a user chooses from the list: who listens is told. */
    public void choose(String item) {
        Ui.act(() -> {
            widget.select(widget.indexOf(item));
            Ui.send(widget, SWT.Selection);
        });
    }

    public void setSelection(String item) {
        Ui.act(() -> widget.select(widget.indexOf(item)));
    }
}
