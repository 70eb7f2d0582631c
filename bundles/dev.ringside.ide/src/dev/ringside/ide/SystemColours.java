package dev.ringside.ide;

import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.eclipse.e4.ui.css.swt.internal.theme.ThemeEngine;
import org.eclipse.swt.SWT;
import org.eclipse.swt.graphics.Color;
import org.eclipse.swt.graphics.RGB;
import org.eclipse.swt.widgets.Composite;
import org.eclipse.swt.widgets.Control;
import org.eclipse.swt.widgets.Display;
import org.eclipse.swt.widgets.Shell;

/**
 * GTK changes its own colours some frames after a theme was chosen. Whatever the new style sheets leave to the system has until then been given the old theme's
 * colours, and SWT keeps them: white text on the light theme's paper. When the system's colours have really changed, those are taken back and the theme is applied
 * once more.
 */
final class SystemColours {
    private static final int[] DEFAULTS = {SWT.COLOR_LIST_BACKGROUND, SWT.COLOR_LIST_FOREGROUND, SWT.COLOR_WIDGET_BACKGROUND, SWT.COLOR_WIDGET_FOREGROUND};

    private final Display display;
    private List<RGB> known;

    private SystemColours(Display display) {
        this.display = display;
        known = defaults();
    }

    /** UI thread, once for each display. */
    static void follow(Display display) {
        SystemColours colours = new SystemColours(display);
        display.addListener(SWT.Settings, event -> colours.settingsChanged());
    }

    private List<RGB> defaults() {
        return IntStream.of(DEFAULTS).mapToObj(colour -> display.getSystemColor(colour).getRGB()).toList();
    }

    private void settingsChanged() {
        List<RGB> old = known;
        known = defaults();
        if (known.equals(old)) {
            return;
        }
        List<RGB> taken = Stream.of(old, known).flatMap(List::stream).toList();
        for (Shell shell : display.getShells()) {
            takeBack(shell, taken);
        }
        if (display.getData("org.eclipse.e4.ui.css.swt.theme") instanceof ThemeEngine engine && engine.getActiveTheme() != null) {
            engine.setTheme(engine.getActiveTheme(), false, true);
        }
    }

    /**
     * A colour that SWT thinks was never set cannot be taken back, so another one is set first. Lists already tell the new colours and still draw in the old ones.
     *
     * @param taken defaults, old and new; what has another colour was given it by somebody
     */
    private static void takeBack(Control control, List<RGB> taken) {
        Color other = control.getDisplay().getSystemColor(SWT.COLOR_RED);
        if (taken.contains(control.getForeground().getRGB())) {
            control.setForeground(other);
            control.setForeground(null);
        }
        if (taken.contains(control.getBackground().getRGB())) {
            control.setBackground(other);
            control.setBackground(null);
        }
        if (control instanceof Composite composite) {
            for (Control child : composite.getChildren()) {
                takeBack(child, taken);
            }
        }
    }
}
