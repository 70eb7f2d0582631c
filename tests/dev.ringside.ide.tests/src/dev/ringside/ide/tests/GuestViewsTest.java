package dev.ringside.ide.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ringside.debug.core.AddressBreakpoint;
import dev.ringside.debug.core.VmDebugTarget;
import dev.ringside.machine.MachineControl.AddressKind;
import dev.ringside.machine.StopReason;
import dev.ringside.testkit.swtbot.Conditions;
import dev.ringside.testkit.swtbot.SWTBot;
import dev.ringside.testkit.swtbot.SWTBotTable;
import dev.ringside.testkit.swtbot.SWTBotTree;
import dev.ringside.testkit.swtbot.SWTBotTreeItem;
import dev.ringside.ui.exits.VmExitsView;
import dev.ringside.ui.guest.GuestFocus;
import dev.ringside.ui.guest.GuestVcpu;
import dev.ringside.ui.machine.MachineView;
import dev.ringside.ui.memory.MemoryView;
import dev.ringside.ui.pagewalk.PageWalkView;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import org.eclipse.e4.ui.css.swt.theme.IThemeEngine;
import org.eclipse.jface.resource.JFaceResources;
import org.eclipse.swt.SWT;
import org.eclipse.swt.dnd.Clipboard;
import org.eclipse.swt.dnd.TextTransfer;
import org.eclipse.swt.graphics.GC;
import org.eclipse.swt.widgets.Canvas;
import org.eclipse.swt.widgets.Display;
import org.eclipse.swt.widgets.Event;
import org.eclipse.ui.IWorkbenchPage;
import org.eclipse.ui.PlatformUI;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Machine, VM Exits, Page Walk and Memory on the sample kernel, run by a real machine whose questions are counted. */
class GuestViewsTest extends UiTest {
    private static final String LIGHT = "org.eclipse.e4.ui.css.theme.e4_default";
    private static final String DARK = "org.eclipse.e4.ui.css.theme.e4_dark";
    /** Unmapped until the sample's page fault. */
    private static final String LAZY_PAGE = "0x40000000";

    private CountedMachine machine;
    private VmDebugTarget guest;

    @AfterEach
    void backToLight() {
        theme(LIGHT);
    }

    private void start(String memory) throws Exception {
        machine = CountedMachine.sample(memory);
        guest = Guests.debug(machine.control(), "Sample kernel");
        stopped(0);
    }

    private void stopped(long number) {
        until(() -> "stop " + number + " does not come: " + guest.stop(), () -> guest.stopNumber() >= number && guest.stop() != null);
        told();
    }

    /** The views hear of a stop a moment after its number changes, and ask as soon as they hear: a test that counts their questions waits for that. */
    private void told() {
        until(() -> "the views are not told of stop " + guest.stopNumber(), () -> PlatformUi.call(() -> {
            GuestVcpu shown = page().getWorkbenchWindow().getService(GuestFocus.class).current();
            return shown != null && shown.machine() == guest && shown.stopNumber() == guest.stopNumber() && !shown.isRunning();
        }));
        bot.sync();
    }

    private void step() {
        long now = guest.stopNumber();
        guest.stopVcpu().stepInto();
        until(() -> "no step", () -> guest.stopNumber() > now && guest.stop() != null);
        told();
    }

    private void runTo(String symbol) throws Exception {
        AddressBreakpoint breakpoint = AddressBreakpoint.create(symbol);
        long now = guest.stopNumber();
        guest.resume();
        until(() -> symbol + " is not reached: " + guest.stop(), () -> guest.stopNumber() > now && guest.stop() instanceof StopReason.Breakpoint);
        breakpoint.delete();
        told();
    }

    private void until(Supplier<String> otherwise, Callable<Boolean> condition) {
        bot.waitUntil(Conditions.that(otherwise, condition));
    }

    // Machine

