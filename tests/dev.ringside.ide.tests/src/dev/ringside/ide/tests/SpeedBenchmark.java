package dev.ringside.ide.tests;

import dev.ringside.debug.core.AddressBreakpoint;
import dev.ringside.debug.core.VmDebugTarget;
import dev.ringside.debug.core.launch.GuestLaunchConfiguration;
import dev.ringside.machine.StopReason;
import dev.ringside.testkit.guests.DebianPackages;
import dev.ringside.testkit.swtbot.Conditions;
import dev.ringside.testkit.swtbot.SWTBotTree;
import dev.ringside.testkit.swtbot.SWTBotTreeItem;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.eclipse.core.runtime.CoreException;
import org.eclipse.debug.core.ILaunchConfigurationWorkingCopy;
import org.eclipse.debug.ui.DebugUITools;
import org.eclipse.swt.widgets.Display;
import org.eclipse.ui.IViewReference;
import org.eclipse.ui.IWorkbenchPage;
import org.eclipse.ui.PartInitException;
import org.eclipse.ui.PlatformUI;
import org.junit.jupiter.api.Test;

/**
 * How fast the workbench answers, printed as lines that begin with {@code [speed]}. No test: numbers depend on the machine and what else it does.
 *
 * <pre>
 * ./ringside test -pl :dev.ringside.ide.tests -am -Dtest=SpeedBenchmark
 * </pre>
 *
 * It steps the sample, and Debian's kernel suspended in the middle of its boot, or the kernel that {@code RINGSIDE_BENCH_IMAGE} names.
 */
class SpeedBenchmark extends UiTest {
    private static final int WARM_UP = 20;
    private static final int STEPS = 60;
    private static final List<String> VIEWS = List.of("dev.ringside.ui.registers", "dev.ringside.ui.disassembly", "dev.ringside.ui.serialConsole", "dev.ringside.ui.machine",
            "dev.ringside.ui.memory", "dev.ringside.ui.vmExits", "dev.ringside.ui.pageWalk", "dev.ringside.ui.paravirt", "org.eclipse.ui.views.ProgressView");

    @Test
    void stepInTheSampleUntilTheScreenIsSettled() throws Exception {
        step(inALoopOfTheSample());
    }

    @Test
    void stepInDebiansKernelUntilTheScreenIsSettled() throws Exception {
        String named = System.getenv("RINGSIDE_BENCH_IMAGE");
        step(suspended(named == null ? DebianPackages.kernel() : Path.of(named)));
    }

    private void step(VmDebugTarget guest) {
        double[] millis = new double[STEPS];
        double[] worked = new double[STEPS];
        for (int i = -WARM_UP; i < STEPS; i++) {
            long stop = guest.stopNumber();
            long used = uiNanos();
            long start = System.nanoTime();
            guest.stopVcpu().stepInto();
            spinUntil(() -> guest.stopNumber() > stop && guest.stop() != null && isShown(guest));
            if (i >= 0) {
                millis[i] = (System.nanoTime() - start) / 1e6;
                worked[i] = (uiNanos() - used) / 1e6;
            }
        }
        Arrays.sort(millis);
        Arrays.sort(worked);
        System.out.printf("[speed] step settled in the default perspective, %s: median %.1f ms, 90 %% %.1f ms, most %.1f ms; the UI thread worked %.1f ms, waiting for it included%n",
                guest.getName(), millis[STEPS / 2], millis[STEPS * 9 / 10], millis[STEPS - 1], worked[STEPS / 2]);
    }

    /** Processor time of the UI thread: what is left of a number when the machine does other things as well. */
    private static long uiNanos() {
        long thread = PlatformUi.call(() -> Thread.currentThread().threadId());
        return ManagementFactory.getThreadMXBean().getThreadCpuTime(thread);
    }

    /** A loop in which every step goes somewhere else: a repeated instruction would be settled before it began. */
    private VmDebugTarget inALoopOfTheSample() throws Exception {
        VmDebugTarget guest = debug("sample", GuestLaunchConfiguration.SAMPLE_KERNEL);
        AddressBreakpoint loop = AddressBreakpoint.create("print");
        guest.resume();
        bot.waitUntil(Conditions.that("it does not print", () -> guest.stop() instanceof StopReason.Breakpoint));
        loop.delete();
        return settled(guest);
    }

