package dev.ringside.engine.interpreter;

import java.util.HashMap;
import java.util.Map;

/** Host addresses of instructions that are known to have effects, and so stand alone: a bit for each byte of the pages that have some. */
final class Solitary {
    private static final int PAGE_BYTES = 4096;
    private static final int MOST = 10_000;

    private final Map<Long, long[]> pages = new HashMap<>();
    private int count;

    boolean contains(long host) {
        long[] bits = count == 0 ? null : pages.get(host & -PAGE_BYTES);
        int at = (int) host & PAGE_BYTES - 1;
        return bits != null && (bits[at >> 6] >>> at & 1) != 0;
    }

    /** Forgets all others before there are too many: those that still have effects show it again. */
    void add(long host) {
        if (count >= MOST) {
            clear();
        }
        if (!contains(host)) {
            int at = (int) host & PAGE_BYTES - 1;
            pages.computeIfAbsent(host & -PAGE_BYTES, page -> new long[PAGE_BYTES / Long.SIZE])[at >> 6] |= 1L << at;
            count++;
        }
    }

    void clear() {
        pages.clear();
        count = 0;
    }

    /** How many bytes behind {@code host} in its page the next one is; {@code most} when there is none before. */
    int distanceToNext(long host, int most) {
        long[] bits = count == 0 ? null : pages.get(host & -PAGE_BYTES);
        if (bits == null) {
            return most;
        }
        int start = (int) host & PAGE_BYTES - 1;
        int from = start + 1;
        int word = from >> 6;
        long left = word < bits.length ? bits[word] & -1L << from : 0;
        while (left == 0 && ++word < bits.length) {
            left = bits[word];
        }
        return left == 0 ? most : Math.min(most, (word << 6) + Long.numberOfTrailingZeros(left) - start);
    }
}
