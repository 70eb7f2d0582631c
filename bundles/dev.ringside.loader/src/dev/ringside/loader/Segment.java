package dev.ringside.loader;

/**
 * Bytes that an image wants at a guest-physical address.
 *
 * @param gpa where the first byte goes
 * @param linear where the guest's own page tables will have it, as far as the image tells; else {@code gpa}
 * @param content what the file holds
 * @param memoryBytes how much memory the segment takes, at least {@code content.length()}; the rest is zero
 */
public record Segment(long gpa, long linear, ImageBytes content, long memoryBytes) {

    Segment(long gpa, ImageBytes content, long memoryBytes) {
        this(gpa, gpa, content, memoryBytes);
    }

    Segment(long gpa, byte[] bytes, long memoryBytes) {
        this(gpa, new ImageBytes("segment", bytes), memoryBytes);
    }

    /** First address behind the segment. */
    public long end() {
        return gpa + memoryBytes;
    }

    /** First address behind what the file holds. */
    public long contentEnd() {
        return gpa + content.length();
    }

    /** How far behind the first byte {@code address} is, linear or physical, or −1 when the file has no byte for it. */
    public long offsetOf(long address) {
        long offset = address - linear;
        if (Long.compareUnsigned(offset, content.length()) >= 0) {
            offset = address - gpa;
        }
        return Long.compareUnsigned(offset, content.length()) < 0 ? offset : -1;
    }
}
