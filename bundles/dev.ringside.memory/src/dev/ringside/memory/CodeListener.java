package dev.ringside.memory;

/** Learns what happens to pages that hold cached code. Called on the thread that does it, which is the machine's. */
public interface CodeListener {
    /** Bytes inside code granules of one page changed, whoever wrote them. @param hostAddress of the first byte written, the same for every alias */
    void codeWritten(long hostAddress, int lengthBytes);

    /** A page without code got some: fast paths for stores to it must be forgotten. @param hostPage host address of the page's first byte */
    void codeAppeared(long hostPage);
}
