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

    /** Waits until it is enabled: the workbench decides that a little later than what it depends on. */
    public void click() {
        Ui.waitUntil(Conditions.that(() -> "the button \"" + Ui.call(widget::getToolTipText) + "\" is disabled", this::isEnabled), Ui.TIMEOUT_MILLIS / 2);
        Ui.act(() -> Ui.send(widget, SWT.Selection));
    }
}