    @Test
    void theMachineViewAsksForWhatIsOpenAndOnlyWhileItIsSeen() throws Exception {
        start("16M");
        SWTBotTree tree = bot.viewById(MachineView.ID).bot().tree();
        until(() -> "the machine is not shown", () -> has(tree, "memory"));
        tree.getTreeItem("com1").expand();
        until(() -> "com1 stays closed", () -> tree.getTreeItem("com1").getItems().stream().anyMatch(item -> item.getText().equals("IER")));
        machine.questions.clear();

        step();
        until(() -> "a step is not shown", () -> value(tree, "instructions").equals("1"));

        // The serial ports are asked for as well while they are on the screen: their renderer says what their own lines mean.
        assertEquals(List.of(List.of(), List.of("com1"), List.of("com2")), machine.firstArguments("inspect"), "parts asked for");
        assertTrue(tree.getTreeItem("instructions").isBold(1), "what has changed is marked");
        assertFalse(tree.getTreeItem("engine").isBold(1));
        assertEquals("9600 baud, 8N1", tree.getTreeItem("com1").cell(2));

        bot.viewByTitle("Registers").show();
        machine.questions.clear();
        step();
        bot.viewByTitle("Registers").bot().tree();
        assertEquals(0, machine.count("inspect"), "questions while it cannot be seen");

        bot.viewById(MachineView.ID);
        until(() -> "it does not catch up", () -> value(tree, "instructions").equals("2"));
    }

    @Test
    void theMachineViewFindsWhatNobodyHasOpened() throws Exception {
        start("16M");
        SWTBot view = bot.viewById(MachineView.ID).bot();
        until(() -> "the machine is not shown", () -> has(view.tree(), "memory"));

        view.text(0).setText("DLM");

        until(() -> "it finds " + names(view.tree()), () -> names(view.tree()).equals(List.of("com1", "com2")) || names(view.tree()).equals(List.of("com1")));
        assertEquals("DLM:DLL", view.tree().getTreeItem("com1").getItems().getFirst().getText());

        view.text(0).setText("");
        until(() -> "the filter stays", () -> has(view.tree(), "memory"));
    }

    @Test
    void aPartOfTheMachineIsCopiedWithWhatIsBelowIt() throws Exception {
        start("16M");
        SWTBotTree tree = bot.viewById(MachineView.ID).bot().tree();
        until(() -> "the machine is not shown", () -> has(tree, "com1"));
        tree.getTreeItem("com1").expand();
        until(() -> "com1 stays closed", () -> tree.getTreeItem("com1").getItems().stream().anyMatch(item -> item.getText().equals("IER")));
        tree.getTreeItem("com1").select();

        bot.viewByTitle("Machine").toolbarButton("Copy the selected lines with what is below them, or everything that is shown").click();

        String copied = PlatformUi.call(() -> {
            Clipboard clipboard = new Clipboard(Display.getCurrent());
            Object text = clipboard.getContents(TextTransfer.getInstance());
            clipboard.dispose();
            return String.valueOf(text);
        });
        assertTrue(copied.startsWith("com1"), copied);
        assertTrue(copied.contains("IER") && copied.contains("0x00"), copied);
        assertFalse(copied.contains("com2"), copied);
    }

    @Test
    void aRendererThatThrowsIsNamedInItsOwnPlaceAndTheViewGoesOn() throws Exception {
        start("16M");
        BreakableRenderer.broken = true;
        try {
            PlatformUi.run(() -> page().hideView(page().findView(MachineView.ID)));
            SWTBot view = bot.viewById(MachineView.ID).bot();
            view.text(0).setText("pc-testdev");
            until(() -> "it shows " + names(view.tree()), () -> names(view.tree()).equals(List.of("pc-testdev")));
            assertEquals("the renderer of dev.ringside.ide.tests failed: broken on purpose", view.tree().getTreeItem("pc-testdev").cell(2));
            assertEquals(1, loggedErrors().size(), "it is logged once");

            step();
            view.text(0).setText("com1");
            until(() -> "no words for com1", () -> names(view.tree()).equals(List.of("com1")) && view.tree().getTreeItem("com1").cell(2).equals("9600 baud, 8N1"));
            assertEquals(0, loggedErrors().size());
        } finally {
            BreakableRenderer.broken = false;
            PlatformUi.run(() -> page().hideView(page().findView(MachineView.ID)));
        }
    }

    private static IWorkbenchPage page() {
        return PlatformUI.getWorkbench().getWorkbenchWindows()[0].getActivePage();
    }

