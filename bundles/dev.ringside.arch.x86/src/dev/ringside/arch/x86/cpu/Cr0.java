package dev.ringside.arch.x86.cpu;

/** Bits of CR0 (SDM 3A 2.5). */
public final class Cr0 {
    public static final long PE = 1, MP = 1 << 1, EM = 1 << 2, TS = 1 << 3, ET = 1 << 4, NE = 1 << 5, WP = 1 << 16, AM = 1 << 18, NW = 1 << 29,
        CD = 1 << 30, PG = 1L << 31;
    /** Every bit that exists; the others read 0 and ignore writes below bit 32. */
    public static final long DEFINED = PE | MP | EM | TS | ET | NE | WP | AM | NW | CD | PG;

    private Cr0() {
    }
}
