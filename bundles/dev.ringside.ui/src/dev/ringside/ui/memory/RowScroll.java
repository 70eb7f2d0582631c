package dev.ringside.ui.memory;

/**
 * A scroll bar's small numbers for an address space's large ones. While there are fewer rows than {@value #MOST} the bar counts rows; beyond it counts
 * powers of two of them.
 *
 * @param rows all rows
 * @param visible rows on the screen
 */
record RowScroll(long rows, int visible) {
    static final int MOST = 1 << 29;

    private int shift() {
        return rows <= MOST ? 0 : 64 - Long.numberOfLeadingZeros(rows - 1) - 29;
    }

    int maximum() {
        return (int) Math.max(1, rows >>> shift());
    }

    int thumb() {
        return Math.max(1, Math.min(maximum(), visible >>> shift()));
    }

    int selectionOf(long topRow) {
        return (int) (topRow >>> shift());
    }

    /** The row that a drag of the bar to {@code selection} means; where the bar is coarser than rows and did not move, the row stays. */
    long topOf(int selection, long topRow) {
        return selection == selectionOf(topRow) ? topRow : clamp((long) selection << shift());
    }

    long clamp(long topRow) {
        return Math.max(0, Math.min(topRow, Math.max(0, rows - visible)));
    }
}
