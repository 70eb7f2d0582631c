package dev.ringside.arch.x86.cpu;

/**
 * A segment register with its hidden part, the descriptor cache (SDM 3A 3.4.3); also LDTR and TR. The attributes have the layout of VMX access
 * rights (SDM 3C, table 25-2): type in bits 3:0, S 4, DPL 6:5, P 7, AVL 12, L 13, D/B 14, G 15, and unusable 16.
 */
public final class SegmentRegister {
    public static final int TYPE = 0xf, S = 1 << 4, DPL = 3 << 5, P = 1 << 7, AVL = 1 << 12, L = 1 << 13, DB = 1 << 14, G = 1 << 15, UNUSABLE = 1 << 16;
    public static final int DPL_SHIFT = 5;
    /** Type bits of code and data segments. */
    public static final int ACCESSED = 1, WRITABLE = 1 << 1, READABLE = 1 << 1, EXPAND_DOWN = 1 << 2, CONFORMING = 1 << 2, CODE = 1 << 3;

    private final long[] baseStore;
    private final int baseSlot;

    int selector;
    /** Highest valid offset (lowest invalid one when expand-down), in bytes, unsigned. */
    int limit;
    int attributes;

    /** The base lives in {@code baseStore[baseSlot]}, where lifted code can reach it. */
    SegmentRegister(long[] baseStore, int baseSlot) {
        this.baseStore = baseStore;
        this.baseSlot = baseSlot;
    }

    public int selector() {
        return selector;
    }

    public long base() {
        return baseStore[baseSlot];
    }

    /** Unsigned, in bytes, granularity applied. */
    public int limit() {
        return limit;
    }

    public int attributes() {
        return attributes;
    }

    public int dpl() {
        return (attributes & DPL) >> DPL_SHIFT;
    }

    public boolean isUnusable() {
        return (attributes & UNUSABLE) != 0;
    }

    /** D/B: 32-bit code, or a stack that uses ESP. */
    public boolean isBig() {
        return (attributes & DB) != 0;
    }

    boolean isCode() {
        return (attributes & (S | CODE)) == (S | CODE);
    }

    /** Code, or data with the write bit clear. */
    boolean isReadOnly() {
        return (attributes & CODE) != 0 || (attributes & WRITABLE) == 0;
    }

    boolean isExpandDown() {
        return (attributes & (CODE | EXPAND_DOWN)) == EXPAND_DOWN;
    }

    /** Data that lifted code may access without any check: present, writable, expand-up, base 0, 4 GiB. */
    boolean isFlatData() {
        return base() == 0 && limit == -1 && (attributes & (UNUSABLE | P | S | CODE | EXPAND_DOWN | WRITABLE)) == (P | S | WRITABLE);
    }

    void set(int newSelector, long base, int newLimit, int newAttributes) {
        selector = newSelector;
        baseStore[baseSlot] = base;
        limit = newLimit;
        attributes = newAttributes;
    }

    void base(long base) {
        baseStore[baseSlot] = base;
    }

    void copyFrom(SegmentRegister other) {
        set(other.selector, other.base(), other.limit, other.attributes);
    }
}
