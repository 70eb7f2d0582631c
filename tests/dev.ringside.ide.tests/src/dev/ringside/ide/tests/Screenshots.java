package dev.ringside.ide.tests;

import dev.ringside.testkit.swtbot.SWTWorkbenchBot;
import dev.ringside.testkit.swtbot.ScreenshotOnFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** Pictures of the workbench for the documents. They are taken by every run; with {@code -Dringside.update.images=true} they replace those in {@code releng/images}. */
final class Screenshots {
    private Screenshots() {
    }

    static void take(SWTWorkbenchBot bot, String name) throws IOException {
        Path picture = ScreenshotOnFailure.folder().resolve(name + ".png");
        bot.sync();
        bot.workbenchShell().captureScreenshot(picture.toString());
        if (Boolean.getBoolean("ringside.update.images")) {
            Path images = Files.createDirectories(Path.of(System.getProperty("ringside.root"), "releng", "images"));
            Files.copy(picture, images.resolve(name + ".png"), StandardCopyOption.REPLACE_EXISTING);
        }
    }
}
