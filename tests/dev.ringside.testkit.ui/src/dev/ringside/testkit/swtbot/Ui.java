package dev.ringside.testkit.swtbot;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Predicate;
import org.eclipse.swt.SWT;
import org.eclipse.swt.widgets.Composite;
import org.eclipse.swt.widgets.Control;
import org.eclipse.swt.widgets.Display;
import org.eclipse.swt.widgets.Event;
import org.eclipse.swt.widgets.Shell;
import org.eclipse.swt.widgets.ToolBar;
import org.eclipse.swt.widgets.Widget;
import org.eclipse.ui.PlatformUI;

/** The way from a test's thread to the UI thread and back. */
final class Ui {
    static final long TIMEOUT_MILLIS = 20_000;
    private static final long POLL_MILLIS = 20;

    private Ui() {
    }

    static Display display() {
        return PlatformUI.getWorkbench().getDisplay();
    }

    static <T> T call(Callable<T> question) {
        Object[] answer = new Object[1];
        Exception[] failure = new Exception[1];
        display().syncExec(() -> {
            try {
                answer[0] = question.call();
            } catch (Exception failed) {
                failure[0] = failed;
            }
        });
        if (failure[0] instanceof RuntimeException unchecked) {
            throw unchecked;
        }
        if (failure[0] != null) {
            throw new IllegalStateException(failure[0]);
        }
        @SuppressWarnings("unchecked") // what the question gave
        T typed = (T) answer[0];
        return typed;
    }

    static void run(Runnable action) {
        call(() -> {
            action.run();
            return null;
        });
    }

    /** Queues the action, then waits until the UI thread is through with it, or has opened a modal dialog in it. */
    static void act(Runnable action) {
        display().asyncExec(action);
        display().syncExec(() -> { });
    }

    static void send(Widget widget, int type, Event event) {
        event.type = type;
        event.widget = widget;
        event.display = widget.getDisplay();
        event.time = (int) System.currentTimeMillis();
        widget.notifyListeners(type, event);
    }

    static void send(Widget widget, int type) {
        send(widget, type, new Event());
    }

    static void waitUntil(ICondition condition, long timeoutMillis) {
        long end = System.nanoTime() + timeoutMillis * 1_000_000;
        while (true) {
            try {
                if (condition.test()) {
                    return;
                }
            } catch (RuntimeException unchecked) {
                throw unchecked;
            } catch (Exception failed) {
                throw new IllegalStateException(failed);
            }
            if (System.nanoTime() > end) {
                throw new TimeoutException(condition.getFailureMessage());
            }
            pause();
        }
    }

    /** The pace at which conditions are asked. */
    private static void pause() {
        try {
            Thread.sleep(POLL_MILLIS);
        } catch (InterruptedException cancelled) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(cancelled);
        }
    }

    /** Gives the toolkit some frames to draw what is queued; nothing tells when a window has been painted. */
    static void letPaint() {
        for (int frame = 0; frame < 15; frame++) {
            run(() -> display().update());
            pause();
        }
    }

    static List<Shell> shells() {
        return call(() -> List.of(display().getShells()).stream().filter(Shell::isVisible).toList());
    }

    /** Waits until there are more than {@code index} visible widgets of this kind below {@code root}. */
    static <T extends Widget> T find(Callable<? extends Control> root, Class<T> type, Predicate<T> wanted, int index, String sought) {
        List<T> found = new ArrayList<>();
        try {
            waitUntil(Conditions.that(sought, () -> {
                found.clear();
                run(() -> {
                    try {
                        collect(root.call(), type, wanted, found);
                    } catch (Exception failed) {
                        throw new IllegalStateException(failed);
                    }
                });
                return found.size() > index;
            }), TIMEOUT_MILLIS / 2);
        } catch (TimeoutException absent) {
            throw new WidgetNotFoundException("there is no " + sought);
        }
        return found.get(index);
    }

    private static <T extends Widget> void collect(Control control, Class<T> type, Predicate<T> wanted, List<T> found) {
        if (control == null || control.isDisposed() || !control.isVisible()) {
            return;
        }
        add(control, type, wanted, found);
        if (control instanceof ToolBar bar) {
            List.of(bar.getItems()).forEach(item -> add(item, type, wanted, found));
        }
        if (control instanceof Composite composite) {
            List.of(composite.getChildren()).forEach(child -> collect(child, type, wanted, found));
        }
    }

    private static <T extends Widget> void add(Widget widget, Class<T> type, Predicate<T> wanted, List<T> found) {
        if (type.isInstance(widget) && wanted.test(type.cast(widget))) {
            found.add(type.cast(widget));
        }
    }

    /** A key with modifiers on the control that has the focus, seen by the workbench's key bindings as a user's. */
    static void pressShortcut(Control target, int modifiers, int keyCode, char character) {
        act(() -> {
            Event event = new Event();
            event.stateMask = modifiers;
            event.keyCode = keyCode;
            event.character = character;
            event.doit = true;
            send(target, SWT.KeyDown, event);
            Event up = new Event();
            up.stateMask = modifiers;
            up.keyCode = keyCode;
            up.character = character;
            if (!target.isDisposed()) {
                send(target, SWT.KeyUp, up);
            }
        });
    }
}
