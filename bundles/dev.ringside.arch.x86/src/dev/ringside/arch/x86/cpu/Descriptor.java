package dev.ringside.arch.x86.cpu;

/**
 * Fields of an 8-byte segment or gate descriptor (SDM 3A 3.4.5, 3.5, 6.11), as static functions over its value: descriptors are read on paths
 * that must not allocate.
 */
final class Descriptor {
    /** System types with S clear (SDM 3A table 3-2). */
    static final int TSS16 = 1, LDT = 2, TSS16_BUSY = 3, CALL16 = 4, TASK_GATE = 5, INTERRUPT16 = 6, TRAP16 = 7, TSS32 = 9, TSS32_BUSY = 11, CALL32 = 12,
        INTERRUPT32 = 14, TRAP32 = 15;
    static final int BUSY = 2;

    private Descriptor() {
    }

    static long base(long d) {
        return d >>> 16 & 0xffffff | d >>> 32 & 0xff000000L;
    }

    /** With granularity applied. */
    static int limit(long d) {
        int limit = (int) (d & 0xffff | d >>> 32 & 0xf0000);
        return (d >>> 55 & 1) != 0 ? limit << 12 | 0xfff : limit;
    }

    /** In the layout of {@link SegmentRegister}. */
    static int attributes(long d) {
        return (int) (d >>> 40) & 0xf0ff;
    }

    static int type(long d) {
        return (int) (d >>> 40) & 0xf;
    }

    static int dpl(long d) {
        return (int) (d >>> 45) & 3;
    }

    static boolean isPresent(long d) {
        return (d >>> 47 & 1) != 0;
    }

    /** Code or data, not a system descriptor. */
    static boolean isSegment(long d) {
        return (d >>> 44 & 1) != 0;
    }

    static boolean isCode(long d) {
        return (d >>> 43 & 3) == 3;
    }

    static boolean isConforming(long d) {
        return (d >>> 42 & 7) == 7;
    }

    static boolean isWritableData(long d) {
        return (d >>> 41 & 0b1101) == 0b1001;
    }

    /** Data, or code that may be read. */
    static boolean isReadable(long d) {
        return isSegment(d) && (!isCode(d) || (d >>> 41 & 1) != 0);
    }

    static boolean isLong(long d) {
        return (d >>> 53 & 1) != 0;
    }

    static boolean isBig(long d) {
        return (d >>> 54 & 1) != 0;
    }

    static int gateSelector(long d) {
        return (int) (d >>> 16) & 0xffff;
    }

    /** Offset of a 32-bit gate; of a 64-bit one its low half. */
    static long gateOffset(long d) {
        return d & 0xffff | d >>> 32 & 0xffff0000L;
    }

    static int gateParameters(long d) {
        return (int) (d >>> 32) & 0x1f;
    }

    static int gateIst(long d) {
        return (int) (d >>> 32) & 7;
    }
}
