package dev.ringside.loader;

/** Page tables that map the first 4 GiB onto themselves with 2 MiB pages (SDM 3A 4.5): PML4, PDPT and four page directories, 24 KiB. */
final class IdentityMap {
    private static final int PRESENT_WRITABLE = 3;
    private static final int PAGE_SIZE = 1 << 7;

    private IdentityMap() {
    }

    static void write(BootEnvironment.Memory memory, long gpa) {
        var tables = new LittleEndian(6 * 4096);
        tables.u64(0, gpa + 0x1000 | PRESENT_WRITABLE);
        for (int i = 0; i < 4; i++) {
            tables.u64(0x1000 + 8 * i, gpa + 0x2000 + 0x1000L * i | PRESENT_WRITABLE);
        }
        for (int i = 0; i < 4 * 512; i++) {
            tables.u64(0x2000 + 8 * i, (long) i << 21 | PAGE_SIZE | PRESENT_WRITABLE);
        }
        memory.write(gpa, tables.toBytes());
    }
}
