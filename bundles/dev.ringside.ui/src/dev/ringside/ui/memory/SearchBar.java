package dev.ringside.ui.memory;

import dev.ringside.ui.LatestAnswer;
import java.util.OptionalLong;
import java.util.function.Function;
import org.eclipse.jface.layout.GridDataFactory;
import org.eclipse.jface.layout.GridLayoutFactory;
import org.eclipse.swt.SWT;
import org.eclipse.swt.layout.GridData;
import org.eclipse.swt.widgets.Button;
import org.eclipse.swt.widgets.Composite;
import org.eclipse.swt.widgets.Control;
import org.eclipse.swt.widgets.Event;
import org.eclipse.swt.widgets.Label;
import org.eclipse.swt.widgets.ProgressBar;
import org.eclipse.swt.widgets.Text;

/** Below the bytes: what to look for, how far the search is, and a way to stop it. Escape closes it. */
final class SearchBar {
    private static final int PROGRESS_STEPS = 1000;
    private static final int LOOK_MILLIS = 100;

    private final Composite bar;
    private final Text wanted;
    private final Button next;
    private final Button cancel;
    private final ProgressBar progress;
    private final Label outcome;
    private final LatestAnswer<OptionalLong> answer;
    private final Function<byte[], MemorySearch> start;
    private final Found found;
    private final Runnable closed;
    private MemorySearch search;

    @FunctionalInterface
    interface Found {
        void at(long address, int lengthBytes);
    }

    /** @param start gives null when there is nothing to search */
    SearchBar(Composite parent, Function<byte[], MemorySearch> start, Found found, Runnable closed) {
        this.start = start;
        this.found = found;
        this.closed = closed;
        bar = new Composite(parent, SWT.NONE);
        bar.setVisible(false);
        GridLayoutFactory.fillDefaults().numColumns(6).margins(4, 2).spacing(4, 0).applyTo(bar);
        Label label = new Label(bar, SWT.NONE);
        label.setText("&Find:");
        wanted = new Text(bar, SWT.BORDER);
        wanted.setMessage(BytePattern.EXAMPLES);
        GridDataFactory.fillDefaults().grab(true, false).hint(180, SWT.DEFAULT).applyTo(wanted);
        next = button("Find &Next", this::findTyped);
        progress = new ProgressBar(bar, SWT.HORIZONTAL);
        progress.setMaximum(PROGRESS_STEPS);
        GridDataFactory.swtDefaults().hint(80, SWT.DEFAULT).applyTo(progress);
        cancel = button("&Cancel", this::cancel);
        outcome = new Label(bar, SWT.NONE);
        GridDataFactory.fillDefaults().align(SWT.FILL, SWT.CENTER).hint(150, SWT.DEFAULT).applyTo(outcome);
        answer = new LatestAnswer<>(bar);
        wanted.addListener(SWT.DefaultSelection, event -> findTyped());
        wanted.addListener(SWT.KeyDown, this::keyPressed);
        searching(false);
    }

    private Button button(String text, Runnable body) {
        Button button = new Button(bar, SWT.PUSH);
        button.setText(text);
        button.addListener(SWT.Selection, event -> body.run());
        return button;
    }

    Control control() {
        return bar;
    }

    void open() {
        showBar(true);
        wanted.setFocus();
        wanted.selectAll();
    }

    void close() {
        showBar(false);
    }

    private void showBar(boolean shown) {
        ((GridData) bar.getLayoutData()).exclude = !shown;
        bar.setVisible(shown);
        bar.getParent().layout();
    }

    private void keyPressed(Event event) {
        if (event.keyCode == SWT.ESC) {
            if (search != null) {
                cancel();
            } else {
                close();
                closed.run();
            }
            event.doit = false;
        }
    }

    void find(String pattern) {
        wanted.setText(pattern);
        findTyped();
    }

    private void findTyped() {
        cancel();
        byte[] bytes;
        try {
            bytes = BytePattern.parse(wanted.getText());
        } catch (IllegalArgumentException notBytes) {
            say(notBytes.getMessage());
            return;
        }
        MemorySearch started = start.apply(bytes);
        if (started == null) {
            return;
        }
        search = started;
        say("");
        searching(true);
        look(started);
        answer.ask(started.result(), where -> {
            searching(false);
            if (where.isPresent()) {
                found.at(where.getAsLong(), bytes.length);
                say("found");
            } else {
                say(started.isCancelled() ? "cancelled" : "not found to the end");
            }
        }, problem -> {
            searching(false);
            say(problem);
        });
    }

    void cancel() {
        if (search != null) {
            search.cancel();
        }
    }

    private void searching(boolean now) {
        if (!now) {
            search = null;
        }
        progress.setVisible(now);
        cancel.setEnabled(now);
        next.setEnabled(!now);
    }

    private void look(MemorySearch watched) {
        if (!bar.isDisposed() && search == watched) {
            progress.setSelection((int) (watched.progress() * PROGRESS_STEPS));
            bar.getDisplay().timerExec(LOOK_MILLIS, () -> look(watched));
        }
    }

    String outcome() {
        return outcome.getText();
    }

    private void say(String words) {
        outcome.setText(words);
        outcome.setToolTipText(words);
    }
}
