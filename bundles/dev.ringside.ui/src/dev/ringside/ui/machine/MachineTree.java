package dev.ringside.ui.machine;

import dev.ringside.ui.Palette;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.eclipse.jface.resource.FontDescriptor;
import org.eclipse.jface.resource.JFaceResources;
import org.eclipse.jface.resource.LocalResourceManager;
import org.eclipse.swt.SWT;
import org.eclipse.swt.graphics.Font;
import org.eclipse.swt.widgets.Composite;
import org.eclipse.swt.widgets.Event;
import org.eclipse.swt.widgets.Tree;
import org.eclipse.swt.widgets.TreeColumn;
import org.eclipse.swt.widgets.TreeItem;

/**
 * Draws {@link Part}s. Lines stay where they are from stop to stop and only their texts change, so nothing flickers, and what is open and selected stays
 * so. It knows what can be seen, so that only that is asked for.
 */
public final class MachineTree {
    private static final int NAME = 0;
    private static final int VALUE = 1;
    private static final int MEANING = 2;

    private final Tree tree;
    private final Font font;
    private final Font bold;
    private final Consumer<Part> opened;
    private final List<String> root;
    private Part machine;
    private String filter = "";
    private boolean stale;

    /** @param root the part whose lines are shown, as names from the machine on; empty for the machine @param opened a part was opened by the user */
    public MachineTree(Composite parent, List<String> root, Consumer<Part> opened) {
        this.root = root;
        this.opened = opened;
        machine = Part.root(root);
        tree = new Tree(parent, SWT.FULL_SELECTION | SWT.MULTI | SWT.V_SCROLL | SWT.H_SCROLL);
        tree.setHeaderVisible(true);
        var resources = new LocalResourceManager(JFaceResources.getResources(), tree);
        FontDescriptor text = FontDescriptor.createFrom(JFaceResources.getTextFont());
        font = resources.create(text);
        bold = resources.create(text.setStyle(SWT.BOLD));
        column("Part", 162);
        column("Value", 104);
        column("Meaning", 300);
        tree.addListener(SWT.Expand, event -> openedOrClosed(event, true));
        tree.addListener(SWT.Collapse, event -> openedOrClosed(event, false));
    }

    private void column(String title, int width) {
        TreeColumn column = new TreeColumn(tree, SWT.LEFT);
        column.setText(title);
        column.setWidth(width);
    }

    /** Widths in pixels, where names or values are longer than those of devices. */
    public void widths(int name, int value, int meaning) {
        tree.getColumn(NAME).setWidth(name);
        tree.getColumn(VALUE).setWidth(value);
        tree.getColumn(MEANING).setWidth(meaning);
    }

    public Tree control() {
        return tree;
    }

    /** The part whose lines are shown. */
    public Part machine() {
        return machine;
    }

    /** Another machine, of which nothing is known. */
    public void forget() {
        machine = Part.root(root);
        tree.removeAll();
    }

    private void openedOrClosed(Event event, boolean open) {
        Part part = (Part) event.item.getData();
        part.open(open);
        tree.getDisplay().asyncExec(() -> { // the line is about to open or close
            if (!tree.isDisposed()) {
                draw();
                if (open) {
                    opened.accept(part);
                }
            }
        });
    }

    /** @param wanted part of a name or value; empty for everything */
    void filter(String wanted) {
        filter = wanted.toLowerCase(Locale.ROOT);
    }

    boolean isFiltered() {
        return !filter.isEmpty();
    }

    /** While the guest runs what was last seen stays, but steps back. */
    public void stale(boolean now) {
        stale = now;
        draw();
    }

    public void draw() {
        Palette palette = Palette.of(tree);
        tree.setRedraw(false);
        List<Part> roots = chosen(machine);
        for (int i = 0; i < roots.size(); i++) {
            draw(i < tree.getItemCount() ? tree.getItem(i) : new TreeItem(tree, SWT.NONE), roots.get(i), palette);
        }
        while (tree.getItemCount() > roots.size()) {
            tree.getItem(roots.size()).dispose();
        }
        tree.setRedraw(true);
    }

