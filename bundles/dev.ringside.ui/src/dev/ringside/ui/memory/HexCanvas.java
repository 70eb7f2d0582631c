package dev.ringside.ui.memory;

import dev.ringside.ui.Palette;
import dev.ringside.ui.guest.AddressMarks.Watched;
import java.util.List;
import org.eclipse.jface.resource.JFaceResources;
import org.eclipse.swt.SWT;
import org.eclipse.swt.accessibility.ACC;
import org.eclipse.swt.accessibility.AccessibleAdapter;
import org.eclipse.swt.accessibility.AccessibleControlAdapter;
import org.eclipse.swt.accessibility.AccessibleControlEvent;
import org.eclipse.swt.accessibility.AccessibleEvent;
import org.eclipse.swt.graphics.GC;
import org.eclipse.swt.graphics.Rectangle;
import org.eclipse.swt.widgets.Canvas;
import org.eclipse.swt.widgets.Composite;
import org.eclipse.swt.widgets.Event;

/**
 * Rows of address, bytes and characters. Only the rows on the screen exist, so an address space of any size scrolls. It asks its {@link Owner} for what it is to show
 * and tells what the user does.
 *
 * <p>Keys: arrows, Page Up and Down, Home, End (with Ctrl: of the memory), Shift selects, hexadecimal digits write.
 */
final class HexCanvas {
    private static final int[] ROW_BYTES = {32, 16, 8};
    private static final int MARGIN = 4;

    private final Canvas canvas;
    private final Owner owner;
    private ShownBytes shown;
    private int letter = 8;
    private int line = 16;
    private int rowShift = 4;
    private int digits = 16;
    /** Bytes in the address space; 0 stands for 2^64. */
    private long size;
    private long topRow;
    private long cursor;
    private long anchor;
    private boolean secondDigit;
    private boolean stale;
    private List<Watched> watched = List.of();

    /** UI thread. */
    interface Owner {
        /** Other rows are on the screen: their bytes are wanted. */
        void scrolled();

        void selected();

        /** A hexadecimal digit was typed over the byte at {@code address}. @param complete whether it was the second of two */
        void typed(long address, byte value, boolean complete);

        /** The Enter key. */
        void entered();
    }

    HexCanvas(Composite parent, ShownBytes shown, Owner owner) {
        this.shown = shown;
        this.owner = owner;
        canvas = new Canvas(parent, SWT.V_SCROLL | SWT.DOUBLE_BUFFERED);
        canvas.setFont(JFaceResources.getTextFont());
        measure();
        canvas.addListener(SWT.Paint, event -> paint(event.gc));
        canvas.addListener(SWT.Resize, event -> resized());
        canvas.addListener(SWT.KeyDown, this::keyPressed);
        canvas.addListener(SWT.Traverse, event -> event.doit = event.detail == SWT.TRAVERSE_TAB_NEXT || event.detail == SWT.TRAVERSE_TAB_PREVIOUS);
        canvas.addListener(SWT.MouseDown, this::mousePressed);
        canvas.addListener(SWT.MouseMove, this::mouseMoved);
        canvas.addListener(SWT.MouseVerticalWheel, this::wheelTurned);
        canvas.addListener(SWT.FocusIn, event -> canvas.redraw());
        canvas.addListener(SWT.FocusOut, event -> canvas.redraw());
        canvas.getVerticalBar().addListener(SWT.Selection, this::barMoved);
        describe();
    }

    Canvas control() {
        return canvas;
    }

    /** Fonts and colours are the theme's. */
    void measure() {
        canvas.setFont(JFaceResources.getTextFont());
        GC gc = new GC(canvas);
        letter = Math.max(1, gc.stringExtent("0000000000").x / 10);
        line = gc.getFontMetrics().getHeight() + 2;
        gc.dispose();
    }

    // What it shows

    /** Another kind of address. */
    void show(ShownBytes bytes) {
        shown = bytes;
        canvas.redraw();
    }

