package dev.ringside.ui;

import org.eclipse.swt.graphics.Color;
import org.eclipse.swt.graphics.RGB;
import org.eclipse.swt.widgets.Control;

/**
 * The few colours with a meaning, each readable on the background that a control has under the present theme.
 *
 * @param changed text of what differs from the stop before
 * @param current background of the line that executes next
 * @param caller background of the line to which control will return
 * @param flow text of an instruction that leaves the straight line
 * @param quiet text of what is there but secondary
 * @param bad text of bytes that are no instruction
 */
public record Palette(Color changed, Color current, Color caller, Color flow, Color quiet, Color bad) {

    public static Palette of(Control control) {
        RGB background = control.getBackground().getRGB();
        boolean dark = isDark(background);
        return new Palette(
                dark ? new Color(255, 150, 110) : new Color(190, 40, 0),
                mixed(background, new RGB(60, 170, 90), dark ? 0.40 : 0.28),
                mixed(background, new RGB(90, 140, 220), dark ? 0.30 : 0.20),
                dark ? new Color(130, 180, 255) : new Color(20, 80, 180),
                mixed(control.getForeground().getRGB(), background, 0.35),
                dark ? new Color(255, 120, 120) : new Color(180, 0, 0));
    }

    public static boolean isDark(RGB background) {
        return 299 * background.red + 587 * background.green + 114 * background.blue < 128_000;
    }

    private static Color mixed(RGB from, RGB to, double share) {
        return new Color(mixed(from.red, to.red, share), mixed(from.green, to.green, share), mixed(from.blue, to.blue, share));
    }

    private static int mixed(int from, int to, double share) {
        return (int) Math.round(from + (to - from) * share);
    }
}
