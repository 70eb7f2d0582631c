package dev.ringside.ide.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ringside.debug.core.VmDebugTarget;
import dev.ringside.machine.StopReason;
import dev.ringside.testkit.swtbot.Conditions;
import dev.ringside.testkit.swtbot.SWTBotTreeItem;
import dev.ringside.ui.serial.SerialConsoleView;
import org.eclipse.debug.core.DebugPlugin;
import org.eclipse.debug.core.ILaunch;
import org.eclipse.swt.SWT;
import org.junit.jupiter.api.Test;

/** A user's first session: the embedded sample kernel on a real machine, from the hint in the empty view to its last words. */
class SampleKernelTest extends UiTest {
    @Test
    void theSampleIsBootedSteppedAndRunToItsEnd() throws Exception {
        bot.viewByTitle("Disassembly").bot().link("Boot the sample kernel").click();
        VmDebugTarget guest = launched();
        waitForStop(guest, 0);
        assertEquals(new StopReason.Entry(), guest.stop());
        assertEquals("start:", labelAtProgramCounter(guest));

        // A breakpoint in the ruler, reached in 64-bit mode.
        bot.pressShortcut(SWT.F6);
        waitForStop(guest, 1);
        setBreakpoint("long_mode");
        bot.pressShortcut(SWT.F8);
        waitForStop(guest, 2);
        assertEquals("long_mode:", labelAtProgramCounter(guest));
        bot.viewByTitle("Debug").bot().tree().expandNode("Sample kernel [Guest kernel]", "Sample kernel", "CPU 0 (breakpoint)").getNode("long_mode");

        // Three steps, each with what it changed.
        bot.pressShortcut(SWT.F6);
        waitForStop(guest, 3);
        assertChanged("rip");
        bot.pressShortcut(SWT.F6);
        waitForStop(guest, 4);
        assertChanged("rip");
        bot.pressShortcut(SWT.F5);
        waitForStop(guest, 5);
        assertChanged("rip");

        bot.pressShortcut(SWT.F8);
        bot.waitUntil(Conditions.that(() -> "it goes on: " + guest.stop(), guest::isTerminated));
        SerialConsoleView console = bot.viewByTitle("Serial Console").part(SerialConsoleView.class);
        bot.waitUntil(Conditions.that(() -> "the console says: " + text(console), () -> text(console).contains("64-bit")));
        assertEquals("Sample kernel: the guest powered off", bot.label("Sample kernel: the guest"));
    }

    private VmDebugTarget launched() {
        bot.waitUntil(Conditions.that("nothing was launched", () -> launch() != null && launch().getDebugTarget() != null));
        return (VmDebugTarget) launch().getDebugTarget();
    }

    private static ILaunch launch() {
        ILaunch[] launches = DebugPlugin.getDefault().getLaunchManager().getLaunches();
        return launches.length == 0 ? null : launches[0];
    }

    private String labelAtProgramCounter(VmDebugTarget guest) {
        return disassembly().cell(disassembly().indexOf(address(guest.stopVcpu().getTopStackFrame().pc()), ADDRESS), SYMBOL);
    }

    private void setBreakpoint(String label) {
        bot.waitUntil(Conditions.that(() -> "no line " + label, () -> disassembly().indexOf(label + ":", SYMBOL) >= 0));
        disassembly().doubleClick(disassembly().indexOf(label + ":", SYMBOL), RULER);
        bot.waitUntil(Conditions.that("no breakpoint was set", () -> Guests.breakpoints().length == 1));
    }

    private void assertChanged(String register) {
        SWTBotTreeItem item = register(register);
        assertTrue(item.isBold(1), register + " is marked");
    }

    private static String text(SerialConsoleView console) {
        return PlatformUi.call(console::text);
    }
}