    private VmDebugTarget suspended(Path kernel) throws Exception {
        VmDebugTarget guest = debug("kernel", kernel.toString());
        guest.resume();
        bot.waitUntil(Conditions.that("it does not run", () -> guest.machine().statistics().get().instructions() > 300_000_000), 300_000);
        guest.suspend();
        bot.waitUntil(Conditions.that("it does not stop", () -> guest.stop() != null));
        return settled(guest);
    }

    private static VmDebugTarget debug(String name, String image) throws CoreException {
        ILaunchConfigurationWorkingCopy configuration = Guests.configuration(name);
        configuration.setAttribute(GuestLaunchConfiguration.IMAGE, image);
        configuration.setAttribute(GuestLaunchConfiguration.MEMORY, "512M");
        return Guests.debug(configuration);
    }

    private VmDebugTarget settled(VmDebugTarget guest) {
        bot.waitUntil(Conditions.that("the first stop is not shown", () -> isShown(guest)));
        return guest;
    }

    /** The registers, the code and the frame of the present stop are on the screen, and nothing more is to be drawn. */
    private boolean isShown(VmDebugTarget guest) {
        if (guest.stopVcpu().getTopStackFrame() == null) {
            return false;
        }
        String pc = address(guest.stopVcpu().getTopStackFrame().pc());
        SWTBotTree registers = registers();
        boolean shown = registers.getAllItems().stream().flatMap(group -> group.getItems().stream()).anyMatch(item -> isRip(item, pc))
                && disassembly().indexOf(pc, ADDRESS) >= 0
                && PlatformUi.call(DebugUITools::getDebugContext) == guest.stopVcpu().getTopStackFrame();
        bot.sync();
        return shown;
    }

    private static boolean isRip(SWTBotTreeItem item, String pc) {
        return item.getText().equalsIgnoreCase("rip") && item.cell(1).equals(pc);
    }

    /**
     * Each view by itself: with the others closed, none comes up in the place of one that is closed and is made and drawn on the account of the next. The first time makes
     * what stands behind other views in the perspective; Registers, Disassembly and Serial Console were made with the perspective. Progress, which shows nothing, tells
     * what the workbench takes for any view.
     */
    @Test
    void openingEachView() throws Exception {
        CountedMachine machine = CountedMachine.sample("512M");
        VmDebugTarget guest = settled(Guests.debug(machine.control()));
        settle(machine, guest);
        for (String view : VIEWS.reversed()) { // the ones behind before the ones in front of them
            close(view);
        }
        for (int round = 1; round <= 3; round++) {
            for (String view : VIEWS) {
                settle(machine, guest);
                long start = System.nanoTime();
                long used = uiNanos();
                PlatformUi.run(() -> open(view));
                draw();
                double drawn = (System.nanoTime() - start) / 1e6;
                settle(machine, guest);
                System.out.printf("[speed] opening %s, time %d: drawn after %.0f ms, with the machine's answers after %.0f ms, of which the UI thread worked %.0f ms%n",
                        view, round, drawn, (System.nanoTime() - start) / 1e6, (uiNanos() - used) / 1e6);
                close(view);
            }
        }
    }

    /** Until every question is answered and every answer drawn. */
    private static void settle(CountedMachine machine, VmDebugTarget guest) throws Exception {
        int asked;
        do {
            draw();
            asked = machine.questions.size();
            guest.machine().statistics().get(); // is answered after those that were asked before
            draw();
        } while (machine.questions.size() > asked + 1);
    }

    private static void draw() {
        PlatformUi.run(() -> {
            while (Display.getCurrent().readAndDispatch()) {
                // until nothing is left to do
            }
        });
    }

    /** By its reference: {@code findView} would make one that was not seen yet. */
    private static void close(String view) {
        PlatformUi.run(() -> {
            IViewReference reference = page().findViewReference(view);
            if (reference != null) {
                page().hideView(reference);
            }
        });
    }

    private static IWorkbenchPage page() {
        return PlatformUI.getWorkbench().getWorkbenchWindows()[0].getActivePage();
    }

    private static void open(String view) {
        try {
            page().showView(view);
        } catch (PartInitException broken) {
            throw new AssertionError(broken);
        }
    }

    private static void spinUntil(BooleanSupplier condition) {
        long end = System.nanoTime() + 20_000_000_000L;
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > end) {
                throw new AssertionError("it does not settle");
            }
            Thread.onSpinWait();
        }
    }
}
