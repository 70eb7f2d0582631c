package dev.ringside.arch.x86.cpu;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** {@code tables/msr.table}: the registers that are no more than a value with a rule for writing it. */
final class MsrTable {
    enum Kind { RW, SOFT, LINEAR, TYPES, RO, NULL }

    /** @param index unsigned MSR number, the order of the table */
    record Entry(int index, String name, Kind kind, long reset, long writable) {
    }

    static final List<Entry> ENTRIES = read();

    private MsrTable() {
    }

    /** Position in {@link #ENTRIES}, or a negative number. */
    static int find(int index) {
        int low = 0;
        int high = ENTRIES.size() - 1;
        while (low <= high) {
            int middle = low + high >>> 1;
            int order = Integer.compareUnsigned(ENTRIES.get(middle).index, index);
            if (order == 0) {
                return middle;
            }
            if (order < 0) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return -1;
    }

    private static List<Entry> read() {
        var entries = new ArrayList<Entry>();
        for (String[] row : TableFile.rows("/tables/msr.table")) {
            entries.add(new Entry(Integer.parseUnsignedInt(row[0], 16), row[1], Kind.valueOf(row[2].toUpperCase(Locale.ROOT)),
                Long.parseUnsignedLong(row[3], 16), row.length > 4 ? Long.parseUnsignedLong(row[4], 16) : 0));
        }
        return List.copyOf(entries);
    }
}
