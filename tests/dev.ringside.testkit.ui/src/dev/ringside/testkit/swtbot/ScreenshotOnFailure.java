package dev.ringside.testkit.swtbot;

import java.nio.file.Path;
import org.junit.jupiter.api.extension.AfterTestExecutionCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Leaves a picture of the screen when a test fails: {@code <folder>/failed-<class>-<method>.png}; the folder is the system property {@code ringside.screenshots}. */
public final class ScreenshotOnFailure implements AfterTestExecutionCallback {
    @Override
    public void afterTestExecution(ExtensionContext context) {
        if (context.getExecutionException().isPresent()) {
            String name = context.getRequiredTestClass().getSimpleName() + "-" + context.getRequiredTestMethod().getName();
            new SWTWorkbenchBot().captureScreenshot(folder().resolve("failed-" + name + ".png").toString());
        }
    }

    /** Where screenshots of this test run go. */
    public static Path folder() {
        return Path.of(System.getProperty("ringside.screenshots", "target/screenshots"));
    }
}
