package dev.ringside.ide.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ringside.debug.core.VmDebugTarget;
import dev.ringside.machine.StopReason;
import dev.ringside.testkit.swtbot.Conditions;
import dev.ringside.ui.serial.SerialConsoleView;
import org.eclipse.debug.core.DebugPlugin;
import org.eclipse.debug.core.ILaunch;
import org.eclipse.swt.SWT;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A user's first session: the embedded sample kernel on a real machine, from the hint in the empty view to its last words. */
class SampleKernelTest extends UiTest {
    @AfterEach
    void noProjectIsLeft() throws Exception {
        AsmFixture.deleteProjects();
    }

    @Test
    void theSampleIsBootedSteppedAndRunToItsEnd() throws Exception {
        bot.viewByTitle("Disassembly").bot().link("Boot the sample kernel").click();
        VmDebugTarget guest = launched();
        waitForStop(guest, 0);
        assertEquals(new StopReason.Entry(), guest.stop());
        assertEquals("start:", labelAtProgramCounter(guest));

        // From 32-bit mode into 64-bit mode, to a breakpoint set in the ruler.
        bot.pressShortcut(SWT.F6);
        waitForStop(guest, 1);
        runToBreakpoint(guest, "long_mode", 2);
        runToBreakpoint(guest, "touch_lazy_page", 3);
        bot.viewByTitle("Debug").bot().tree().expandNode("Sample kernel [Guest kernel]", "Sample kernel", "CPU 0 (breakpoint)").getNode("touch_lazy_page");
        Screenshots.take(bot, "sample-at-breakpoint");
        assertConsoleSays("Hello from 64-bit mode.");

        // Three steps, each with what it changed; the third store faults and ends in the page-fault handler.
        bot.pressShortcut(SWT.F6);
        waitForStop(guest, 4);
        assertChanged("RIP", "RBX");
        assertEquals(address(0x40000000), register("RBX").cell(1));
        bot.pressShortcut(SWT.F6);
        waitForStop(guest, 5);
        assertChanged("RIP", "RAX");
        assertEquals(address(0x1122334455667788L), register("RAX").cell(1));
        bot.pressShortcut(SWT.F5);
        waitForStop(guest, 6);
        assertChanged("RIP", "RSP");
        assertTrue(guest.stopVcpu().getTopStackFrame().symbol().startsWith("page_fault_entry"), guest.stopVcpu().getTopStackFrame().getName());

        bot.pressShortcut(SWT.F8);
        bot.waitUntil(Conditions.that(() -> "it goes on: " + guest.stop(), guest::isTerminated));
        assertConsoleSays("Powering off.");
        assertEquals("Sample kernel: the guest powered off", bot.label("Sample kernel: the guest"));
    }

    private void runToBreakpoint(VmDebugTarget guest, String label, int stop) {
        int before = Guests.breakpoints().length;
        bot.waitUntil(Conditions.that(() -> "no line " + label, () -> disassembly().indexOf(label + ":", SYMBOL) >= 0));
        disassembly().doubleClick(disassembly().indexOf(label + ":", SYMBOL), RULER);
        bot.waitUntil(Conditions.that("no breakpoint was set", () -> Guests.breakpoints().length == before + 1));
        bot.pressShortcut(SWT.F8);
        waitForStop(guest, stop);
        assertEquals(label + ":", labelAtProgramCounter(guest));
    }

    private void assertConsoleSays(String line) {
        SerialConsoleView console = bot.viewByTitle("Serial Console").part(SerialConsoleView.class);
        bot.waitUntil(Conditions.that(() -> "the console says: " + text(console), () -> text(console).contains(line)));
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

    private void assertChanged(String... registers) {
        for (String name : registers) {
            assertTrue(register(name).isBold(1), name + " is marked");
        }
    }

    private static String text(SerialConsoleView console) {
        return PlatformUi.call(console::text);
    }
}
