package dev.ringside.ide.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ringside.debug.core.AddressBreakpoint;
import dev.ringside.debug.core.DataWatchpoint;
import dev.ringside.debug.core.DebugCore;
import dev.ringside.debug.core.HitCount;
import dev.ringside.debug.core.SourceLineBreakpoint;
import dev.ringside.debug.core.VmDebugTarget;
import dev.ringside.machine.StopReason;
import dev.ringside.samples.Sample;
import dev.ringside.testkit.swtbot.Conditions;
import dev.ringside.testkit.swtbot.SWTBot;
import dev.ringside.testkit.swtbot.SWTBotShell;
import dev.ringside.testkit.swtbot.SWTBotTree;
import java.util.List;
import java.util.function.Predicate;
import org.eclipse.core.resources.IFile;
import org.eclipse.core.resources.IMarker;
import org.eclipse.core.resources.IResource;
import org.eclipse.core.resources.ResourcesPlugin;
import org.eclipse.core.runtime.NullProgressMonitor;
import org.eclipse.debug.core.DebugPlugin;
import org.eclipse.debug.core.model.IBreakpoint;
import org.eclipse.debug.internal.core.BreakpointManager;
import org.eclipse.swt.SWT;
import org.junit.jupiter.api.Test;

/** Breakpoints of the workspace in the machines that run. */
class BreakpointTest extends UiTest {
    private final FakeMachine machine = new FakeMachine(1);

    @Test
    void oneOnASymbolStopsWhereTheSymbolIs() throws Exception {
        AddressBreakpoint.create("loop+0x8");
        VmDebugTarget guest = Guests.debug(machine);

        guest.resume();

        waitForStop(guest, 1);
        assertEquals(new StopReason.Breakpoint(FakeMachine.LOOP + 8), guest.stop());
        assertEquals("loop+0x8", ((AddressBreakpoint) guest.vcpus().getFirst().getBreakpoints()[0]).expression());
    }

    @Test
    void oneThatIsDisabledOrOnAnUnknownSymbolStopsNothing() throws Exception {
        AddressBreakpoint.create("loop").setEnabled(false);
        AddressBreakpoint.create("no_such_symbol");
        AddressBreakpoint.create(FakeMachine.LOOP + 4);
        VmDebugTarget guest = Guests.debug(machine);

        guest.resume();

        waitForStop(guest, 1);
        assertEquals(new StopReason.Breakpoint(FakeMachine.LOOP + 4), guest.stop());
    }

    @Test
    void skippingThemAllLetsTheGuestRunUntilTheyCountAgain() throws Exception {
        AddressBreakpoint.create("loop");
        VmDebugTarget guest = Guests.debug(machine);
        DebugPlugin.getDefault().getBreakpointManager().setEnabled(false);

        guest.resume();
        bot.waitUntil(Conditions.that("it does not run", () -> !guest.isSuspended()));
        DebugPlugin.getDefault().getBreakpointManager().setEnabled(true);

        waitForStop(guest, 1);
        assertEquals(new StopReason.Breakpoint(FakeMachine.LOOP), guest.stop());
    }

    @Test
    void oneIsAddedByItsSymbolAndStopsAtTheHitThatWasAskedFor() throws Exception {
        VmDebugTarget guest = Guests.debug(machine);
        waitForStop(guest, 0);

        bot.menu("Run").menu("Add Breakpoint at Address\u2026").click();
        SWTBot dialog = bot.shell("Add Breakpoint").bot();
        dialog.textWithLabel("Address or symbol:").setText("loop+0x8");
        dialog.textWithLabel("Hit count:").setText("3");
        dialog.text("0x100048 in fake");
        Screenshots.take(bot, "add-breakpoint");
        dialog.button("OK").click();
        bot.waitUntil(Conditions.that("no breakpoint", () -> machine.breakpointCount() == 1));
        bot.pressShortcut(SWT.F8);

        waitForStop(guest, 1);
        assertEquals(new StopReason.Breakpoint(FakeMachine.LOOP + 8), guest.stop());
        assertEquals(2 * FakeMachine.COUNT + 18, machine.statistics().join().instructions(), "two rounds passed, and stop 1 is the first that was told");
        breakpoints().getTreeItem("loop+0x8 [hit count: 3]");
    }

    @Test
    void whatIsNoAddressOrNoCountIsRefusedInOneLine() {
        bot.menu("Run").menu("Add Breakpoint at Address\u2026").click();
        SWTBotShell shell = bot.shell("Add Breakpoint");
        SWTBot dialog = shell.bot();

        dialog.textWithLabel("Address or symbol:").setText("loop+eight");
        dialog.text("\"loop+eight\" is neither an address such as 0x100000 nor a symbol with an offset such as start_kernel+0x10");
        assertFalse(dialog.button("OK").isEnabled());
        dialog.textWithLabel("Address or symbol:").setText("0xzz");
        dialog.text("\"0xzz\" is not a number");
        dialog.textWithLabel("Address or symbol:").setText("loop");
        dialog.textWithLabel("Hit count:").setText("0");
        dialog.text("Hit count: \"0\" is not a number from 1 to 999999999");
        assertFalse(dialog.button("OK").isEnabled());
        dialog.textWithLabel("Hit count:").setText("");
        bot.waitUntil(Conditions.that("it stays refused", () -> dialog.button("OK").isEnabled()));
        dialog.button("Cancel").click();
        assertEquals(0, Guests.breakpoints().length);
    }

