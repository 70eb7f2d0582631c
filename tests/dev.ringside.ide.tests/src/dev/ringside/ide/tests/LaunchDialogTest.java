package dev.ringside.ide.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ringside.debug.core.launch.GuestLaunchConfiguration;
import dev.ringside.testkit.swtbot.Conditions;
import dev.ringside.testkit.swtbot.SWTBot;
import dev.ringside.testkit.swtbot.ScreenshotOnFailure;
import java.util.List;
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
    void theEngineAndTheInterfaceOfferWhatIsInstalled() {
        assertTrue(dialog.comboBoxWithLabel("Engine:").items().containsAll(List.of("interpreter", "translator")));
        assertEquals(List.of("none", "hyperv", "kvm", "minimal", "kvm+hyperv"), dialog.comboBoxWithLabel("Paravirtual interface:").items());
        assertEquals("translator", dialog.comboBoxWithLabel("Engine:").getText());
        assertEquals("none", dialog.comboBoxWithLabel("Paravirtual interface:").getText());
    }

    @Test
    void anEngineThatIsNotThereIsNamed() {
        dialog.textWithLabel("Image:").setText(GuestLaunchConfiguration.SAMPLE_KERNEL);
        dialog.comboBoxWithLabel("Engine:").setText("bochs");

        dialog.text("Engine: there is no \"bochs\"; there is interpreter, translator");
        assertFalse(dialog.button("Debug").isEnabled());
    }

    @Test
    void aFeatureOrAnInterfaceThatIsNotThereIsNamed() {
        dialog.textWithLabel("Image:").setText(GuestLaunchConfiguration.SAMPLE_PARAVIRT);
        dialog.comboBoxWithLabel("Paravirtual interface:").setText("xen");
        dialog.text("Paravirtual interface: 'xen' is not in this build; there is none, hyperv, kvm, minimal");
        assertFalse(dialog.button("Debug").isEnabled());

        dialog.comboBoxWithLabel("Paravirtual interface:").setText("hyperv,-synic,stimer");
        dialog.text("Paravirtual interface: feature 'stimer' needs 'synic', which is off");

        dialog.comboBoxWithLabel("Paravirtual interface:").setText("kvm,-kvm-steal-time");
        bot.waitUntil(Conditions.that("it stays refused", () -> dialog.button("Debug").isEnabled()));
    }

    @Test
    void theSampleNeedsNothingElse() {
        dialog.button("Sample").click();

        assertTrue(dialog.button("Debug").isEnabled());
        bot.captureScreenshot(ScreenshotOnFailure.folder().resolve("launch-dialog.png").toString());
    }
}