    private List<Part> chosen(Part part) {
        Predicate<Part> wanted = line -> (line.name() + " " + line.value() + " " + line.meaning()).toLowerCase(Locale.ROOT).contains(filter);
        return !isFiltered() ? part.lines() : part.lines().stream().filter(line -> line.matches(wanted)).toList();
    }

    private void draw(TreeItem item, Part part, Palette palette) {
        fill(item, part, palette);
        List<Part> lines = chosen(part);
        for (int i = 0; i < lines.size(); i++) {
            TreeItem line = i < item.getItemCount() ? item.getItem(i) : new TreeItem(item, SWT.NONE);
            if (line.getData() != lines.get(i) || part.isOpen() || isFiltered()) {
                draw(line, lines.get(i), palette);
            }
        }
        int placeholders = part.isPart() && !part.isKnown() ? 1 : 0;
        while (item.getItemCount() > lines.size() + placeholders) {
            item.getItem(lines.size()).dispose();
        }
        if (item.getItemCount() < lines.size() + placeholders) {
            TreeItem placeholder = new TreeItem(item, SWT.NONE);
            placeholder.setText(NAME, "\u2026");
        }
        boolean open = part.isOpen() || isFiltered();
        if (item.getExpanded() != open && item.getItemCount() > 0) {
            item.setExpanded(open);
        }
    }

    private void fill(TreeItem item, Part part, Palette palette) {
        boolean changed = part.isChanged() && !(part.isPart() && item.getExpanded());
        item.setData(part);
        set(item, NAME, part.name());
        set(item, VALUE, part.value());
        set(item, MEANING, part.meaning());
        Font wanted = changed && !part.isPart() ? bold : font;
        item.setFont(VALUE, wanted);
        item.setForeground(NAME, stale ? palette.quiet() : changed ? palette.changed() : null);
        item.setForeground(VALUE, stale ? palette.quiet() : changed ? palette.changed() : null);
        item.setForeground(MEANING, palette.quiet());
    }

    /** Setting an equal text would still invalidate the line. */
    private static void set(TreeItem item, int column, String text) {
        if (!item.getText(column).equals(text)) {
            item.setText(column, text);
        }
    }

    // What can be seen

    /** Parts of which a line, or the line of the part itself, is on the screen. The machine is the first. */
    List<Part> visible() {
        List<Part> seen = new ArrayList<>();
        seen.add(machine);
        int left = tree.getClientArea().height / Math.max(1, tree.getItemHeight()) + 1;
        for (TreeItem item = tree.getTopItem(); item != null && left > 0; item = next(item), left--) {
            Part part = (Part) item.getData();
            if (part == null) {
                continue; // the placeholder of a part that has just been opened
            }
            if (!seen.contains(part.parent())) {
                seen.add(part.parent());
            }
            if (part.isPart() && !seen.contains(part)) {
                seen.add(part);
            }
        }
        return seen;
    }

    private static TreeItem next(TreeItem item) {
        if (item.getExpanded() && item.getItemCount() > 0) {
            return item.getItem(0);
        }
        for (TreeItem at = item; at != null; at = at.getParentItem()) {
            TreeItem sibling = sibling(at);
            if (sibling != null) {
                return sibling;
            }
        }
        return null;
    }

    private static TreeItem sibling(TreeItem item) {
        TreeItem parent = item.getParentItem();
        int index = parent == null ? item.getParent().indexOf(item) + 1 : parent.indexOf(item) + 1;
        int count = parent == null ? item.getParent().getItemCount() : parent.getItemCount();
        return index >= count ? null : parent == null ? item.getParent().getItem(index) : parent.getItem(index);
    }

    /** The selected lines, or everything that is known. */
    public String text() {
        StringBuilder out = new StringBuilder();
        List<Part> chosen = Stream.of(tree.getSelection()).map(item -> (Part) item.getData()).filter(part -> part != null).toList();
        (chosen.isEmpty() ? machine.lines() : chosen).forEach(part -> part.write(out, ""));
        return out.toString();
    }
}