    @Test
    void oneIsEditedAndSwitchedOffInTheBreakpointsView() throws Exception {
        AddressBreakpoint breakpoint = AddressBreakpoint.create("loop");
        VmDebugTarget guest = Guests.debug(machine);
        waitForStop(guest, 0);

        breakpoints().getTreeItem("loop").select();
        bot.sync();
        breakpoints().contextMenu("Edit Breakpoint\u2026").click();
        SWTBot dialog = bot.shell("Edit Breakpoint").bot();
        assertEquals("loop", dialog.textWithLabel("Address or symbol:").getText());
        dialog.textWithLabel("Address or symbol:").setText("loop+4");
        dialog.textWithLabel("Hit count:").setText("2");
        dialog.button("OK").click();
        breakpoints().getTreeItem("loop+4 [hit count: 2]");
        AddressBreakpoint other = AddressBreakpoint.create("loop+12");
        breakpoints().getTreeItem("loop+12").check(false);
        bot.waitUntil(Conditions.that("it stays on", () -> !other.isEnabled() && machine.breakpointCount() == 1));
        bot.viewByTitle("Disassembly").show();
        bot.pressShortcut(SWT.F8);

        waitForStop(guest, 1);
        assertEquals(new StopReason.Breakpoint(FakeMachine.LOOP + 4), guest.stop());
        assertEquals(breakpoint, guest.vcpus().getFirst().getBreakpoints()[0]);
        assertEquals(FakeMachine.COUNT + 17, machine.statistics().join().instructions());
    }

    @Test
    void oneIsSwitchedAndEditedWhereTheDisassemblyShowsIt() throws Exception {
        AddressBreakpoint breakpoint = AddressBreakpoint.create("loop");
        VmDebugTarget guest = Guests.debug(machine);
        waitForStop(guest, 0);
        bot.viewByTitle("Disassembly").show();
        assertFalse(disassembly().contextMenu("Edit Breakpoint\u2026").isEnabled(), "there is none on the line that is next");

        disassembly().select(disassembly().indexOf("loop:", SYMBOL));
        disassembly().contextMenu("Enable or Disable Breakpoint").click();
        bot.waitUntil(Conditions.that("it stays on", () -> !breakpoint.isEnabled()));
        disassembly().contextMenu("Enable or Disable Breakpoint").click();
        bot.waitUntil(Conditions.that("it stays off", breakpoint::isEnabled));
        disassembly().contextMenu("Edit Breakpoint\u2026").click();
        SWTBot dialog = bot.shell("Edit Breakpoint").bot();
        dialog.textWithLabel("Hit count:").setText("4");
        dialog.button("OK").click();

        bot.waitUntil(Conditions.that("the count stays", () -> HitCount.of(breakpoint) == 4));
    }

    /** A second manager on the same workspace finds what the next start of the workbench would find. */
    @Test
    void allKindsSurviveTheEndOfTheWorkbench() throws Exception {
        IFile source = AsmFixture.project(Sample.BOOT_SECTOR).getFile("boot.asm");
        AddressBreakpoint.create("start_kernel+0x10", 7);
        AddressBreakpoint.create("0xffffffff81000000").setEnabled(false);
        DataWatchpoint.create("jiffies", 8, false, true);
        SourceLineBreakpoint.create(source, 20);
        ResourcesPlugin.getWorkspace().save(true, new NullProgressMonitor());

        BreakpointManager next = new BreakpointManager();
        List<IBreakpoint> restored = List.of(next.getBreakpoints(DebugCore.ID));
        next.shutdown();

        assertEquals(4, restored.size());
        AddressBreakpoint symbol = find(restored, AddressBreakpoint.class, breakpoint -> breakpoint.expression().equals("start_kernel+0x10"));
        assertEquals(7, HitCount.of(symbol));
        assertTrue(symbol.isEnabled());
        assertFalse(find(restored, AddressBreakpoint.class, breakpoint -> breakpoint.expression().equals("0xffffffff81000000")).isEnabled());
        assertEquals("jiffies (8 bytes, write)", find(restored, DataWatchpoint.class, breakpoint -> true).describe());
        SourceLineBreakpoint line = find(restored, SourceLineBreakpoint.class, breakpoint -> true);
        assertEquals(20, line.line());
        assertEquals(source, line.source());
        AsmFixture.deleteProjects();
    }

    private static <T extends IBreakpoint> T find(List<IBreakpoint> among, Class<T> type, Predicate<T> wanted) {
        return among.stream().filter(type::isInstance).map(type::cast).filter(wanted).findFirst().orElseThrow(() -> new AssertionError(among.toString()));
    }

    private SWTBotTree breakpoints() {
        return bot.viewByTitle("Breakpoints").show().bot().tree();
    }

    @Test
    void theyAreKeptAsMarkersOfTheWorkspace() throws Exception {
        AddressBreakpoint.create("start_kernel");

        IMarker[] markers = ResourcesPlugin.getWorkspace().getRoot().findMarkers(AddressBreakpoint.MARKER_TYPE, false, IResource.DEPTH_ZERO);

        assertEquals(1, markers.length);
        assertEquals(true, markers[0].getAttribute("org.eclipse.debug.core.persisted"));
        assertEquals("start_kernel", markers[0].getAttribute("dev.ringside.debug.core.expression"));
    }
}
