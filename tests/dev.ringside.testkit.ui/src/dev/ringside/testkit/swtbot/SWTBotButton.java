package dev.ringside.testkit.swtbot;

import org.eclipse.swt.SWT;
import org.eclipse.swt.widgets.Button;

/** A push button. */
public final class SWTBotButton extends AbstractSWTBot<Button> {
    SWTBotButton(Button widget) {
        super(widget);
    }

    public SWTBotButton click() {
        if (!isEnabled()) {
            throw new IllegalStateException("the button \"" + Ui.call(widget::getText) + "\" is disabled");
        }
        Ui.act(() -> Ui.send(widget, SWT.Selection));
        return this;
    }
}