    /** @param bytes of the address space; 0 stands for 2^64 */
    void space(long bytes) {
        size = bytes;
        digits = bytes == 0 ? 16 : bytes > 1L << 32 ? 12 : bytes > 1L << 16 ? 8 : 4;
        chooseRow();
        topRow = scroll().clamp(topRow);
        updateBar();
        canvas.redraw();
    }

    void stale(boolean now) {
        stale = now;
        canvas.redraw();
    }

    void watched(List<Watched> now) {
        watched = now;
        canvas.redraw();
    }

    void redraw() {
        canvas.redraw();
    }

    /** Moves the cursor there, and the rows when it would not be seen. */
    void goTo(long address, int lengthBytes) {
        cursor = address;
        anchor = address + lengthBytes - 1;
        secondDigit = false;
        long row = address >>> rowShift;
        if (row < topRow || row >= topRow + visibleRows()) {
            scrollTo(row - visibleRows() / 4);
        }
        moved();
    }

    long cursor() {
        return cursor;
    }

    long selectionStart() {
        return Long.compareUnsigned(cursor, anchor) <= 0 ? cursor : anchor;
    }

    int selectionLength() {
        long distance = Math.abs(cursor - anchor);
        return (int) Math.min(distance, 1 << 20) + 1;
    }

    /** Address of the first byte on the screen. */
    long top() {
        return topRow << rowShift;
    }

    /** Bytes on the screen, a row that is partly seen included. */
    int visibleBytes() {
        long left = rows() - topRow;
        return (int) Math.min(left, visibleRows() + 1) << rowShift;
    }

    int visibleRows() {
        return Math.max(1, (canvas.getClientArea().height - line) / line);
    }

    int rowBytes() {
        return 1 << rowShift;
    }

    private long rows() {
        return size == 0 ? 1L << 64 - rowShift : size + rowBytes() - 1 >>> rowShift;
    }

    private RowScroll scroll() {
        return new RowScroll(rows(), visibleRows());
    }

    private void resized() {
        chooseRow();
        topRow = scroll().clamp(topRow);
        updateBar();
        owner.scrolled();
    }

    private void chooseRow() {
        long top = top();
        int width = canvas.getClientArea().width - 2 * MARGIN;
        for (int bytes : ROW_BYTES) {
            rowShift = Integer.numberOfTrailingZeros(bytes);
            if (charactersColumn() + bytes <= width / letter) {
                break;
            }
        }
        topRow = top >>> rowShift;
    }

    private int byteColumn(int index) {
        return digits + 2 + 3 * index + (index >> 3);
    }

    private int charactersColumn() {
        return byteColumn(rowBytes()) + 1;
    }

    // Drawing

    private void paint(GC gc) {
        Palette palette = Palette.of(canvas);
        Rectangle area = canvas.getClientArea();
        gc.setBackground(canvas.getBackground());
        gc.fillRectangle(area);
        gc.setForeground(palette.quiet());
        StringBuilder header = new StringBuilder(" ".repeat(byteColumn(0)));
        for (int i = 0; i < rowBytes(); i++) {
            header.append("%02x ".formatted(i)).append((i & 7) == 7 ? " " : "");
        }
        gc.drawString(header.toString(), MARGIN, 0, true);
        long rows = Math.min(rows() - topRow, visibleRows() + 1);
        for (int row = 0; row < rows; row++) {
            paintRow(gc, topRow + row, line * (row + 1), palette);
        }
    }

    private void paintRow(GC gc, long row, int y, Palette palette) {
        long start = row << rowShift;
        for (int i = 0; i < rowBytes(); i++) {
            paintBehind(gc, start + i, i, y, palette);
        }
        gc.setForeground(palette.quiet());
        gc.drawString(addressText(start), MARGIN, y, true);
        gc.setForeground(stale ? palette.quiet() : canvas.getForeground());
        gc.drawString(bytesText(start), x(byteColumn(0)), y, true);
        gc.setForeground(palette.quiet());
        gc.drawString(charactersText(start), x(charactersColumn()), y, true);
        for (int i = 0; i < rowBytes(); i++) {
            paintChanged(gc, start + i, i, y, palette);
        }
    }

    private int x(int column) {
        return MARGIN + column * letter;
    }

