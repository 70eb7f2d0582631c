package dev.ringside.bench;

import java.util.Arrays;
import java.util.Optional;

/** Who runs a guest; in the order of the table's columns. */
public enum Contender {
    INTERPRETER("interpreter"),
    TRANSLATOR("translator"),
    /** {@code qemu-system-x86_64 -accel tcg}: translates, does not count instructions. */
    TCG("tcg"),
    /** The same with {@code -icount shift=0}: counts instructions exactly, as Ringside always does. */
    ICOUNT("icount"),
    /** The host's processor itself: only for user code. */
    NATIVE("native");

    private final String word;

    Contender(String word) {
        this.word = word;
    }

    /** As on the command line and over a column. */
    public String word() {
        return word;
    }

    public boolean isRingside() {
        return this == INTERPRETER || this == TRANSLATOR;
    }

    public boolean isQemu() {
        return this == TCG || this == ICOUNT;
    }

    public static Optional<Contender> of(String word) {
        return Arrays.stream(values()).filter(c -> c.word.equals(word)).findFirst();
    }
}
