package dev.ringside.ide.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ringside.debug.core.AddressBreakpoint;
import dev.ringside.debug.core.VmDebugTarget;
import dev.ringside.debug.core.launch.GuestLaunchConfiguration;
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
import org.eclipse.ui.IWorkbenchPage;
import org.eclipse.ui.IWorkbenchPartReference;
import org.eclipse.ui.PlatformUI;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The Paravirtual Interface view on the sample that uses each interface, run by a real machine whose questions are counted. */
class ParavirtViewTest extends UiTest {
    private static final String LIGHT = "org.eclipse.e4.ui.css.theme.e4_default";
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
        bot.waitUntil(Conditions.that("the Debug view does not select the frame", () -> PlatformUi.call(DebugUITools::getDebugContext) == guest.stopVcpu().getTopStackFrame()));
        maximize();
    }

    /** So that all of it is on the screen: only that is asked for. A stop brings the Debug view up and ends it. */
    private void maximize() {
        PlatformUi.run(() -> {
            page().setPartState(reference(), IWorkbenchPage.STATE_RESTORED);
            page().setPartState(reference(), IWorkbenchPage.STATE_MAXIMIZED);
        });
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
        assertTrue(lines(tree, "vcpu0", "steal time").contains("steal (ns) = 0"), lines(tree, "vcpu0", "steal time").toString());
        assertTrue(view.text(0).getText().contains("KVM_FEATURE_ASYNC_PF is offered and not used: a guest that uses it runs another task"), view.text(0).getText());
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
        assertTrue(lines(tree, "reference time").contains("TscSequence = 1"), lines(tree, "reference time").toString());
        assertEquals(2, view.table().rowCount());

        runTo("take_message");

        until(() -> "the message does not lie in its slot: " + lines(tree, "vp0", "SynIC"),
                () -> lines(tree, "vp0", "SynIC").stream().anyMatch(line -> line.equals("SINT2 = type 0x1, 8 bytes from 0x5 : vector 0x43")));
        SWTBotTable calls = view.table();
        until(() -> "the call is not shown", () -> calls.rowCount() == 3);
        assertTrue(calls.cell(0, 0).startsWith("hv_post_message+"), "who called the hypercall page: " + calls.cell(0, 0));
        assertEquals("HvCallPostMessage", calls.cell(0, 1));
        picture("paravirt-hyperv");
        theme(DARK);
        bot.sync();
        picture("paravirt-hyperv-dark");
    }

    @Test
    void aStopIsOneQuestionAndAHiddenViewAsksNone() throws Exception {
        runTo("kvm", "kvm_kick");
        until(() -> "it is not shown", () -> view.table().rowCount() == 1);
        bot.sync();
        machine.questions.clear();

        runTo("kvm_yield");
        until(() -> "the second call is not shown", () -> view.table().rowCount() == 2);
        bot.sync();

        assertEquals(1, machine.count("paravirtActivity"));
        List<Object> asked = machine.firstArguments("inspect");
        assertEquals(asked.stream().distinct().toList(), asked, "every part once");
        assertTrue(asked.stream().allMatch(path -> path instanceof List<?> names && names.getFirst().equals("paravirt")), asked.toString());

        PlatformUi.run(() -> page().setPartState(reference(), IWorkbenchPage.STATE_RESTORED));
        bot.viewByTitle("Serial Console").show();
        bot.sync();
        machine.questions.clear();
        AddressBreakpoint breakpoint = AddressBreakpoint.create("kvm_clock_pairing");
        long now = guest.stopNumber();
        guest.resume();
        until(() -> "it does not stop", () -> guest.stopNumber() > now && guest.stop() != null);
        breakpoint.delete();
        bot.sync();
        assertEquals(0, machine.count("paravirtActivity"), "questions while it cannot be seen");
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

    private static SWTBotTreeItem item(SWTBotTree tree, String... path) {
        SWTBotTreeItem item = tree.getTreeItem(path[0]);
        for (int i = 1; i < path.length; i++) {
            String name = path[i];
            item = item.getItems().stream().filter(line -> line.getText().equals(name)).findFirst().orElseThrow();
        }
        return item;
    }

    /** {@code name = value : meaning} of each line below. */
    private static List<String> lines(SWTBotTree tree, String... path) {
        return item(tree, path).getItems().stream()
                .map(line -> line.getText() + " = " + line.cell(1) + (line.cell(2).isEmpty() ? "" : " : " + line.cell(2))).toList();
    }

    private void picture(String name) {
        maximize();
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