    private void paintBehind(GC gc, long address, int index, int y, Palette palette) {
        if (isSelected(address)) {
            boolean last = index == rowBytes() - 1 || !isSelected(address + 1);
            gc.setBackground(palette.caller());
            gc.fillRectangle(x(byteColumn(index)), y, (last ? 2 : byteColumn(index + 1) - byteColumn(index)) * letter, line);
            gc.fillRectangle(x(charactersColumn() + index), y, letter, line);
        }
        if (address == cursor) {
            gc.setBackground(palette.flow());
            int at = x(byteColumn(index)) + (secondDigit ? letter : 0);
            gc.fillRectangle(at, y + line - 2, secondDigit ? letter : 2 * letter, canvas.isFocusControl() ? 2 : 1);
        }
        for (Watched watch : watched) {
            if (Long.compareUnsigned(address - watch.address(), watch.lengthBytes()) < 0) {
                gc.setForeground(watch.enabled() ? palette.bad() : palette.quiet());
                gc.drawLine(x(byteColumn(index)), y, x(byteColumn(index)) + 2 * letter, y);
            }
        }
    }

    /** Over what is drawn already: bold, in the colour of change. */
    private void paintChanged(GC gc, long address, int index, int y, Palette palette) {
        if (!stale && shown.isChanged(address)) {
            gc.setForeground(palette.changed());
            String text = "%02x".formatted(shown.at(address));
            gc.drawString(text, x(byteColumn(index)), y, true);
            gc.drawString(text, x(byteColumn(index)) + 1, y, true);
            gc.drawString(character(shown.at(address)), x(charactersColumn() + index), y, true);
        }
    }

    private boolean isSelected(long address) {
        long start = selectionStart();
        return Long.compareUnsigned(address - start, selectionLength()) < 0;
    }

    private String addressText(long address) {
        return ("%0" + digits + "x").formatted(address);
    }

