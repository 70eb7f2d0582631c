package dev.ringside.loader;

/**
 * Bytes that an image wants at a guest-physical address.
 *
 * @param gpa where the first byte goes
 * @param bytes what the file holds
 * @param memoryBytes how much memory the segment takes, at least {@code bytes.length}; the rest is zero
 */
public record Segment(long gpa, byte[] bytes, long memoryBytes) {

    /** First address behind the segment. */
    public long end() {
        return gpa + memoryBytes;
    }
}
