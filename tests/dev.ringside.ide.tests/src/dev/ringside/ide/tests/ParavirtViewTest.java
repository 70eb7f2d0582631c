package dev.ringside.ide.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ringside.debug.core.AddressBreakpoint;
import dev.ringside.debug.core.VmDebugTarget;
import dev.ringside.debug.core.launch.GuestLaunchConfiguration;
import dev.ringside.machine.MachineControl.AddressKind;
import dev.ringside.machine.StopReason;
import dev.ringside.testkit.swtbot.Conditions;
import dev.ringside.testkit.swtbot.SWTBot;
import dev.ringside.testkit.swtbot.SWTBotTable;
import dev.ringside.testkit.swtbot.SWTBotTree;
import dev.ringside.testkit.swtbot.SWTBotTreeItem;
import dev.ringside.testkit.swtbot.ScreenshotOnFailure;
import dev.ringside.ui.paravirt.ParavirtView;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import org.eclipse.debug.ui.DebugUITools;
import org.eclipse.e4.ui.css.swt.theme.IThemeEngine;
import org.eclipse.swt.SWT;
import org.eclipse.swt.widgets.Event;
import org.eclipse.swt.widgets.TreeItem;
import org.eclipse.ui.IWorkbenchPage;
import org.eclipse.ui.IWorkbenchPartReference;
import org.eclipse.ui.PlatformUI;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The Paravirtual Interface view on the sample that uses each interface, run by a real machine whose questions are counted. */
class ParavirtViewTest extends UiTest {
    private static final String LIGHT = "org.eclipse.e4.ui.css.theme.e4_default";
    /** JMP SHORT to the instruction itself. */
    private static final byte[] JUMP_TO_ITSELF = {(byte) 0xeb, (byte) 0xfe};
    /** Where the sample has its clock page. */
    private static final long PVCLOCK = 0x210040;
    private static final String DARK = "org.eclipse.e4.ui.css.theme.e4_dark";

    private CountedMachine machine;
    private VmDebugTarget guest;
    private SWTBot view;

    @AfterEach
    void asItWas() {
        PlatformUi.run(() -> page().setPartState(reference(), IWorkbenchPage.STATE_RESTORED));
        theme(LIGHT);
    }

    /** The sample up to where {@code symbol} is executed next. */
    private void runTo(String paravirt, String symbol) throws Exception {
        machine = CountedMachine.sample(Map.of(GuestLaunchConfiguration.IMAGE, GuestLaunchConfiguration.SAMPLE_PARAVIRT, GuestLaunchConfiguration.PARAVIRT, paravirt,
                GuestLaunchConfiguration.MEMORY, "16M"));
        guest = Guests.debug(machine.control());
        until(() -> "it does not stand before its first instruction", () -> guest.stop() != null);
        view = bot.viewById(ParavirtView.ID).bot();
        until(() -> "the view says nothing of the machine", () -> view.tree().getAllItems().size() > 0);
        runTo(symbol);
    }

    private void runTo(String symbol) throws Exception {
        AddressBreakpoint breakpoint = AddressBreakpoint.create(symbol);
        long now = guest.stopNumber();
        guest.resume();
        until(() -> symbol + " is not reached: " + guest.stop(), () -> guest.stopNumber() > now && guest.stop() instanceof StopReason.Breakpoint);
        breakpoint.delete();
        selected();
    }

    private void selected() {
        bot.waitUntil(Conditions.that("the Debug view does not select the frame", () -> guest.stopVcpu().getTopStackFrame() != null
                && PlatformUi.call(DebugUITools::getDebugContext) == guest.stopVcpu().getTopStackFrame()));
        bot.sync();
    }

