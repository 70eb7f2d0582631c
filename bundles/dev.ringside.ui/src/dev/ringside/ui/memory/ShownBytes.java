package dev.ringside.ui.memory;

/** An address space as the canvas draws it: what is known of each byte. UI thread only. */
interface ShownBytes {
    /** The byte, or −1 when it is not known. */
    int at(long address);

    /** Two characters that stand for a byte that is not known. */
    String gap(long address);

    /** Whether the byte differs from what was known of it before. */
    boolean isChanged(long address);

    /** Whether digits can be typed over it. */
    boolean isWritable(long address);
}
