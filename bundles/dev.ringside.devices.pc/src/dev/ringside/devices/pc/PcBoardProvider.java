package dev.ringside.devices.pc;

import dev.ringside.device.Board;
import dev.ringside.device.BoardConfig;
import dev.ringside.device.BoardProvider;
import dev.ringside.device.DeviceContext;
import dev.ringside.device.MemoryRange;
import dev.ringside.device.VcpuPins;
import java.util.List;

/** Makes PCs. */
public final class PcBoardProvider implements BoardProvider {
    /** xAPIC IDs 0 to 254; 255 means all. */
    static final int MAX_CPUS = 255;

    @Override
    public String type() {
        return "pc";
    }

    @Override
    public String description() {
        return "PC with 440FX host bridge, PIIX3, 8259As, 8254, APICs, HPET, 16550As, VGA text, IDE and ACPI";
    }

    @Override
    public List<MemoryRange> memoryMap(BoardConfig config) {
        check(config);
        return PcMemoryMap.of(config);
    }

    @Override
    public Board create(BoardConfig config, DeviceContext context, List<VcpuPins> pins) {
        check(config);
        return new PcBoard(config, context, pins);
    }

    private static void check(BoardConfig config) {
        if (config.cpus() > MAX_CPUS) {
            throw new IllegalArgumentException("number of processors: " + config.cpus() + "; a PC has at most " + MAX_CPUS);
        }
        if (config.disks().size() > 4) {
            throw new IllegalArgumentException("number of disks: " + config.disks().size() + "; two IDE channels take 4");
        }
    }
}
