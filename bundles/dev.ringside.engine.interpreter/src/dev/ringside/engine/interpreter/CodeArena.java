package dev.ringside.engine.interpreter;

import java.util.Arrays;

/**
 * The code of all blocks in one array, so that the executor's loop changes only an index when it goes from block to block: an array of its own
 * for each would be one more variable that every operation hands to the next, and the slowest of them.
 */
final class CodeArena {
    /** 256 MiB; nothing but code that changes all the time comes near. */
    private static final int LIMIT = 1 << 25;

    /** Replaced by a longer one when it is full: read it again after anything was added. */
    long[] words = new long[1 << 12];
    private int used;
    /** Changes when the places of all code become free. */
    int generation;

    /** Whether there is room for {@code length} longs. */
    boolean hasRoom(int length) {
        return used + length <= LIMIT;
    }

    /** @return where the code starts */
    int add(long[] code) {
        int start = used;
        used += code.length;
        if (used > words.length) {
            words = Arrays.copyOf(words, Math.max(2 * words.length, used));
        }
        System.arraycopy(code, 0, words, start, code.length);
        return start;
    }

    /** Nothing in it is needed any more. */
    void clear() {
        used = 0;
        generation++;
    }
}