    @Test
    void kvmsPagesHypercallsAndUnusedFeaturesAreThere() throws Exception {
        runTo("kvm,-kvm-asyncpf-int", "power_off");

        SWTBotTable calls = view.table();
        until(() -> "the last hypercall is not shown", () -> calls.rowCount() == 5 && calls.cell(0, 1).equals("hypercall 99"));
        assertTrue(calls.cell(0, 0).startsWith("kvm_unknown_hypercall+"), calls.cell(0, 0));
        assertEquals("-KVM_ENOSYS", calls.cell(0, 2));
        assertEquals("bitmap low 0x1, bitmap high 0x0, lowest APIC ID 0x0, ICR 0x41", calls.cell(4, 3));
        assertEquals("1", calls.cell(4, 2));

        SWTBotTree tree = view.tree();
        until(() -> "no clock page in " + lines(tree, "vcpu0"), () -> lines(tree, "vcpu0", "pvclock").contains("version = 2 : even: consistent"));
        assertTrue(lines(tree, "vcpu0", "pvclock").contains("MSR_KVM_SYSTEM_TIME = 0x0000000000210041 : on, at 0x210040"), lines(tree, "vcpu0", "pvclock").toString());
        assertTrue(lines(tree, "vcpu0", "steal time").contains("steal (ns) = 0 : time in which it could have run and did not"), lines(tree, "vcpu0", "steal time").toString());
        assertTrue(view.text(0).getText().contains("KVM_FEATURE_ASYNC_PF \u2014 runs another task"), view.text(0).getText());
        assertTrue(view.label("kvm: ").contains("the last 5 hypercalls"), view.label("kvm: "));

        open(tree, "CPUID");
        open(tree, "CPUID", "0x40000001 KVM_CPUID_FEATURES");
        until(() -> "the feature leaf stays closed", () -> lines(tree, "CPUID", "0x40000001 KVM_CPUID_FEATURES").stream()
                .anyMatch(line -> line.startsWith("EAX[6] KVM_FEATURE_PV_EOI = 1 : ends interrupts by clearing a bit in memory")));
        assertTrue(lines(tree, "CPUID", "0x40000001 KVM_CPUID_FEATURES").stream().anyMatch(line -> line.startsWith("EAX[14] KVM_FEATURE_ASYNC_PF_INT = 0 : ")));
        picture("paravirt-kvm");
    }

    @Test
    void hypervsInterruptControllerTimersAndMessagesAreThereInBothThemes() throws Exception {
        runTo("hyperv", "hv_post_message");
        SWTBotTree tree = view.tree();
        until(() -> "no SynIC in " + lines(tree, "vp0"), () -> lines(tree, "vp0", "SynIC").contains("SINT2 = empty : vector 0x43"));
        assertTrue(lines(tree, "vp0", "SynIC").contains("SIMP = 0x0000000000222001 : on, at 0x222000"), lines(tree, "vp0", "SynIC").toString());
        open(tree, "vp0", "STIMER0");
        until(() -> "STIMER0 stays closed", () -> lines(tree, "vp0", "STIMER0").contains("CONFIG = 0x0000000000020008 : off, one-shot, auto-enable, to SINT2"));
        assertTrue(lines(tree, "reference time").contains("TscSequence = 1 : another one when the page was rewritten; 0: of no use now"), lines(tree, "reference time").toString());
        assertEquals(2, view.table().rowCount());

        runTo("take_message");

        until(() -> "the message does not lie in its slot: " + lines(tree, "vp0", "SynIC"),
                () -> lines(tree, "vp0", "SynIC").stream().anyMatch(line -> line.equals("SINT2 = type 0x1, 8 bytes from 0x5 : vector 0x43")));
        SWTBotTable calls = view.table();
        until(() -> "the call is not shown", () -> calls.rowCount() == 3);
        assertTrue(calls.cell(0, 0).startsWith("hv_post_message+"), "who called the hypercall page: " + calls.cell(0, 0));
        assertEquals("HvCallPostMessage", calls.cell(0, 1));
        assertEquals(false, PlatformUi.call(() -> calls.widget.getItem(0).getForeground().equals(calls.widget.getItem(1).getForeground())), "only the new call stands out");
        assertEquals(PlatformUi.call(() -> calls.widget.getItem(1).getForeground()), PlatformUi.call(() -> calls.widget.getItem(2).getForeground()));
        picture("paravirt-hyperv");
        theme(DARK);
        bot.sync();
        picture("paravirt-hyperv-dark");
    }

    @Test
    void aHiddenViewAsksNothingAndCatchesUp() throws Exception {
        runTo("kvm", "kvm_kick");
        until(() -> "it is not shown", () -> view.table().rowCount() == 1);

        bot.viewByTitle("Serial Console").show();
        bot.sync();
        machine.questions.clear();
        runTo("kvm_yield");
        assertEquals(0, machine.count("paravirtActivity"), "questions while it cannot be seen");

        bot.viewById(ParavirtView.ID);
        until(() -> "it does not catch up", () -> view.table().rowCount() == 2);
    }

