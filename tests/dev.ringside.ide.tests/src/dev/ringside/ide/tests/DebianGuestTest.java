package dev.ringside.ide.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ringside.debug.core.AddressBreakpoint;
import dev.ringside.debug.core.VmDebugTarget;
import dev.ringside.machine.EndReason;
import dev.ringside.machine.StopReason;
import dev.ringside.testkit.guests.DebianPackages;
import dev.ringside.testkit.guests.Initramfs;
import dev.ringside.testkit.swtbot.Conditions;
import dev.ringside.testkit.swtbot.SWTBot;
import dev.ringside.testkit.swtbot.SWTBotShell;
import dev.ringside.testkit.swtbot.SWTBotTree;
import dev.ringside.ui.serial.SerialConsoleView;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.eclipse.core.resources.IProject;
import org.eclipse.core.resources.ResourcesPlugin;
import org.eclipse.core.runtime.NullProgressMonitor;
import org.eclipse.debug.core.DebugPlugin;
import org.eclipse.debug.core.ILaunch;
import org.eclipse.swt.SWT;
import org.eclipse.ui.IPageLayout;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A stranger's kernel: Debian's, from its file in a project, as a user debugs it. Skipped with the reason where the packages cannot be had. */
class DebianGuestTest extends UiTest {
    private static final String INIT = """
        #!/bin/busybox sh
        echo "init: reached"
        /bin/busybox poweroff -f
        """;
    /** A loaded host executes some million instructions a second; the boot has about one and a half thousand million. */
    private static final long BOOT_MILLIS = 600_000;

    @TempDir
    Path folder;

    @AfterEach
    void noProjectIsLeft() throws Exception {
        AsmFixture.deleteProjects();
    }

    @Test
    void debiansKernelIsLaunchedSuspendedSteppedAndResumedToItsInit() throws Exception {
        Path kernel = DebianPackages.kernel();
        Path initrd = Initramfs.withInit(folder, INIT);
        projectWith(kernel);
        configure("${workspace_loc:/debian/vmlinuz}", initrd);

        debugAs("debian", "vmlinuz");
        VmDebugTarget guest = launched();
        waitForStop(guest, 0);
        assertEquals(new StopReason.Entry(), guest.stop());

        // The kernel brings its symbols: a breakpoint by name, and the hit count of another.
        AddressBreakpoint.create("start_kernel");
        AddressBreakpoint.create("schedule", 1000);
        bot.pressShortcut(SWT.F8);
        bot.waitUntil(Conditions.that(() -> "it does not get to start_kernel: " + guest.stop(), () -> guest.stopNumber() == 1), BOOT_MILLIS);
        waitForStop(guest, 1);
        long startKernel = guest.machine().symbols().addressOf("start_kernel");
        assertEquals(new StopReason.Breakpoint(startKernel), guest.stop());
        assertEquals("start_kernel:", disassembly().cell(disassembly().indexOf(address(startKernel), ADDRESS), SYMBOL));
        bot.viewByTitle("Debug").bot().tree().expandNode("My kernel [Guest kernel]", "My kernel", "CPU 0 (breakpoint)").getNode("start_kernel");
        Screenshots.take(bot, "debian-start-kernel");
        DebugPlugin.getDefault().getBreakpointManager().setEnabled(false);

        // Suspended while it runs.
        bot.pressShortcut(SWT.F8);
        bot.waitUntil(Conditions.that(() -> "the kernel is silent: " + guest.stop(), () -> guest.serialLine().text().contains("Linux version")), BOOT_MILLIS);
        bot.menu("Run").menu("Suspend").click();
        waitForStop(guest, 2);
        assertEquals(new StopReason.Suspended(), guest.stop());
        bot.viewByTitle("Debug").bot().tree().expandNode("My kernel [Guest kernel]", "My kernel", "CPU 0 (suspended)");
        long suspendedAt = guest.stopVcpu().getTopStackFrame().pc();
        assertFalse(disassembly().cell(disassembly().indexOf(address(suspendedAt), ADDRESS), TEXT).isBlank());
        assertEquals(address(suspendedAt), register("RIP").cell(1));

        bot.pressShortcut(SWT.F5);
        waitForStop(guest, 3);
        assertEquals(new StopReason.Stepped(), guest.stop());
        assertEquals(address(guest.stopVcpu().getTopStackFrame().pc()), register("RIP").cell(1));
        assertTrue(register("RIP").isBold(1), "RIP is marked");
        Screenshots.take(bot, "debian-stepped");

        // On to its /init, which ends the run.
        bot.pressShortcut(SWT.F8);
        bot.waitUntil(Conditions.that(() -> "it goes on: " + guest.stop() + "\n" + guest.serialLine().text(), guest::isTerminated), BOOT_MILLIS);
        assertEquals(new EndReason.PowerOff(), guest.end(), () -> guest.serialLine().text());
        SerialConsoleView console = bot.viewByTitle("Serial Console").part(SerialConsoleView.class);
        bot.waitUntil(Conditions.that(() -> "the console says: " + PlatformUi.call(console::text), () -> PlatformUi.call(console::text).contains("init: reached")));
        bot.viewByTitle("Debug").bot().tree().expandNode("<terminated>My kernel [Guest kernel]", "My kernel \u2014 the guest powered off");
        assertEquals("My kernel: the guest powered off", bot.label("My kernel: the guest"));
        Screenshots.take(bot, "debian-powered-off");
    }

    private static void projectWith(Path kernel) throws Exception {
        IProject project = ResourcesPlugin.getWorkspace().getRoot().getProject("debian");
        project.create(new NullProgressMonitor());
        project.open(new NullProgressMonitor());
        try (InputStream bytes = Files.newInputStream(kernel)) {
            project.getFile("vmlinuz").create(bytes, true, new NullProgressMonitor());
        }
    }

    /** Everything but the image has a default that this kernel cannot use, so a user says it once. */
    private void configure(String image, Path initrd) {
        bot.viewByTitle("Disassembly").bot().link("Boot my kernel").click();
        SWTBotShell shell = bot.shell("Debug Configurations");
        SWTBot dialog = shell.bot();
        dialog.textWithLabel("Image:").setText(image);
        dialog.textWithLabel("Initrd:").setText(initrd.toString());
        dialog.textWithLabel("Command line:").setText("console=ttyS0 panic=-1");
        dialog.textWithLabel("Memory:").setText("512M");
        dialog.button("Apply").click();
        dialog.button("Close").click();
        bot.waitUntil(Conditions.shellCloses(shell));
    }

    private void debugAs(String project, String file) {
        SWTBotTree tree = bot.viewById(IPageLayout.ID_PROJECT_EXPLORER).show().bot().tree();
        tree.expandNode(project).getNode(file).select();
        bot.sync();
        tree.contextMenu("Debug As").menu("1 Guest kernel").click();
    }

    private VmDebugTarget launched() {
        bot.waitUntil(Conditions.that("nothing was launched", () -> launch() != null && launch().getDebugTarget() != null));
        return (VmDebugTarget) launch().getDebugTarget();
    }

    private static ILaunch launch() {
        ILaunch[] launches = DebugPlugin.getDefault().getLaunchManager().getLaunches();
        return launches.length == 0 ? null : launches[0];
    }
}
