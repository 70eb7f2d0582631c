package dev.ringside.ide.tests;

import dev.ringside.testkit.swtbot.SWTWorkbenchBot;
import dev.ringside.testkit.swtbot.ScreenshotOnFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/**
 * Pictures of the workbench for the documents. They are taken by every run; with {@code -Dringside.update.images=true} they replace those of their name in {@code releng/images} and among the pictures of the help.
 */
final class Screenshots {
    private Screenshots() {
    }

    static void take(SWTWorkbenchBot bot, String name) throws IOException {
        Path picture = ScreenshotOnFailure.folder().resolve(name + ".png");
        bot.sync();
        bot.workbenchShell().captureScreenshot(picture.toString());
        if (Boolean.getBoolean("ringside.update.images")) {
            for (String folder : List.of("releng/images", "bundles/dev.ringside.ide/help/images")) {
                Path known = Path.of(System.getProperty("ringside.root"), folder, name + ".png");
                if (Files.exists(known)) {
                    Files.copy(picture, known, StandardCopyOption.REPLACE_EXISTING);
                }
            }
        }
    }
}