    private static boolean has(SWTBotTree tree, String name) {
        return names(tree).contains(name);
    }

    private static List<String> names(SWTBotTree tree) {
        return tree.getAllItems().stream().map(SWTBotTreeItem::getText).toList();
    }

    private static String value(SWTBotTree tree, String name) {
        return tree.getTreeItem(name).cell(1);
    }

    // Registers

    @Test
    void aRegisterOf128BitsIsShownWhole() throws Exception {
        start("16M");
        SWTBotTree tree = bot.viewByTitle("Registers").show().bot().tree();
        until(() -> "no registers", () -> has(tree, "SSE"));
        int usual = PlatformUi.call(() -> tree.widget.getColumn(1).getWidth());

        tree.getTreeItem("SSE").expand();

        int digits = PlatformUi.call(() -> {
            GC gc = new GC(tree.widget);
            gc.setFont(JFaceResources.getTextFont());
            int width = gc.stringExtent(tree.getTreeItem("SSE").getNode("XMM0").cell(1)).x;
            gc.dispose();
            return width;
        });
        assertTrue(digits > usual, "the usual width would do");
        until(() -> "its column stays narrow", () -> PlatformUi.call(() -> tree.widget.getColumn(1).getWidth()) > digits);
        Screenshots.take(bot, "sse-registers");
        PlatformUi.run(() -> {
            tree.getTreeItem("SSE").widget.setExpanded(false);
            Event closed = new Event();
            closed.item = tree.getTreeItem("SSE").widget;
            tree.widget.notifyListeners(SWT.Collapse, closed);
        });
        until(() -> "its column stays wide", () -> PlatformUi.call(() -> tree.widget.getColumn(1).getWidth()) == usual);
    }

    // Disassembly

    /** GTK measures every line, also those that nobody sees. */
    @Test
    void disassemblyAsksForThreeScreensOfLines() throws Exception {
        start("16M");
        SWTBotTable table = disassembly();
        until(() -> "no code is shown", () -> table.rowCount() > 0);
        int visible = PlatformUi.call(() -> (table.widget.getClientArea().height - table.widget.getHeaderHeight()) / table.widget.getItemHeight());
        CountedMachine.Question asked = machine.questions.stream().filter(question -> question.name().equals("disassemble")).findFirst().orElseThrow();
        int before = (int) asked.arguments().get(2);
        int after = (int) asked.arguments().get(3);

        assertTrue(before + after <= 3 * Math.max(24, visible + 1), () -> before + " lines before and " + after + " after for the " + visible + " that can be seen");
    }

    // VM exits

    @Test
    void exitsAreCountedSortedAndExplained() throws Exception {
        start("16M");
        SWTBotTable table = bot.viewById(VmExitsView.ID).bot().table();
        assertEquals(0, table.rowCount());

        runTo("touch_lazy_page");
        until(() -> "no exit is shown", () -> table.indexOf("pio", 0) >= 0);
        long counted = machine.control().statistics().join().exits().get("pio");
        until(() -> "pio was counted " + table.cell(table.indexOf("pio", 0), 1) + " times", () -> table.cell(table.indexOf("pio", 0), 1).equals("%,d".formatted(counted)));
        assertEquals("+%,d".formatted(counted), table.cell(table.indexOf("pio", 0), 2));
        assertTrue(table.cell(table.indexOf("pio", 0), 6).startsWith("I/O instruction"));
        assertTrue(table.cell(table.indexOf("pio", 0), 4).matches("\\d+(\\.\\d+)? (ns|\u00b5s|ms|s)"), table.cell(table.indexOf("pio", 0), 4));
        assertEquals("", table.cell(table.indexOf("cr", 0), 4), "what the processor answers by itself takes no time of the machine's");
        assertEquals("pio", table.cell(0, 0), "most first");

        PlatformUi.run(() -> table.widget.getColumn(0).notifyListeners(SWT.Selection, new Event()));
        List<String> reasons = PlatformUi.call(() -> List.of(table.widget.getItems()).stream().filter(item -> !item.getText(3).equals("no exit")).map(item -> item.getText(0)).toList());
        assertEquals(reasons.stream().sorted().toList(), reasons);
    }

