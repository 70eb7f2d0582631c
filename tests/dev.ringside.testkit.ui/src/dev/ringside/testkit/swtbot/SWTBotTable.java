package dev.ringside.testkit.swtbot;

import org.eclipse.swt.SWT;
import org.eclipse.swt.graphics.Rectangle;
import org.eclipse.swt.widgets.Event;
import org.eclipse.swt.widgets.Table;
import org.eclipse.swt.widgets.TableItem;

/** A table. Rows and columns count from 0. */
public final class SWTBotTable extends AbstractSWTBot<Table> {
    SWTBotTable(Table widget) {
        super(widget);
    }

    public int rowCount() {
        return Ui.call(widget::getItemCount);
    }

    public String cell(int row, int column) {
        return Ui.call(() -> row < widget.getItemCount() ? widget.getItem(row).getText(column) : "");
    }

    /** The row whose {@code column} says {@code text}, or −1. */
    public int indexOf(String text, int column) {
        return Ui.call(() -> {
            for (int row = 0; row < widget.getItemCount(); row++) {
                if (widget.getItem(row).getText(column).equals(text)) {
                    return row;
                }
            }
            return -1;
        });
    }

    public SWTBotTableItem getTableItem(int row) {
        return new SWTBotTableItem(Ui.call(() -> widget.getItem(row)));
    }

    public void select(int row) {
        Ui.act(() -> {
            widget.setSelection(row);
            Ui.send(widget, SWT.Selection);
        });
    }

    /** Index of the selected row, or −1. */
    public int selectionIndex() {
        return Ui.call(widget::getSelectionIndex);
    }

    /** Clicks the check box of the row whose first column says {@code text}. */
    public void check(String text, boolean checked) {
        int row = indexOf(text, 0);
        Ui.act(() -> {
            TableItem item = widget.getItem(row);
            item.setChecked(checked);
            Event event = new Event();
            event.item = item;
            event.detail = SWT.CHECK;
            Ui.send(widget, SWT.Selection, event);
        });
    }

    public boolean isChecked(String text) {
        int row = indexOf(text, 0);
        return Ui.call(() -> widget.getItem(row).getChecked());
    }

    public int topIndex() {
        return Ui.call(widget::getTopIndex);
    }

    /** Drags the scroll bar to where {@code topRow} is the first. All rows are taken to be of one height. */
    public void scrollTo(int topRow) {
        Ui.act(() -> {
            widget.getVerticalBar().setSelection(topRow * (widget.getVerticalBar().getMaximum() / Math.max(1, widget.getItemCount())));
            Ui.send(widget.getVerticalBar(), SWT.Selection);
        });
    }

    public void doubleClick(int row, int column) {
        Ui.act(() -> {
            widget.showItem(widget.getItem(row));
            widget.setSelection(row);
            TableItem item = widget.getItem(row);
            Rectangle cell = item.getBounds(column);
            Event event = new Event();
            event.button = 1;
            event.x = cell.x + Math.min(4, cell.width / 2);
            event.y = cell.y + cell.height / 2;
            Ui.send(widget, SWT.MouseDoubleClick, event);
        });
    }
}
