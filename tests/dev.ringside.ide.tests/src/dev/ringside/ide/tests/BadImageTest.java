package dev.ringside.ide.tests;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.ringside.debug.core.launch.GuestLaunchConfiguration;
import dev.ringside.testkit.swtbot.Conditions;
import dev.ringside.testkit.swtbot.SWTBotShell;
import java.nio.file.Files;
import java.nio.file.Path;
import org.eclipse.debug.core.ILaunchConfigurationWorkingCopy;
import org.eclipse.debug.core.ILaunchManager;
import org.eclipse.debug.ui.DebugUITools;
import org.eclipse.jface.dialogs.ErrorDialog;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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

    private static void launch(String image) throws Exception {
        ILaunchConfigurationWorkingCopy configuration = Guests.configuration("bad");
        configuration.setAttribute(GuestLaunchConfiguration.IMAGE, image);
        PlatformUi.run(() -> DebugUITools.launch(configuration, ILaunchManager.DEBUG_MODE));
    }

    private void assertDialogSays(String line) {
        SWTBotShell dialog = bot.shell("Problem Occurred");
        String said = dialog.bot().label(line);
        assertFalse(said.contains("Exception"), said);
        dialog.bot().button("OK").click();
        bot.waitUntil(Conditions.shellCloses(dialog));
        bot.viewByTitle("Disassembly").bot().link("Boot the sample kernel");
        loggedErrors();
    }
}
