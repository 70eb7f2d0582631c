package dev.ringside.ui.registers;

import dev.ringside.arch.Symbolizer;
import dev.ringside.machine.MachineControl.RegisterGroupValues;
import dev.ringside.machine.MachineControl.RegisterValue;
import dev.ringside.ui.Palette;
import dev.ringside.ui.guest.RegisterValues;
import java.math.BigInteger;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;
import org.eclipse.jface.resource.FontDescriptor;
import org.eclipse.jface.resource.JFaceResources;
import org.eclipse.jface.resource.LocalResourceManager;
import org.eclipse.swt.SWT;
import org.eclipse.swt.custom.TreeEditor;
import org.eclipse.swt.graphics.Color;
import org.eclipse.swt.graphics.Font;
import org.eclipse.swt.graphics.GC;
import org.eclipse.swt.graphics.Point;
import org.eclipse.swt.widgets.Composite;
import org.eclipse.swt.widgets.Control;
import org.eclipse.swt.widgets.Event;
import org.eclipse.swt.widgets.Text;
import org.eclipse.swt.widgets.Tree;
import org.eclipse.swt.widgets.TreeColumn;
import org.eclipse.swt.widgets.TreeItem;

/**
 * Groups of registers with name, value and meaning. Lines stay where they are from stop to stop; only their texts change, so nothing flickers and
 * what is expanded stays expanded.
 */
final class RegisterTree {
    private static final int NAME = 0;
    private static final int VALUE = 1;
    private static final int MEANING = 2;

    /** The first group is open at first, and others up to this size. */
    private static final int SMALL_GROUP = 8;

    /** Of a 64-bit register. */
    private static final int USUAL_DIGITS = 16;
    /** What a tree leaves around a text. */
    private static final int MARGIN_PIXELS = 22;

    /** In a frame farther out, of registers that only the guest's unwind tables could find. */
    private static final String UNKNOWN = "unknown";

    /** An address farther behind a symbol than this is hardly in it. */
    private static final int FAR_DIGITS = 4;

    private final Tree tree;
    private final TreeEditor editor;
    private final BiConsumer<RegisterValue, String> edited;
    private final Font font;
    private final Font bold;
    private final int letter;
    /** Digits that the column of values has room for. */
    private int digits = USUAL_DIGITS;
    private RegisterValues values;
    private boolean canChange;

    /** @param edited what the user typed for which register */
    RegisterTree(Composite parent, BiConsumer<RegisterValue, String> edited) {
        this.edited = edited;
        tree = new Tree(parent, SWT.FULL_SELECTION | SWT.SINGLE | SWT.V_SCROLL | SWT.H_SCROLL);
        tree.setHeaderVisible(true);
        var resources = new LocalResourceManager(JFaceResources.getResources(), tree);
        FontDescriptor text = FontDescriptor.createFrom(JFaceResources.getTextFont());
        font = resources.create(text);
        bold = resources.create(text.setStyle(SWT.BOLD));
        letter = letterWidth();
        column("Register", 130);
        column("Value", valueWidth());
        column("Meaning", 160);
        editor = new TreeEditor(tree);
        editor.grabHorizontal = true;
        tree.addListener(SWT.MouseDoubleClick, this::doubleClicked);
        tree.addListener(SWT.KeyDown, this::keyPressed);
        tree.addListener(SWT.Expand, this::openedOrClosed);
        tree.addListener(SWT.Collapse, this::openedOrClosed);
    }

    private int letterWidth() {
        GC gc = new GC(tree);
        gc.setFont(font);
        int width = gc.stringExtent("0000000000").x;
        gc.dispose();
        return Math.max(1, width / 10);
    }

    private int valueWidth() {
        return digits * letter + MARGIN_PIXELS;
    }

    /** Values that can be seen are seen whole: an XMM register is twice as long as others. A width that the user has chosen stays until another group opens or closes. */
    private void fitValues() {
        int longest = USUAL_DIGITS;
        for (TreeItem group : tree.getItems()) {
            for (TreeItem line : group.getExpanded() ? group.getItems() : new TreeItem[0]) {
                longest = Math.max(longest, line.getText(VALUE).length());
            }
        }
        if (longest != digits) {
            digits = longest;
            tree.getColumn(VALUE).setWidth(valueWidth());
        }
    }

    private void column(String title, int width) {
        TreeColumn column = new TreeColumn(tree, SWT.LEFT);
        column.setText(title);
        column.setWidth(width);
    }

    Control control() {
        return tree;
    }

    /** What is shown, or null. */
    RegisterValues values() {
        return values;
    }

    void clear() {
        values = null;
        stopEditing();
        tree.removeAll();
    }

    /** While the guest runs the last values stay, but step back. */
    void running() {
        stopEditing();
        Color quiet = Palette.of(tree).quiet();
        for (TreeItem group : tree.getItems()) {
            for (TreeItem line : group.getItems()) {
                line.setForeground(NAME, quiet);
                line.setForeground(VALUE, quiet);
            }
        }
    }

    void show(RegisterValues now, Symbolizer symbols, boolean editable) {
        values = now;
        canChange = editable;
        Palette palette = Palette.of(tree);
        tree.setRedraw(false);
        boolean fresh = tree.getItemCount() == 0;
        for (int i = 0; i < now.groups().size(); i++) {
            showGroup(line(i), now.groups().get(i), symbols, palette);
            if (fresh && (i == 0 || now.groups().get(i).registers().size() <= SMALL_GROUP)) {
                tree.getItem(i).setExpanded(true);
            }
        }
        while (tree.getItemCount() > now.groups().size()) {
            tree.getItem(now.groups().size()).dispose();
        }
        tree.setRedraw(true);
    }