    /** The UI thread is busy until the guest stands again, and hears of the resumption and the stop one after the other; between them, the stop is already there. */
    @Test
    void aStopThatIsHeardOfTwiceIsOneQuestion() throws Exception {
        runTo("kvm", "kvm_kick");
        until(() -> "it is not shown", () -> view.table().rowCount() == 1);
        AddressBreakpoint breakpoint = AddressBreakpoint.create("kvm_yield");
        machine.hold("frames");
        machine.hold("inspect");
        machine.questions.clear();

        PlatformUi.run(() -> {
            long now = guest.stopNumber();
            guest.resume();
            while (guest.stopNumber() == now || guest.stop() == null) {
                Thread.onSpinWait();
            }
        });
        bot.sync();
        assertEquals(0, machine.count("paravirtActivity"), "nobody is told of a stop before its frames are there");
        machine.release("frames");
        until(() -> "the stop is not heard of", () -> machine.count("paravirtActivity") > 0);
        selected();
        machine.release("inspect");
        until(() -> "the second call is not shown", () -> view.table().rowCount() == 2);

        assertEquals(1, machine.count("paravirtActivity"));
        List<Object> asked = machine.firstArguments("inspect");
        assertEquals(asked.stream().distinct().toList(), asked, "every part once");
        assertTrue(asked.stream().allMatch(path -> path instanceof List<?> names && names.getFirst().equals("paravirt")), asked.toString());
        breakpoint.delete();
    }

    /** Its answer is dropped when the guest goes on. It runs for ever, so no stop asks again. */
    @Test
    void whatWasOpenedBeforeTheGuestGoesOnIsShownWhileItRuns() throws Exception {
        runTo("kvm", "kvm_kick");
        SWTBotTree tree = view.tree();
        until(() -> "no part is shown", () -> item(tree, "CPUID") != null);
        machine.control().writeMemory(AddressKind.VIRTUAL, 0, guest.stopVcpu().getTopStackFrame().pc(), JUMP_TO_ITSELF).get();
        machine.hold("inspect");
        item(tree, "CPUID").expand();
        until(() -> "the leaves are not asked for", () -> machine.firstArguments("inspect").contains(List.of("paravirt", "CPUID")));

        guest.resume();
        until(() -> "it does not run", () -> guest.stop() == null);
        bot.sync();
        machine.release("inspect");

        until(() -> "still not known: " + lines(tree, "CPUID"), () -> lines(tree, "CPUID").stream().anyMatch(line -> line.startsWith("0x40000001 KVM_CPUID_FEATURES")));
        assertEquals(null, guest.stop());
        String before = lines(tree, "vcpu0", "pvclock").toString();
        until(() -> "the clock stands: " + before, () -> !lines(tree, "vcpu0", "pvclock").toString().equals(before));
    }

    /** The second opening is a question that takes the place of the first, which is never answered. */
    @Test
    void aQuestionCoversTheUnansweredOneBeforeIt() throws Exception {
        runTo("kvm", "kvm_kick");
        SWTBotTree tree = view.tree();
        until(() -> "no part is shown", () -> item(tree, "MSRs") != null);
        machine.hold("inspect");

        item(tree, "CPUID").expand();
        until(() -> "the leaves are not asked for", () -> machine.firstArguments("inspect").contains(List.of("paravirt", "CPUID")));
        item(tree, "MSRs").expand();
        until(() -> "the MSRs are not asked for", () -> machine.firstArguments("inspect").contains(List.of("paravirt", "MSRs")));
        machine.release("inspect");

        until(() -> "the MSRs are not shown: " + lines(tree, "MSRs"), () -> lines(tree, "MSRs").size() > 5);
        until(() -> "the leaves are not shown: " + lines(tree, "CPUID"), () -> lines(tree, "CPUID").size() > 1);
    }

    @Test
    void whatTheUserChangesIsReadAgain() throws Exception {
        runTo("kvm", "kvm_kick");
        SWTBotTree tree = view.tree();
        until(() -> "no clock page", () -> lines(tree, "vcpu0", "pvclock").contains("version = 2 : even: consistent"));

        guest.stopVcpu().writeMemory(AddressKind.PHYSICAL, PVCLOCK, new byte[] {3}).get();

        until(() -> "the update that is under way is not shown: " + lines(tree, "vcpu0", "pvclock"),
                () -> lines(tree, "vcpu0", "pvclock").stream().anyMatch(line -> line.startsWith("version = 3 : odd")));
    }

