package dev.ringside.arch;

/**
 * Guest memory as one processor sees it, for helpers. Virtual accesses fault as instructions do: they throw the processor's
 * {@link GuestFault}. {@code flags} are those of {@link dev.ringside.ir.MemFlags}.
 */
public interface VirtualMemory {
    /** Loads 1, 2, 4 or 8 bytes, zero-extended. */
    long load(long gva, int sizeBytes, int flags);

    /** Stores the low 1, 2, 4 or 8 bytes; all or nothing. */
    void store(long gva, int sizeBytes, long value, int flags);

    /** Faults as a store of {@code sizeBytes} (1 to 4096) would. */
    void probeWrite(long gva, int sizeBytes, int flags);

    /** Loads from guest-physical memory (page tables): unbacked addresses read all ones. */
    long loadPhysical(long gpa, int sizeBytes);

    /** Stores to guest-physical memory; unbacked addresses ignore it. Code cached from there is dropped. */
    void storePhysical(long gpa, int sizeBytes, long value);

    /** The access rights, the paging mode or the address space changed: forgets translations, global ones only when {@code alsoGlobal}. */
    void flushTlb(boolean alsoGlobal);

    /** Forgets the translation of the page of {@code gva}, in every address space. */
    void flushTlbPage(long gva);

    /**
     * Copies {@code count} elements of {@code sizeBytes} forward within plain memory without side effects, both ranges inside one page each
     * and without an overlap that matters; false when the ranges are not plain memory, and then nothing happened.
     */
    boolean copyWithinPages(long fromGva, long toGva, int sizeBytes, int count, int fromFlags, int toFlags);

    /** Fills {@code count} elements inside one page of plain memory; false when it is not plain, and then nothing happened. */
    boolean fillWithinPage(long gva, int sizeBytes, int count, long value, int flags);
}
