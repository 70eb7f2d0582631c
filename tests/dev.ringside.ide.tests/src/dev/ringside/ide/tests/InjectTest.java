package dev.ringside.ide.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ringside.debug.core.AddressBreakpoint;
import dev.ringside.debug.core.VmDebugTarget;
import dev.ringside.debug.core.launch.GuestLaunchConfiguration;
import dev.ringside.testkit.swtbot.Conditions;
import dev.ringside.testkit.swtbot.SWTBot;
import dev.ringside.testkit.swtbot.SWTBotTable;
import dev.ringside.testkit.swtbot.ScreenshotOnFailure;
import dev.ringside.ui.paravirt.ParavirtView;
import java.util.List;
import java.util.concurrent.Callable;
import org.eclipse.debug.core.ILaunchConfiguration;
import org.eclipse.debug.core.ILaunchConfigurationWorkingCopy;
import org.eclipse.debug.ui.DebugUITools;
import org.eclipse.swt.dnd.Clipboard;
import org.eclipse.swt.dnd.TextTransfer;
import org.eclipse.swt.widgets.Display;
import org.junit.jupiter.api.Test;

/** Faults are injected into a guest that is being debugged, from the view and from the Debug view's menu. */
class InjectTest extends UiTest {
    private static final String BUTTON = "Make the interface misbehave, now or at an instruction";

    private ILaunchConfiguration configuration;
    private VmDebugTarget guest;
    private SWTBot view;

    /** The sample up to {@code symbol}, from a launch configuration that is saved. */
    private void debug(String paravirt, String symbol) throws Exception {
        debug(paravirt, 1, symbol);
    }

    private void debug(String paravirt, int processors, String symbol) throws Exception {
        ILaunchConfigurationWorkingCopy copy = Guests.configuration("sample");
        copy.setAttribute(GuestLaunchConfiguration.IMAGE, GuestLaunchConfiguration.SAMPLE_PARAVIRT);
        copy.setAttribute(GuestLaunchConfiguration.PARAVIRT, paravirt);
        copy.setAttribute(GuestLaunchConfiguration.MEMORY, "16M");
        copy.setAttribute(GuestLaunchConfiguration.CPUS, Integer.toString(processors));
        configuration = copy.doSave();
        view = bot.viewById(ParavirtView.ID).bot();
        guest = Guests.debug(configuration);
        stopped(0);
        runTo(symbol);
    }

    private void runTo(String symbol) throws Exception {
        AddressBreakpoint breakpoint = AddressBreakpoint.create(symbol);
        long now = guest.stopNumber();
        guest.resume();
        stopped(now + 1);
        breakpoint.delete();
    }

    private void stopped(long number) {
        until("it does not stop", () -> guest.stopNumber() >= number && guest.stop() != null && guest.stopVcpu().getTopStackFrame() != null
                && PlatformUi.call(DebugUITools::getDebugContext) == guest.stopVcpu().getTopStackFrame());
        bot.sync();
    }

    private SWTBot open() {
        until("nothing can be injected", () -> bot.viewById(ParavirtView.ID).toolbarButton(BUTTON).isEnabled());
        bot.viewById(ParavirtView.ID).toolbarButton(BUTTON).click();
        return bot.shell("Inject Fault").bot();
    }

    @Test
    void aFaultAtAStopIsInTheSharedPageAndInTheLogAtOnce() throws Exception {
        debug("kvm", "kvm_yield");
        long retired = guest.machine().statistics().get().instructions();
        SWTBot dialog = open();
        assertEquals(List.of("tsc-jump", "guest-stopped", "steal-burst", "apf-storm", "slow-hypercall"), dialog.comboBoxWithLabel("Event:").items());

        dialog.comboBoxWithLabel("Event:").choose("steal-burst");
        dialog.label("100 ms of stolen time at once");
        assertEquals("--inject steal-burst@" + retired, dialog.textWithLabel("Option:").getText());
        bot.captureScreenshot(ScreenshotOnFailure.folder().resolve("inject-dialog.png").toString());
        dialog.button("Inject").click();

        SWTBotTable log = view.table();
        until("it is not in the log", () -> log.cell(0, 0).equals("(injected)"));
        assertEquals(List.of("steal-burst", "has happened", "100 ms of stolen time at once", "%,d".formatted(retired)), List.of(log.cell(0, 1), log.cell(0, 2), log.cell(0, 3), log.cell(0, 5)));
        until("the page does not show it", () -> view.tree().getTreeItem("vcpu0").getNode("steal time").getNode("steal (ns)").cell(1).equals("100000000"));
        assertTrue(view.tree().getTreeItem("vcpu0").getNode("steal time").getNode("steal (ns)").isBold(1), "it is marked");
        assertEquals("", configuration.getAttribute(GuestLaunchConfiguration.INJECT, ""), "nobody asked for it in further runs");
    }

