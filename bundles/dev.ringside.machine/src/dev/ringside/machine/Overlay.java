package dev.ringside.machine;

import dev.ringside.memory.PhysicalMemory;
import dev.ringside.memory.Slot;
import dev.ringside.memory.Writes;
import dev.ringside.pv.OverlayPage;

/**
 * A page over the guest's. Its memory is parked far above any RAM; an alias of that is what the guest sees.
 */
final class Overlay implements OverlayPage {
    /** Behind every address that a processor can name (MAXPHYADDR 40) so the page is out of its reach. */
    private static final long PARKING = 1L << 40;

    private final PhysicalMemory memory;
    private final String name;
    private final Slot page;
    private Slot shown;

    Overlay(PhysicalMemory memory, String name) {
        this.memory = memory;
        this.name = name;
        long free = PARKING;
        for (Slot slot : memory.slots()) {
            free = Math.max(free, slot.gpa() + slot.sizeBytes());
        }
        page = memory.addRam(name + " (parked)", free, SIZE_BYTES);
    }

    @Override
    public void map(long gpa, boolean writable) {
        unmap();
        shown = memory.alias(name, gpa, page, 0, SIZE_BYTES, writable ? Writes.STORED : Writes.IGNORED);
    }

    @Override
    public void unmap() {
        if (shown != null) {
            memory.remove(shown);
            shown = null;
        }
    }

    @Override
    public boolean isMapped() {
        return shown != null;
    }

    @Override
    public long read(int offset, int sizeBytes) {
        return memory.read(page.gpa() + offset, sizeBytes);
    }

    @Override
    public void write(int offset, int sizeBytes, long value) {
        memory.write(page.gpa() + offset, sizeBytes, value);
    }
}
