package dev.ringside.sample.probe;

import dev.ringside.debug.core.DebugCore;
import dev.ringside.debug.core.VmDebugTarget;
import dev.ringside.debug.core.launch.GuestLaunchConfiguration;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.eclipse.core.runtime.NullProgressMonitor;
import org.eclipse.debug.core.DebugPlugin;
import org.eclipse.debug.core.ILaunchConfigurationWorkingCopy;
import org.eclipse.debug.core.ILaunchManager;
import org.eclipse.swt.widgets.Composite;
import org.eclipse.swt.widgets.Control;
import org.eclipse.swt.widgets.Label;
import org.eclipse.swt.widgets.Text;
import org.eclipse.swt.widgets.Tree;
import org.eclipse.swt.widgets.TreeItem;
import org.eclipse.ui.IStartup;
import org.eclipse.ui.IWorkbench;
import org.eclipse.ui.PlatformUI;
import org.eclipse.swt.widgets.Display;
import org.eclipse.swt.widgets.Shell;

/**
 * Tells how long the start took until the workbench was there; boots the image of the system property {@code ringside.probe.image}, lets it run, and writes what a user would then see of the sample plug-in into the file
 * {@code ringside.probe.report}; then closes the workbench. Without the second property it does nothing; without the first it only tells about the start.
 */
public final class Probe implements IStartup {
    private static final String VIEW = "dev.ringside.sample.plugin.adderView";
    private static final String MACHINE_VIEW = "dev.ringside.ui.machine";
    private static final long TIMEOUT_NANOS = 30_000_000_000L;

    private final List<String> report = new ArrayList<>();

    @Override
    public void earlyStartup() {
        String file = System.getProperty("ringside.probe.report");
        if (file == null) {
            return;
        }
        report.add("started after %d ms, %d ms of processor time".formatted(Instant.now().toEpochMilli() - process().startInstant().orElseThrow().toEpochMilli(),
                process().totalCpuDuration().orElseThrow().toMillis()));
        try {
            if (System.getProperty("ringside.probe.image") != null) {
                look();
            }
            report.add("done");
        } catch (Exception failed) {
            report.add("failed: " + failed);
        }
        try {
            Files.write(Path.of(file), report, StandardCharsets.UTF_8);
        } catch (java.io.IOException unwritable) {
            throw new java.io.UncheckedIOException(unwritable);
        } finally {
            display().asyncExec(() -> PlatformUI.getWorkbench().close());
        }
    }

    private static ProcessHandle.Info process() {
        return ProcessHandle.current().info();
    }

    private void look() throws Exception {
        VmDebugTarget guest = boot(System.getProperty("ringside.probe.image"));
        await("the guest does not run", () -> guest.stop() == null);
        await("the guest executes nothing", () -> guest.machine().statistics().get().instructions() > 100);
        guest.suspend();
        await("the guest does not stop", () -> guest.stop() != null);
        report.add("ebx " + guest.machine().registers(0).get().stream().flatMap(group -> group.registers().stream())
                .filter(register -> register.name().equalsIgnoreCase("rbx")).findFirst().orElseThrow().digits());
        report.add("parts " + guest.machine().inspect(List.of()).get().stream().map(line -> line.name()).toList());
        boolean hasView = PlatformUI.getWorkbench().getViewRegistry().find(VIEW) != null;
        report.add("view " + (hasView ? "registered" : "absent"));
        if (hasView) {
            show(VIEW);
            await("the view shows no registers", () -> !label("ADDEND").isEmpty());
            report.add("view shows " + label("ADDEND").replace('\n', ' '));
        }
        show(MACHINE_VIEW);
        await("the Machine view stays empty", () -> !line("memory").isEmpty());
        display().syncExec(() -> all(Text.class).stream().filter(text -> text.getMessage().startsWith("Filter")).findFirst().orElseThrow().setText("adder"));
        await("the filter finds something else", () -> line("memory").isEmpty());
        await("no words for the adder", () -> line("adder").isEmpty() || !line("adder").endsWith("|"));
        report.add("machine view shows " + line("adder"));
    }

    private static VmDebugTarget boot(String image) throws Exception {
        ILaunchManager launches = DebugPlugin.getDefault().getLaunchManager();
        ILaunchConfigurationWorkingCopy configuration = launches.getLaunchConfigurationType(DebugCore.LAUNCH_TYPE).newInstance(null, "probe");
        configuration.setAttribute(GuestLaunchConfiguration.IMAGE, image);
        configuration.setAttribute(GuestLaunchConfiguration.STOP_AT_ENTRY, false);
        return (VmDebugTarget) configuration.launch(ILaunchManager.DEBUG_MODE, new NullProgressMonitor()).getDebugTarget();
    }

    // The workbench, from beside its thread

    private static Display display() {
        return PlatformUI.getWorkbench().getDisplay();
    }

    private static void show(String view) throws Exception {
        IWorkbench workbench = PlatformUI.getWorkbench();
        display().syncCall(() -> workbench.getWorkbenchWindows()[0].getActivePage().showView(view));
    }

    /** The text of the first visible label that begins so, or nothing. */
    private static String label(String beginning) {
        return display().syncCall(() -> all(Label.class).stream().map(Label::getText).filter(text -> text.startsWith(beginning)).findFirst().orElse(""));
    }

    /** The cells of the first visible root line of a tree with this name, or nothing. */
    private static String line(String name) {
        return display().syncCall(() -> all(Tree.class).stream().flatMap(tree -> List.of(tree.getItems()).stream()).filter(item -> item.getText().equals(name))
                .map(Probe::cells).findFirst().orElse(""));
    }

    private static String cells(TreeItem item) {
        return item.getText(0) + "|" + item.getText(1) + "|" + item.getText(2);
    }

    private static <T extends Control> List<T> all(Class<T> type) {
        List<T> found = new ArrayList<>();
        for (Shell shell : Display.getCurrent().getShells()) {
            collect(shell, type, found);
        }
        return found;
    }

    private static <T extends Control> void collect(Control control, Class<T> type, List<T> found) {
        if (!control.isVisible()) {
            return;
        }
        if (type.isInstance(control)) {
            found.add(type.cast(control));
        }
        if (control instanceof Composite composite) {
            List.of(composite.getChildren()).forEach(child -> collect(child, type, found));
        }
    }

    private static void await(String otherwise, Callable<Boolean> condition) throws Exception {
        long end = System.nanoTime() + TIMEOUT_NANOS;
        while (!condition.call()) {
            if (System.nanoTime() > end) {
                throw new IllegalStateException(otherwise);
            }
            Thread.sleep(20);
        }
    }
}
