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
    void aFaultThatTheInterfaceDoesNotHaveIsNamed() {
        dialog.textWithLabel("Image:").setText(GuestLaunchConfiguration.SAMPLE_PARAVIRT);
        dialog.textWithLabel("Faults:").setText("steal-burst@500");
        dialog.text("Faults: \"steal-burst@500\" needs a paravirtual interface that has faults; \"none\" has none");
        assertFalse(dialog.button("Debug").isEnabled());

        dialog.comboBoxWithLabel("Paravirtual interface:").setText("hyperv");
        dialog.text("Faults: \"steal-burst\" is not one of tsc-jump, reenlighten, message-slots-full, lost-event, slow-hypercall");
        dialog.textWithLabel("Faults:").setText("lost-event");
        dialog.text("Faults: \"lost-event\" is not EVENT@INSTRUCTIONS, such as steal-burst@500000");

        dialog.textWithLabel("Faults:").setText("lost-event@500 tsc-jump@600");
        bot.waitUntil(Conditions.that("it stays refused", () -> dialog.button("Debug").isEnabled()));
        dialog.textWithLabel("Faults:").setText("lost-event@500/1");
        dialog.text("Faults: \"lost-event@500/1\" names processor 1; the last one is 0");
    }

    @Test
    void featuresAreChosenWithWhatTheyNeed() {
        dialog.textWithLabel("Image:").setText(GuestLaunchConfiguration.SAMPLE_PARAVIRT);
        assertFalse(dialog.button("Features\u2026").isEnabled(), "none has no features");
        dialog.comboBoxWithLabel("Paravirtual interface:").setText("hyperv");
        dialog.button("Features\u2026").click();
        SWTBot features = bot.shell("Paravirtual Features").bot();
        assertEquals("hyperv", features.textWithLabel("Says:").getText());

        features.table().check("time", false);

        assertFalse(features.table().isChecked("stimer-direct"), "it needs stimer, which needs time");
        assertTrue(features.table().isChecked("synic"));
        assertEquals("hyperv,-time", features.textWithLabel("Says:").getText());
        features.textWithLabel("Settings:").setText("vendor");
        features.text("\"vendor\" is not name=value with one of spinlocks, vendor, ");
        assertFalse(features.button("OK").isEnabled());
        features.textWithLabel("Settings:").setText("vendor=My Own Hv");
        features.table().check("avic", true);
        bot.captureScreenshot(ScreenshotOnFailure.folder().resolve("paravirt-features.png").toString());
        features.button("OK").click();

        bot.waitUntil(Conditions.that(() -> "the field says " + dialog.comboBoxWithLabel("Paravirtual interface:").getText(),
                () -> dialog.comboBoxWithLabel("Paravirtual interface:").getText().equals("hyperv,-time,avic,vendor=My Own Hv")));
        bot.waitUntil(Conditions.that("it is refused", () -> dialog.button("Debug").isEnabled()));
    }

    @Test
    void theSampleNeedsNothingElse() {
        dialog.button("Sample").click();

        assertTrue(dialog.button("Debug").isEnabled());
        bot.captureScreenshot(ScreenshotOnFailure.folder().resolve("launch-dialog.png").toString());
    }
}
