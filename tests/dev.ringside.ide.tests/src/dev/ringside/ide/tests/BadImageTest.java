package dev.ringside.ide.tests;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ringside.arch.x86.asm.X86Assembler;
import dev.ringside.asm.core.GuestProject;
import dev.ringside.debug.core.launch.GuestLaunchConfiguration;
import dev.ringside.samples.Sample;
import dev.ringside.testkit.swtbot.Conditions;
import dev.ringside.testkit.swtbot.SWTBotShell;
import dev.ringside.testkit.swtbot.SWTBotTree;
import java.nio.charset.StandardCharsets;
import java.io.ByteArrayInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.eclipse.core.resources.IFile;
import org.eclipse.core.runtime.NullProgressMonitor;
import org.eclipse.debug.core.ILaunchConfigurationWorkingCopy;
import org.eclipse.debug.core.ILaunchManager;
import org.eclipse.debug.ui.DebugUITools;
import org.eclipse.jface.dialogs.ErrorDialog;
import org.eclipse.ui.IPageLayout;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What cannot be booted ends in a dialog with one clear line; the workbench goes on, and the file is as it was. */
class BadImageTest extends UiTest {
    @TempDir
    Path folder;

    /** The test harness suppresses error dialogs. */
    @BeforeEach
    void showErrorDialogs() {
        ErrorDialog.AUTOMATED_MODE = false;
    }

    @AfterEach
    void hideErrorDialogs() {
        ErrorDialog.AUTOMATED_MODE = true;
    }

    @Test
    void aTextFileIsRefused() throws Exception {
        byte[] text = "this is not a kernel\n".getBytes();
        Path image = Files.write(folder.resolve("notes.txt"), text);

        launch(image.toString());

        assertDialogSays("image '" + image + "' is nothing that can be booted");
        assertArrayEquals(text, Files.readAllBytes(image));
    }

    @Test
    void aTruncatedKernelIsRefused() throws Exception {
        byte[] elf = new byte[40];
        System.arraycopy(new byte[] {0x7f, 'E', 'L', 'F', 2, 1, 1}, 0, elf, 0, 7);
        Path image = Files.write(folder.resolve("vmlinux"), elf);

        launch(image.toString());

        assertDialogSays("image '" + image + "'");
    }

    @Test
    void anEmptyFileIsRefused() throws Exception {
        Path image = Files.createFile(folder.resolve("empty"));

        launch(image.toString());

        assertDialogSays("image '" + image + "' is empty");
    }

    /** A file that was there when the configuration was made. */
    @Test
    void aDeletedFileIsRefused() throws Exception {
        Path image = folder.resolve("gone");

        launch(image.toString());

        assertDialogSays("Image: there is no file " + image);
    }

    /** The launch is remembered, the file is gone. */
    @Test
    void aFileThatWasDeletedFromItsProjectIsRefusedWhenItIsLaunchedAgain() throws Exception {
        IFile image = AsmFixture.project(Sample.KERNEL_64).getFile("kernel.elf");
        image.create(new ByteArrayInputStream(new byte[] {1}), true, new NullProgressMonitor());
        ILaunchConfigurationWorkingCopy configuration = Guests.configuration("kernel.elf");
        configuration.setAttribute(GuestLaunchConfiguration.IMAGE, "${workspace_loc:" + image.getFullPath() + "}");
        var saved = configuration.doSave();
        image.delete(true, new NullProgressMonitor());

        PlatformUi.run(() -> DebugUITools.launch(saved, ILaunchManager.DEBUG_MODE));

        assertDialogSays("Image: there is no /asm test/kernel.elf in the workspace; it was deleted, renamed or belongs to a closed project");
        AsmFixture.deleteProjects();
    }

    /** What to do is said in the words of the launch dialog. */
    @Test
    void aKernelThatDoesNotFitIntoMemoryIsRefused() throws Exception {
        Path image = Files.write(folder.resolve("far"), new X86Assembler().assemble("far.asm", """
            bits 32
            org 0x8000000
            header: dd 0x1badb002, 1 << 16, -(0x1badb002 + (1 << 16)), header, header, 0, 0, start
            start: hlt
            """).bytes());

        launch(image.toString(), GuestLaunchConfiguration.MEMORY, "16M");

        assertDialogSays("image '" + image + "' wants 33 bytes at 0x8000000, where the machine has no memory: give it more in the field Memory");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "dev.ringside.debug.core.memory      | 0       | Memory: 0 is outside 1M to 64G",
        "dev.ringside.debug.core.memory      | 1T      | Memory: \"1T\" is not a size; write a number with M or G, for example 512M",
        "dev.ringside.debug.core.memory      | 65G     | Memory: 65G is outside 1M to 64G",
        "dev.ringside.debug.core.cpus        | 65      | CPUs: \"65\" is not a number from 1 to 64",
        "dev.ringside.debug.core.initrd      | /gone   | Initrd: there is no file /gone",
        "dev.ringside.debug.core.disk        | /       | Disk: / is a folder; choose a file",
        "dev.ringside.debug.core.engine      | bochs   | Engine: there is no \"bochs\"; there is interpreter, translator",
        "dev.ringside.debug.core.paravirt    | xen     | Paravirtual interface: 'xen' is not in this build",
    })
    void aFieldThatIsWrongIsNamed(String field, String value, String said) throws Exception {
        launch(GuestLaunchConfiguration.SAMPLE_KERNEL, field, value);

        assertDialogSays(said);
    }

    @Test
    void aSourceWithAnErrorIsRefusedWithItsPlaceAndKeepsItsMarker() throws Exception {
        IFile source = AsmFixture.project(Sample.BOOT_SECTOR).getFile("boot.asm");
        source.setContents("        bits 16\n        mvo ax, 1\n".getBytes(StandardCharsets.UTF_8), true, false, new NullProgressMonitor());
        SWTBotTree projects = bot.viewById(IPageLayout.ID_PROJECT_EXPLORER).show().bot().tree();
        projects.expandNode(AsmFixture.PROJECT).getNode("boot.asm").select();
        bot.sync();

        projects.contextMenu("Debug As").menu("1 Guest kernel").click();

        assertDialogSays("Image: it cannot be built: boot.asm:2:");
        assertEquals(1, GuestProject.errors(source).size());
        AsmFixture.deleteProjects();
    }

    private static void launch(String image, String... more) throws Exception {
        ILaunchConfigurationWorkingCopy configuration = Guests.configuration("bad");
        configuration.setAttribute(GuestLaunchConfiguration.IMAGE, image);
        for (int i = 0; i < more.length; i += 2) {
            configuration.setAttribute(more[i], more[i + 1]);
        }
        PlatformUi.run(() -> DebugUITools.launch(configuration, ILaunchManager.DEBUG_MODE));
    }

    private void assertDialogSays(String line) {
        SWTBotShell dialog = bot.shell("Problem Occurred");
        String said = dialog.bot().label(line);
        assertFalse(said.contains("Exception"), said);
        dialog.bot().button("OK").click();
        bot.waitUntil(Conditions.shellCloses(dialog));
        bot.viewByTitle("Disassembly").bot().link("Boot the sample kernel");
        assertTrue(loggedErrors().stream().anyMatch(logged -> logged.startsWith(said.substring(0, Math.min(said.length(), 20)))), "the log holds the detail");
    }
}
