package dev.ringside.memory;

import dev.ringside.inspect.Inspectable;
import dev.ringside.inspect.Inspector;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The guest-physical address space of one machine: RAM and ROM in {@link Slot}s, nothing elsewhere. Reads of nothing give all ones, writes to
 * it vanish; sending them to devices is the machine's business. Accesses by guest-physical address may cross pages.
 *
 * <p>Belongs to the machine's thread; others may read while the machine is stopped.
 *
 * <p>A page may hold code that an engine has cached. Granules of {@value #GRANULE_BYTES} bytes remember where, per page of backing memory, so
 * that a write through any alias finds them.
 */
public final class PhysicalMemory implements Inspectable, AutoCloseable {
    public static final int PAGE_SHIFT = 12;
    public static final int PAGE_BYTES = 1 << PAGE_SHIFT;
    public static final int GRANULE_BYTES = PAGE_BYTES / 64;
    /** Guest-physical addresses end here: 42 bits. */
    public static final long LIMIT = 1L << 42;

    private static final int CHUNK_SHIFT = 21;
    private static final int CHUNK_PAGES = 1 << CHUNK_SHIFT - PAGE_SHIFT;
    private static final int OFFSET_MASK = PAGE_BYTES - 1;

    // Flags in the low bits of a page's host address.
    private static final int BACKED = 1;
    private static final int STORES = 2;
    private static final int IGNORES = 4;

    private final List<Slot> slots = new ArrayList<>();
    private final List<Backing> backings = new ArrayList<>();
    private final List<MapListener> mapListeners = new ArrayList<>();
    private final List<CodeListener> codeListeners = new ArrayList<>();
    private final Map<Integer, WriteWatch> watches = new HashMap<>();

    /** By 2 MiB of address space: host page and flags at 2i, frame at 2i + 1; null where nothing is backed. */
    private long[][] chunks = new long[0][];
    private int frames;
    /** By 512 frames: a bit per granule that holds code; null where there is none. */
    private long[][] code = new long[0][];
    private long[] dirty = new long[0];
    private boolean logsDirty;
    private boolean closed;
    /** Pages of RAM that are away, by page number. */
    private final Set<Long> absent = new HashSet<>();

    /** Zeroed memory that the guest reads and writes. Address and size are multiples of 4 KiB. */
    public Slot addRam(String name, long gpa, long sizeBytes) {
        check(name, gpa, sizeBytes);
        return add(new Slot(this, name, gpa, sizeBytes, back(sizeBytes), 0, Writes.STORED));
    }

    /** Memory with contents that the guest cannot change; zeros fill the last page. */
    public Slot addRom(String name, long gpa, byte[] contents, Writes writes) {
        long size = (contents.length + (long) OFFSET_MASK) & -PAGE_BYTES;
        check(name, gpa, size);
        Backing backing = back(size);
        RawMemory.copy(contents, 0, backing.host().address, contents.length);
        return add(new Slot(this, name, gpa, size, backing, 0, writes));
    }

    /** Shows a part of {@code of} a second time, on top of whatever is at {@code gpa}. */
    public Slot alias(String name, long gpa, Slot of, long offset, long sizeBytes, Writes writes) {
        check(name, gpa, sizeBytes);
        if ((offset & OFFSET_MASK) != 0 || offset < 0 || offset + sizeBytes > of.sizeBytes()) {
            throw new IllegalArgumentException("%s: [0x%x, 0x%x) is not inside %s".formatted(name, offset, offset + sizeBytes, of.name()));
        }
        return add(new Slot(this, name, gpa, sizeBytes, of.backing, of.offset + offset, writes));
    }

    /** Takes a slot away. Its memory is freed with the machine, so a look at it by somebody late does no harm. */
    public void remove(Slot slot) {
        if (slots.remove(slot)) {
            remap(slot.gpa(), slot.sizeBytes());
        }
    }

    /** The slots, those that cover others last. */
    public List<Slot> slots() {
        return List.copyOf(slots);
    }

    /** Bytes of RAM that the guest sees, aliases not counted twice. */
    public long ramBytes() {
        return slots.stream().filter(s -> s.isEnabled() && s.writes() == Writes.STORED).map(s -> s.backing).distinct()
                .mapToLong(b -> b.host().sizeBytes).sum();
    }

    public void addMapListener(MapListener listener) {
        mapListeners.add(listener);
    }

    public void addCodeListener(CodeListener listener) {
        codeListeners.add(listener);
    }

    public void removeListeners(MapListener map, CodeListener codeListener) {
        mapListeners.remove(map);
        codeListeners.remove(codeListener);
    }

    // What a page is

    /** Host address of a byte that may be read there directly: RAM or ROM. 0 when there is none. Valid until the map changes. */
    public long hostAddress(long gpa) {
        long page = page(gpa);
        return page == 0 ? 0 : (page & -PAGE_BYTES) + (gpa & OFFSET_MASK);
    }

    /**
     * Host address of a byte that may be written there directly from now on, until the map changes or {@link CodeListener#codeAppeared}: RAM
     * without code and without a watch. 0 when there is none. The page counts as dirty.
     */
    public long writableHostAddress(long gpa) {
        long page = page(gpa);
        if ((page & STORES) == 0) {
            return 0;
        }
        int frame = frame(gpa);
        if (codeBits(frame) != 0 || !watches.isEmpty() && watches.containsKey(frame)) {
            return 0;
        }
        markDirty(frame);
        return (page & -PAGE_BYTES) + (gpa & OFFSET_MASK);
    }

    /**
     * Takes the page of RAM at {@code gpa} out of the map, as a host does that needs the memory. Whoever touches it brings it back; an engine asks
     * {@link #isAbsent} before.
     *
     * @return false when there is no RAM, or it is away already
     */
    public boolean takeAway(long gpa) {
        if (isAbsent(gpa) || !isRam(gpa)) {
            return false;
        }
        absent.add(gpa >>> PAGE_SHIFT);
        setPage(gpa & -PAGE_BYTES, 0, 0);
        tellMapListeners(gpa & -PAGE_BYTES, PAGE_BYTES);
        return true;
    }

    /** Whether the page at {@code gpa} was taken away and nobody has touched it since. */
    public boolean isAbsent(long gpa) {
        return !absent.isEmpty() && absent.contains(gpa >>> PAGE_SHIFT);
    }

    /** Addresses of the pages that are away, ascending. */
    public long[] absentPages() {
        return absent.stream().mapToLong(number -> number << PAGE_SHIFT).sorted().toArray();
    }

    /** Brings the page at {@code gpa} back if it is away. */
    public void bringBack(long gpa) {
        if (!absent.isEmpty() && absent.remove(gpa >>> PAGE_SHIFT)) {
            remap(gpa & -PAGE_BYTES, PAGE_BYTES);
        }
    }

    /** Whether stores change memory there. */
    public boolean isRam(long gpa) {
        return (page(gpa) & STORES) != 0;
    }

    /** Whether reads come from memory. */
    public boolean isBacked(long gpa) {
        return page(gpa) != 0;
    }

    /** Whether a store there is for the bus: nothing is mapped, or a slot says so. */
    public boolean writesToBus(long gpa) {
        return (page(gpa) & (STORES | IGNORES)) == 0;
    }

    // Access by guest-physical address

    /** 1, 2, 4 or 8 bytes, zero-extended; all ones where nothing is. */
    public long read(long gpa, int sizeBytes) {
        if ((gpa & OFFSET_MASK) + sizeBytes > PAGE_BYTES) {
            long value = 0;
            for (int i = 0; i < sizeBytes; i++) {
                value |= read(gpa + i, 1) << 8 * i;
            }
            return value;
        }
        long host = hostAddress(gpa);
        return host == 0 ? -1L >>> 64 - 8 * sizeBytes : RawMemory.get(host, sizeBytes);
    }

    /** The low 1, 2, 4 or 8 bytes; ignored where no RAM is. */
    public void write(long gpa, int sizeBytes, long value) {
        if ((gpa & OFFSET_MASK) + sizeBytes > PAGE_BYTES) {
            for (int i = 0; i < sizeBytes; i++) {
                write(gpa + i, 1, value >>> 8 * i);
            }
            return;
        }
        long page = page(gpa);
        if ((page & STORES) != 0) {
            long host = (page & -PAGE_BYTES) + (gpa & OFFSET_MASK);
            RawMemory.put(host, sizeBytes, value);
            changed(gpa, host, sizeBytes);
        }
    }

    public void read(long gpa, byte[] into, int offset, int length) {
        for (int done = 0; done < length; ) {
            int part = (int) Math.min(length - done, PAGE_BYTES - (gpa + done & OFFSET_MASK));
            long host = hostAddress(gpa + done);
            if (host == 0) {
                Arrays.fill(into, offset + done, offset + done + part, (byte) -1);
            } else {
                RawMemory.copy(host, into, offset + done, part);
            }
            done += part;
        }
    }

    public void write(long gpa, byte[] from, int offset, int length) {
        store(gpa, from, offset, length, STORES);
    }

    /** Writes to ROM as well: for loaders and debuggers, not for the guest. */
    public void poke(long gpa, byte[] from, int offset, int length) {
        store(gpa, from, offset, length, BACKED);
    }

    private void store(long gpa, byte[] from, int offset, int length, int needed) {
        for (int done = 0; done < length; ) {
            int part = (int) Math.min(length - done, PAGE_BYTES - (gpa + done & OFFSET_MASK));
            long page = page(gpa + done);
            if ((page & needed) != 0) {
                long host = (page & -PAGE_BYTES) + (gpa + done & OFFSET_MASK);
                RawMemory.copy(from, offset + done, host, part);
                changed(gpa + done, host, part);
            }
            done += part;
        }
    }

    private void changed(long gpa, long host, int sizeBytes) {
        int frame = frame(gpa);
        markDirty(frame);
        if ((codeBits(frame) & granules((int) gpa & OFFSET_MASK, sizeBytes)) != 0) {
            for (CodeListener listener : codeListeners) {
                listener.codeWritten(host, sizeBytes);
            }
        }
        if (!watches.isEmpty()) {
            WriteWatch watch = watches.get(frame);
            if (watch != null) {
                watch.written(gpa, sizeBytes);
            }
        }
    }

    // Code

    /** Says that an engine caches code made from {@code lengthBytes} bytes at {@code gpa}, inside one page that is backed. */
    public void markCode(long gpa, int lengthBytes) {
        markCodeAtHost(hostAddress(gpa), lengthBytes);
    }

    /** As {@link #markCode}, by host address. */
    public void markCodeAtHost(long host, int lengthBytes) {
        int frame = frameAtHost(host);
        long[] row = code[frame >> 9];
        if (row == null) {
            row = code[frame >> 9] = new long[512];
        }
        long before = row[frame & 511];
        row[frame & 511] = before | granules((int) host & OFFSET_MASK, lengthBytes);
        if (before == 0) {
            codeListeners.forEach(l -> l.codeAppeared(host & -PAGE_BYTES));
        }
    }

    /** Replaces the granules of the page that lies at {@code hostPage} on the host: bit i for bytes from 64 i. */
    public void setCodeGranules(long hostPage, long bits) {
        int frame = frameAtHost(hostPage);
        long[] row = code[frame >> 9];
        if (row != null) {
            row[frame & 511] = bits;
        }
    }

    /** A guest-physical address at which the byte at {@code host} is seen now, the lowest slot's when there are several; −1 when there is none. */
    public long gpaAtHost(long host) {
        for (Slot slot : slots) {
            long offset = host - slot.backing.host().address - slot.offset;
            if (slot.isEnabled() && offset >= 0 && offset < slot.sizeBytes()) {
                return slot.gpa() + offset;
            }
        }
        return -1;
    }

    private int frameAtHost(long hostPage) {
        for (Backing backing : backings) {
            long offset = hostPage - backing.host().address;
            if (offset >= 0 && offset < backing.host().sizeBytes) {
                return backing.firstFrame() + (int) (offset >> PAGE_SHIFT);
            }
        }
        throw new IllegalArgumentException("0x%x is not the host address of guest memory".formatted(hostPage));
    }

    /** A bit per 64 bytes of the page at {@code gpa} that hold cached code. */
    public long codeGranules(long gpa) {
        return page(gpa) == 0 ? 0 : codeBits(frame(gpa));
    }

    /** The granules that {@code lengthBytes} bytes from {@code offset} in a page touch. */
    public static long granules(int offset, int lengthBytes) {
        int first = offset / GRANULE_BYTES;
        int last = (offset + lengthBytes - 1) / GRANULE_BYTES;
        return (-1L << first) & (-1L >>> 63 - last);
    }

    private long codeBits(int frame) {
        long[] row = code[frame >> 9];
        return row == null ? 0 : row[frame & 511];
    }

    // Watches and the dirty log

    /** From now on {@code watch} hears of every store to the page at {@code gpa}, which must be backed; null ends that. */
    public void watchPage(long gpa, WriteWatch watch) {
        if (page(gpa) == 0) {
            throw new IllegalArgumentException("no memory at 0x%x to watch".formatted(gpa));
        }
        if (watch == null) {
            watches.remove(frame(gpa));
        } else {
            watches.put(frame(gpa), watch);
        }
        tellMapListeners(gpa & -PAGE_BYTES, PAGE_BYTES);
    }

    /** Starts to remember which pages are written. */
    public void startDirtyLog() {
        logsDirty = true;
        dirty = new long[frames + 63 >> 6];
        tellMapListeners(0, LIMIT);
    }

    public void stopDirtyLog() {
        logsDirty = false;
    }

    /** Whether the page at {@code gpa} was written since the log was started or cleared; true for any backed page without a log. */
    public boolean isDirty(long gpa) {
        if (page(gpa) == 0) {
            return false;
        }
        int frame = frame(gpa);
        return !logsDirty || (dirty[frame >> 6] >>> frame & 1) != 0;
    }

    private void markDirty(int frame) {
        if (logsDirty) {
            dirty[frame >> 6] |= 1L << frame;
        }
    }

    @Override
    public void inspect(Inspector out) {
        for (Slot slot : slots) {
            out.text(slot.name(), "0x%x-0x%x %s%s".formatted(slot.gpa(), slot.gpa() + slot.sizeBytes() - 1, slot.writes(),
                    slot.isEnabled() ? "" : ", hidden"));
        }
    }

    /** Gives the host its memory back. Nothing may run or look any more. */
    @Override
    public void close() {
        if (!closed) {
            closed = true;
            slots.clear();
            chunks = new long[0][];
            backings.forEach(b -> b.host().close());
        }
    }

    // The map

    private Backing back(long sizeBytes) {
        var backing = new Backing(HostMemory.allocate(sizeBytes), frames);
        frames += (int) (sizeBytes >> PAGE_SHIFT);
        code = Arrays.copyOf(code, (frames >> 9) + 1);
        dirty = Arrays.copyOf(dirty, (frames >> 6) + 1);
        backings.add(backing);
        return backing;
    }

    private Slot add(Slot slot) {
        slots.add(slot);
        remap(slot.gpa(), slot.sizeBytes());
        return slot;
    }

    /** Works out again what every page of the range means, from the bottom slot to the top one. */
    void remap(long gpa, long sizeBytes) {
        long end = gpa + sizeBytes;
        int chunksNeeded = (int) (end - 1 >> CHUNK_SHIFT) + 1;
        if (chunksNeeded > chunks.length) {
            chunks = Arrays.copyOf(chunks, chunksNeeded);
        }
        for (long at = gpa; at < end; at += PAGE_BYTES) {
            setPage(at, 0, 0);
        }
        for (Slot slot : slots) {
            if (slot.isEnabled()) {
                show(slot, Math.max(gpa, slot.gpa()), Math.min(end, slot.gpa() + slot.sizeBytes()));
            }
        }
        for (long at = gpa; at < end && !absent.isEmpty(); at += PAGE_BYTES) {
            if (isAbsent(at)) {
                setPage(at, 0, 0);
            }
        }
        tellMapListeners(gpa, sizeBytes);
    }

    private void show(Slot slot, long from, long to) {
        int flags = BACKED | switch (slot.writes()) {
            case STORED -> STORES;
            case IGNORED -> IGNORES;
            case TO_BUS -> 0;
        };
        for (long at = from; at < to; at += PAGE_BYTES) {
            long offset = slot.offset + at - slot.gpa();
            setPage(at, slot.backing.host().address + offset | flags, slot.backing.firstFrame() + (int) (offset >> PAGE_SHIFT));
        }
    }

    private void setPage(long gpa, long page, int frame) {
        int index = (int) (gpa >> CHUNK_SHIFT);
        long[] chunk = chunks[index];
        if (chunk == null) {
            if (page == 0) {
                return;
            }
            chunk = chunks[index] = new long[2 * CHUNK_PAGES];
        }
        int i = (int) (gpa >> PAGE_SHIFT) & CHUNK_PAGES - 1;
        chunk[2 * i] = page;
        chunk[2 * i + 1] = frame;
    }

    private void tellMapListeners(long gpa, long sizeBytes) {
        for (MapListener listener : mapListeners) {
            listener.mapChanged(gpa, sizeBytes);
        }
    }

    private long page(long gpa) {
        long index = gpa >>> CHUNK_SHIFT;
        if (index >= chunks.length) {
            return 0;
        }
        long[] chunk = chunks[(int) index];
        if (chunk == null) {
            return 0;
        }
        int i = 2 * ((int) (gpa >> PAGE_SHIFT) & CHUNK_PAGES - 1);
        if (chunk[i] == 0 && isAbsent(gpa)) {
            bringBack(gpa);
        }
        return chunk[i];
    }

    /** Only for an address whose page is backed. */
    private int frame(long gpa) {
        return (int) chunks[(int) (gpa >>> CHUNK_SHIFT)][2 * ((int) (gpa >> PAGE_SHIFT) & CHUNK_PAGES - 1) + 1];
    }

    private static void check(String name, long gpa, long sizeBytes) {
        if ((gpa & OFFSET_MASK) != 0 || (sizeBytes & OFFSET_MASK) != 0 || sizeBytes <= 0 || gpa < 0 || gpa + sizeBytes > LIMIT) {
            throw new IllegalArgumentException("%s: 0x%x bytes at 0x%x are not whole pages below 2^42".formatted(name, sizeBytes, gpa));
        }
    }
}
