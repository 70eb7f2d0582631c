package dev.ringside.devices.pc;

import dev.ringside.device.BoardConfig;
import dev.ringside.device.MemoryRange;
import dev.ringside.device.MemoryRange.Type;
import java.util.ArrayList;
import java.util.List;

/**
 * Where a PC has what.
 *
 * <pre>
 *   0          RAM                      up to 639 KiB
 *   9FC00      extended BIOS data area  1 KiB, reserved
 *   A0000      VGA                      no RAM
 *   C0000      ROM or shadow RAM        reserved, up to 1 MiB
 *   100000     RAM                      up to 3 GiB
 *   C0000000   PCI devices
 *   FEC00000   I/O APIC, FED00000 HPET, FEE00000 local APIC
 *   100000000  the rest of the RAM
 * </pre>
 */
final class PcMemoryMap {
    static final long MEBI = 1 << 20;
    static final long LOW_RAM_LIMIT = 0xc000_0000L;
    static final long HIGH_RAM = 1L << 32;
    static final long EBDA = 0x9fc00;
    private static final long VGA = 0xa0000;
    private static final long SHADOW = 0xc0000;
    private static final long MIN_BYTES = MEBI;
    private static final long MAX_BYTES = 512L << 30;

    private PcMemoryMap() {
    }

    static List<MemoryRange> of(BoardConfig config) {
        long bytes = config.memoryBytes();
        if (bytes < MIN_BYTES || bytes > MAX_BYTES || bytes % 4096 != 0) {
            throw new IllegalArgumentException("memory of " + bytes + " bytes; a PC has 1 MiB to 512 GiB, in multiples of 4096 bytes");
        }
        var map = new ArrayList<MemoryRange>();
        map.add(new MemoryRange(0, EBDA, Type.USABLE, true));
        map.add(new MemoryRange(EBDA, VGA - EBDA, Type.RESERVED, true));
        map.add(new MemoryRange(SHADOW, MEBI - SHADOW, Type.RESERVED, true));
        long low = lowBytes(bytes);
        if (low > MEBI) {
            map.add(new MemoryRange(MEBI, low - MEBI, Type.USABLE, true));
        }
        map.add(new MemoryRange(IoApic.DEFAULT_BASE, 0x1000, Type.RESERVED, false));
        map.add(new MemoryRange(Hpet.BASE, 0x1000, Type.RESERVED, false));
        map.add(new MemoryRange(ApicBus.DEFAULT_BASE, 0x1000, Type.RESERVED, false));
        if (bytes > low) {
            map.add(new MemoryRange(HIGH_RAM, bytes - low, Type.USABLE, true));
        }
        return List.copyOf(map);
    }

    /** RAM below 4 GiB. */
    static long lowBytes(long memoryBytes) {
        return Math.min(memoryBytes, LOW_RAM_LIMIT);
    }

    /** First address that PCI devices may use, as SeaBIOS lays it out. */
    static long pciMemoryFirst(long memoryBytes) {
        return lowBytes(memoryBytes) <= 0x8000_0000L ? 0x8000_0000L : LOW_RAM_LIMIT;
    }
}
