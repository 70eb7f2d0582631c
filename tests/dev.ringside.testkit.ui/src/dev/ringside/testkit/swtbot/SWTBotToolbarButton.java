package dev.ringside.testkit.swtbot;

import org.eclipse.swt.SWT;
import org.eclipse.swt.widgets.ToolItem;

/** A button of a tool bar. */
public final class SWTBotToolbarButton extends AbstractSWTBot<ToolItem> {
    SWTBotToolbarButton(ToolItem widget) {
        super(widget);
    }

    @Override
    public boolean isEnabled() {
        return Ui.call(widget::isEnabled);
    }

    public void click() {
        if (!isEnabled()) {
            throw new IllegalStateException("the button \"" + Ui.call(widget::getToolTipText) + "\" is disabled");
        }
        Ui.act(() -> Ui.send(widget, SWT.Selection));
    }
}
