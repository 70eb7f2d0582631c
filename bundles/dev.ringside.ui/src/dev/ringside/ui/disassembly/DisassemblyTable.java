package dev.ringside.ui.disassembly;

import dev.ringside.arch.DisassembledInstruction;
import dev.ringside.arch.DisassembledInstruction.FlowKind;
import dev.ringside.machine.MachineControl.DisassembledLine;
import dev.ringside.ui.Icons;
import dev.ringside.ui.Palette;
import dev.ringside.ui.ThemeChanges;
import dev.ringside.ui.guest.AddressMarks.Mark;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.function.LongFunction;
import org.eclipse.jface.resource.JFaceResources;
import org.eclipse.swt.SWT;
import org.eclipse.swt.graphics.Font;
import org.eclipse.swt.graphics.GC;
import org.eclipse.swt.graphics.Point;
import org.eclipse.swt.widgets.Composite;
import org.eclipse.swt.widgets.Event;
import org.eclipse.swt.widgets.Table;
import org.eclipse.swt.widgets.TableColumn;
import org.eclipse.swt.widgets.TableItem;

/**
 * Draws a {@link Listing}: a ruler with breakpoints and the arrow, then address, label, instruction, bytes.
 *
 * <p>Lines of the table are never taken away, only emptied, and only what differs from what a line shows is set. (A virtual table would fill
 * fewer lines; but GTK asks for lines of it while they are removed, and the style sheets then hold on to items whose memory is gone.)
 */
final class DisassemblyTable {
    private static final int RULER = 0;
    private static final int ADDRESS = 1;
    private static final int SYMBOL = 2;
    private static final int TEXT = 3;
    private static final int BYTES = 4;

    private static final HexFormat HEX = HexFormat.ofDelimiter(" ");
    private static final int RULER_PIXELS = 30;

    private final Table table;
    private final Icons icons;
    private final LongFunction<Mark> marks;
    /** What each line of the table shows; null for an empty one. */
    private final List<Row> rows = new ArrayList<>();
    private Palette palette;
    private Listing listing = Listing.EMPTY;
    private Arrow arrow = Arrow.NONE;

    private record Row(DisassembledLine line, Mark mark, boolean here, boolean innermost, Palette palette) {
    }

    /** Where the selected frame is. @param innermost whether it executes there, or will only return there */
    record Arrow(long pc, boolean shown, boolean innermost) {
        static final Arrow NONE = new Arrow(0, false, false);
    }

    DisassemblyTable(Composite parent, LongFunction<Mark> marks) {
        this.marks = marks;
        table = new Table(parent, SWT.FULL_SELECTION | SWT.SINGLE | SWT.V_SCROLL | SWT.H_SCROLL);
        table.setHeaderVisible(true);
        icons = new Icons(table);
        palette = Palette.of(table);
        int letter = letterWidth();
        column("", RULER_PIXELS);
        column("Address", 18 * letter);
        column("Symbol", 17 * letter);
        column("Instruction", 39 * letter);
        column("Bytes", 45 * letter);
        ThemeChanges.listen(table, this::themeChanged);
    }

    private void themeChanged() {
        Collections.fill(rows, null);
        refresh();
    }

    private static Font font() {
        return JFaceResources.getTextFont();
    }

    private int letterWidth() {
        GC gc = new GC(table);
        gc.setFont(font());
        int width = gc.stringExtent("0000000000").x;
        gc.dispose();
        return Math.max(1, width / 10);
    }

    private void column(String title, int width) {
        TableColumn column = new TableColumn(table, SWT.LEFT);
        column.setText(title);
        column.setWidth(width);
        column.setMoveable(false);
    }

    Table control() {
        return table;
    }

    Listing listing() {
        return listing;
    }

    void show(Listing now) {
        listing = now;
        refresh();
    }

    void point(Arrow now) {
        if (!now.equals(arrow)) {
            arrow = now;
            refresh();
        }
    }

