package dev.ringside.device;

/** Answers accesses to a region of ports or of guest-physical addresses. */
public interface IoHandler {
    /**
     * @param offset from the region's start
     * @param sizeBytes 1, 2, 4 or 8
     * @return the value; bits above {@code sizeBytes} are ignored
     */
    long read(long offset, int sizeBytes);

    void write(long offset, int sizeBytes, long value);
}
