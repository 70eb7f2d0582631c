package dev.ringside.ide.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ringside.debug.core.VmDebugTarget;
import dev.ringside.machine.StopReason;
import dev.ringside.testkit.swtbot.Conditions;
import org.eclipse.debug.core.DebugPlugin;
import org.eclipse.debug.core.ILaunch;
import org.eclipse.e4.ui.css.swt.theme.IThemeEngine;
import org.eclipse.ui.PlatformUI;
import org.eclipse.ui.intro.IIntroManager;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The welcome page, and where its links lead. */
class WelcomeTest extends UiTest {
    @BeforeEach
    void open() {
        bot.menu("Help").menu("Welcome").click();
        bot.waitUntil(Conditions.that("no welcome page", () -> PlatformUi.call(() -> intro().getIntro() != null)));
    }

    @AfterEach
    void close() throws Exception {
        theme("org.eclipse.e4.ui.css.theme.e4_default");
        PlatformUi.run(() -> intro().closeIntro(intro().getIntro()));
        bot.sync();
        AsmFixture.deleteProjects();
    }

    @Test
    void bootTheSampleKernelLeadsToItStoppedAtEntryWithEveryViewFilled() throws Exception {
        Screenshots.take(bot, "welcome");

        bot.link("Boot the sample kernel").click();

        bot.waitUntil(Conditions.that("the page stays", () -> PlatformUi.call(() -> intro().getIntro() == null)));
        bot.waitUntil(Conditions.that("nothing was launched", () -> launch() != null && launch().getDebugTarget() != null));
        VmDebugTarget guest = (VmDebugTarget) launch().getDebugTarget();
        waitForStop(guest, 0);
        assertEquals(new StopReason.Entry(), guest.stop());
        bot.waitUntil(Conditions.that("no source is shown", () -> AsmFixture.active() != null));
        assertTrue(registers().getAllItems().size() > 3);
        assertTrue(disassembly().indexOf(address(guest.stopVcpu().getTopStackFrame().pc()), ADDRESS) >= 0);
        assertEquals("Sample kernel: stopped at entry", bot.label("Sample kernel: "));
    }

    @Test
    void itCanBeReadInTheDarkTheme() throws Exception {
        theme("org.eclipse.e4.ui.css.theme.e4_dark");
        bot.sync();
        Screenshots.take(bot, "welcome-dark");
        assertNotNull(bot.link("Install a plug-in"));
    }

    @Test
    void bootMyKernelOpensTheLaunchDialog() {
        bot.link("Boot my kernel").click();

        bot.shell("Debug Configurations").bot().textWithLabel("Image:");
    }

    @Test
    void theTourIsReadInTheHelpView() throws Exception {
        bot.link("Read the tour").click();

        dev.ringside.ide.help.HelpView view = bot.viewByTitle("Help").part(dev.ringside.ide.help.HelpView.class);
        bot.waitUntil(Conditions.that("no tour", () -> PlatformUi.call(view::text).startsWith("The tour\n")));
        Screenshots.take(bot, "tour");
    }

    @Test
    void aGuestProjectIsStartedInItsWizard() {
        bot.link("Start a guest project").click();

        bot.shell("New Guest Project");
    }

    private static IIntroManager intro() {
        return PlatformUI.getWorkbench().getIntroManager();
    }

    private static ILaunch launch() {
        ILaunch[] launches = DebugPlugin.getDefault().getLaunchManager().getLaunches();
        return launches.length == 0 ? null : launches[0];
    }

    private static void theme(String id) {
        PlatformUi.run(() -> ((IThemeEngine) PlatformUI.getWorkbench().getDisplay().getData("org.eclipse.e4.ui.css.swt.theme")).setTheme(id, false));
    }
}