    private TreeItem line(int index) {
        return index < tree.getItemCount() ? tree.getItem(index) : new TreeItem(tree, SWT.NONE);
    }

    private static TreeItem line(TreeItem parent, int index) {
        return index < parent.getItemCount() ? parent.getItem(index) : new TreeItem(parent, SWT.NONE);
    }

    private void showGroup(TreeItem item, RegisterGroupValues group, Symbolizer symbols, Palette palette) {
        item.setData(null);
        item.setText(NAME, group.name());
        item.setText(VALUE, summary(group));
        item.setFont(VALUE, font);
        for (int i = 0; i < group.registers().size(); i++) {
            showRegister(line(item, i), group.registers().get(i), symbols, palette);
        }
        while (item.getItemCount() > group.registers().size()) {
            item.getItem(group.registers().size()).dispose();
        }
        markGroup(item, palette);
    }

    /** A closed group tells that something in it has changed. */
    private void markGroup(TreeItem item, Palette palette) {
        boolean changed = false;
        for (TreeItem line : item.getItems()) {
            changed |= line.getData() instanceof RegisterValue register && values.changed().contains(register.name());
        }
        item.setForeground(NAME, changed && !item.getExpanded() ? palette.changed() : null);
    }

    /** Asked for while the line is about to open or close, so it is looked at afterwards. */
    private void openedOrClosed(Event event) {
        TreeItem item = (TreeItem) event.item;
        tree.getDisplay().asyncExec(() -> {
            if (!item.isDisposed() && values != null) {
                markGroup(item, Palette.of(tree));
                fitValues();
            }
        });
    }

    private void showRegister(TreeItem item, RegisterValue register, Symbolizer symbols, Palette palette) {
        boolean changed = values.changed().contains(register.name());
        item.setData(register);
        set(item, NAME, register.name());
        set(item, VALUE, isKnown(register) ? register.digits() : UNKNOWN);
        set(item, MEANING, meaning(register, symbols));
        mark(item, changed, palette, changed ? bold : font);
        item.setFont(NAME, changed ? bold : font);
        item.setFont(VALUE, changed ? bold : font);
        item.setForeground(MEANING, palette.quiet());
        if (!isKnown(register)) {
            item.setForeground(VALUE, palette.quiet());
        }
    }

    private static boolean isKnown(RegisterValue register) {
        return !register.digits().isEmpty();
    }

    /** Setting an equal text would still invalidate the line. */
    private static void set(TreeItem item, int column, String text) {
        if (!item.getText(column).equals(text)) {
            item.setText(column, text);
        }
    }

    private static void mark(TreeItem item, boolean changed, Palette palette, Font valueFont) {
        item.setForeground(NAME, changed ? palette.changed() : null);
        item.setForeground(VALUE, changed ? palette.changed() : null);
        item.setFont(VALUE, valueFont);
    }

    /** Flags are told in the group's own line, so that the group can stay closed. */
    private static boolean isFlags(RegisterGroupValues group) {
        return group.registers().stream().filter(register -> register.bits() == 1).count() > 1;
    }

    private static String summary(RegisterGroupValues group) {
        return !isFlags(group) ? "" : group.registers().stream()
                .filter(register -> register.bits() == 1 && isKnown(register) && !register.digits().equals("0"))
                .map(RegisterValue::name)
                .collect(Collectors.joining(" "));
    }

    /** The symbol that an address-sized value points into, or a small number in decimal. */
    private static String meaning(RegisterValue register, Symbolizer symbols) {
        if (register.bits() < 32 || register.bits() > 64 || !isKnown(register)) {
            return "";
        }
        long value = new BigInteger(register.digits(), 16).longValue();
        String symbol = value == 0 ? null : symbols.nameOf(value);
        if (symbol != null && isNear(symbol)) {
            return symbol;
        }
        return value > 9 && value < 100_000 ? Long.toString(value) : "";
    }

    private static boolean isNear(String symbol) {
        int offset = symbol.lastIndexOf("+0x");
        return offset < 0 || symbol.length() - offset - "+0x".length() <= FAR_DIGITS;
    }

    // Editing in place

    private void doubleClicked(Event event) {
        TreeItem item = tree.getItem(new Point(event.x, event.y));
        if (item != null && item.getData() instanceof RegisterValue register) {
            startEditing(item, register);
        }
    }

    private void keyPressed(Event event) {
        boolean wanted = event.keyCode == SWT.F2 || event.character == SWT.CR;
        if (wanted && tree.getSelectionCount() == 1 && tree.getSelection()[0].getData() instanceof RegisterValue register) {
            startEditing(tree.getSelection()[0], register);
            event.doit = false;
        }
    }

    private void startEditing(TreeItem item, RegisterValue register) {
        stopEditing();
        if (!canChange || !register.writable()) {
            return;
        }
        Text text = new Text(tree, SWT.BORDER);
        text.setFont(font);
        text.setText(register.digits());
        text.selectAll();
        text.addListener(SWT.FocusOut, event -> text.dispose());
        text.addListener(SWT.Traverse, event -> {
            if (event.detail == SWT.TRAVERSE_RETURN) {
                String typed = text.getText();
                event.doit = false;
                stopEditing();
                tree.setFocus();
                edited.accept(register, typed);
            } else if (event.detail == SWT.TRAVERSE_ESCAPE) {
                event.doit = false;
                stopEditing();
                tree.setFocus();
            }
        });
        editor.setEditor(text, item, VALUE);
        text.setFocus();
    }

    private void stopEditing() {
        if (editor.getEditor() != null && !editor.getEditor().isDisposed()) {
            editor.getEditor().dispose();
        }
        editor.setEditor(null);
    }
}
