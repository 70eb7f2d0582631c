package dev.ringside.loader;

/**
 * Bytes that an image wants at a guest-physical address.
 *
 * @param gpa where the first byte goes
 * @param content what the file holds
 * @param memoryBytes how much memory the segment takes, at least {@code content.length()}; the rest is zero
 */
public record Segment(long gpa, ImageBytes content, long memoryBytes) {

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
}
