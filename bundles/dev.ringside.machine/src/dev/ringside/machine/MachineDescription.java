package dev.ringside.machine;

import java.nio.file.Path;
import java.util.List;

/**
 * What to build: everything that a run is a function of, besides recorded input.
 *
 * @param image kernel or disk image, or null to boot the first disk through firmware
 * @param initrd initial RAM disk, or null
 * @param commandLine handed to the kernel; empty when there is none
 * @param disks in drive order
 * @param memoryBytes guest RAM; a multiple of 1 MiB
 * @param cpus 1 to 64
 * @param engine provider name: {@code interpreter}
 * @param paravirt interfaces and their features as {@link dev.ringside.pv.ParavirtSpec} reads them: {@code none}, {@code kvm,-kvm-steal-time}
 * @param seed of everything random in the guest's view (RDRAND, vCPU rotation)
 * @param rtcEpochSeconds what the real-time clock shows at power-on, seconds since 1970 UTC
 * @param firmware BIOS image file, or null for the default of the system when one is needed
 * @param loadAddress guest-physical address for a raw binary, or −1
 * @param noReboot whether a reset ends the run
 * @param fastBoot whether a packed kernel is unpacked by the host when that is possible, instead of by its own code
 */
public record MachineDescription(Path image, Path initrd, String commandLine, List<Disk> disks, long memoryBytes, int cpus, String engine,
        String paravirt, long seed, long rtcEpochSeconds, Path firmware, long loadAddress, boolean noReboot, boolean fastBoot) {

    /** 2026-01-01 00:00:00 UTC: the default start of the guest's clock, so that runs repeat. */
    public static final long DEFAULT_EPOCH_SECONDS = 1_767_225_600L;

    /** 128 MiB of memory, one CPU, nothing attached. */
    public static MachineDescription of(Path image) {
        return new MachineDescription(image, null, "", List.of(), 128L << 20, 1, "translator", "none", 0, DEFAULT_EPOCH_SECONDS, null, -1, false, true);
    }

    /**
     * A disk drive.
     *
     * @param file never written unless {@code writable}: writes stay in memory and end with the run
     */
    public record Disk(Path file, boolean writable) {
    }

    public MachineDescription withInitrd(Path file) {
        return new MachineDescription(image, file, commandLine, disks, memoryBytes, cpus, engine, paravirt, seed, rtcEpochSeconds, firmware, loadAddress, noReboot, fastBoot);
    }

    public MachineDescription withCommandLine(String line) {
        return new MachineDescription(image, initrd, line, disks, memoryBytes, cpus, engine, paravirt, seed, rtcEpochSeconds, firmware, loadAddress, noReboot, fastBoot);
    }

    public MachineDescription withDisks(List<Disk> drives) {
        return new MachineDescription(image, initrd, commandLine, List.copyOf(drives), memoryBytes, cpus, engine, paravirt, seed, rtcEpochSeconds, firmware, loadAddress, noReboot, fastBoot);
    }

    public MachineDescription withMemoryBytes(long bytes) {
        return new MachineDescription(image, initrd, commandLine, disks, bytes, cpus, engine, paravirt, seed, rtcEpochSeconds, firmware, loadAddress, noReboot, fastBoot);
    }

    public MachineDescription withCpus(int count) {
        return new MachineDescription(image, initrd, commandLine, disks, memoryBytes, count, engine, paravirt, seed, rtcEpochSeconds, firmware, loadAddress, noReboot, fastBoot);
    }

    public MachineDescription withEngine(String name) {
        return new MachineDescription(image, initrd, commandLine, disks, memoryBytes, cpus, name, paravirt, seed, rtcEpochSeconds, firmware, loadAddress, noReboot, fastBoot);
    }

    public MachineDescription withParavirt(String interfaces) {
        return new MachineDescription(image, initrd, commandLine, disks, memoryBytes, cpus, engine, interfaces, seed, rtcEpochSeconds, firmware, loadAddress, noReboot, fastBoot);
    }

    public MachineDescription withSeed(long value) {
        return new MachineDescription(image, initrd, commandLine, disks, memoryBytes, cpus, engine, paravirt, value, rtcEpochSeconds, firmware, loadAddress, noReboot, fastBoot);
    }

    public MachineDescription withFirmware(Path file) {
        return new MachineDescription(image, initrd, commandLine, disks, memoryBytes, cpus, engine, paravirt, seed, rtcEpochSeconds, file, loadAddress, noReboot, fastBoot);
    }

    public MachineDescription withLoadAddress(long gpa) {
        return new MachineDescription(image, initrd, commandLine, disks, memoryBytes, cpus, engine, paravirt, seed, rtcEpochSeconds, firmware, gpa, noReboot, fastBoot);
    }

    public MachineDescription withNoReboot(boolean value) {
        return new MachineDescription(image, initrd, commandLine, disks, memoryBytes, cpus, engine, paravirt, seed, rtcEpochSeconds, firmware, loadAddress, value, fastBoot);
    }

    public MachineDescription withFastBoot(boolean value) {
        return new MachineDescription(image, initrd, commandLine, disks, memoryBytes, cpus, engine, paravirt, seed, rtcEpochSeconds, firmware, loadAddress, noReboot, value);
    }
}
