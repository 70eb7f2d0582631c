package dev.ringside.loader;

import java.util.List;
import java.util.Optional;

/**
 * A guest image, understood.
 *
 * @param format name for people: {@code Linux bzImage 6.1.0}
 * @param segments what goes where, in file order
 * @param symbols names found in the image; those of a packed kernel are where it was linked to run, and it may run elsewhere
 * @param protocol how it is started
 * @param packed the kernel that this image would unpack itself, when the host can do it as well
 */
public record GuestImage(String format, List<Segment> segments, SymbolTable symbols, BootProtocol protocol, Optional<PackedKernel> packed) {
    public GuestImage {
        segments = List.copyOf(segments);
    }

    /** An image that is what it looks like. */
    public GuestImage(String format, List<Segment> segments, SymbolTable symbols, BootProtocol protocol) {
        this(format, segments, symbols, protocol, Optional.empty());
    }

    /** The kernel that runs in the end: the unpacked one when there is one and the host can unpack it. */
    public GuestImage inside() {
        try {
            return packed.isPresent() ? packed.get().unpack() : this;
        } catch (ImageException e) {
            return this;
        }
    }
}
