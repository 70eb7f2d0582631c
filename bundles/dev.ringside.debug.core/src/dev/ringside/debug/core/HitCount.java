package dev.ringside.debug.core;

import org.eclipse.core.resources.IMarker;
import org.eclipse.core.runtime.CoreException;
import org.eclipse.debug.core.model.IBreakpoint;

/**
 * From which hit on a breakpoint stops a machine. It is kept in the breakpoint's marker and counted by each machine for itself, from its launch or from the last
 * change of the breakpoint on.
 */
public final class HitCount {
    static final String ATTRIBUTE = "dev.ringside.debug.core.hitCount";
    private static final int MOST_DIGITS = 9;

    private HitCount() {
    }

    /** 1 for every hit. */
    public static int of(IBreakpoint breakpoint) {
        IMarker marker = breakpoint.getMarker();
        return marker == null ? 1 : Math.max(1, marker.getAttribute(ATTRIBUTE, 1));
    }

    /** @param count from 1 */
    public static void set(IBreakpoint breakpoint, int count) throws CoreException {
        breakpoint.getMarker().setAttribute(ATTRIBUTE, count);
    }

    /** What is wrong with a count as typed, in one line; null when nothing is. Nothing typed means every hit. */
    public static String problem(String typed) {
        String text = typed.strip();
        boolean number = text.isEmpty() || text.matches("\\d{1," + MOST_DIGITS + "}") && Integer.parseInt(text) > 0;
        return number ? null : "Hit count: \"" + text + "\" is not a number from 1 to 999999999";
    }

    /** Of what {@link #problem} has nothing against. */
    public static int parse(String typed) {
        return typed.isBlank() ? 1 : Integer.parseInt(typed.strip());
    }

    /** For lists: nothing for every hit, else {@code  [hit count: 3]}. */
    public static String suffix(IBreakpoint breakpoint) {
        int count = of(breakpoint);
        return count == 1 ? "" : " [hit count: " + count + "]";
    }
}
