package dev.ringside.ide.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ringside.debug.core.VmDebugTarget;
import dev.ringside.machine.EndReason;
import dev.ringside.machine.StopReason;
import dev.ringside.testkit.swtbot.Conditions;
import dev.ringside.testkit.swtbot.SWTBotTreeItem;
import dev.ringside.ui.serial.SerialConsoleView;
import java.util.stream.Stream;
import org.eclipse.swt.SWT;
import org.eclipse.swt.widgets.Text;
import org.junit.jupiter.api.Test;

/** The views and keys of a debugging session, on a machine whose every step is known. */
class SteppingTest extends UiTest {
    private final FakeMachine machine = new FakeMachine(1);

    @Test
    void codeWithoutASourceOpensNoEditor() throws Exception {
        VmDebugTarget guest = Guests.debug(new FakeMachine(1));
        waitForStop(guest, 0);
        bot.pressShortcut(SWT.F6);
        waitForStop(guest, 1);
        bot.sync();

        assertEquals(0, PlatformUi.call(() -> AsmFixture.page().getEditorReferences().length));
    }

    @Test
    void aGuestStopsAtItsEntryWithEveryViewFilled() throws Exception {
        VmDebugTarget guest = Guests.debug(machine);

        waitForStop(guest, 0);

        assertEquals("start:", disassembly().cell(disassembly().indexOf(address(FakeMachine.BASE), ADDRESS), SYMBOL));
        assertEquals(address(0), register("rax").cell(1));
        SWTBotTreeItem cpu = bot.viewByTitle("Debug").bot().tree().expandNode("fake [Guest kernel]", "fake", "CPU 0 (at entry)");
        assertEquals("start  0x100000", cpu.getNode("start").getText());
        assertEquals("loop  0x100040", cpu.getNode("loop").getText());
    }

    @Test
    void stepsFollowTheProgramCounterAndMarkWhatChanged() throws Exception {
        VmDebugTarget guest = Guests.debug(machine);
        waitForStop(guest, 0);

        bot.pressShortcut(SWT.F6);
        waitForStop(guest, 1);
        bot.pressShortcut(SWT.F5);
        waitForStop(guest, 2);

        assertEquals(address(FakeMachine.BASE + 8), register("rip").cell(1));
        assertTrue(register("rax").isBold(1), "rax changed");
        assertFalse(register("rbx").isBold(1), "rbx did not");
        assertNotEquals(register("rbx").foregroundColor(1), register("rax").foregroundColor(1));
        assertEquals("start+0x8", register("rip").cell(2));
    }

    @Test
    void oneStopAsksForRegistersOnce() throws Exception {
        VmDebugTarget guest = Guests.debug(machine);
        waitForStop(guest, 0);
        int before = machine.registerQuestions.get();

        bot.pressShortcut(SWT.F6);
        waitForStop(guest, 1);

        assertEquals(1, machine.registerQuestions.get() - before);
    }

    @Test
    void aDoubleClickInTheRulerSetsABreakpointThatStopsTheGuest() throws Exception {
        VmDebugTarget guest = Guests.debug(machine);
        waitForStop(guest, 0);

        disassembly().doubleClick(disassembly().indexOf("loop:", SYMBOL), RULER);
        bot.waitUntil(Conditions.that("no breakpoint was set", () -> Guests.breakpoints().length == 1));
        bot.waitUntil(Conditions.that("the ruler does not show it",
                () -> disassembly().getTableItem(disassembly().indexOf("loop:", SYMBOL)).hasImage(RULER)));
        bot.pressShortcut(SWT.F8);
        waitForStop(guest, 1);

        assertEquals(new StopReason.Breakpoint(FakeMachine.LOOP), guest.stop());
        assertEquals(address(FakeMachine.LOOP), register("rip").cell(1));
    }

