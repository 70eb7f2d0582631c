package dev.ringside.ide.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.ringside.debug.core.VmDebugTarget;
import dev.ringside.testkit.swtbot.Conditions;
import dev.ringside.testkit.swtbot.SWTBotTable;
import dev.ringside.testkit.swtbot.SWTBotTree;
import dev.ringside.testkit.swtbot.SWTBotTreeItem;
import dev.ringside.testkit.swtbot.SWTWorkbenchBot;
import dev.ringside.testkit.swtbot.ScreenshotOnFailure;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.LongSupplier;
import org.eclipse.core.runtime.ILogListener;
import org.eclipse.core.runtime.IStatus;
import org.eclipse.core.runtime.Platform;
import org.eclipse.debug.ui.DebugUITools;
import org.eclipse.ui.PlatformUI;
import org.eclipse.ui.commands.ICommandService;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.ExtendWith;

/** A test in the real workbench: it finds the perspective as designed and no guest, and leaves none. */
@ExtendWith(ScreenshotOnFailure.class)
abstract class UiTest {
    static final int RULER = 0;
    static final int ADDRESS = 1;
    static final int SYMBOL = 2;
    static final int TEXT = 3;

    final SWTWorkbenchBot bot = new SWTWorkbenchBot();

    private final List<String> errors = new CopyOnWriteArrayList<>();
    private final ILogListener log = (status, plugin) -> {
        if (status.getSeverity() == IStatus.ERROR && !isAboutADeletedConfiguration(status)) {
            errors.add(status.getMessage() + ": " + status.getException());
        }
    };

    @BeforeEach
    void cleanWorkbench() throws Exception {
        Platform.addLogListener(log);
        Guests.removeAll();
        bot.resetWorkbench();
        bot.viewByTitle("Serial Console").show(); // in front of the views that a test before has shown: what is seen asks the machine
        bot.viewByTitle("Debug").show(); // as after a start; the terminal of a test before would take the keys
    }

    @AfterEach
    void noGuestIsLeft() throws Exception {
        bot.closeAllShells();
        Guests.removeAll();
        bot.sync();
        Platform.removeLogListener(log);
        assertEquals(List.of(), errors, "the workbench logged errors");
    }

    /** Tests delete the configurations of guests that the Debug view may still be drawing; no user is that quick. */
    private static boolean isAboutADeletedConfiguration(IStatus status) {
        return String.valueOf(status.getException()).matches("(?s).*DebugException: Launch configuration .* does not exist\\..*");
    }

    /** Errors that a test provokes: they are taken out of the log. */
    List<String> loggedErrors() {
        List<String> logged = List.copyOf(errors);
        errors.clear();
        return logged;
    }

    SWTBotTable disassembly() {
        return bot.viewByTitle("Disassembly").bot().table();
    }

    SWTBotTree registers() {
        return bot.viewByTitle("Registers").bot().tree();
    }

    /** The line of the first group in which the register is. */
    SWTBotTreeItem register(String name) {
        return registers().getAllItems().stream()
                .flatMap(group -> group.getItems().stream())
                .filter(item -> item.getText().equals(name))
                .findFirst().orElseThrow(() -> new AssertionError("no register " + name));
    }

    /** Waits until the machine stands still for the {@code number}th time since its start and the views show it. */
    void waitForStop(VmDebugTarget machine, long number) {
        bot.waitUntil(Conditions.that(() -> "stop " + number + " does not come; it is stop " + machine.stopNumber() + ", " + machine.stop(),
                () -> machine.stopNumber() >= number && machine.stop() != null && machine.stopVcpu().getTopStackFrame() != null));
        // The frame of a stop is there a moment after its number: each condition asks for it anew.
        LongSupplier pc = () -> machine.stopVcpu().getTopStackFrame().pc();
        bot.waitUntil(Conditions.that(() -> "the Registers view does not show the stop at " + address(pc.getAsLong()),
                () -> registers().getAllItems().stream().flatMap(group -> group.getItems().stream())
                        .anyMatch(item -> item.getText().equalsIgnoreCase("rip") && item.cell(1).equals(address(pc.getAsLong())))));
        bot.waitUntil(Conditions.that("the Debug view does not select the frame",
                () -> PlatformUi.call(DebugUITools::getDebugContext) == machine.stopVcpu().getTopStackFrame()));
        bot.waitUntil(Conditions.that("stepping or resuming stays disabled", () -> machine.isTerminated() || PlatformUi.call(() -> isEnabled("StepOver") && isEnabled("Resume"))));
        bot.waitUntil(Conditions.that(() -> "the Disassembly view does not show " + address(pc.getAsLong()), () -> disassembly().indexOf(address(pc.getAsLong()), ADDRESS) >= 0));
        bot.sync();
    }

    /** The platform decides that for each command in the background, some milliseconds after a stop; a key pressed earlier does nothing. */
    private static boolean isEnabled(String command) {
        return PlatformUI.getWorkbench().getService(ICommandService.class).getCommand("org.eclipse.debug.ui.commands." + command).isEnabled();
    }

    static String address(long address) {
        return "%016x".formatted(address);
    }
}
