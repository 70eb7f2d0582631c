package dev.ringside.testkit.swtbot;

import org.eclipse.swt.widgets.Shell;

/** A window or a dialog. */
public final class SWTBotShell extends AbstractSWTBot<Shell> {
    SWTBotShell(Shell widget) {
        super(widget);
    }

    public String getText() {
        return Ui.call(widget::getText);
    }

    public boolean isOpen() {
        return Ui.call(() -> !widget.isDisposed() && widget.isVisible());
    }

    public SWTBotShell activate() {
        Ui.act(widget::forceActive);
        return this;
    }

    public void close() {
        Ui.act(() -> {
            if (!widget.isDisposed()) {
                widget.close();
            }
        });
    }

    /** The window alone, as a PNG file. */
    public void captureScreenshot(String fileName) {
        bot().captureScreenshot(fileName, widget::getBounds);
    }

    /** Finds widgets in it. */
    public SWTBot bot() {
        return new SWTBot(() -> widget);
    }
}
