package dev.ringside.loader;

import java.util.List;
import java.util.Optional;

/** Multiboot 0.6.96: header in the first 8 KiB, an ELF32 container or the addresses in the header (bit 16). */
public final class Multiboot1Format implements ImageFormat {
    private static final long MAGIC = 0x1badb002L;
    private static final int SEARCH_BYTES = 8192;
    private static final int ADDRESSES_VALID = 1 << 16;
    /** Requirements that are met: page-aligned modules, memory information, video information. */
    private static final long KNOWN_REQUIREMENTS = 0b111;

    @Override
    public String name() {
        return "Multiboot";
    }

    @Override
    public int priority() {
        return 80;
    }

    @Override
    public Optional<GuestImage> load(ImageBytes image) throws ImageException {
        int at = header(image);
        if (at < 0) {
            return Optional.empty();
        }
        long flags = image.u32(at + 4);
        long unknown = flags & 0xffff & ~KNOWN_REQUIREMENTS;
        if (unknown != 0) {
            throw new ImageException("image '" + image.name() + "' has a Multiboot header that requires unknown features %#x; only %#x are known"
                .formatted(unknown, KNOWN_REQUIREMENTS));
        }
        if ((flags & ADDRESSES_VALID) != 0 && !Elf.isElf(image)) {
            return Optional.of(fromAddresses(image, at));
        }
        if (!Elf.isElf(image)) {
            throw new ImageException("image '" + image.name() + "' has a Multiboot header without addresses and is no ELF file; one of both is needed");
        }
        var elf = new Elf(image);
        var segments = elf.segments();
        return Optional.of(new GuestImage("Multiboot ELF", segments, elf.symbols(), new Multiboot1Boot(segments, elf.physical(elf.entry))));
    }

    private static int header(ImageBytes image) throws ImageException {
        for (int at = 0; at + 12 <= Math.min(SEARCH_BYTES, image.length()); at += 4) {
            if (image.u32(at) == MAGIC && (image.u32(at) + image.u32(at + 4) + image.u32(at + 8) & 0xffff_ffffL) == 0) {
                return at;
            }
        }
        return -1;
    }

    private static GuestImage fromAddresses(ImageBytes image, int at) throws ImageException {
        long headerAddress = image.u32(at + 12);
        long loadAddress = image.u32(at + 16);
        long loadEnd = image.u32(at + 20);
        long bssEnd = image.u32(at + 24);
        long entry = image.u32(at + 28);
        var segment = AddressedImage.segment(image, at, headerAddress, loadAddress, loadEnd, bssEnd);
        return new GuestImage("Multiboot image", List.of(segment), SymbolTable.empty(), new Multiboot1Boot(List.of(segment), entry));
    }
}
