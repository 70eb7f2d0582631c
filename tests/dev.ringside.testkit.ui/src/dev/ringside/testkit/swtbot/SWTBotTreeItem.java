package dev.ringside.testkit.swtbot;

import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.eclipse.swt.SWT;
import org.eclipse.swt.graphics.RGB;
import org.eclipse.swt.graphics.Rectangle;
import org.eclipse.swt.widgets.Event;
import org.eclipse.swt.widgets.Tree;
import org.eclipse.swt.widgets.TreeItem;

/** A node of a tree. */
public final class SWTBotTreeItem extends AbstractSWTBot<TreeItem> {
    SWTBotTreeItem(TreeItem widget) {
        super(widget);
    }

    static SWTBotTreeItem find(Tree tree, Callable<TreeItem[]> among, String text) {
        AtomicReference<TreeItem> found = new AtomicReference<>();
        try {
            Ui.waitUntil(Conditions.that("", () -> {
                for (TreeItem item : Ui.call(() -> tree.isDisposed() ? new TreeItem[0] : among.call())) {
                    if (Ui.call(() -> !item.isDisposed() && item.getText().startsWith(text))) {
                        found.set(item);
                        return true;
                    }
                }
                return false;
            }), Ui.TIMEOUT_MILLIS / 2);
        } catch (TimeoutException absent) {
            throw new WidgetNotFoundException("there is no node \"" + text + "\" but "
                    + Ui.call(() -> Stream.of(among.call()).map(TreeItem::getText).toList()));
        }
        return new SWTBotTreeItem(found.get());
    }

    public String getText() {
        return cell(0);
    }

    public String cell(int column) {
        return Ui.call(() -> widget.isDisposed() ? "" : widget.getText(column));
    }

    public SWTBotTreeItem expand() {
        Ui.act(() -> {
            if (!widget.getExpanded()) {
                widget.setExpanded(true);
                Event event = new Event();
                event.item = widget;
                Ui.send(widget.getParent(), SWT.Expand, event);
            }
        });
        return this;
    }

    public SWTBotTreeItem getNode(String text) {
        return find(Ui.call(widget::getParent), widget::getItems, text);
    }

    public List<SWTBotTreeItem> getItems() {
        return Ui.call(() -> Stream.of(widget.getItems()).map(SWTBotTreeItem::new).toList());
    }

    public SWTBotTreeItem select() {
        Ui.act(() -> {
            widget.getParent().setSelection(widget);
            Event event = new Event();
            event.item = widget;
            Ui.send(widget.getParent(), SWT.Selection, event);
        });
        return this;
    }

    /** Sets the check box at the beginning of the line. */
    public void check(boolean checked) {
        Ui.act(() -> {
            widget.setChecked(checked);
            Event event = new Event();
            event.item = widget;
            event.detail = SWT.CHECK;
            Ui.send(widget.getParent(), SWT.Selection, event);
        });
    }

    public boolean isChecked() {
        return Ui.call(widget::getChecked);
    }

    public void doubleClick(int column) {
        Ui.act(() -> {
            Tree tree = widget.getParent();
            tree.showItem(widget);
            tree.setSelection(widget);
            Rectangle cell = widget.getBounds(column);
            Event event = new Event();
            event.button = 1;
            event.x = cell.x + cell.width / 2;
            event.y = cell.y + cell.height / 2;
            Ui.send(tree, SWT.MouseDoubleClick, event);
        });
    }

    public RGB foregroundColor(int column) {
        return Ui.call(() -> widget.getForeground(column).getRGB());
    }

    public boolean isBold(int column) {
        return Ui.call(() -> (widget.getFont(column).getFontData()[0].getStyle() & SWT.BOLD) != 0);
    }
}
