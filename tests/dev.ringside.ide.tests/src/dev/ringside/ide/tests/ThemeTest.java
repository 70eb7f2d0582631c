package dev.ringside.ide.tests;

import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ringside.debug.core.VmDebugTarget;
import dev.ringside.testkit.swtbot.Conditions;
import dev.ringside.testkit.swtbot.SWTBotTreeItem;
import dev.ringside.testkit.swtbot.ScreenshotOnFailure;
import org.eclipse.e4.ui.css.swt.theme.IThemeEngine;
import org.eclipse.swt.SWT;
import org.eclipse.swt.graphics.RGB;
import org.eclipse.ui.PlatformUI;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The views can be read in the light and in the dark theme, also when it changes under them. */
class ThemeTest extends UiTest {
    private static final String LIGHT = "org.eclipse.e4.ui.css.theme.e4_default";
    private static final String DARK = "org.eclipse.e4.ui.css.theme.e4_dark";

    /** As WCAG 2 counts; 3 is its least for large or bold text. */
    private static final double READABLE = 3;

    @AfterEach
    void backToLight() {
        theme(LIGHT);
    }

    @Test
    void changedAndUnchangedRegistersAreReadableInBoth() throws Exception {
        FakeMachine machine = new FakeMachine(1);
        VmDebugTarget guest = Guests.debug(machine);
        waitForStop(guest, 0);
        bot.pressShortcut(SWT.F6);
        waitForStop(guest, 1);
        machine.say("\u001b[32mlogin:\u001b[0m ");
        RGB lightBackground = registers().backgroundColor();
        assertReadable("rip");
        assertReadable("rbx");

        theme(DARK);
        bot.waitUntil(Conditions.that("the theme stays light", () -> !registers().backgroundColor().equals(lightBackground)));
        bot.waitUntil(Conditions.that(() -> "rip has " + register("rip").foregroundColor(1), () -> contrast("rip") >= READABLE));

        assertReadable("rbx");
        assertNotEquals(register("rbx").foregroundColor(1), register("rip").foregroundColor(1));
        bot.workbenchShell().captureScreenshot(ScreenshotOnFailure.folder().resolve("dark-theme.png").toString());
    }

    private void assertReadable(String name) {
        assertTrue(contrast(name) >= READABLE, name + " has a contrast of " + contrast(name));
    }

    private double contrast(String name) {
        SWTBotTreeItem item = register(name);
        double text = luminance(item.foregroundColor(1));
        double background = luminance(registers().backgroundColor());
        return (Math.max(text, background) + 0.05) / (Math.min(text, background) + 0.05);
    }

    private static double luminance(RGB colour) {
        return 0.2126 * linear(colour.red) + 0.7152 * linear(colour.green) + 0.0722 * linear(colour.blue);
    }

    private static double linear(int channel) {
        double share = channel / 255.0;
        return share <= 0.04045 ? share / 12.92 : Math.pow((share + 0.055) / 1.055, 2.4);
    }

    private static void theme(String id) {
        PlatformUi.run(() -> ((IThemeEngine) PlatformUI.getWorkbench().getDisplay().getData("org.eclipse.e4.ui.css.swt.theme")).setTheme(id, false));
    }
}
