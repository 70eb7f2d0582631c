package dev.ringside.testkit.swtbot;

import org.eclipse.swt.SWT;
import org.eclipse.swt.widgets.Button;
import org.eclipse.swt.widgets.Control;

/** One of several choices. */
public final class SWTBotRadio extends AbstractSWTBot<Button> {
    SWTBotRadio(Button widget) {
        super(widget);
    }

    public boolean isSelected() {
        return Ui.call(widget::getSelection);
    }

    /** The others of its group are no longer chosen, as a mouse click would have it. */
    public void click() {
        Ui.act(() -> {
            for (Control sibling : widget.getParent().getChildren()) {
                if (sibling instanceof Button other && (other.getStyle() & SWT.RADIO) != 0 && other.getSelection() != (other == widget)) {
                    other.setSelection(other == widget);
                    Ui.send(other, SWT.Selection);
                }
            }
        });
    }
}
