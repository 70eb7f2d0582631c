package dev.ringside.ide.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ringside.debug.core.VmDebugTarget;
import dev.ringside.debug.core.launch.GuestLaunchConfiguration;
import dev.ringside.machine.StopReason;
import dev.ringside.testkit.swtbot.Conditions;
import java.util.Objects;
import java.util.stream.Stream;
import org.eclipse.debug.core.DebugPlugin;
import org.eclipse.debug.core.ILaunch;
import org.eclipse.debug.core.ILaunchConfigurationWorkingCopy;
import org.eclipse.debug.core.ILaunchManager;
import org.eclipse.debug.core.model.IDebugTarget;
import org.eclipse.debug.ui.DebugUITools;
import org.eclipse.swt.SWT;
import org.junit.jupiter.api.Test;

/** Starting again what was started before, and the keys that end a function and a run. */
class LaunchHistoryTest extends UiTest {
    private VmDebugTarget debugSample() throws Exception {
        ILaunchConfigurationWorkingCopy configuration = Guests.configuration("history");
        configuration.setAttribute(GuestLaunchConfiguration.IMAGE, GuestLaunchConfiguration.SAMPLE_KERNEL);
        var saved = configuration.doSave();
        PlatformUi.run(() -> DebugUITools.launch(saved, ILaunchManager.DEBUG_MODE));
        return running(null);
    }

    @Test
    void aTerminatedGuestIsStartedAgainFromTheHistory() throws Exception {
        VmDebugTarget first = debugSample();
        bot.pressShortcut(SWT.F6);
        waitForStop(first, 1);

        bot.pressShortcut(SWT.CTRL, SWT.F2);
        bot.waitUntil(Conditions.that("it is not terminated", first::isTerminated));
        bot.menu("Run").menu("Debug History").menu("1 history").click();

        VmDebugTarget second = running(first);
        assertEquals(new StopReason.Entry(), second.stop());
        assertEquals("history: stopped at entry", bot.label("history: "));
    }

    @Test
    void f11StartsTheLastOneAgain() throws Exception {
        VmDebugTarget first = debugSample();
        first.terminate();
        bot.waitUntil(Conditions.that("it is not terminated", first::isClosed));

        bot.pressShortcut(SWT.F11);

        running(first);
    }

    @Test
    void terminateAndRelaunchIsOneClickInTheDebugView() throws Exception {
        VmDebugTarget first = debugSample();
        bot.viewByTitle("Debug").show();
        bot.viewByTitle("Debug").bot().tree().expandNode("history [Guest kernel]", "history").select();
        bot.sync();

        bot.viewByTitle("Debug").bot().tree().contextMenu("Terminate and Relaunch").click();

        VmDebugTarget second = running(first);
        assertTrue(first.isClosed());
        assertEquals(new StopReason.Entry(), second.stop());
    }

    @Test
    void f7RunsToTheEndOfTheFunction() throws Exception {
        VmDebugTarget guest = debugSample();
        guest.vcpus().getFirst().runTo(guest.machine().symbols().addressOf("build_page_tables"));
        waitForStop(guest, 1);

        bot.pressShortcut(SWT.F7);

        waitForStop(guest, 2);
        assertEquals(new StopReason.Stepped(), guest.stop());
        String where = guest.stopVcpu().getTopStackFrame().symbol();
        assertTrue(where.startsWith("start+"), where);
    }

    /** The machine that is there instead of {@code before}, at its first stop. */
    private VmDebugTarget running(VmDebugTarget before) {
        bot.waitUntil(Conditions.that("nothing was launched", () -> target(before) != null));
        VmDebugTarget machine = (VmDebugTarget) target(before);
        waitForStop(machine, 0);
        return machine;
    }

    private static IDebugTarget target(VmDebugTarget before) {
        return Stream.of(DebugPlugin.getDefault().getLaunchManager().getLaunches()).map(ILaunch::getDebugTarget).filter(Objects::nonNull)
                .filter(target -> target != before && !target.isTerminated()).findFirst().orElse(null);
    }
}
