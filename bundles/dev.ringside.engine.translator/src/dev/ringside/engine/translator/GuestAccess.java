package dev.ringside.engine.translator;

import dev.ringside.engine.SoftMmu;
import dev.ringside.ir.IrFolding;
import dev.ringside.ir.Op;
import dev.ringside.ir.Type;
import dev.ringside.memory.RawMemory;

/**
 * What regions call: small enough that HotSpot always inlines it. A region asks {@code …Misses} first and leaves when it does; so the address
 * that is loaded from or stored to always comes from a TLB entry, and those are made for guest memory only.
 */
public final class GuestAccess {
    private static final long PAGE = -4096;

    private GuestAccess() {
    }

    private static long entry(long tlb, long gva) {
        return tlb + (gva >>> SoftMmu.INDEX_SHIFT & SoftMmu.INDEX_MASK);
    }

    /** @param last {@code gva} plus the access size minus 1 */
    public static boolean readMisses(long tlb, long gva, long last) {
        return RawMemory.getLong(entry(tlb, gva)) != (last & PAGE);
    }

    public static boolean writeMisses(long tlb, long gva, long last) {
        return RawMemory.getLong(entry(tlb, gva) + SoftMmu.WRITE_TAG) != (last & PAGE);
    }

    private static long host(long tlb, long gva) {
        return gva + RawMemory.getLong(entry(tlb, gva) + SoftMmu.ADDEND);
    }

    public static long load8(long tlb, long gva) {
        return RawMemory.getByte(host(tlb, gva));
    }

    public static long load16(long tlb, long gva) {
        return RawMemory.getShort(host(tlb, gva));
    }

    public static long load32(long tlb, long gva) {
        return RawMemory.getInt(host(tlb, gva)) & 0xffff_ffffL;
    }

    public static long load64(long tlb, long gva) {
        return RawMemory.getLong(host(tlb, gva));
    }

    /** The upper half of 128 bits. */
    public static long loadHigh(long tlb, long gva) {
        return RawMemory.getLong(host(tlb, gva) + 8);
    }

    public static void store8(long tlb, long gva, long value) {
        RawMemory.putByte(host(tlb, gva), (int) value);
    }

    public static void store16(long tlb, long gva, long value) {
        RawMemory.putShort(host(tlb, gva), (int) value);
    }

    public static void store32(long tlb, long gva, long value) {
        RawMemory.putInt(host(tlb, gva), (int) value);
    }

    public static void store64(long tlb, long gva, long value) {
        RawMemory.putLong(host(tlb, gva), value);
    }

    /** The upper half of 128 bits. */
    public static void storeHigh(long tlb, long gva, long value) {
        RawMemory.putLong(host(tlb, gva) + 8, value);
    }

    // Operations that are too seldom for code of their own

    public static long unary(long a, Op op, Type type) {
        return IrFolding.unary(op, type, a & type.mask());
    }

    public static long binary(long a, long b, Op op, Type type) {
        return IrFolding.binary(op, type, a & type.mask(), b & type.mask());
    }
}