    private String bytesText(long start) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < rowBytes(); i++) {
            int value = shown.at(start + i);
            text.append(value >= 0 ? "%02x ".formatted(value) : shown.gap(start + i) + " ").append((i & 7) == 7 ? " " : "");
        }
        return text.toString();
    }

    private String charactersText(long start) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < rowBytes(); i++) {
            text.append(character(shown.at(start + i)));
        }
        return text.toString();
    }

    private static String character(int value) {
        return value < 0 ? " " : value >= 0x20 && value < 0x7f ? String.valueOf((char) value) : ".";
    }

    /** The rows on the screen as text, one line each. */
    String text() {
        StringBuilder text = new StringBuilder();
        for (long row = topRow; row < Math.min(rows(), topRow + visibleRows()); row++) {
            text.append(rowText(row << rowShift)).append('\n');
        }
        return text.toString();
    }

    private String rowText(long start) {
        return addressText(start) + "  " + bytesText(start) + " " + charactersText(start);
    }

    // Scrolling

    private void scrollTo(long row) {
        long clamped = scroll().clamp(row);
        if (clamped != topRow) {
            topRow = clamped;
            updateBar();
            canvas.redraw();
            owner.scrolled();
        }
    }

    private void updateBar() {
        RowScroll scroll = scroll();
        canvas.getVerticalBar().setValues(scroll.selectionOf(topRow), 0, scroll.maximum(), scroll.thumb(), 1, Math.max(1, scroll.thumb()));
    }

    private void barMoved(Event event) {
        switch (event.detail) {
            case SWT.ARROW_UP -> scrollTo(topRow - 1);
            case SWT.ARROW_DOWN -> scrollTo(topRow + 1);
            case SWT.PAGE_UP -> scrollTo(topRow - visibleRows());
            case SWT.PAGE_DOWN -> scrollTo(topRow + visibleRows());
            default -> scrollTo(scroll().topOf(canvas.getVerticalBar().getSelection(), topRow));
        }
        updateBar();
    }

    private void wheelTurned(Event event) {
        scrollTo(topRow - event.count);
        event.doit = false;
    }

    // Keys and mouse

    private void keyPressed(Event event) {
        boolean extend = (event.stateMask & SWT.SHIFT) != 0;
        boolean control = (event.stateMask & SWT.MOD1) != 0;
        switch (event.keyCode) {
            case SWT.ARROW_LEFT -> move(-1, extend);
            case SWT.ARROW_RIGHT -> move(1, extend);
            case SWT.ARROW_UP -> move(-rowBytes(), extend);
            case SWT.ARROW_DOWN -> move(rowBytes(), extend);
            case SWT.PAGE_UP -> move(-(long) rowBytes() * visibleRows(), extend);
            case SWT.PAGE_DOWN -> move((long) rowBytes() * visibleRows(), extend);
            case SWT.HOME -> moveTo(control ? 0 : cursor & -rowBytes(), extend);
            case SWT.END -> moveTo(control ? size - 1 : cursor | rowBytes() - 1, extend);
            case SWT.CR, SWT.KEYPAD_CR -> owner.entered();
            default -> {
                int digit = Character.digit(event.character, 16);
                if (digit >= 0 && !control && (event.stateMask & SWT.ALT) == 0) {
                    type(digit);
                }
            }
        }
    }

    private void move(long bytes, boolean extend) {
        long to = cursor + bytes;
        if (isInside(to) && (bytes > 0) == Long.compareUnsigned(to, cursor) > 0) {
            moveTo(to, extend);
        }
    }

    private boolean isInside(long address) {
        return size == 0 || Long.compareUnsigned(address, size) < 0;
    }

    private void moveTo(long address, boolean extend) {
        cursor = address;
        secondDigit = false;
        if (!extend) {
            anchor = address;
        }
        long row = address >>> rowShift;
        if (row < topRow) {
            scrollTo(row);
        } else if (row >= topRow + visibleRows()) {
            scrollTo(row - visibleRows() + 1);
        }
        moved();
    }

    private void moved() {
        canvas.redraw();
        owner.selected();
    }

    private void type(int digit) {
        if (!shown.isWritable(cursor)) {
            return;
        }
        int old = Math.max(0, shown.at(cursor));
        byte value = (byte) (secondDigit ? old & 0xf0 | digit : old & 0x0f | digit << 4);
        owner.typed(cursor, value, secondDigit);
        if (secondDigit) {
            moveTo(cursor + 1, false);
        } else {
            anchor = cursor;
            secondDigit = true;
            canvas.redraw();
        }
    }

    private void mousePressed(Event event) {
        canvas.setFocus();
        long address = addressAt(event);
        boolean menuOnSelection = event.button == 3 && isSelected(address);
        if (address != -1 && !menuOnSelection) {
            moveTo(address, (event.stateMask & SWT.SHIFT) != 0);
        }
    }

    private void mouseMoved(Event event) {
        if ((event.stateMask & SWT.BUTTON1) != 0) {
            long address = addressAt(event);
            if (address != -1 && address != cursor) {
                moveTo(address, true);
            }
        }
    }

    private long addressAt(Event event) {
        long row = topRow + Math.floorDiv(event.y, line) - 1;
        int column = (event.x - MARGIN) / letter;
        if (row < topRow || row >= rows()) {
            return -1;
        }
        if (column >= charactersColumn()) {
            return (row << rowShift) + Math.min(rowBytes() - 1, column - charactersColumn());
        }
        for (int i = rowBytes() - 1; i >= 0; i--) {
            if (column >= byteColumn(i)) {
                return (row << rowShift) + i;
            }
        }
        return row << rowShift;
    }

    /** What a screen reader says: the row with the cursor. */
    private void describe() {
        canvas.getAccessible().addAccessibleListener(new AccessibleAdapter() {
            @Override
            public void getName(AccessibleEvent event) {
                event.result = "Guest memory";
            }
        });
        canvas.getAccessible().addAccessibleControlListener(new AccessibleControlAdapter() {
            @Override
            public void getRole(AccessibleControlEvent event) {
                event.detail = ACC.ROLE_TEXT;
            }

            @Override
            public void getValue(AccessibleControlEvent event) {
                event.result = rowText(cursor & -rowBytes());
            }
        });
    }
}
