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
import org.eclipse.core.runtime.NullProgressMonitor;
import org.eclipse.debug.core.DebugPlugin;
import org.eclipse.debug.core.ILaunchConfigurationWorkingCopy;
import org.eclipse.debug.core.ILaunchManager;
import org.eclipse.swt.widgets.Text;
import org.eclipse.ui.IStartup;
import org.eclipse.ui.PlatformUI;

/**
 * Tells how long the start took until the workbench was there; boots the image of the system property {@code ringside.probe.image}, lets it run, and writes what a user would then see of the sample plug-in into the file
 * {@code ringside.probe.report}; then closes the workbench. Without the second property it does nothing; without the first it only tells about the start. Before
 * that it installs the category {@code ringside.probe.category} of {@code ringside.probe.site}, if there is one, through the dialog of the Help menu.
 */
public final class Probe implements IStartup {
    private static final String VIEW = "dev.ringside.sample.plugin.adderView";
    private static final String MACHINE_VIEW = "dev.ringside.ui.machine";

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
            if (System.getProperty("ringside.probe.site") != null) {
                InstallDialog.install(System.getProperty("ringside.probe.site"), System.getProperty("ringside.probe.category"));
                report.add("installed");
            }
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
            Hands.display().asyncExec(() -> PlatformUI.getWorkbench().close());
        }
    }

    private static ProcessHandle.Info process() {
        return ProcessHandle.current().info();
    }

    private void look() throws Exception {
        VmDebugTarget guest = boot(System.getProperty("ringside.probe.image"));
        Hands.await("the guest does not run", () -> guest.stop() == null);
        Hands.await("the guest executes nothing", () -> guest.machine().statistics().get().instructions() > 100);
        guest.suspend();
        Hands.await("the guest does not stop", () -> guest.stop() != null);
        report.add("ebx " + guest.machine().registers(0).get().stream().flatMap(group -> group.registers().stream())
                .filter(register -> register.name().equalsIgnoreCase("rbx")).findFirst().orElseThrow().digits());
        report.add("parts " + guest.machine().inspect(List.of()).get().stream().map(line -> line.name()).toList());
        boolean hasView = PlatformUI.getWorkbench().getViewRegistry().find(VIEW) != null;
        report.add("view " + (hasView ? "registered" : "absent"));
        if (hasView) {
            Hands.show(VIEW);
            Hands.await("the view shows no registers", () -> !Hands.label("ADDEND").isEmpty());
            report.add("view shows " + Hands.label("ADDEND").replace('\n', ' '));
        }
        Hands.show(MACHINE_VIEW);
        Hands.await("the Machine view stays empty", () -> !Hands.line("memory").isEmpty());
        Hands.display().syncExec(() -> Hands.all(Text.class).stream().filter(text -> text.getMessage().startsWith("Filter")).findFirst().orElseThrow().setText("adder"));
        Hands.await("the filter finds something else", () -> Hands.line("memory").isEmpty());
        Hands.await("no words for the adder", () -> Hands.line("adder").isEmpty() || !Hands.line("adder").endsWith("|"));
        report.add("machine view shows " + Hands.line("adder"));
    }

    private static VmDebugTarget boot(String image) throws Exception {
        ILaunchManager launches = DebugPlugin.getDefault().getLaunchManager();
        ILaunchConfigurationWorkingCopy configuration = launches.getLaunchConfigurationType(DebugCore.LAUNCH_TYPE).newInstance(null, "probe");
        configuration.setAttribute(GuestLaunchConfiguration.IMAGE, image);
        configuration.setAttribute(GuestLaunchConfiguration.STOP_AT_ENTRY, false);
        return (VmDebugTarget) configuration.launch(ILaunchManager.DEBUG_MODE, new NullProgressMonitor()).getDebugTarget();
    }
}
