package dev.ringside.ide.tests;

import dev.ringside.debug.core.VmDebugTarget;
import dev.ringside.testkit.swtbot.ScreenshotOnFailure;
import java.nio.file.Path;
import org.eclipse.e4.ui.css.swt.theme.IThemeEngine;
import org.eclipse.swt.SWT;
import org.eclipse.ui.PlatformUI;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ScreenshotTest extends UiTest {
    @AfterEach
    void light() { theme("org.eclipse.e4.ui.css.theme.e4_default"); }

    @Test
    void lightAndDark() throws Exception {
        FakeMachine machine = new FakeMachine(1);
        VmDebugTarget guest = Guests.debug(machine);
        waitForStop(guest, 0);
        disassembly().doubleClick(disassembly().indexOf("loop:", SYMBOL), RULER);
        disassembly().doubleClick(disassembly().indexOf("loop:", SYMBOL)+3, RULER);
        machine.say("\u001b[32mhello\u001b[0m world\r\n# ");
        bot.pressShortcut(SWT.F8);
        waitForStop(guest, 1);
        bot.captureScreenshot(ScreenshotOnFailure.folder().resolve("light.png").toString());
        theme("org.eclipse.e4.ui.css.theme.e4_dark");
        bot.pressShortcut(SWT.F6);
        waitForStop(guest, 2);
        Thread.sleep(500);
        bot.captureScreenshot(ScreenshotOnFailure.folder().resolve("dark.png").toString());
        theme("org.eclipse.e4.ui.css.theme.e4_default");
        bot.viewByTitle("Disassembly").bot();
    }

    private static void theme(String id) {
        PlatformUi.run(() -> ((IThemeEngine) PlatformUI.getWorkbench().getDisplay().getData("org.eclipse.e4.ui.css.swt.theme")).setTheme(id, false));
    }
}
