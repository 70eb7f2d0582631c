package dev.ringside.testkit.swtbot;

import org.eclipse.swt.SWT;
import org.eclipse.swt.widgets.Control;
import org.eclipse.swt.widgets.Menu;
import org.eclipse.swt.widgets.Widget;

/**
 * A widget in the hands of a test.
 *
 * @param <T> the widget
 */
public abstract class AbstractSWTBot<T extends Widget> {
    /** Touched on the UI thread only. */
    public final T widget;

    AbstractSWTBot(T widget) {
        this.widget = widget;
    }

    public boolean isEnabled() {
        return Ui.call(() -> !(widget instanceof Control control) || control.isEnabled());
    }

    public void setFocus() {
        if (widget instanceof Control control) {
            Ui.act(control::setFocus);
        }
    }

    /** @param modifiers such as {@code SWT.MOD1 | SWT.MOD2}; @param key upper case for letters */
    public void pressShortcut(int modifiers, char key) {
        char typed = (modifiers & SWT.MOD1) != 0 ? (char) (key & 0x1f) : key;
        Ui.pressShortcut((Control) widget, modifiers, Character.toLowerCase(key), typed);
    }

    /** @param keyCode such as {@code SWT.F6} */
    public void pressShortcut(int keyCode) {
        char character = keyCode == SWT.CR || keyCode == SWT.ESC ? (char) keyCode : 0;
        Ui.pressShortcut((Control) widget, SWT.NONE, keyCode, character);
    }

    public SWTBotMenu contextMenu(String text) {
        Menu menu = Ui.call(() -> ((Control) widget).getMenu());
        return SWTBotMenu.find(menu, text);
    }
}
