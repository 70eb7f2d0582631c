package dev.ringside.sample.probe;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.eclipse.swt.SWT;
import org.eclipse.swt.widgets.Button;
import org.eclipse.swt.widgets.Composite;
import org.eclipse.swt.widgets.Control;
import org.eclipse.swt.widgets.Display;
import org.eclipse.swt.widgets.Event;
import org.eclipse.swt.widgets.Label;
import org.eclipse.swt.widgets.Shell;
import org.eclipse.swt.widgets.Tree;
import org.eclipse.swt.widgets.TreeItem;
import org.eclipse.ui.IWorkbench;
import org.eclipse.ui.PlatformUI;

/** The workbench from beside its thread: what is seen, and what is pressed. */
final class Hands {
    private static final long TIMEOUT_NANOS = 120_000_000_000L;

    private Hands() {
    }

    static Display display() {
        return PlatformUI.getWorkbench().getDisplay();
    }

    static void show(String view) throws Exception {
        IWorkbench workbench = PlatformUI.getWorkbench();
        display().syncCall(() -> workbench.getWorkbenchWindows()[0].getActivePage().showView(view));
    }

    /** The text of the first visible label that begins so, or nothing. */
    static String label(String beginning) {
        return display().syncCall(() -> all(Label.class).stream().map(Label::getText).filter(text -> text.startsWith(beginning)).findFirst().orElse(""));
    }

    /** The cells of the first visible root line of a tree with this name, or nothing. */
    static String line(String name) {
        return display().syncCall(() -> all(Tree.class).stream().flatMap(tree -> List.of(tree.getItems()).stream()).filter(item -> item.getText().equals(name))
                .map(Hands::cells).findFirst().orElse(""));
    }

    /** Presses the button, also one of a radio group, as soon as it can be. Does not wait for what comes of it, which may be a dialog. */
    static void press(String dialog, String text) throws Exception {
        await("in \"" + dialog + "\" there is no enabled button \"" + text + "\"", () -> display().syncCall(() -> {
            Optional<Button> button = enabled(dialog, text);
            button.ifPresent(found -> display().asyncExec(() -> press(found)));
            return button.isPresent();
        }));
    }

    /** UI thread; comes back when everything is done that the button does. */
    static void pressIfEnabled(String dialog, String text) {
        enabled(dialog, text).ifPresent(Hands::press);
    }

    private static Optional<Button> enabled(String dialog, String text) {
        return all(Button.class).stream()
                .filter(button -> button.getShell().getText().equals(dialog) && button.isEnabled() && button.getText().replace("&", "").equals(text)).findFirst();
    }

    private static void press(Button button) {
        if ((button.getStyle() & SWT.RADIO) != 0) {
            for (Control other : button.getParent().getChildren()) {
                if (other instanceof Button radio && radio.getSelection() && radio != button) {
                    radio.setSelection(false);
                    radio.notifyListeners(SWT.Selection, new Event());
                }
            }
            button.setSelection(true);
        }
        button.notifyListeners(SWT.Selection, new Event());
    }

    private static String cells(TreeItem item) {
        return item.getText(0) + "|" + item.getText(1) + "|" + item.getText(2);
    }

    static <T extends Control> List<T> all(Class<T> type) {
        List<T> found = new ArrayList<>();
        for (Shell shell : Display.getCurrent().getShells()) {
            collect(shell, type, found);
        }
        return found;
    }

    private static <T extends Control> void collect(Control control, Class<T> type, List<T> found) {
        if (!control.isVisible()) {
            return;
        }
        if (type.isInstance(control)) {
            found.add(type.cast(control));
        }
        if (control instanceof Composite composite) {
            List.of(composite.getChildren()).forEach(child -> collect(child, type, found));
        }
    }

    static void await(String otherwise, Callable<Boolean> condition) throws Exception {
        long end = System.nanoTime() + TIMEOUT_NANOS;
        while (!condition.call()) {
            if (System.nanoTime() > end) {
                throw new IllegalStateException(otherwise);
            }
            Thread.sleep(20);
        }
    }
}
