package dev.ringside.testkit.swtbot;

import org.eclipse.swt.SWT;
import org.eclipse.swt.widgets.Link;

/** Text with a link in it. */
public final class SWTBotLink extends AbstractSWTBot<Link> {
    SWTBotLink(Link widget) {
        super(widget);
    }

    public void click() {
        Ui.act(() -> Ui.send(widget, SWT.Selection));
    }
}
