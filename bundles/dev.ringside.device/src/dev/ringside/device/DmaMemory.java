package dev.ringside.device;

/** Guest-physical memory as a bus master sees it: plain memory only; elsewhere reads give all ones and writes vanish. */
public interface DmaMemory {
    void read(long gpa, byte[] into, int offset, int length);

    void write(long gpa, byte[] from, int offset, int length);

    /** Little-endian, 1, 2, 4 or 8 bytes. */
    long read(long gpa, int sizeBytes);

    void write(long gpa, int sizeBytes, long value);
}
