package dev.ringside.loader;

/**
 * The setup header of the Linux boot protocol, as far as a boot loader reads it.
 *
 * @param raw bytes 0x1F1 up to the header's end, copied to the zero page
 * @param version boot protocol: 0x020f
 * @param loadAddress where the protected-mode kernel goes
 * @param initSize bytes it needs there while it decompresses itself
 * @param initrdMax highest address an initrd may have
 * @param commandLineMax longest command line, without the terminator
 * @param entry64 whether there is a 64-bit entry 0x200 bytes behind the load address
 * @param systemSizeBytes size of the protected-mode code, 0 when unknown
 * @param preferredAddress where the kernel was linked to run, 0 when unknown
 * @param alignment of the kernel in memory, 0 when unknown
 * @param payloadOffset where the packed kernel begins, from the start of the protected-mode code
 * @param payloadBytes its length, 0 when unknown
 */
record LinuxHeader(byte[] raw, int version, int setupSectors, boolean loadedHigh, long loadAddress, long initSize, long initrdMax,
        long commandLineMax, boolean entry64, int kernelVersionOffset, long systemSizeBytes, long preferredAddress, long alignment, long payloadOffset, long payloadBytes) {

    private static final int XLF_KERNEL_64 = 1;

    static LinuxHeader read(ImageBytes image) throws ImageException {
        int version = image.u16(0x206);
        int end = 0x202 + image.u8(0x201);
        int sectors = image.u8(0x1f1) == 0 ? 4 : image.u8(0x1f1);
        boolean high = (image.u8(0x211) & 1) != 0;
        boolean relocatable = version >= 0x205 && image.u8(0x234) != 0;
        long preferred = version >= 0x20a ? image.u64(0x258) : 0x100000;
        long load = relocatable && preferred != 0 ? preferred : image.u32(0x214);
        long initSize = version >= 0x20a ? image.u32(0x260) : 0;
        long initrdMax = version >= 0x203 ? image.u32(0x22c) : 0x37ffffff;
        long commandLineMax = version >= 0x206 ? image.u32(0x238) : 255;
        boolean entry64 = version >= 0x20c && (image.u16(0x236) & XLF_KERNEL_64) != 0;
        if (load < 0x100000 || load > 0xffff_ffffL) {
            throw new ImageException("image '" + image.name() + "' asks to be loaded at %#x; an address from 1 MiB to 4 GiB is needed".formatted(load));
        }
        return new LinuxHeader(image.slice(0x1f1, end - 0x1f1), version, sectors, high, load, initSize, initrdMax, commandLineMax, entry64,
            image.u16(0x20e), version >= 0x204 ? image.u32(0x1f4) * 16 : 0, version >= 0x20a ? preferred : 0, version >= 0x205 ? image.u32(0x230) : 0, version >= 0x208 ? image.u32(0x248) : 0,
            version >= 0x208 ? image.u32(0x24c) : 0);
    }
}
