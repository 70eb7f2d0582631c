package dev.ringside.arch;

/** The outcome of one address translation; filled in place so that a walk allocates nothing. */
public final class Translation {
    /** Guest-physical address of the byte asked for. */
    public long gpa;
    /** Whether later writes through the same page and rights need no new walk (writable, and dirty is already set). */
    public boolean writable;
    /** Whether instruction fetches are allowed. */
    public boolean executable;
    /** Whether the translation survives an address-space switch. */
    public boolean global;
    /** log2 of the size of the mapping in bytes: 12, 21, 22 or 30. */
    public int pageShift;
}
