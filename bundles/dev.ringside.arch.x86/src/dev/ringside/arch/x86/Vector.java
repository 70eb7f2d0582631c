package dev.ringside.arch.x86;

/** Exception vectors (SDM 3A, table 6-1). */
public final class Vector {
    public static final int DE = 0, DB = 1, NMI = 2, BP = 3, OF = 4, BR = 5, UD = 6, NM = 7, DF = 8, TS = 10, NP = 11, SS = 12, GP = 13,
        PF = 14, MF = 16, AC = 17, MC = 18, XM = 19;

    private static final String[] NAMES = {"#DE", "#DB", "NMI", "#BP", "#OF", "#BR", "#UD", "#NM", "#DF", "9", "#TS", "#NP", "#SS", "#GP",
        "#PF", "15", "#MF", "#AC", "#MC", "#XM"};

    private Vector() {
    }

    /** The manual's mnemonic, or the number of a vector without one. */
    public static String name(int vector) {
        return vector < NAMES.length ? NAMES[vector] : Integer.toString(vector);
    }
}
