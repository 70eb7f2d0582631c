package dev.ringside.testkit.swtbot;

import org.eclipse.swt.SWT;
import org.eclipse.swt.widgets.Button;

/** A check box. */
public final class SWTBotCheckBox extends AbstractSWTBot<Button> {
    SWTBotCheckBox(Button widget) {
        super(widget);
    }

    public boolean isChecked() {
        return Ui.call(widget::getSelection);
    }

    public void click() {
        Ui.act(() -> {
            widget.setSelection(!widget.getSelection());
            Ui.send(widget, SWT.Selection);
        });
    }
}
