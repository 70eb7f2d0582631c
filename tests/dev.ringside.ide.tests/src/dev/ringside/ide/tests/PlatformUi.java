package dev.ringside.ide.tests;

import java.util.function.Supplier;
import org.eclipse.ui.PlatformUI;

/** Runs on the UI thread. */
final class PlatformUi {
    private PlatformUi() {
    }

    static <T> T call(Supplier<T> question) {
        return PlatformUI.getWorkbench().getDisplay().syncCall(question::get);
    }

    static void run(Runnable action) {
        PlatformUI.getWorkbench().getDisplay().syncExec(action);
    }
}
