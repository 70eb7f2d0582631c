package dev.ringside.loader;

/** Tells a bootable disk image from other files. */
public final class BootDisk {
    private BootDisk() {
    }

    public static final int SECTOR_BYTES = 512;

    /** Whether the first sector carries the boot signature 55 AA and the size is that of a disk: a multiple of 512 bytes. */
    public static boolean looksBootable(ImageBytes image) throws ImageException {
        return hasSignature(image) && image.length() % SECTOR_BYTES == 0;
    }

    /** Why a file is no bootable disk, to go behind "and". */
    public static String problem(ImageBytes image) throws ImageException {
        return hasSignature(image) ? "a boot sector but " + image.length() + " bytes, which no disk has (a multiple of 512 is needed)"
            : "no boot signature 55 AA at its byte 510";
    }

    /** Whether a sector is one that a BIOS would start. */
    public static boolean isBootSector(byte[] sector) {
        return sector[510] == 0x55 && sector[511] == (byte) 0xaa;
    }

    private static boolean hasSignature(ImageBytes image) throws ImageException {
        return image.length() >= SECTOR_BYTES && isBootSector(image.slice(0, SECTOR_BYTES));
    }
}
