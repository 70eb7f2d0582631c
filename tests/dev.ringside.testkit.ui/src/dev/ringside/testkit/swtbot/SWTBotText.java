package dev.ringside.testkit.swtbot;

import org.eclipse.swt.SWT;
import org.eclipse.swt.widgets.Event;
import org.eclipse.swt.widgets.Text;

/** A text field. */
public final class SWTBotText extends AbstractSWTBot<Text> {
    SWTBotText(Text widget) {
        super(widget);
    }

    public String getText() {
        return Ui.call(widget::getText);
    }

    public SWTBotText setText(String text) {
        Ui.act(() -> widget.setText(text));
        return this;
    }

    /** Presses Return in it. */
    public void pressReturn() {
        Ui.act(() -> {
            Event event = new Event();
            event.detail = SWT.TRAVERSE_RETURN;
            event.doit = true;
            Ui.send(widget, SWT.Traverse, event);
        });
    }
}
