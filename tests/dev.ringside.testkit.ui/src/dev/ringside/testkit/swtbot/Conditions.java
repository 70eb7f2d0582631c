package dev.ringside.testkit.swtbot;

import java.util.concurrent.Callable;
import java.util.function.Supplier;

/** Conditions that come up often. */
public final class Conditions {
    private Conditions() {
    }

    public static ICondition that(String claim, Callable<Boolean> test) {
        return that(() -> claim, test);
    }

    /** @param claim asked only when the condition has failed, so it can say what there is instead */
    public static ICondition that(Supplier<String> claim, Callable<Boolean> test) {
        return new ICondition() {
            @Override
            public boolean test() throws Exception {
                return test.call();
            }

            @Override
            public String getFailureMessage() {
                return claim.get();
            }
        };
    }

    public static ICondition shellIsActive(String title) {
        return that("no shell \"" + title + "\"", () -> Ui.shells().stream().anyMatch(shell -> Ui.call(shell::getText).equals(title)));
    }

    public static ICondition shellCloses(SWTBotShell shell) {
        return that("the shell does not close", () -> !shell.isOpen());
    }
}
