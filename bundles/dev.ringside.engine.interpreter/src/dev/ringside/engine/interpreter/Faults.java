package dev.ringside.engine.interpreter;

import java.util.Arrays;

/**
 * The points of a block where it may be left in the middle, by code index.
 *
 * @param codeIndexes ascending
 * @param flags of the memory access, see {@link dev.ringside.ir.MemFlags}
 * @param sizes of the memory access in bytes
 * @param fixups what the state still lacks there: puts that nobody sees unless the block is left at this point
 */
public record Faults(int[] codeIndexes, int[] flags, int[] sizes, Fixup[][] fixups) {

    private static final int POINT_BYTES = 32, FIXUP_BYTES = 44;

    /** State slot {@code slot} becomes slot {@code from} masked by {@code mask}, or {@code constant} when {@code from} is −1. */
    public record Fixup(int slot, int from, long mask, long constant) {
    }

    /** The access flags of the operation at {@code codeIndex}, which is such a point. */
    public int flagsAt(int codeIndex) {
        return flags[Arrays.binarySearch(codeIndexes, codeIndex)];
    }

    /** What the state lacks at {@code codeIndex}; nothing where the block cannot be left. */
    public Fixup[] fixupsAt(int codeIndex) {
        int point = Arrays.binarySearch(codeIndexes, codeIndex);
        return point < 0 ? new Fixup[0] : fixups[point];
    }

    /** About how much of the host's memory this takes. */
    int weightBytes() {
        int weight = 0;
        for (Fixup[] at : fixups) {
            weight += POINT_BYTES + at.length * FIXUP_BYTES;
        }
        return weight;
    }

    /** Completes the state for leaving at {@code codeIndex}. */
    void complete(int codeIndex, long[] slots) {
        int point = Arrays.binarySearch(codeIndexes, codeIndex);
        if (point < 0) {
            return;
        }
        Fixup[] missing = fixups[point];
        // All are read before any is written: one's source may be another's destination.
        long[] values = new long[missing.length];
        for (int i = 0; i < missing.length; i++) {
            values[i] = missing[i].from < 0 ? missing[i].constant : slots[missing[i].from] & missing[i].mask;
        }
        for (int i = 0; i < missing.length; i++) {
            slots[missing[i].slot] = values[i];
        }
    }
}
