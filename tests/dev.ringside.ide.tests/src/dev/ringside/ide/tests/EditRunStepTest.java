package dev.ringside.ide.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ringside.asm.core.GuestProject;
import dev.ringside.asm.ui.editor.AsmEditor;
import dev.ringside.debug.core.VmDebugTarget;
import dev.ringside.samples.Sample;
import dev.ringside.testkit.swtbot.Conditions;
import dev.ringside.ui.serial.SerialConsoleView;
import org.eclipse.core.resources.IFile;
import org.eclipse.debug.core.DebugPlugin;
import org.eclipse.debug.core.ILaunch;
import org.eclipse.swt.SWT;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Edit, run, step: with no tool but the workbench. */
class EditRunStepTest extends UiTest {
    @AfterEach
    void noProjectIsLeft() throws Exception {
        AsmFixture.deleteProjects();
    }

    @Test
    void anErrorIsSeenAndFixedAndTheKernelIsDebuggedLineByLine() throws Exception {
        IFile file = AsmFixture.project(Sample.KERNEL_64).getFile("kernel.asm");
        AsmFixture source = AsmFixture.open(bot, file);

        // An error, seen in the text and, once saved, as a problem of the project.
        source.replace("mov rbx, LAZY_PAGE", "mov rbx, LAZY_PGAE");
        source.waitForErrors(1);
        source.save();
        bot.waitUntil(Conditions.that("no problem", () -> GuestProject.errors(file).size() == 1));
        source.replace("mov rbx, LAZY_PGAE", "mov rbx, LAZY_PAGE");
        source.replace("Hello from 64-bit mode.", "Hello from my own kernel.");
        source.waitForErrors(0);

        // A breakpoint on a line; Debug saves, builds and boots.
        source.cursorAt("touch_lazy_page:", 0);
        bot.pressShortcut(SWT.CTRL | SWT.SHIFT, 'b');
        bot.waitUntil(Conditions.that("no breakpoint", () -> Guests.breakpoints().length == 1));
        source.focus();
        bot.pressShortcut(SWT.F11);
        bot.waitUntil(Conditions.that("nothing was launched", () -> launch() != null && launch().getDebugTarget() != null));
        VmDebugTarget guest = (VmDebugTarget) launch().getDebugTarget();
        waitForStop(guest, 0);
        assertAtLine(source, "start:");

        bot.pressShortcut(SWT.F8);
        waitForStop(guest, 1);
        assertAtLine(source, "mov rbx, LAZY_PAGE");
        assertConsoleSays("Hello from my own kernel.");

        // Three lines.
        bot.pressShortcut(SWT.F6);
        waitForStop(guest, 2);
        assertAtLine(source, "mov rax, 0x1122334455667788");
        assertTrue(register("RBX").isBold(1), "RBX is marked");
        assertEquals(address(0x40000000), register("RBX").cell(1));
        bot.pressShortcut(SWT.F6);
        waitForStop(guest, 3);
        assertEquals(address(0x1122334455667788L), register("RAX").cell(1));
        assertAtLine(source, "mov [rbx], rax");
        Screenshots.take(bot, "stepping-the-source");
        bot.pressShortcut(SWT.F6);
        waitForStop(guest, 4);

        bot.pressShortcut(SWT.F8);
        bot.waitUntil(Conditions.that(() -> "it goes on: " + guest.stop(), guest::isTerminated));
        assertConsoleSays("Powering off.");
    }

    @Test
    void theSampleBootsFromAProjectOfItsOwnWhoseSourceIsShown() throws Exception {
        bot.viewByTitle("Disassembly").bot().link("Boot the sample kernel").click();
        bot.waitUntil(Conditions.that("nothing was launched", () -> launch() != null && launch().getDebugTarget() != null));
        VmDebugTarget guest = (VmDebugTarget) launch().getDebugTarget();
        waitForStop(guest, 0);

        bot.waitUntil(Conditions.that("no source is shown", () -> AsmFixture.active() != null));
        AsmEditor editor = AsmFixture.active();
        assertEquals("kernel.asm", PlatformUi.call(() -> editor.getEditorInput().getName()));
        AsmFixture source = AsmFixture.of(bot, editor);
        assertAtLine(source, "start:");
        Screenshots.take(bot, "sample-at-entry");
    }

    private void assertAtLine(AsmFixture source, String text) {
        int line = source.lineOf(text);
        bot.waitUntil(Conditions.that(() -> "the editor shows line " + source.cursorLine() + " instead of " + line, () -> source.cursorLine() == line));
    }

    private void assertConsoleSays(String line) {
        SerialConsoleView console = bot.viewByTitle("Serial Console").part(SerialConsoleView.class);
        bot.waitUntil(Conditions.that(() -> "the console says: " + PlatformUi.call(console::text), () -> PlatformUi.call(console::text).contains(line)));
    }

    private static ILaunch launch() {
        ILaunch[] launches = DebugPlugin.getDefault().getLaunchManager().getLaunches();
        return launches.length == 0 ? null : launches[0];
    }
}