    @Test
    void theSelectedLineTakesABreakpointByKeyAndLosesItByTheSameKey() throws Exception {
        VmDebugTarget guest = Guests.debug(machine);
        waitForStop(guest, 0);
        bot.viewByTitle("Disassembly").show();
        disassembly().select(disassembly().indexOf("loop:", SYMBOL));

        disassembly().pressShortcut(SWT.MOD1 | SWT.MOD2, 'B');
        bot.waitUntil(Conditions.that("no breakpoint was set", () -> Guests.breakpoints().length == 1));

        disassembly().pressShortcut(SWT.MOD1 | SWT.MOD2, 'B');
        bot.waitUntil(Conditions.that("the breakpoint stays", () -> Guests.breakpoints().length == 0));
    }

    @Test
    void scrollingUpShowsWhatIsBefore() throws Exception {
        VmDebugTarget guest = Guests.debug(machine);
        waitForStop(guest, 0);
        String first = disassembly().cell(0, ADDRESS);

        disassembly().scrollTo(0);

        bot.waitUntil(Conditions.that("nothing before " + first + " appears", () -> disassembly().indexOf(first, ADDRESS) > 0));
        bot.waitUntil(Conditions.that(() -> "it jumped to " + disassembly().cell(disassembly().topIndex(), ADDRESS),
                () -> disassembly().cell(disassembly().topIndex(), ADDRESS).equals(first)));
    }

    @Test
    void aRegisterIsEditedInPlace() throws Exception {
        VmDebugTarget guest = Guests.debug(machine);
        waitForStop(guest, 0);

        register("rax").doubleClick(1);
        bot.viewByTitle("Registers").bot().text(0).setText("1234").pressReturn();

        bot.waitUntil(Conditions.that(() -> "rax is " + register("rax").cell(1), () -> register("rax").cell(1).equals(address(0x1234))));
        assertEquals("1234", register("rax").cell(1).replaceFirst("^0+", ""));
    }

    @Test
    void aValueThatDoesNotFitIsRefusedInOneLineAndNothingChanges() throws Exception {
        VmDebugTarget guest = Guests.debug(machine);
        waitForStop(guest, 0);

        register("rax").doubleClick(1);
        bot.viewByTitle("Registers").bot().text(0).setText("twelve").pressReturn();
        waitForStatus("rax: \"twelve\" is not a hexadecimal number of up to 64 bits");
        register("ZF").doubleClick(1);
        bot.viewByTitle("Registers").bot().text(0).setText("2").pressReturn();
        waitForStatus("ZF: \"2\" is not a hexadecimal number of up to 1 bits");
        register("rbx").doubleClick(1);
        bot.viewByTitle("Registers").bot().text(0).setText("5").pressReturn();
        waitForStatus("rbx cannot be written");

        assertEquals(address(0), register("rax").cell(1));
        assertEquals(address(0), register("rbx").cell(1));
        register("rax").doubleClick(1);
        bot.viewByTitle("Registers").bot().text(0).setText("0x10").pressReturn();
        bot.waitUntil(Conditions.that("rax stays", () -> register("rax").cell(1).equals(address(0x10))));
        waitForStatus("");
    }

    private void waitForStatus(String line) {
        bot.waitUntil(Conditions.that(() -> "the status line says " + bot.statusLine(), () -> bot.statusLine().equals(line)));
    }

