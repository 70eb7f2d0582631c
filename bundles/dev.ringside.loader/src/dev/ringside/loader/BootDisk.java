package dev.ringside.loader;

/** Tells a bootable disk image from other files. */
public final class BootDisk {
    private BootDisk() {
    }

    /** Whether the first sector carries the boot signature 55 AA and the size is that of a disk: a multiple of 512 bytes. */
    public static boolean looksBootable(ImageBytes image) throws ImageException {
        return image.length() >= 512 && image.length() % 512 == 0 && image.u16(510) == 0xaa55;
    }
}
