package dev.ringside.testkit.swtbot;

import java.util.List;
import java.util.stream.Stream;
import org.eclipse.swt.graphics.RGB;
import org.eclipse.swt.widgets.Tree;

/** A tree. */
public final class SWTBotTree extends AbstractSWTBot<Tree> {
    SWTBotTree(Tree widget) {
        super(widget);
    }

    public List<SWTBotTreeItem> getAllItems() {
        return Ui.call(() -> Stream.of(widget.getItems()).map(SWTBotTreeItem::new).toList());
    }

    /** Waits for a root whose text begins so. */
    public SWTBotTreeItem getTreeItem(String text) {
        return SWTBotTreeItem.find(widget, () -> widget.getItems(), text);
    }

    /** Opens one level after the other and gives the last. A text may be the beginning of a node's text. */
    public SWTBotTreeItem expandNode(String first, String... rest) {
        SWTBotTreeItem item = getTreeItem(first).expand();
        for (String text : rest) {
            item = item.getNode(text).expand();
        }
        return item;
    }

    public RGB backgroundColor() {
        return Ui.call(() -> widget.getBackground().getRGB());
    }

    public int rowCount() {
        return Ui.call(widget::getItemCount);
    }
}
