package dev.ringside.testkit;

import dev.ringside.arch.Cpu;
import dev.ringside.arch.GuestFault;
import dev.ringside.arch.VirtualMemory;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Guest memory without paging: virtual is physical, and everything outside one array raises a page fault. */
public final class FlatMemory implements VirtualMemory {
    private static final VarHandle WORD = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle DOUBLEWORD = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle QUADWORD = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final int PAGE_FAULT = 14;
    private static final int WRITE = 2;

    private final Cpu cpu;
    private final long base;
    public final byte[] bytes;

    /** Memory from {@code base} on. */
    public FlatMemory(Cpu cpu, long base, int sizeBytes) {
        this.cpu = cpu;
        this.base = base;
        bytes = new byte[sizeBytes];
    }

    @Override
    public long load(long gva, int sizeBytes, int flags) {
        int at = index(gva, sizeBytes, 0);
        return switch (sizeBytes) {
            case 1 -> bytes[at] & 0xff;
            case 2 -> (short) WORD.get(bytes, at) & 0xffff;
            case 4 -> (int) DOUBLEWORD.get(bytes, at) & 0xffff_ffffL;
            default -> (long) QUADWORD.get(bytes, at);
        };
    }

    @Override
    public void store(long gva, int sizeBytes, long value, int flags) {
        int at = index(gva, sizeBytes, WRITE);
        switch (sizeBytes) {
            case 1 -> bytes[at] = (byte) value;
            case 2 -> WORD.set(bytes, at, (short) value);
            case 4 -> DOUBLEWORD.set(bytes, at, (int) value);
            default -> QUADWORD.set(bytes, at, value);
        }
    }

    @Override
    public void probeWrite(long gva, int sizeBytes, int flags) {
        index(gva, sizeBytes, WRITE);
    }

    @Override
    public long loadPhysical(long gpa, int sizeBytes) {
        return load(gpa, sizeBytes, 0);
    }

    @Override
    public void storePhysical(long gpa, int sizeBytes, long value) {
        store(gpa, sizeBytes, value, 0);
    }

    @Override
    public void flushTlb(boolean alsoGlobal) {
        // There is none.
    }

    @Override
    public void flushTlbPage(long gva) {
        // There is none.
    }

    @Override
    public boolean copyWithinPages(long fromGva, long toGva, int sizeBytes, int count, int fromFlags, int toFlags) {
        int length = sizeBytes * count;
        System.arraycopy(bytes, index(fromGva, length, 0), bytes, index(toGva, length, WRITE), length);
        return true;
    }

    @Override
    public boolean fillWithinPage(long gva, int sizeBytes, int count, long value, int flags) {
        for (int i = 0; i < count; i++) {
            store(gva + (long) i * sizeBytes, sizeBytes, value, flags);
        }
        return true;
    }

    private int index(long gva, int sizeBytes, int write) {
        long at = gva - base;
        if (at < 0 || at > bytes.length - sizeBytes) {
            throw fault(gva, write);
        }
        return (int) at;
    }

    private GuestFault fault(long gva, int write) {
        return cpu.fault.set(PAGE_FAULT, write, gva);
    }
}
