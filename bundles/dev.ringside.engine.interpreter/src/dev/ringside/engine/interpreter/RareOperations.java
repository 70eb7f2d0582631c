package dev.ringside.engine.interpreter;

import dev.ringside.engine.SoftMmu;
import dev.ringside.ir.IrFolding;
import dev.ringside.ir.MemFlags;
import dev.ringside.ir.Op;
import dev.ringside.ir.Type;
import dev.ringside.memory.RawMemory;

/** The operations that run seldom, or do enough themselves that a call does not matter; kept out of the executor's loop to keep that small. */
final class RareOperations {
    private static final Op[] OPS = Op.values();
    private static final Type[] TYPES = Type.values();

    private RareOperations() {
    }

    /**
     * @param what the operation's ordinal and type, as {@link Micro#RARE} has them
     * @param d where the result goes
     * @param flags of a memory access
     */
    static void run(int what, long[] s, int a, int b, int c, int d, SoftMmu mmu, int mmuIndex, int flags) {
        Type type = TYPES[what >>> 8];
        switch (OPS[what & 0xff]) {
            case LOAD -> load(type, s, s[a], d, mmu, mmuIndex, flags);
            case STORE -> store(type, s, s[a], b, mmu, mmuIndex, flags);
            case PROBE -> mmu.probeWrite(s[a], type.bytes(), flags, index(mmu, flags, mmuIndex));
            case SELECT -> {
                int from = (s[a] & 1) != 0 ? b : c;
                wide(s, d, s[from], s[from + 1]);
            }
            case CLZ, CTZ, POPCNT, BSWAP -> s[d] = IrFolding.unary(OPS[what & 0xff], type, s[a] & type.mask());
            default -> s[d] = IrFolding.binary(OPS[what & 0xff], type, s[a] & type.mask(), s[b] & type.mask());
        }
    }

    static boolean isAccess(int what) {
        Op op = OPS[what & 0xff];
        return op == Op.LOAD || op == Op.STORE || op == Op.PROBE;
    }

    private static void wide(long[] s, int d, long low, long high) {
        s[d] = low;
        s[d + 1] = high;
    }

    private static void load(Type type, long[] s, long gva, int d, SoftMmu mmu, int mmuIndex, int flags) {
        int index = index(mmu, flags, mmuIndex);
        if (type != Type.I128) {
            s[d] = mmu.load(gva, type.bytes(), flags, index);
            return;
        }
        long[] table = mmu.longs(index);
        int entry = (int) (gva >>> SoftMmu.LONGS_SHIFT) & SoftMmu.LONGS_MASK;
        long low;
        long high;
        if (table[entry] == (gva + 15 & -4096) && ((flags & ALIGNED) == 0 || (gva & 15) == 0)) {
            long host = gva + table[entry + 2];
            low = RawMemory.getLong(host);
            high = RawMemory.getLong(host + 8);
        } else {
            mmu.checkAlignment(gva, 16, flags);
            low = mmu.load(gva, 8, flags & ~ALIGNED, index);
            high = mmu.load(gva + 8, 8, flags & ~ALIGNED, index);
        }
        wide(s, d, low, high);
    }

    private static void store(Type type, long[] s, long gva, int from, SoftMmu mmu, int mmuIndex, int flags) {
        int index = index(mmu, flags, mmuIndex);
        if (type != Type.I128) {
            mmu.store(gva, type.bytes(), s[from], flags, index);
            return;
        }
        long[] table = mmu.longs(index);
        int entry = (int) (gva >>> SoftMmu.LONGS_SHIFT) & SoftMmu.LONGS_MASK;
        if (table[entry + 1] == (gva + 15 & -4096) && ((flags & ALIGNED) == 0 || (gva & 15) == 0)) {
            long host = gva + table[entry + 2];
            RawMemory.putLong(host, s[from]);
            RawMemory.putLong(host + 8, s[from + 1]);
            return;
        }
        // All or nothing: whatever can fault does before the first half is written.
        mmu.probeWrite(gva, 16, flags, index);
        mmu.probeEffect(gva, 16, flags, index);
        mmu.store(gva, 8, s[from], flags & ~ALIGNED, index);
        mmu.store(gva + 8, 8, s[from + 1], flags & ~ALIGNED, index);
    }

    private static final int ALIGNED = MemFlags.ALIGNED;

    private static int index(SoftMmu mmu, int flags, int mmuIndex) {
        return (flags & (MemFlags.SUPERVISOR | MemFlags.USER)) == 0 ? mmuIndex : mmu.indexFor(flags);
    }
}
