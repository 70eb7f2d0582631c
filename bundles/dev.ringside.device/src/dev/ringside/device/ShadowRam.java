package dev.ringside.device;

/**
 * The memory controller's switch between ROM and the RAM below it, 0xC0000 to 0xFFFFF (82441FX, PAM registers). Without firmware there is only RAM,
 * and the switch does nothing.
 */
@FunctionalInterface
public interface ShadowRam {
    /**
     * From now on reads of the range come from RAM ({@code readRam}) or ROM, and writes go to RAM ({@code writeRam}) or vanish.
     *
     * @param gpa multiple of 16 KiB
     * @param sizeBytes 16 KiB or 64 KiB
     */
    void map(long gpa, long sizeBytes, boolean readRam, boolean writeRam);

    ShadowRam NONE = (gpa, sizeBytes, readRam, writeRam) -> {
    };
}
