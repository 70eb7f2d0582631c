package dev.ringside.ui;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import org.eclipse.swt.widgets.Control;

/**
 * Brings answers of a machine to the UI thread, and drops those that a newer question made stale. One for each kind of question of a view.
 *
 * @param <T> what is asked for
 */
public final class LatestAnswer<T> {
    private final Control control;

    /** UI thread only. */
    private int newest;

    /** @param control answers for a disposed control are dropped */
    public LatestAnswer(Control control) {
        this.control = control;
    }

    /** UI thread. Both consumers run on it later, at most one of them, and only while this is the newest question. */
    public void ask(CompletableFuture<T> question, Consumer<T> answered, Consumer<String> failed) {
        int number = ++newest;
        question.whenComplete((answer, failure) -> onUiThread(() -> {
            if (number != newest) {
                return;
            }
            if (failure == null) {
                answered.accept(answer);
            } else {
                failed.accept(message(failure));
            }
        }));
    }

    /** Drops the answer that is still to come. */
    public void cancel() {
        newest++;
    }

    private void onUiThread(Runnable task) {
        if (control.isDisposed()) {
            return;
        }
        control.getDisplay().asyncExec(() -> {
            if (!control.isDisposed()) {
                task.run();
            }
        });
    }

    private static String message(Throwable failure) {
        Throwable cause = failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        return cause.getMessage() == null ? cause.toString() : cause.getMessage();
    }
}