    /** Each opening is a question that makes the one before it stale. */
    @Test
    void whatIsOpenedFasterThanTheMachineAnswersIsAllShown() throws Exception {
        runTo("kvm+hyperv", "kvm_steal_time");
        SWTBotTree tree = view.tree();
        until(() -> "not both interfaces are shown", () -> lines(tree, "hyperv").size() > 5 && lines(tree, "kvm").size() > 2);

        PlatformUi.run(() -> List.of(tree.widget.getItems()).forEach(iface -> List.of(iface.getItems()).forEach(ParavirtViewTest::openNow)));
        guest.stopVcpu().stepInto();

        until(() -> "still not known: " + placeholders(tree), () -> placeholders(tree).isEmpty());
        assertTrue(lines(tree, "kvm", "MSRs").stream().anyMatch(line -> line.startsWith("MSR_KVM_WALL_CLOCK_NEW of vcpu0 = 0x0000000000210000")), lines(tree, "kvm", "MSRs").toString());
        assertTrue(lines(tree, "hyperv", "ports").contains("message connection 5 = vp 0, SINT2"), lines(tree, "hyperv", "ports").toString());
    }

    private static void openNow(TreeItem item) {
        if (item.getItemCount() > 0 && !item.getExpanded()) {
            item.setExpanded(true);
            Event event = new Event();
            event.item = item;
            item.getParent().notifyListeners(SWT.Expand, event);
        }
    }

    /** Open parts whose lines have not come. */
    private static List<String> placeholders(SWTBotTree tree) {
        return PlatformUi.call(() -> List.of(tree.widget.getItems()).stream().flatMap(iface -> List.of(iface.getItems()).stream())
                .filter(part -> part.getExpanded() && part.getItemCount() == 1 && part.getItem(0).getText().equals("\u2026")).map(TreeItem::getText).toList());
    }

    @Test
    void withoutAnInterfaceItSaysWhereToChooseOne() throws Exception {
        runTo("none", "power_off");

        until(() -> "it does not say so", () -> view.label("No paravirtual interface").contains("launch configuration"));
        assertEquals(0, view.table().rowCount());
    }

    private void open(SWTBotTree tree, String... path) {
        until(() -> "there is no " + List.of(path), () -> item(tree, path) != null);
        item(tree, path).expand();
    }

    static SWTBotTreeItem item(SWTBotTree tree, String... path) {
        SWTBotTreeItem item = tree.getTreeItem(path[0]);
        for (int i = 1; i < path.length; i++) {
            String name = path[i];
            item = item.getItems().stream().filter(line -> line.getText().equals(name)).findFirst().orElseThrow();
        }
        return item;
    }

    /** {@code name = value : meaning} of each line below. */
    static List<String> lines(SWTBotTree tree, String... path) {
        return item(tree, path).getItems().stream()
                .map(line -> line.getText() + " = " + line.cell(1) + (line.cell(2).isEmpty() ? "" : " : " + line.cell(2))).toList();
    }

    private void picture(String name) {
        PlatformUi.run(() -> page().setPartState(reference(), IWorkbenchPage.STATE_MAXIMIZED));
        bot.sync();
        bot.workbenchShell().captureScreenshot(ScreenshotOnFailure.folder().resolve(name + ".png").toString());
    }

    private void until(Supplier<String> otherwise, Callable<Boolean> condition) {
        bot.waitUntil(Conditions.that(otherwise, () -> {
            try {
                return condition.call();
            } catch (java.util.NoSuchElementException notYet) {
                return false;
            }
        }));
    }

    private static IWorkbenchPage page() {
        return PlatformUI.getWorkbench().getWorkbenchWindows()[0].getActivePage();
    }

    private static IWorkbenchPartReference reference() {
        return page().findViewReference(ParavirtView.ID);
    }

    private static void theme(String id) {
        PlatformUi.run(() -> ((IThemeEngine) PlatformUI.getWorkbench().getDisplay().getData("org.eclipse.e4.ui.css.swt.theme")).setTheme(id, false));
    }
}
