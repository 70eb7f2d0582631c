package dev.ringside.memory;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;

/**
 * The one place with loads and stores at host addresses, little-endian and at any alignment. Nothing is checked: an address outside host
 * memory ends the process, so only addresses from {@link PhysicalMemory} may come here.
 *
 * <p>Two ways lead there. {@code jdk.internal.misc.Unsafe} is the fast one and needs {@code --add-exports java.base/jdk.internal.misc=ALL-UNNAMED};
 * without it a memory segment over the whole address space does the same. {@code -Dringside.memory.access=segment} chooses the second.
 */
public final class RawMemory {
    private static final boolean UNSAFE = ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN && UnsafeAccess.AVAILABLE
            && !"segment".equals(System.getProperty("ringside.memory.access"));

    private RawMemory() {
    }

    /** Whether the fast way is in use. */
    public static boolean isFast() {
        return UNSAFE;
    }

    /** Zero-extended. */
    public static int getByte(long address) {
        return UNSAFE ? UnsafeAccess.getByte(address) : SegmentAccess.getByte(address);
    }

    /** Zero-extended. */
    public static int getShort(long address) {
        return UNSAFE ? UnsafeAccess.getShort(address) : SegmentAccess.getShort(address);
    }

    public static int getInt(long address) {
        return UNSAFE ? UnsafeAccess.getInt(address) : SegmentAccess.getInt(address);
    }

    public static long getLong(long address) {
        return UNSAFE ? UnsafeAccess.getLong(address) : SegmentAccess.getLong(address);
    }

    public static void putByte(long address, int value) {
        if (UNSAFE) {
            UnsafeAccess.putByte(address, value);
        } else {
            SegmentAccess.putByte(address, value);
        }
    }

    public static void putShort(long address, int value) {
        if (UNSAFE) {
            UnsafeAccess.putShort(address, value);
        } else {
            SegmentAccess.putShort(address, value);
        }
    }

    public static void putInt(long address, int value) {
        if (UNSAFE) {
            UnsafeAccess.putInt(address, value);
        } else {
            SegmentAccess.putInt(address, value);
        }
    }

    public static void putLong(long address, long value) {
        if (UNSAFE) {
            UnsafeAccess.putLong(address, value);
        } else {
            SegmentAccess.putLong(address, value);
        }
    }

    /** Loads 1, 2, 4 or 8 bytes, zero-extended. */
    public static long get(long address, int sizeBytes) {
        return switch (sizeBytes) {
            case 1 -> getByte(address);
            case 2 -> getShort(address);
            case 4 -> getInt(address) & 0xffff_ffffL;
            case 8 -> getLong(address);
            default -> throw new IllegalArgumentException("a load of " + sizeBytes + " bytes");
        };
    }

    /** Stores the low 1, 2, 4 or 8 bytes of {@code value}. */
    public static void put(long address, int sizeBytes, long value) {
        switch (sizeBytes) {
            case 1 -> putByte(address, (int) value);
            case 2 -> putShort(address, (int) value);
            case 4 -> putInt(address, (int) value);
            case 8 -> putLong(address, value);
            default -> throw new IllegalArgumentException("a store of " + sizeBytes + " bytes");
        }
    }

    /** Copies as if through a buffer: overlap is allowed. */
    public static void copy(long from, long to, long lengthBytes) {
        MemorySegment.copy(SegmentAccess.ALL, from, SegmentAccess.ALL, to, lengthBytes);
    }

    public static void copy(long from, byte[] to, int offset, int length) {
        MemorySegment.copy(SegmentAccess.ALL, from, MemorySegment.ofArray(to), offset, length);
    }

    public static void copy(byte[] from, int offset, long to, int length) {
        MemorySegment.copy(MemorySegment.ofArray(from), offset, SegmentAccess.ALL, to, length);
    }

    public static void fill(long address, long lengthBytes, byte value) {
        SegmentAccess.ALL.asSlice(address, lengthBytes).fill(value);
    }
}
