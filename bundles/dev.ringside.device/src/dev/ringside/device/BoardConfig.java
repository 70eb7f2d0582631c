package dev.ringside.device;

import java.util.List;
import java.util.Objects;

/**
 * What a board is made from.
 *
 * @param cpus number of processors, from 1
 * @param memoryBytes RAM, a multiple of 4096
 * @param rtcEpochSeconds what the real-time clock shows at power-on, in seconds since 1970-01-01 UTC; an input of the run
 * @param disks at most four: primary master, primary slave, secondary master, secondary slave; an entry may be null for an empty place
 * @param debugExitPort port of isa-debug-exit, normally {@link #DEBUG_EXIT_PORT}; 0 for none
 * @param debugExitSizeBytes 1, 2 or 4 ports
 * @param testDevices whether the PC test device (ports 0xE0, 0xE4, 0xE8, 0x2000 to 0x2017; RAM at 0xFF000000) is there
 * @param acpiDevices hardware IDs of devices that the ACPI tables name and something else than the board answers for
 */
public record BoardConfig(int cpus, long memoryBytes, long rtcEpochSeconds, List<BlockBackend> disks, int debugExitPort,
        int debugExitSizeBytes, boolean testDevices, List<String> acpiDevices) {

    public static final int DEBUG_EXIT_PORT = 0xf4;

    public BoardConfig {
        if (cpus < 1) {
            throw new IllegalArgumentException("number of processors: " + cpus + "; at least 1 is needed");
        }
        Objects.requireNonNull(disks, "disks");
    }

    /** No disks, isa-debug-exit at 0xF4 with four ports, test devices present. */
    public static BoardConfig of(int cpus, long memoryBytes, long rtcEpochSeconds) {
        return new BoardConfig(cpus, memoryBytes, rtcEpochSeconds, List.of(), DEBUG_EXIT_PORT, 4, true, List.of());
    }

    public BoardConfig withDisks(List<BlockBackend> newDisks) {
        return new BoardConfig(cpus, memoryBytes, rtcEpochSeconds, newDisks, debugExitPort, debugExitSizeBytes, testDevices, acpiDevices);
    }

    public BoardConfig withAcpiDevices(List<String> hardwareIds) {
        return new BoardConfig(cpus, memoryBytes, rtcEpochSeconds, disks, debugExitPort, debugExitSizeBytes, testDevices, List.copyOf(hardwareIds));
    }
}
