package dev.ringside.engine;

import dev.ringside.arch.Access;
import dev.ringside.arch.Cpu;
import dev.ringside.arch.Translation;
import dev.ringside.arch.VirtualMemory;
import dev.ringside.ir.MemFlags;
import dev.ringside.memory.PhysicalMemory;
import dev.ringside.memory.RawMemory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Guest-virtual memory of one processor: a software TLB in front of {@link Cpu#translate}, plain memory behind it, and the machine's bus where
 * there is no memory.
 *
 * <p>One table of {@value #ENTRIES} entries per {@link Cpu#mmuIndex()}, direct mapped by page number; an entry is four longs in a row:
 *
 * <pre>
 * 0  read tag    page address, or -1: reads need the slow path
 * 1  write tag   page address, or -1: writes do
 * 2  addend      host address minus guest-virtual address
 * 3  size and G  bits 5:0 log2 of the mapping's size, bit 6 global
 * </pre>
 *
 * Each table exists twice with the same contents: as an array, which costs an interpreter's big loop less inlining, and in host memory, which
 * costs generated code no bounds checks.
 *
 * {@code (gva + size - 1 & -4096) == tag} checks the tag and that the access stays inside the page at once. What may never be fast has no tag:
 * devices, writes to ROM, writes to pages with cached code, pages with a watchpoint.
 */
public final class SoftMmu implements VirtualMemory {
    public static final int ENTRIES = 1024;
    private static final int READ = 0;
    private static final int WRITE = 1;
    private static final int HOST = 2;
    private static final int KIND = 3;
    private static final int ENTRY_LONGS = 4;
    /** Turns an address into the place of its entry in {@link #longs}: {@code (int) (gva >>> LONGS_SHIFT) & LONGS_MASK}. */
    public static final int LONGS_SHIFT = 12 - 2;
    public static final int LONGS_MASK = ENTRIES - 1 << 2;

    // The same in host memory
    public static final int ENTRY_BYTES = 8 * ENTRY_LONGS;
    public static final int READ_TAG = 8 * READ;
    public static final int WRITE_TAG = 8 * WRITE;
    public static final int ADDEND = 8 * HOST;
    private static final long TABLE_BYTES = (long) ENTRIES * ENTRY_BYTES;
    /** Turns an address into the offset of its entry from {@link #table}: {@code gva >>> INDEX_SHIFT & INDEX_MASK}. */
    public static final int INDEX_SHIFT = 12 - 5;
    public static final int INDEX_MASK = ENTRIES - 1 << 5;

    private static final long PAGE_MASK = -4096;
    private static final int KIND_GLOBAL = 1 << 6;

    private static final int FETCH_ENTRIES = 256;
    /** Fetches are remembered by areas as large as the largest page but the huge one: 4 MiB. */
    private static final int AREA_SHIFT = 22;
    private static final int AREA_WORDS = 64;
    private static final AtomicLong EPOCHS = new AtomicLong();

    private final Cpu cpu;
    private final PhysicalMemory memory;
    private final Breakpoints breakpoints;
    private final long[][] tables = new long[Cpu.MMU_INDEXES][ENTRIES * ENTRY_LONGS];
    private final MemorySegment copies = Arena.ofAuto().allocate(TABLE_BYTES * Cpu.MMU_INDEXES, 64);
    private final boolean[] filled = new boolean[Cpu.MMU_INDEXES];
    /** Page address and host page by page number, per MMU index; -1 where empty. */
    private final long[] fetchTags = new long[Cpu.MMU_INDEXES * FETCH_ENTRIES];
    private final long[] fetchPages = new long[Cpu.MMU_INDEXES * FETCH_ENTRIES];
    private final Translation first = new Translation();
    private final Translation second = new Translation();

    // By MMU index: what the fetches since the last change had in common
    private final long[] epochs = new long[Cpu.MMU_INDEXES];
    /** Whether any went through a mapping that is not global. */
    private final boolean[] fetchedLocal = new boolean[Cpu.MMU_INDEXES];
    /** A bit for each area that one was in, and for others that share it. */
    private final long[][] fetchedAreas = new long[Cpu.MMU_INDEXES][AREA_WORDS];

    /** Whether the running instruction stands alone, so that its accesses may have effects. Otherwise those throw {@link Abandoned}. */
    public boolean effectsAllowed = true;

    /** The watchpoint that was hit by the running instruction, or null; the engine takes it away. */
    public Breakpoints.Watch hit;
    /** The first watched byte that was accessed. */
    public long hitAddress;
    public boolean hitWrite;
    /** Whether an effect happened since the engine cleared it: devices' time may have moved and interrupts may be pending. */
    public boolean effectHappened;

    public SoftMmu(Cpu cpu, PhysicalMemory memory, Breakpoints breakpoints) {
        this.cpu = cpu;
        this.memory = memory;
        this.breakpoints = breakpoints;
        Arrays.fill(filled, true);
        flushTlb(true);
    }

    /** The TLB for {@code mmuIndex}: the same array as long as this lives. */
    public long[] longs(int mmuIndex) {
        return tables[mmuIndex];
    }

    /** Host address of the TLB for {@code mmuIndex}, valid as long as this lives. */
    public long table(int mmuIndex) {
        return copies.address() + mmuIndex * TABLE_BYTES;
    }

    private static int entry(long gva) {
        return (int) (gva >>> LONGS_SHIFT) & LONGS_MASK;
    }

    /** Changes one long of a table, in both places. */
    private void set(int mmuIndex, int at, long value) {
        tables[mmuIndex][at] = value;
        RawMemory.putLong(table(mmuIndex) + 8L * at, value);
    }

    /** Changes whenever an address that {@link #fetch} gave under {@code mmuIndex} may have changed; never the same for two processors or indexes. */
    public long epoch(int mmuIndex) {
        return epochs[mmuIndex];
    }

    // Loads and stores

    @Override
    public long load(long gva, int sizeBytes, int flags) {
        return load(gva, sizeBytes, flags, indexFor(flags));
    }

    /** As {@link #load(long, int, int)} under the rights of {@code mmuIndex}. */
    public long load(long gva, int sizeBytes, int flags, int mmuIndex) {
        long[] table = tables[mmuIndex];
        int entry = entry(gva);
        int tag = (flags & MemFlags.WRITE_INTENT) != 0 ? WRITE : READ;
        if (table[entry + tag] == (gva + sizeBytes - 1 & PAGE_MASK) && !misaligned(gva, sizeBytes, flags)) {
            return RawMemory.get(gva + table[entry + HOST], sizeBytes);
        }
        return loadSlowly(gva, sizeBytes, flags, mmuIndex);
    }

    @Override
    public void store(long gva, int sizeBytes, long value, int flags) {
        store(gva, sizeBytes, value, flags, indexFor(flags));
    }

    /** As {@link #store(long, int, long, int)} under the rights of {@code mmuIndex}. */
    public void store(long gva, int sizeBytes, long value, int flags, int mmuIndex) {
        long[] table = tables[mmuIndex];
        int entry = entry(gva);
        if (table[entry + WRITE] == (gva + sizeBytes - 1 & PAGE_MASK) && !misaligned(gva, sizeBytes, flags)) {
            RawMemory.put(gva + table[entry + HOST], sizeBytes, value);
        } else {
            storeSlowly(gva, sizeBytes, value, flags, mmuIndex);
        }
    }

    private long loadSlowly(long gva, int sizeBytes, int flags, int mmuIndex) {
        checkAlignment(gva, sizeBytes, flags);
        Access access = (flags & MemFlags.WRITE_INTENT) != 0 ? Access.WRITE : Access.READ;
        int inFirst = (int) Math.min(sizeBytes, 4096 - (gva & 4095));
        translate(gva, access, mmuIndex, flags, first);
        if (inFirst < sizeBytes) {
            translate(gva + inFirst, access, mmuIndex, flags, second);
        }
        watch(gva, sizeBytes, false);
        long value = loadPart(first.gpa, inFirst);
        if (inFirst < sizeBytes) {
            value |= loadPart(second.gpa, sizeBytes - inFirst) << 8 * inFirst;
        }
        if (cpu.watchesData()) {
            cpu.dataAccessed(gva, sizeBytes, false);
        }
        return value;
    }

    private void storeSlowly(long gva, int sizeBytes, long value, int flags, int mmuIndex) {
        checkAlignment(gva, sizeBytes, flags);
        int inFirst = (int) Math.min(sizeBytes, 4096 - (gva & 4095));
        translate(gva, Access.WRITE, mmuIndex, flags, first);
        if (inFirst < sizeBytes) {
            translate(gva + inFirst, Access.WRITE, mmuIndex, flags, second);
        }
        watch(gva, sizeBytes, true);
        if (!effectsAllowed && (hasEffect(first.gpa, inFirst) || inFirst < sizeBytes && hasEffect(second.gpa, sizeBytes - inFirst))) {
            throw Abandoned.INSTANCE;
        }
        storePart(first.gpa, inFirst, value);
        if (inFirst < sizeBytes) {
            storePart(second.gpa, sizeBytes - inFirst, value >>> 8 * inFirst);
        }
        if (cpu.watchesData()) {
            cpu.dataAccessed(gva, sizeBytes, true);
        }
    }

    @Override
    public void probeWrite(long gva, int sizeBytes, int flags) {
        probeWrite(gva, sizeBytes, flags, indexFor(flags));
    }

    /** As {@link #probeWrite(long, int, int)} under the rights of {@code mmuIndex}. */
    public void probeWrite(long gva, int sizeBytes, int flags, int mmuIndex) {
        checkAlignment(gva, sizeBytes, flags);
        long[] table = tables[mmuIndex];
        int entry = entry(gva);
        long lastPage = gva + sizeBytes - 1 & PAGE_MASK;
        if (table[entry + WRITE] == lastPage) {
            return;
        }
        translate(gva, Access.WRITE, mmuIndex, flags, first);
        if (lastPage != (gva & PAGE_MASK)) {
            translate(lastPage, Access.WRITE, mmuIndex, flags, second);
        }
    }

    /**
     * Throws {@link Abandoned} when a store would have an effect and may not: asked before a store is made in parts, behind
     * {@link #probeWrite(long, int, int, int)}.
     */
    public void probeEffect(long gva, int sizeBytes, int flags, int mmuIndex) {
        long[] table = tables[mmuIndex];
        int entry = entry(gva);
        if (effectsAllowed || table[entry + WRITE] == (gva + sizeBytes - 1 & PAGE_MASK)) {
            return;
        }
        if (breakpoints.watchFor(gva, sizeBytes, true) != null) {
            throw Abandoned.INSTANCE;
        }
        for (int i = 0; i < sizeBytes; i += 8) {
            translate(gva + i, Access.WRITE, mmuIndex, flags, first);
            translate(gva + Math.min(i + 7, sizeBytes - 1), Access.WRITE, mmuIndex, flags, second);
            if (hasEffect(first.gpa, 1) || hasEffect(second.gpa, 1)) {
                throw Abandoned.INSTANCE;
            }
        }
    }

    /** Faults when {@code flags} ask for alignment and the address is not aligned. */
    public void checkAlignment(long gva, int sizeBytes, int flags) {
        if (misaligned(gva, sizeBytes, flags)) {
            throw cpu.misaligned(gva, MemFlags.space(flags));
        }
    }

    private static boolean misaligned(long gva, int sizeBytes, int flags) {
        return (flags & MemFlags.ALIGNED) != 0 && (gva & sizeBytes - 1) != 0;
    }

    /** Translates one byte's address and, when what it finds is plain memory, keeps that in the TLB. */
    private void translate(long gva, Access access, int mmuIndex, int flags, Translation out) {
        cpu.translate(gva, access, mmuIndex, MemFlags.space(flags), out);
        askForAbsent(out.gpa, mmuIndex);
        long host = memory.hostAddress(out.gpa);
        if (host == 0 || cpu.watchesData() || breakpoints.watchesPage(gva)) {
            return;
        }
        long page = gva & PAGE_MASK;
        long[] table = tables[mmuIndex];
        int entry = entry(gva);
        long addend = host - gva;
        boolean writable = access == Access.WRITE
                ? out.writable && memory.writableHostAddress(out.gpa) != 0
                : table[entry + WRITE] == page && table[entry + HOST] == addend;
        set(mmuIndex, entry + READ, page);
        set(mmuIndex, entry + WRITE, writable ? page : -1);
        set(mmuIndex, entry + HOST, addend);
        set(mmuIndex, entry + KIND, out.pageShift | (out.global ? KIND_GLOBAL : 0));
        filled[mmuIndex] = true;
    }

    /**
     * The guest may be told that the host must fetch a page first; else it is back when this returns. What the processor touches on its own (descriptors, all that
     * the delivery of an event needs: an interrupt that has been acknowledged would be lost) is never told.
     */
    private void askForAbsent(long gpa, int mmuIndex) {
        if (memory.isAbsent(gpa)) {
            if (!effectsAllowed) {
                throw Abandoned.INSTANCE;
            }
            effectHappened = true;
            if (!cpu.deliversEvent && mmuIndex == cpu.mmuIndex() && cpu.bus.pageAbsent(gpa)) {
                throw cpu.fault;
            }
            memory.bringBack(gpa);
        }
    }

    private void watch(long gva, int sizeBytes, boolean write) {
        Breakpoints.Watch watch = breakpoints.watchFor(gva, sizeBytes, write);
        if (watch != null) {
            if (!effectsAllowed) {
                throw Abandoned.INSTANCE;
            }
            hit = watch;
            cpu.budgetLeft = 0;
            long ahead = watch.address() - gva;
            hitAddress = ahead > 0 && ahead < sizeBytes ? watch.address() : gva;
            hitWrite = write;
            effectHappened = true;
        }
    }

    private boolean hasEffect(long gpa, int sizeBytes) {
        return memory.writesToBus(gpa) || (memory.codeGranules(gpa) & PhysicalMemory.granules((int) gpa & 4095, sizeBytes)) != 0;
    }

    /** 1 to 8 bytes inside one page. */
    private long loadPart(long gpa, int sizeBytes) {
        boolean device = !memory.isBacked(gpa);
        if (device) {
            if (!effectsAllowed) {
                throw Abandoned.INSTANCE;
            }
            effectHappened = true;
        }
        if ((sizeBytes & sizeBytes - 1) == 0) {
            return device ? cpu.bus.mmioRead(gpa, sizeBytes) : memory.read(gpa, sizeBytes);
        }
        long value = 0;
        for (int i = 0; i < sizeBytes; i++) {
            value |= (device ? cpu.bus.mmioRead(gpa + i, 1) : memory.read(gpa + i, 1)) << 8 * i;
        }
        return value;
    }

    private void storePart(long gpa, int sizeBytes, long value) {
        boolean device = memory.writesToBus(gpa);
        effectHappened |= hasEffect(gpa, sizeBytes);
        if ((sizeBytes & sizeBytes - 1) == 0) {
            storeWhole(device, gpa, sizeBytes, value);
            return;
        }
        for (int i = 0; i < sizeBytes; i++) {
            storeWhole(device, gpa + i, 1, value >>> 8 * i);
        }
    }

    private void storeWhole(boolean device, long gpa, int sizeBytes, long value) {
        if (device) {
            cpu.bus.mmioWrite(gpa, sizeBytes, sizeBytes == 8 ? value : value & (1L << 8 * sizeBytes) - 1);
        } else {
            memory.write(gpa, sizeBytes, value);
        }
    }

    /** With whose rights an access of {@code flags} is made. */
    public int indexFor(int flags) {
        if ((flags & MemFlags.SUPERVISOR) != 0) {
            return Cpu.MMU_SUPERVISOR;
        }
        return (flags & MemFlags.USER) != 0 ? Cpu.MMU_USER : cpu.mmuIndex();
    }

    // Physical memory, for page walks

    @Override
    public long loadPhysical(long gpa, int sizeBytes) {
        return memory.read(gpa, sizeBytes);
    }

    @Override
    public void storePhysical(long gpa, int sizeBytes, long value) {
        memory.write(gpa, sizeBytes, value);
    }

    // Bulk

    @Override
    public boolean copyWithinPages(long fromGva, long toGva, int sizeBytes, int count, int fromFlags, int toFlags) {
        long length = (long) sizeBytes * count;
        if ((fromGva & 4095) + length > 4096 || (toGva & 4095) + length > 4096) {
            return false;
        }
        long from = plain(fromGva, READ, Access.READ, fromFlags);
        long to = from == 0 ? 0 : plain(toGva, WRITE, Access.WRITE, toFlags);
        // The second translation may have taken the first one's place; host addresses stay valid all the same.
        if (to == 0 || to > from && to < from + length) {
            return false;
        }
        RawMemory.copy(from, to, length);
        return true;
    }

    @Override
    public boolean fillWithinPage(long gva, int sizeBytes, int count, long value, int flags) {
        long length = (long) sizeBytes * count;
        if ((gva & 4095) + length > 4096) {
            return false;
        }
        long to = plain(gva, WRITE, Access.WRITE, flags);
        if (to == 0) {
            return false;
        }
        long mask = sizeBytes == 8 ? -1 : (1L << 8 * sizeBytes) - 1;
        long bytes = (value & 0xff) * 0x0101010101010101L & mask;
        if (bytes == (value & mask)) {
            RawMemory.fill(to, length, (byte) value);
        } else {
            for (long at = to; at < to + length; at += sizeBytes) {
                RawMemory.put(at, sizeBytes, value);
            }
        }
        return true;
    }

    /** Host address for a fast access, or 0. Faults as the access would. */
    private long plain(long gva, int tag, Access access, int flags) {
        int mmuIndex = indexFor(flags);
        long[] table = tables[mmuIndex];
        int entry = entry(gva);
        if (table[entry + tag] != (gva & PAGE_MASK)) {
            translate(gva, access, mmuIndex, flags, first);
            if (table[entry + tag] != (gva & PAGE_MASK)) {
                return 0;
            }
        }
        return gva + table[entry + HOST];
    }

    // Fetches

    /**
     * Guest-physical address of the code at {@code gva}; faults as a fetch does. Kept as long as {@link #epoch} is.
     */
    public long fetch(long gva, int mmuIndex) {
        int index = mmuIndex * FETCH_ENTRIES + ((int) (gva >>> 12) & FETCH_ENTRIES - 1);
        if (fetchTags[index] == (gva & PAGE_MASK)) {
            return fetchPages[index] | gva & 4095;
        }
        cpu.translate(gva, Access.FETCH, mmuIndex, 0, first);
        askForAbsent(first.gpa, mmuIndex);
        fetchTags[index] = gva & PAGE_MASK;
        fetchPages[index] = first.gpa & PAGE_MASK;
        fetchedLocal[mmuIndex] |= !first.global;
        if (first.pageShift <= AREA_SHIFT) {
            fetchedAreas[mmuIndex][areaWord(gva)] |= areaBit(gva);
        } else {
            Arrays.fill(fetchedAreas[mmuIndex], -1);
        }
        return first.gpa;
    }

    private static int areaWord(long gva) {
        return (int) (gva >>> AREA_SHIFT + 6) & AREA_WORDS - 1;
    }

    private static long areaBit(long gva) {
        return 1L << (gva >>> AREA_SHIFT);
    }

    // Forgetting

    @Override
    public void flushTlb(boolean alsoGlobal) {
        for (int index = 0; index < Cpu.MMU_INDEXES; index++) {
            if (filled[index]) {
                filled[index] = flush(index, alsoGlobal);
            }
            // Kernels load CR3 often and run from global pages, whose translations that keeps (SDM 3A:4.10.4.1): their blocks need not be found again.
            if (alsoGlobal || fetchedLocal[index]) {
                forgetFetches(index);
            }
        }
    }

    /** @return whether anything is left */
    private boolean flush(int mmuIndex, boolean alsoGlobal) {
        long[] table = tables[mmuIndex];
        boolean left = false;
        for (int entry = 0; entry < table.length; entry += ENTRY_LONGS) {
            if (table[entry + READ] != -1 || table[entry + WRITE] != -1) {
                if (alsoGlobal || (table[entry + KIND] & KIND_GLOBAL) == 0) {
                    set(mmuIndex, entry + READ, -1);
                    set(mmuIndex, entry + WRITE, -1);
                } else {
                    left = true;
                }
            }
        }
        return left;
    }

    @Override
    public void flushTlbPage(long gva) {
        for (int mmuIndex = 0; mmuIndex < Cpu.MMU_INDEXES; mmuIndex++) {
            long[] table = tables[mmuIndex];
            for (int entry = 0; filled[mmuIndex] && entry < table.length; entry += ENTRY_LONGS) {
                long tag = table[entry + READ];
                // A large mapping sits here in pieces of 4 KiB, and all of them go.
                if (tag != -1 && (tag ^ gva) >>> (table[entry + KIND] & 63) == 0) {
                    set(mmuIndex, entry + READ, -1);
                    set(mmuIndex, entry + WRITE, -1);
                }
            }
            if ((fetchedAreas[mmuIndex][areaWord(gva)] & areaBit(gva)) != 0) {
                forgetFetches(mmuIndex);
            }
        }
    }

    private void forgetFetches(int mmuIndex) {
        Arrays.fill(fetchTags, mmuIndex * FETCH_ENTRIES, (mmuIndex + 1) * FETCH_ENTRIES, -1);
        Arrays.fill(fetchedAreas[mmuIndex], 0);
        fetchedLocal[mmuIndex] = false;
        epochs[mmuIndex] = EPOCHS.incrementAndGet();
    }

    /** Stores to the page at {@code hostPage} need the slow path from now on. */
    public void forgetWrites(long hostPage) {
        for (int mmuIndex = 0; mmuIndex < Cpu.MMU_INDEXES; mmuIndex++) {
            long[] table = tables[mmuIndex];
            for (int entry = 0; filled[mmuIndex] && entry < table.length; entry += ENTRY_LONGS) {
                long tag = table[entry + WRITE];
                if (tag != -1 && tag + table[entry + HOST] == hostPage) {
                    set(mmuIndex, entry + WRITE, -1);
                }
            }
        }
    }

    // Looking

    /** As {@link Vcpu#look}. */
    public int look(long gva, byte[] into, int offset, int length) {
        return forEachPage(gva, length, (gpa, done, part) -> memory.read(gpa, into, offset + done, part));
    }

    /** As {@link Vcpu#poke}. */
    public int poke(long gva, byte[] from, int offset, int length) {
        return forEachPage(gva, length, (gpa, done, part) -> memory.poke(gpa, from, offset + done, part));
    }

    private interface PageVisitor {
        void visit(long gpa, int done, int part);
    }

    private int forEachPage(long gva, int length, PageVisitor visitor) {
        // Of its own, because somebody may look while the processor's thread is between instructions.
        var translation = new Translation();
        int done = 0;
        while (done < length) {
            int part = (int) Math.min(length - done, 4096 - (gva + done & 4095));
            if (!cpu.translate(gva + done, Access.LOOK, Cpu.MMU_SUPERVISOR, 0, translation) || !memory.isBacked(translation.gpa)) {
                break;
            }
            visitor.visit(translation.gpa, done, part);
            done += part;
        }
        return done;
    }
}