    /** Draws what has changed: lines, a mark, the arrow, the theme. */
    void refresh() {
        palette = Palette.of(table);
        table.setRedraw(false);
        while (rows.size() < listing.size()) {
            new TableItem(table, SWT.NONE);
            rows.add(null);
        }
        for (int i = 0; i < rows.size(); i++) {
            Row row = i < listing.size() ? row(listing.line(i)) : null;
            if (!Objects.equals(row, rows.get(i))) {
                rows.set(i, row);
                fill(table.getItem(i), row);
            }
        }
        table.setRedraw(true);
    }

    private Row row(DisassembledLine line) {
        long address = line.instruction().pc();
        boolean here = arrow.shown() && address == arrow.pc();
        return new Row(line, marks.apply(address), here, here && arrow.innermost(), palette);
    }

    // Where the user looks

    int visibleLines() {
        return Math.max(1, (table.getClientArea().height - table.getHeaderHeight()) / table.getItemHeight());
    }

    int firstVisible() {
        return table.getTopIndex();
    }

    boolean isVisible(int index) {
        return index >= firstVisible() && index < firstVisible() + visibleLines() - 1;
    }

    /** Scrolls so that {@code index} stands in the upper third, with its context above. */
    void reveal(int index) {
        scrollTo(Math.max(0, index - visibleLines() / 3));
    }

    /** Again when the lines have their heights: GTK guesses those of lines that it has not drawn yet. */
    void scrollTo(int firstVisible) {
        Listing shown = listing;
        table.setTopIndex(Math.max(0, firstVisible));
        table.getDisplay().asyncExec(() -> {
            if (!table.isDisposed() && listing == shown && table.getTopIndex() != firstVisible) {
                table.setTopIndex(Math.max(0, firstVisible));
            }
        });
    }

    void select(int index) {
        table.setSelection(index);
    }

    void deselect() {
        table.deselectAll();
    }

    /** Index of the selected line, or −1. */
    int selected() {
        int index = table.getSelectionIndex();
        return index < listing.size() ? index : -1;
    }

    /** Index of the line whose ruler is at this place, or −1. */
    int rulerLineAt(Event event) {
        TableItem item = table.getItem(new Point(event.x, event.y));
        int index = item != null && event.x < RULER_PIXELS ? table.indexOf(item) : -1;
        return index < listing.size() ? index : -1;
    }

    // Filling

    private void fill(TableItem item, Row row) {
        if (row == null) {
            item.setText(new String[] {"", "", "", "", ""});
            item.setImage(RULER, null);
            item.setBackground(null);
            return;
        }
        DisassembledInstruction instruction = row.line.instruction();
        item.setText(new String[] {"", address(instruction.pc()), row.line.symbol() == null ? "" : row.line.symbol() + ":", instruction.text(),
                HEX.formatHex(row.line.bytes())});
        item.setFont(font()); // of the line: the theme's style sheet sets the table's
        String picture = picture(row);
        item.setImage(RULER, picture == null ? null : icons.image(picture));
        item.setForeground(ADDRESS, palette.quiet());
        item.setForeground(SYMBOL, palette.flow());
        item.setForeground(TEXT, !instruction.valid() ? palette.bad() : instruction.kind() == FlowKind.NEXT ? null : palette.flow());
        item.setForeground(BYTES, palette.quiet());
        item.setBackground(!row.here ? null : row.innermost ? palette.current() : palette.caller());
    }

    private static String address(long address) {
        return "%016x".formatted(address);
    }

    private static String picture(Row row) {
        String pointer = row.innermost ? "arrow" : "caller";
        return switch (row.mark) {
            case NONE -> row.here ? pointer : null;
            case ENABLED -> row.here ? pointer + "-breakpoint" : "breakpoint";
            case DISABLED -> row.here ? pointer + "-breakpoint-disabled" : "breakpoint-disabled";
        };
    }
}