    @Test
    void aRunningGuestIsLookedAtAtMostFourTimesASecondAndNotAtAllWhenHidden() throws Exception {
        machine = CountedMachine.of(new FakeMachine(1));
        guest = Guests.debug(machine.control());
        bot.viewById(VmExitsView.ID);
        guest.resume();
        until(() -> "it does not run", () -> guest.stop() == null);
        long start = System.nanoTime();
        machine.questions.clear();

        until(() -> "it is not looked at while it runs", () -> machine.count("statistics") >= 4);

        double seconds = (System.nanoTime() - start) / 1e9;
        assertTrue(machine.count("statistics") <= 4 * seconds + 2, machine.count("statistics") + " looks in " + seconds + " s");

        bot.viewByTitle("Serial Console").show();
        bot.sync();
        machine.questions.clear();
        long hidden = System.nanoTime();
        until(() -> "half a second does not pass", () -> System.nanoTime() - hidden > 600_000_000);
        assertTrue(machine.count("statistics") <= 1, machine.count("statistics") + " looks while hidden");
        guest.suspend();
    }

    // Page walk

    @Test
    void aWalkShowsEachLevelAndWhyItFaults() throws Exception {
        start("16M");
        PageWalkView view = bot.viewById(PageWalkView.ID).part(PageWalkView.class);
        SWTBotTable table = bot.viewByTitle("Page Walk").bot().table();
        until(() -> "no walk of RIP", () -> table.rowCount() == 1 && table.cell(0, 0).equals("no paging"));

        runTo("touch_lazy_page");
        until(() -> "no walk of RIP with paging", () -> table.rowCount() == 3);
        assertEquals(List.of("PML4E", "PDPTE", "PDE"), List.of(table.cell(0, 0), table.cell(1, 0), table.cell(2, 0)));
        assertEquals("0x000000201000", table.cell(0, 1));
        assertTrue(table.cell(2, 4).contains("maps 2 MiB"), table.cell(2, 4));

        PlatformUi.run(() -> view.walk(LAZY_PAGE));
        until(() -> "the walk ends with " + table.cell(table.rowCount() - 1, 4), () -> table.cell(table.rowCount() - 1, 4).contains("not present: #PF"));

        runTo("timer_entry");
        until(() -> "the page is still missing: " + table.cell(table.rowCount() - 1, 4), () -> table.cell(table.rowCount() - 1, 4).contains("maps 4 KiB at 0x300000"));

        PlatformUi.run(() -> view.walk("no_such_symbol"));
        assertEquals("\"no_such_symbol\" is neither an address, a symbol nor a register", bot.viewByTitle("Page Walk").bot().label("no_such_symbol"));
    }

    // Memory

    private MemoryView memory() {
        MemoryView view = bot.viewById(MemoryView.ID).part(MemoryView.class);
        PlatformUi.run(() -> view.showPhysical(false));
        return view;
    }

    @Test
    void memoryIsShownFollowedAndMarkedWithOneQuestionAStop() throws Exception {
        start("16M");
        MemoryView view = memory();
        runTo("wait_for_ticks");
        PlatformUi.run(() -> view.goTo("ticks"));
        long ticks = guest.machine().symbols().addressOf("ticks");
        until(() -> "ticks is not shown: " + text(view), () -> PlatformUi.call(view::selection) == ticks && text(view).contains("00 00 00 00 00 00 00 00"));
        machine.questions.clear();

        runTo("timer_entry");
        step();
        machine.questions.clear();
        step();
        until(() -> "the tick is not marked: " + text(view), () -> PlatformUi.call(() -> view.isChanged(ticks)));

        assertEquals(1, machine.count("readMemory"), "questions at a stop");
        step();
        until(() -> "the mark stays", () -> !PlatformUi.call(() -> view.isChanged(ticks)));
    }