    @Test
    void aFrameFartherOutHasTheRegistersThatAreKnownThere() throws Exception {
        VmDebugTarget guest = Guests.debug(machine);
        waitForStop(guest, 0);
        bot.pressShortcut(SWT.F6);
        waitForStop(guest, 1);

        bot.viewByTitle("Debug").bot().tree().expandNode("fake [Guest kernel]", "fake", "CPU 0 (stepped)").getNode("loop").select();
        bot.waitUntil(Conditions.that(() -> "RIP is " + register("rip").cell(1), () -> register("rip").cell(1).equals(address(FakeMachine.LOOP))));

        assertEquals(address(FakeMachine.STACK + 0x10), register("rsp").cell(1));
        assertEquals(address(FakeMachine.STACK + 0x40), register("rbp").cell(1));
        assertEquals("unknown", register("rax").cell(1));
        assertEquals("unknown", register("ZF").cell(1));
        assertEquals(address(0x1000), register("CR3").cell(1), "the processor's");
        assertFalse(register("rax").isBold(1), "nothing is known to have changed");
        register("rsp").doubleClick(1);
        assertEquals(0, PlatformUi.call(() -> Stream.of(registers().widget.getChildren()).filter(Text.class::isInstance).count()), "it cannot be edited there");
        Screenshots.take(bot, "caller");

        bot.viewByTitle("Debug").bot().tree().expandNode("fake [Guest kernel]", "fake", "CPU 0 (stepped)").getNode("start").select();
        bot.waitUntil(Conditions.that(() -> "rax is " + register("rax").cell(1), () -> register("rax").cell(1).equals(address(0))));
    }

    @Test
    void suspendStopsARunningGuest() throws Exception {
        VmDebugTarget guest = Guests.debug(machine);
        waitForStop(guest, 0);
        bot.pressShortcut(SWT.F8);
        bot.waitUntil(Conditions.that("it does not run", () -> !guest.isSuspended()));

        bot.menu("Run").menu("Suspend").click();

        waitForStop(guest, 1);
        assertEquals(new StopReason.Suspended(), guest.stop());
    }

    @Test
    void theConsoleShowsWhatTheGuestSaysAndTypesIntoIt() throws Exception {
        VmDebugTarget guest = Guests.debug(machine);
        waitForStop(guest, 0);
        SerialConsoleView console = bot.viewByTitle("Serial Console").part(SerialConsoleView.class);

        machine.say("\u001b[1mlogin:\u001b[0m \r\n");
        bot.waitUntil(Conditions.that("the console is silent", () -> text(console).startsWith("login:")));
        PlatformUi.run(() -> console.type("root\r"));

        bot.waitUntil(Conditions.that(() -> "typed: " + machine.typed(), () -> machine.typed().equals("root\r")));
    }

    @Test
    void aRunThatEndsSaysWhyAndStaysOpenForLooking() throws Exception {
        VmDebugTarget guest = Guests.debug(machine);
        waitForStop(guest, 0);

        machine.end(new EndReason.TripleFault("#DF after #GP at 0x100010\nrip=100010"));
        bot.waitUntil(Conditions.that("it has not ended", guest::isTerminated));

        assertEquals("fake: triple fault: #DF after #GP at 0x100010", bot.label("fake: triple fault"));
        bot.viewByTitle("Debug").bot().tree().expandNode("<terminated>fake [Guest kernel]", "fake \u2014 triple fault");
        assertEquals(address(FakeMachine.BASE), register("rip").cell(1));
        assertFalse(guest.vcpus().getFirst().canStepInto());
    }

    @Test
    void terminatingClearsTheViews() throws Exception {
        VmDebugTarget guest = Guests.debug(machine);
        waitForStop(guest, 0);

        bot.menu("Run").menu("Terminate").click();

        bot.waitUntil(Conditions.that("it has not ended", guest::isTerminated));
        bot.viewByTitle("Disassembly").bot().link("Boot the sample kernel");
        assertTrue(guest.isClosed());
    }

    @Test
    void everyCpuIsAThreadAndOnlyTheOneThatStoppedIsSelected() throws Exception {
        FakeMachine two = new FakeMachine(2);
        VmDebugTarget guest = Guests.debug(two);
        waitForStop(guest, 0);

        bot.pressShortcut(SWT.F6);
        waitForStop(guest, 1);

        bot.viewByTitle("Debug").bot().tree().expandNode("fake [Guest kernel]", "fake", "CPU 1 (suspended)");
        bot.viewByTitle("Debug").bot().tree().expandNode("fake [Guest kernel]", "fake", "CPU 0 (stepped)");
    }

    private static String text(SerialConsoleView console) {
        return PlatformUi.call(console::text);
    }
}
