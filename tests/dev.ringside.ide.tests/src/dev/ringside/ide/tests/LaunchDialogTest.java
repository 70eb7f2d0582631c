package dev.ringside.ide.tests;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ringside.debug.core.launch.GuestLaunchConfiguration;
import dev.ringside.testkit.swtbot.SWTBot;
import dev.ringside.testkit.swtbot.ScreenshotOnFailure;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The launch dialog names the field that is wrong, and lets nobody launch it. */
class LaunchDialogTest extends UiTest {
    private SWTBot dialog;

    @BeforeEach
    void openDialog() {
        bot.viewByTitle("Disassembly").bot().link("Boot my kernel").click();
        dialog = bot.shell("Debug Configurations").bot();
    }

    @Test
    void aMissingImageIsNamed() {
        dialog.textWithLabel("Image:").setText("/no/such/kernel");

        dialog.text("Image: there is no file /no/such/kernel");
        assertFalse(dialog.button("Debug").isEnabled());
    }

    @Test
    void memoryThatIsNoSizeIsNamed() {
        dialog.textWithLabel("Image:").setText(GuestLaunchConfiguration.SAMPLE_KERNEL);
        dialog.textWithLabel("Memory:").setText("lots");

        dialog.text("Memory: \"lots\" is not a size; write a number with M or G, for example 512M");
        assertFalse(dialog.button("Debug").isEnabled());
    }

    @Test
    void cpusOutOfRangeAreNamed() {
        dialog.textWithLabel("Image:").setText(GuestLaunchConfiguration.SAMPLE_KERNEL);
        dialog.textWithLabel("CPUs:").setText("0");

        dialog.text("CPUs: \"0\" is not a number from 1 to 64");
        assertFalse(dialog.button("Debug").isEnabled());
    }

    @Test
    void theSampleNeedsNothingElse() {
        dialog.button("Sample").click();

        assertTrue(dialog.button("Debug").isEnabled());
        bot.captureScreenshot(ScreenshotOnFailure.folder().resolve("launch-dialog.png").toString());
    }
}
