package dev.ringside.loader;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Multiboot 2: header with tags in the first 32 KiB. EFI tags are not needed: the guest is entered as on a BIOS machine. */
public final class Multiboot2Format implements ImageFormat {
    private static final long MAGIC = 0xe85250d6L;
    private static final int SEARCH_BYTES = 32768;
    private static final int TAG_END = 0, TAG_ADDRESS = 2, TAG_ENTRY = 3;
    private static final int OPTIONAL = 1;
    /** Information request, console flags, framebuffer, module alignment, EFI boot services, EFI entries, relocatable. */
    private static final Set<Integer> HARMLESS = Set.of(1, 4, 5, 6, 7, 8, 9, 10);

    @Override
    public String name() {
        return "Multiboot2";
    }

    @Override
    public int priority() {
        return 85;
    }

    @Override
    public Optional<GuestImage> load(ImageBytes image) throws ImageException {
        int at = header(image);
        if (at < 0) {
            return Optional.empty();
        }
        if (image.u32(at + 4) != 0) {
            throw new ImageException("image '" + image.name() + "' has a Multiboot2 header for architecture " + image.u32(at + 4) + "; 0 (i386) is needed");
        }
        long end = at + image.u32(at + 8);
        long entry = -1;
        Segment addressed = null;
        for (long tag = at + 16; tag + 8 <= end;) {
            int type = image.u16(tag);
            int flags = image.u16(tag + 2);
            long size = image.u32(tag + 4);
            if (type == TAG_END || size < 8) {
                break;
            }
            if (type == TAG_ADDRESS) {
                addressed = AddressedImage.segment(image, at, image.u32(tag + 8), image.u32(tag + 12), image.u32(tag + 16), image.u32(tag + 20));
            } else if (type == TAG_ENTRY) {
                entry = image.u32(tag + 8);
            } else if (!HARMLESS.contains(type) && (flags & OPTIONAL) == 0) {
                throw new ImageException("image '" + image.name() + "' has a Multiboot2 header that requires unknown tag " + type);
            }
            tag += size + 7 & ~7L;
        }
        if (addressed != null) {
            if (entry < 0) {
                throw new ImageException("image '" + image.name() + "' has a Multiboot2 address tag without an entry address tag; both are needed");
            }
            return Optional.of(new GuestImage("Multiboot2 image", List.of(addressed), SymbolTable.empty(), new Multiboot2Boot(List.of(addressed), entry)));
        }
        if (!Elf.isElf(image)) {
            throw new ImageException("image '" + image.name() + "' has a Multiboot2 header without addresses and is no ELF file; one of both is needed");
        }
        var elf = new Elf(image);
        var segments = elf.segments();
        return Optional.of(new GuestImage("Multiboot2 ELF", segments, elf.symbols(),
            new Multiboot2Boot(segments, entry < 0 ? elf.physical(elf.entry) : entry)));
    }

    private static int header(ImageBytes image) throws ImageException {
        for (int at = 0; at + 16 <= Math.min(SEARCH_BYTES, image.length()); at += 8) {
            if (image.u32(at) == MAGIC && (image.u32(at) + image.u32(at + 4) + image.u32(at + 8) + image.u32(at + 12) & 0xffff_ffffL) == 0) {
                return at;
            }
        }
        return -1;
    }
}