    @Test
    void aFaultToComeWaitsHappensAndIsThereInTheNextRun() throws Exception {
        debug("kvm", "kvm_kick");
        long later = guest.machine().statistics().get().instructions() + 5;
        bot.viewByTitle("Debug").bot().tree().contextMenu("Inject Fault\u2026").click();
        SWTBot dialog = bot.shell("Inject Fault").bot();
        dialog.comboBoxWithLabel("Event:").choose("guest-stopped");
        dialog.textWithLabel("After instructions:").setText("%,d".formatted(later));
        assertEquals("--inject guest-stopped@" + later, dialog.textWithLabel("Option:").getText());
        dialog.checkBox("Also in further runs of this launch configuration").click();
        dialog.button("Inject").click();

        SWTBotTable log = view.table();
        until("it does not wait", () -> log.cell(0, 2).equals("waits"));
        runTo("kvm_yield");
        until("it does not happen", () -> log.indexOf("has happened", 2) >= 0);
        until("the page does not say so", () -> view.tree().getTreeItem("vcpu0").getNode("pvclock").getNode("PVCLOCK_GUEST_STOPPED").cell(1).equals("1"));

        until("it is not kept", () -> configuration.getAttribute(GuestLaunchConfiguration.INJECT, "").equals("guest-stopped@" + later));
        view.table().contextMenu("Copy Faults as Options").click();
        assertEquals("--inject guest-stopped@" + later, PlatformUi.call(() -> {
            Clipboard clipboard = new Clipboard(Display.getCurrent());
            try {
                return clipboard.getContents(TextTransfer.getInstance());
            } finally {
                clipboard.dispose();
            }
        }));
        VmDebugTarget first = guest;
        first.terminate();
        guest = Guests.debug(configuration);
        assertEquals(List.of("guest-stopped@" + later), guest.machine().paravirtActivity().get().injections().stream().map(one -> one.text()).toList());
    }

    @Test
    void whatCannotBeIsRefusedInOneLine() throws Exception {
        debug("hyperv", "hv_post_message");
        long retired = guest.machine().statistics().get().instructions();
        SWTBot dialog = open();
        assertEquals(List.of("tsc-jump", "reenlighten", "message-slots-full", "lost-event", "slow-hypercall"), dialog.comboBoxWithLabel("Event:").items());

        dialog.textWithLabel("After instructions:").setText("soon");
        dialog.text("\"soon\" is not a number of instructions, such as 500000000");
        assertFalse(dialog.button("Inject").isEnabled());
        assertFalse(dialog.button("Copy").isEnabled());

        dialog.textWithLabel("After instructions:").setText("12");
        dialog.text("12 is behind the machine, which has retired %,d instructions".formatted(retired));
        assertFalse(dialog.button("Inject").isEnabled());

        dialog.textWithLabel("After instructions:").setText("5_000_000");
        until("it stays refused", () -> dialog.button("Inject").isEnabled());
        dialog.button("Cancel").click();
    }

    @Test
    void aProcessorIsChosenWhereThereAreSeveral() throws Exception {
        debug("kvm", 2, "kvm_yield");
        long retired = guest.machine().statistics().get().instructions();
        SWTBot dialog = open();
        assertEquals(List.of("the one whose turn it is", "0", "1"), dialog.comboBoxWithLabel("Processor:").items());

        dialog.comboBoxWithLabel("Processor:").choose("1");
        assertEquals("--inject tsc-jump@" + retired + "/1", dialog.textWithLabel("Option:").getText());
        dialog.comboBoxWithLabel("Event:").choose("apf-storm");
        assertFalse(dialog.comboBoxWithLabel("Processor:").isEnabled(), "it meets the whole machine");
        assertEquals("--inject apf-storm@" + retired, dialog.textWithLabel("Option:").getText());
        dialog.comboBoxWithLabel("Event:").choose("tsc-jump");
        dialog.comboBoxWithLabel("Processor:").choose("1");
        dialog.button("Inject").click();

        SWTBotTable log = view.table();
        until("it is not in the log", () -> log.cell(0, 0).equals("(injected)"));
        assertEquals(List.of("tsc-jump", "has happened", "1"), List.of(log.cell(0, 1), log.cell(0, 2), log.cell(0, 4)));
    }

    @Test
    void aGuestWithoutAnInterfaceHasNoFaults() throws Exception {
        debug("none", "power_off");
        assertFalse(bot.viewById(ParavirtView.ID).toolbarButton(BUTTON).isEnabled());

        bot.viewByTitle("Debug").bot().tree().contextMenu("Inject Fault\u2026").click();

        bot.shell("Inject Fault").bot().label("This guest has no paravirtual interface");
    }

    private void until(String otherwise, Callable<Boolean> condition) {
        bot.waitUntil(Conditions.that(otherwise, condition));
    }
}
