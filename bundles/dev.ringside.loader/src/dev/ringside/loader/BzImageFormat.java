package dev.ringside.loader;

import java.util.List;
import java.util.Optional;

/** Linux bzImage (kernel Documentation/arch/x86/boot.rst): the setup header in the first sectors, the protected-mode kernel behind them. */
public final class BzImageFormat implements ImageFormat {
    private static final long HDRS = 0x53726448;
    private static final int OLDEST = 0x0206;
    /** The unit in which the header counts the kernel's size, rounded up. */
    private static final int PARAGRAPH = 16;

    @Override
    public String name() {
        return "bzImage";
    }

    @Override
    public int priority() {
        return 90;
    }

    @Override
    public Optional<GuestImage> load(ImageBytes image) throws ImageException {
        if (!image.has(0, 0x264) || image.u16(0x1fe) != 0xaa55 || image.u32(0x202) != HDRS) {
            return Optional.empty();
        }
        var header = LinuxHeader.read(image);
        if (header.version() < OLDEST) {
            throw new ImageException("image '" + image.name() + "' uses Linux boot protocol %x.%02x; 2.06 or newer is needed"
                .formatted(header.version() >> 8, header.version() & 0xff));
        }
        if (!header.loadedHigh()) {
            throw new ImageException("image '" + image.name() + "' is a zImage; a bzImage (LOADED_HIGH) is needed");
        }
        long kernelOffset = (header.setupSectors() + 1) * 512L;
        if (!image.has(kernelOffset, 0x400)) {
            throw new ImageException("image '" + image.name() + "' is truncated: its kernel starts at offset " + kernelOffset + ", the file has "
                + image.length() + " bytes");
        }
        long declared = header.systemSizeBytes();
        if (declared > PARAGRAPH && !image.has(kernelOffset, declared - PARAGRAPH + 1)) {
            throw new ImageException("image '" + image.name() + "' is truncated: its kernel takes " + declared + " bytes from offset " + kernelOffset
                + ", the file has " + image.length());
        }
        ImageBytes kernel = image.part(kernelOffset, image.length() - kernelOffset);
        long load = header.loadAddress();
        var segment = new Segment(load, kernel, Math.max(kernel.length(), header.initSize()));
        String version = header.kernelVersionOffset() == 0 ? "" : image.string(header.kernelVersionOffset() + 0x200L, 64).split(" ")[0];
        String format = "Linux bzImage" + (version.isEmpty() ? "" : " " + version);
        var packed = new PackedKernel(format, version, image, header, kernelOffset);
        return Optional.of(new GuestImage(format, List.of(segment), packed.symbols(), new LinuxBoot(header, load), Optional.of(packed)));
    }
}
