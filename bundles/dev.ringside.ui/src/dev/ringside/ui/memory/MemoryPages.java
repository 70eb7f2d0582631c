package dev.ringside.ui.memory;

import dev.ringside.machine.MachineControl.MemoryBytes;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** The pages of guest memory that were read at the present stop, and those of the stop before, to tell what has changed. UI thread only. */
final class MemoryPages implements ShownBytes {
    static final int PAGE_SHIFT = 12;
    static final int PAGE_BYTES = 1 << PAGE_SHIFT;

    /** Far more than a screen shows; scrolling through a whole memory must not keep it. */
    private static final int MOST_PAGES = 256;

    private Map<Long, Page> now = new HashMap<>();
    private Map<Long, Page> before = new HashMap<>();
    /** Numbers of those pages of {@link #now} that need not be asked for. */
    private final Set<Long> known = new HashSet<>();

    /** Immutable by agreement. */
    private record Page(byte[] bytes, boolean[] readable) {
    }

    /** Nothing is known any more. */
    void forget() {
        now = new HashMap<>();
        before = new HashMap<>();
        known.clear();
    }

    /** The guest has run. */
    void nextStop() {
        if (!now.isEmpty()) {
            before = now;
            now = new HashMap<>();
            known.clear();
        }
    }

    /** Something was changed at this stop: what is known is asked for again, stands until the answer comes, and is still compared with the stop before. */
    void outdate() {
        if (before.isEmpty()) {
            before = new HashMap<>(now);
        }
        known.clear();
    }

    boolean isKnown(long page) {
        return known.contains(page);
    }

    /** @param read whole pages */
    void put(MemoryBytes read) {
        if (now.size() > MOST_PAGES) {
            now.clear();
            known.clear();
        }
        for (int at = 0; at < read.bytes().length; at += PAGE_BYTES) {
            Page page = new Page(Arrays.copyOfRange(read.bytes(), at, at + PAGE_BYTES), Arrays.copyOfRange(read.readable(), at, at + PAGE_BYTES));
            now.put(read.address() + at >>> PAGE_SHIFT, page);
            known.add(read.address() + at >>> PAGE_SHIFT);
        }
    }

    /** The byte, or −1 where there is no memory or nothing was read yet. Until a page of this stop is there, that of the stop before stands in. */
    @Override
    public int at(long address) {
        Page page = now.getOrDefault(address >>> PAGE_SHIFT, before.get(address >>> PAGE_SHIFT));
        int offset = (int) address & PAGE_BYTES - 1;
        return page == null || !page.readable[offset] ? -1 : page.bytes[offset] & 0xff;
    }

    /** Memory that is known not to be there is marked; other memory is on its way. */
    @Override
    public String gap(long address) {
        Page page = now.getOrDefault(address >>> PAGE_SHIFT, before.get(address >>> PAGE_SHIFT));
        return page != null && !page.readable[(int) address & PAGE_BYTES - 1] ? "??" : "  ";
    }

    @Override
    public boolean isWritable(long address) {
        return at(address) >= 0;
    }

    @Override
    public boolean isChanged(long address) {
        Page page = now.get(address >>> PAGE_SHIFT);
        Page old = before.get(address >>> PAGE_SHIFT);
        int offset = (int) address & PAGE_BYTES - 1;
        return page != null && old != null && page.readable[offset] && old.readable[offset] && page.bytes[offset] != old.bytes[offset];
    }

    /** Shows a byte that is being written before the machine has said so. */
    void set(long address, byte value) {
        Page page = now.get(address >>> PAGE_SHIFT);
        if (page != null) {
            byte[] bytes = page.bytes.clone();
            bytes[(int) address & PAGE_BYTES - 1] = value;
            before.putIfAbsent(address >>> PAGE_SHIFT, page);
            now.put(address >>> PAGE_SHIFT, new Page(bytes, page.readable));
        }
    }
}
