package dev.ringside.ide.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ringside.asm.ui.editor.AsmEditor;
import dev.ringside.debug.core.VmDebugTarget;
import dev.ringside.debug.core.launch.GuestLaunchConfiguration;
import dev.ringside.testkit.swtbot.Conditions;
import dev.ringside.testkit.swtbot.SWTBot;
import dev.ringside.testkit.swtbot.SWTBotTree;
import dev.ringside.testkit.swtbot.SWTBotTreeItem;
import dev.ringside.ui.paravirt.ParavirtView;
import dev.ringside.ui.serial.SerialConsoleView;
import java.util.List;
import java.util.NoSuchElementException;
import org.eclipse.debug.core.DebugPlugin;
import org.eclipse.debug.core.ILaunch;
import org.eclipse.swt.SWT;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The teaching project about hypervisors: made by the wizard, stepped line by line with the Paravirtual Interface view open. */
class ParavirtSampleTest extends UiTest {
    private AsmFixture source;
    private VmDebugTarget guest;
    private SWTBotTree tree;

    @AfterEach
    void noProjectIsLeft() throws Exception {
        AsmFixture.deleteProjects();
    }

    @Test
    void theStepsOfHypervAndOfKvmChangeTheirPagesOnTheScreen() throws Exception {
        bot.menu("File").menu("New").menu("Guest Project").click();
        SWTBot wizard = bot.shell("New Guest Project").bot();
        wizard.textWithLabel("Project name:").setText("hypervisors");
        wizard.radio("A kernel that finds its hypervisor").click();
        wizard.button("Finish").click();
        bot.waitUntil(Conditions.that("no editor opens", () -> AsmFixture.active() != null));
        AsmEditor editor = AsmFixture.active();
        assertEquals("paravirt.asm", PlatformUi.call(() -> editor.getEditorInput().getName()));
        source = AsmFixture.of(bot, editor);
        breakpoint("hv_reference_time:", 1);
        breakpoint("kvm_system_time:", 2);

        source.focus();
        bot.pressShortcut(SWT.F11);
        bot.waitUntil(Conditions.that("nothing was launched", () -> launch() != null && launch().getDebugTarget() != null));
        guest = (VmDebugTarget) launch().getDebugTarget();
        assertEquals("kvm+hyperv", launch().getLaunchConfiguration().getAttribute(GuestLaunchConfiguration.PARAVIRT, ""));
        tree = bot.viewById(ParavirtView.ID).bot().tree();
        waitForStop(guest, 0);

        bot.pressShortcut(SWT.F8);
        waitForStop(guest, 1);
        shows("HV_X64_MSR_REFERENCE_TSC = 0x0000000000000000 : off", "hyperv", "reference time");
        stepBehind("mov eax, REFERENCE_TSC | ENABLE", "call write_msr");
        shows("HV_X64_MSR_REFERENCE_TSC = 0x0000000000221001 : on, at 0x221000", "hyperv", "reference time");
        shows("TscSequence = 1 : another one when the page was rewritten; 0: of no use now", "hyperv", "reference time");
        shows("TscScale = 0x028f5c28f5c28f5d : units of 100 ns in a tick; 64 fraction bits", "hyperv", "reference time");
        assertTrue(line("HV_X64_MSR_REFERENCE_TSC", "hyperv", "reference time").isBold(1), "it is marked");

        long now = guest.stopNumber();
        bot.pressShortcut(SWT.F8);
        waitForStop(guest, now + 1);
        shows("MSR_KVM_SYSTEM_TIME = 0x0000000000000000 : off", "kvm", "vcpu0", "pvclock");
        stepBehind("mov eax, PVCLOCK | ENABLE", "call write_msr");
        shows("MSR_KVM_SYSTEM_TIME = 0x0000000000210041 : on, at 0x210040", "kvm", "vcpu0", "pvclock");
        shows("version = 2 : even: consistent", "kvm", "vcpu0", "pvclock");
        PlatformUi.run(() -> tree.widget.setTopItem(ParavirtViewTest.item(tree, "kvm", "vcpu0", "pvclock").widget));
        Screenshots.take(bot, "paravirt-sample");

        bot.pressShortcut(SWT.F8);
        bot.waitUntil(Conditions.that(() -> "it goes on: " + guest.stop(), guest::isTerminated));
        SerialConsoleView console = bot.viewByTitle("Serial Console").part(SerialConsoleView.class);
        bot.waitUntil(Conditions.that(() -> "the console says: " + PlatformUi.call(console::text), () -> PlatformUi.call(console::text).contains("and it goes on.")));
    }

    /** At the line behind a label: the first code there. */
    private void breakpoint(String label, int count) {
        source.cursorAt(label, 0);
        bot.pressShortcut(SWT.CTRL | SWT.SHIFT, 'b');
        bot.waitUntil(Conditions.that("no breakpoint at " + label, () -> Guests.breakpoints().length == count));
    }

    /** Steps over line after line until the one after {@code first} and the {@code next} one has been executed. */
    private void stepBehind(String first, String next) {
        int line = source.lineOf(first) + 1;
        assertEquals(next, source.text().lines().toList().get(line - 1).strip());
        boolean there = false;
        while (!there) {
            there = source.cursorLine() == line;
            int before = source.cursorLine();
            assertTrue(before <= line, "stepped too far: line " + before);
            long now = guest.stopNumber();
            bot.pressShortcut(SWT.F6);
            waitForStop(guest, now + 1);
            bot.waitUntil(Conditions.that("the editor stays at line " + before, () -> source.cursorLine() != before));
        }
    }

    private void shows(String line, String... path) {
        bot.waitUntil(Conditions.that(() -> "no line \"" + line + "\" in " + lines(path), () -> lines(path).contains(line)));
    }

    private SWTBotTreeItem line(String name, String... path) {
        return ParavirtViewTest.item(tree, path).getItems().stream().filter(line -> line.getText().equals(name)).findFirst().orElseThrow();
    }

    private List<String> lines(String... path) {
        try {
            return ParavirtViewTest.lines(tree, path);
        } catch (NoSuchElementException notYet) {
            return List.of();
        }
    }

    private static ILaunch launch() {
        ILaunch[] launches = DebugPlugin.getDefault().getLaunchManager().getLaunches();
        return launches.length == 0 ? null : launches[0];
    }
}