    @Test
    void typedDigitsAndPastedBytesAreWritten() throws Exception {
        start("16M");
        MemoryView view = memory();
        long hello = guest.machine().symbols().addressOf("hello");
        PlatformUi.run(() -> view.goTo("hello"));
        until(() -> "no greeting: " + text(view), () -> text(view).contains("Hello"));

        PlatformUi.run(view::setFocus);
        until(() -> "the bytes have no focus", () -> PlatformUi.call(() -> Display.getCurrent().getFocusControl() instanceof Canvas));
        key('4', 0);
        key('a', 0);

        until(() -> "not written: " + text(view), () -> text(view).contains("Jello") && machine.count("writeMemory") == 2);
        assertEquals("Jello", new String(guest.machine().readMemory(AddressKind.VIRTUAL, 0, hello, 5).join().bytes(), java.nio.charset.StandardCharsets.US_ASCII));
        assertEquals(hello + 1, PlatformUi.call(view::selection), "the next byte is next");
        assertTrue(PlatformUi.call(() -> view.isChanged(hello)), "an edited byte is a changed one");
    }

    @Test
    void portsAreReadAndWrittenOnlyWhenTheUserSaysSo() throws Exception {
        start("16M");
        runTo("touch_lazy_page");
        MemoryView view = memory();
        PlatformUi.run(view::showPorts);
        PlatformUi.run(() -> view.goTo("0x3fd"));
        until(() -> "com1 is not named: " + PlatformUi.call(view::meaning), () -> PlatformUi.call(view::meaning).startsWith("0x3fd  com1   not read"));
        assertTrue(text(view).contains(".. .. .. .. .. .. .. .."), () -> text(view));
        machine.questions.clear();
        step();
        until(() -> "which ports there are is not asked again", () -> machine.count("portMap") == 1);
        assertEquals(0, machine.count("readPorts"), "ports read without being asked to");
        assertEquals(0, machine.count("readMemory"), "memory read while ports are shown");

        // The line status register: transmitter empty, nothing received.
        String before = machine.control().statistics().join().eventHash();
        PlatformUi.run(view::setFocus);
        key(SWT.CR, 0);
        until(() -> "not read: " + text(view), () -> text(view).contains(".. 60 .."));
        assertEquals(1, machine.count("readPorts"));
        assertEquals(before, machine.control().statistics().join().eventHash(), "what a debugger reads is no exit of the guest");

        // The scratch register gets a byte once, when its second digit is typed.
        PlatformUi.run(() -> view.select(0x3ff, 1));
        key('5', 0);
        assertEquals(0, machine.count("writePorts"));
        key('a', 0);
        until(() -> "not written", () -> machine.count("writePorts") == 1);
        PlatformUi.run(() -> view.select(0x3ff, 1));
        bot.viewByTitle("Memory").toolbarButton("Read Selected Ports").click();
        until(() -> "not read back: " + text(view), () -> text(view).contains(".. 5a"));

        step();
        until(() -> "a value of the stop before is shown", () -> !text(view).contains(".. 5a") && !text(view).contains(".. 60"));
        PlatformUi.run(() -> view.goTo("0x10000"));
        until(() -> "it goes beyond the ports", () -> PlatformUi.call(view::selection) == 0x3ff);
    }

    @Test
    void theWholeMemoryOf512MebibytesScrollsAndIsSearched() throws Exception {
        start("512M");
        MemoryView view = memory();
        long last = (512L << 20) - 8;
        guest.machine().writeMemory(AddressKind.PHYSICAL, 0, last, new byte[] {1, 2, 3, 4, 5, 6, 7, 8}).join();
        PlatformUi.run(() -> view.showPhysical(true));

        PlatformUi.run(() -> view.goTo("0x1ffffff0"));
        until(() -> "the end is not shown: " + text(view), () -> text(view).contains("01 02 03 04 05 06 07 08"));

        PlatformUi.run(() -> {
            view.select(0, 1);
            view.find("01 02 03 04 05 06 07 08");
        });
        long start = System.nanoTime();
        until(() -> "the search says " + PlatformUi.call(view::searchOutcome), () -> PlatformUi.call(view::searchOutcome).equals("found"));
        System.out.printf("[speed] search of 512 MiB for 8 bytes: %d ms%n", (System.nanoTime() - start) / 1_000_000);
        assertEquals(last, PlatformUi.call(view::selection));

        machine.hold("readMemory");
        PlatformUi.run(() -> {
            view.select(0, 1);
            view.find("ff ee dd cc bb aa 99 88");
        });
        machine.questions.clear();
        bot.viewByTitle("Memory").bot().button("Cancel").click();
        machine.release("readMemory");
        until(() -> "the search says " + PlatformUi.call(view::searchOutcome), () -> PlatformUi.call(view::searchOutcome).equals("cancelled"));
        assertTrue(machine.count("readMemory") < 5, "a cancelled search went on for " + machine.count("readMemory") + " MiB");
        PlatformUi.run(() -> view.find("nonsense"));
        assertTrue(PlatformUi.call(view::searchOutcome).startsWith("\"nonsense\" is not bytes"));
    }

