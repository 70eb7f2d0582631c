package dev.ringside.machine;

import dev.ringside.device.IoHandler;
import dev.ringside.device.ShadowRam;
import dev.ringside.memory.PhysicalMemory;
import dev.ringside.memory.Slot;
import dev.ringside.memory.Writes;
import java.util.ArrayList;
import java.util.List;

/**
 * BIOS ROM below 4 GiB, and its last 256 KiB a second time under 1 MiB, page by page switchable to the RAM below.
 *
 * <pre>
 * 4 GiB ┌──────────┐
 *       │ rom      │
 *       └──────────┘
 * 1 MiB ┌──────────┐ rom, or RAM where PAM says so
 *       │          │ reads from ROM with writes to RAM: stores reach the bus, which passes them to {@link #underneath}
 * 0xc0000 ─────────┘
 * </pre>
 */
final class ShadowMemory implements ShadowRam {
    private static final long START = 0xc0000;
    private static final long END = 0x100000;
    private static final int GRAIN = 0x4000;
    /** The RAM behind the shadow area a second time, where no guest can reach: physical addresses end at 40 bits. */
    private static final long BACK_DOOR = 1L << 41;

    private final PhysicalMemory memory;
    private final List<Slot> pages = new ArrayList<>();

    ShadowMemory(PhysicalMemory memory, byte[] rom, Slot lowRam) {
        this.memory = memory;
        Slot high = memory.addRom("bios", (1L << 32) - rom.length, rom, Writes.IGNORED);
        if (lowRam != null) {
            memory.alias("shadow ram", BACK_DOOR, lowRam, START - lowRam.gpa(), END - START, Writes.STORED);
        }
        for (long gpa = START; gpa < END; gpa += GRAIN) {
            long offset = rom.length - (END - gpa);
            if (offset >= 0) {
                pages.add(memory.alias("bios below 1 MiB", gpa, high, offset, GRAIN, Writes.IGNORED));
            }
        }
    }

    @Override
    public void map(long gpa, long sizeBytes, boolean readRam, boolean writeRam) {
        for (Slot page : pages) {
            if (page.gpa() >= gpa && page.gpa() < gpa + sizeBytes) {
                page.setEnabled(!readRam);
                page.setWrites(writeRam ? Writes.TO_BUS : Writes.IGNORED);
            }
        }
    }

    /** The RAM under the ROM. */
    IoHandler underneath() {
        return new IoHandler() {
            @Override
            public long read(long offset, int sizeBytes) {
                return memory.read(BACK_DOOR + offset, sizeBytes);
            }

            @Override
            public void write(long offset, int sizeBytes, long value) {
                memory.write(BACK_DOOR + offset, sizeBytes, value);
            }
        };
    }

    static long start() {
        return START;
    }

    static long sizeBytes() {
        return END - START;
    }
}
