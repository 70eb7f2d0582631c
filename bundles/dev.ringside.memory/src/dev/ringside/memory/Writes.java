package dev.ringside.memory;

/** What becomes of a guest's store to a slot. */
public enum Writes {
    /** It changes the memory: RAM. */
    STORED,
    /** It vanishes: ROM. */
    IGNORED,
    /** The machine's bus gets it, as if nothing were mapped there: flash. */
    TO_BUS
}
