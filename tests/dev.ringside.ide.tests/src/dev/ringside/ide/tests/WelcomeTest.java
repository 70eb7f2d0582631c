package dev.ringside.ide.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ringside.debug.core.VmDebugTarget;
import dev.ringside.machine.StopReason;
import dev.ringside.testkit.swtbot.Conditions;
import dev.ringside.testkit.swtbot.SWTBotTable;
import dev.ringside.ui.memory.MemoryView;
import dev.ringside.ui.serial.SerialConsoleView;
import java.util.stream.Stream;
import org.eclipse.debug.core.DebugPlugin;
import org.eclipse.debug.core.ILaunch;
import org.eclipse.e4.ui.css.swt.theme.IThemeEngine;
import org.eclipse.swt.widgets.Shell;
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
        everyViewShowsTheGuest(guest);
    }

    /** None asks for anything, and none is empty but those that count what has not happened yet. */
    private void everyViewShowsTheGuest(VmDebugTarget guest) {
        bot.viewByTitle("Debug").bot().tree().expandNode("Sample kernel [Guest kernel]", "Sample kernel", "CPU 0 (at entry)").getNode("start");
        bot.viewByTitle("Project Explorer").show().bot().tree().expandNode("Sample kernel").getNode("kernel.asm");
        bot.viewByTitle("Outline").show().bot().tree().getTreeItem("start");
        bot.viewByTitle("Machine").show().bot().tree().getTreeItem("memory");
        MemoryView memory = bot.viewByTitle("Memory").show().part(MemoryView.class);
        bot.waitUntil(Conditions.that("no bytes", () -> PlatformUi.call(memory::text).matches("(?s).*([0-9a-f]{2} ){8}.*")));
        SWTBotTable walk = bot.viewByTitle("Page Walk").show().bot().table();
        bot.waitUntil(Conditions.that("no page walk", () -> walk.rowCount() > 0));
        bot.viewByTitle("VM Exits").show().bot().table();
        bot.viewByTitle("Breakpoints").show().bot().tree();
        bot.viewByTitle("Serial Console").show();
        assertEquals("Sample kernel \u2014 COM1", PlatformUi.call(() -> bot.viewByTitle("Serial Console").part(SerialConsoleView.class).getContentDescription()));
        assertEquals(1, PlatformUi.call(() -> Stream.of(PlatformUI.getWorkbench().getDisplay().getShells()).filter(Shell::isVisible).count()), "windows: no question is open");
        assertEquals(new StopReason.Entry(), guest.stop(), "looking does not run it");
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
