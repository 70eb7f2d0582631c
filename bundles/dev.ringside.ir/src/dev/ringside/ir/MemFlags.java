package dev.ringside.ir;

/** The immediate operand of {@link Op#LOAD}, {@link Op#STORE} and {@link Op#PROBE}: how an access is made. */
public final class MemFlags {
    /** A load that will be followed by a store to the same place: faults as a write would. */
    public static final int WRITE_INTENT = 1;
    /** Part of a locked read-modify-write. */
    public static final int LOCKED = 1 << 1;
    /** Faults when the address is not a multiple of the access size. */
    public static final int ALIGNED = 1 << 2;
    /** Made with supervisor rights whatever the current privilege (descriptor tables, exception frames). */
    public static final int SUPERVISOR = 1 << 3;
    /** Made with user rights whatever the current privilege. */
    public static final int USER = 1 << 4;

    /** Where the architecture's own number begins: 8 bits that the engine hands back unread (x86: the segment register). */
    public static final int SPACE_SHIFT = 8;

    private MemFlags() {
    }

    /** The architecture's own number in {@code flags}. */
    public static int space(int flags) {
        return flags >>> SPACE_SHIFT & 0xff;
    }
}
