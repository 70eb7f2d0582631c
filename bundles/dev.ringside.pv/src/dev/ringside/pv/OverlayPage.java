package dev.ringside.pv;

/**
 * A page of a paravirtual interface's own that it lays over the guest's (TLFS 5.2.1 "overlay pages"): the guest's page below keeps its contents and
 * reappears when the overlay moves away.
 */
public interface OverlayPage {
    int SIZE_BYTES = 4096;

    /** Lays the page at {@code gpa}, a multiple of 4096, from wherever it is. @param writable whether guest stores change it; otherwise they are ignored */
    void map(long gpa, boolean writable);

    void unmap();

    boolean isMapped();

    /** Reads 1, 2, 4 or 8 bytes, whether mapped or not. */
    long read(int offset, int sizeBytes);

    /** Writes 1, 2, 4 or 8 bytes, whether mapped or not. */
    void write(int offset, int sizeBytes, long value);
}
