package dev.ringside.loader;

import java.util.List;

/**
 * A guest image, understood.
 *
 * @param format name for people: {@code Linux bzImage 6.1.0}
 * @param segments what goes where, in file order
 * @param symbols names found in the image
 * @param protocol how it is started
 */
public record GuestImage(String format, List<Segment> segments, SymbolTable symbols, BootProtocol protocol) {
    public GuestImage {
        segments = List.copyOf(segments);
    }
}
