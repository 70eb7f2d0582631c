package dev.ringside.testkit.swtbot;

import org.eclipse.swt.graphics.RGB;
import org.eclipse.swt.widgets.TableItem;

/** A row of a table. */
public final class SWTBotTableItem extends AbstractSWTBot<TableItem> {
    SWTBotTableItem(TableItem widget) {
        super(widget);
    }

    public String getText(int column) {
        return Ui.call(() -> widget.getText(column));
    }

    public boolean hasImage(int column) {
        return Ui.call(() -> widget.getImage(column) != null);
    }

    public RGB backgroundColor() {
        return Ui.call(() -> widget.getBackground().getRGB());
    }
}