    @Test
    void aWatchpointOnTheSelectionStopsTheGuestThatWritesThere() throws Exception {
        start("16M");
        MemoryView view = memory();
        long ticks = guest.machine().symbols().addressOf("ticks");
        PlatformUi.run(() -> view.goTo("ticks"));
        until(() -> "ticks is not shown", () -> PlatformUi.call(view::selection) == ticks);
        PlatformUi.run(() -> view.select(ticks, 8));
        bot.viewByTitle("Memory").toolbarButton("Watch Selection for Writes").click();
        until(() -> "no watchpoint", () -> Guests.breakpoints().length == 1);
        bot.viewByTitle("Breakpoints").show();
        bot.viewByTitle("Breakpoints").bot().tree().getTreeItem("ticks (8 bytes, write)");

        long now = guest.stopNumber();
        guest.resume();
        until(() -> "it runs on: " + guest.stop(), () -> guest.stopNumber() > now && guest.stop() != null);

        assertEquals(ticks, ((StopReason.Watchpoint) guest.stop()).dataAddress());
        assertTrue(guest.machine().symbols().nameOf(guest.stopVcpu().getTopStackFrame().pc()).startsWith("timer_entry"));
    }

    // How it looks

    @Test
    void picturesOfTheViewsInBothThemes() throws Exception {
        start("512M");
        runTo("timer_entry");
        SWTBotTree tree = bot.viewById(MachineView.ID).bot().tree();
        until(() -> "the machine is not shown", () -> has(tree, "memory"));
        tree.getTreeItem("com1").expand();
        MemoryView memory = memory();
        PlatformUi.run(() -> memory.goTo("ticks"));
        step();
        step();
        step();
        Screenshots.take(bot, "memory-and-machine");
        PageWalkView walk = bot.viewById(PageWalkView.ID).part(PageWalkView.class);
        PlatformUi.run(() -> walk.walk(LAZY_PAGE));
        Screenshots.take(bot, "page-walk");
        bot.viewById(VmExitsView.ID);
        Screenshots.take(bot, "vm-exits");
        theme(DARK);
        Screenshots.take(bot, "vm-exits-dark");
        bot.viewById(PageWalkView.ID);
        Screenshots.take(bot, "page-walk-dark");
        bot.viewById(MemoryView.ID);
        PlatformUi.run(() -> memory.find("\"Hello\""));
        Screenshots.take(bot, "memory-and-machine-dark");
        PlatformUi.run(memory::showPorts);
        PlatformUi.run(() -> memory.goTo("0x3f8"));
        until(() -> "no ports", () -> PlatformUi.call(memory::meaning).startsWith("0x3f8  com1"));
        PlatformUi.run(() -> memory.select(0x3f8, 8));
        bot.viewByTitle("Memory").toolbarButton("Read Selected Ports").click();
        until(() -> "not read: " + text(memory), () -> text(memory).contains(" 60 "));
        Screenshots.take(bot, "memory-ports-dark");
    }

    private static void theme(String id) {
        PlatformUi.run(() -> ((IThemeEngine) PlatformUI.getWorkbench().getDisplay().getData("org.eclipse.e4.ui.css.swt.theme")).setTheme(id, false));
    }

    private static String text(MemoryView view) {
        return PlatformUi.call(view::text);
    }

    private static void key(char character, int keyCode) {
        PlatformUi.run(() -> {
            Event event = new Event();
            event.character = character;
            event.keyCode = keyCode == 0 ? character : keyCode;
            event.doit = true;
            Display.getCurrent().getFocusControl().notifyListeners(SWT.KeyDown, event);
        });
    }
}
