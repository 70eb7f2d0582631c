package dev.ringside.engine.translator;

/**
 * How eager a translator is. None of this changes what a guest does.
 *
 * @param hotAfter how many runs make a block hot, at least 1
 * @param maxInstructions guest instructions of a region at most
 * @param inBackground whether regions are compiled on a thread of their own; otherwise the guest waits, which is for tests
 * @param maxRegions how many are kept, at least 4; beyond that the oldest go
 */
public record TranslatorSettings(int hotAfter, int maxInstructions, boolean inBackground, int maxRegions) {
    /** A region takes about 8 KB of metaspace and as much of the code cache. */
    private static final int MOST_REGIONS = 8000;

    /**
     * A region costs HotSpot about 10 ms; below 30,000 runs of its first block it seldom earns that back, and a hot loop is there within
     * milliseconds. (Debian boot, processor time of all threads: 20 s at 1,000 runs, 17 s at 4,000, 16 s at 10,000, 15 s at 30,000.) Beyond about 150
     * instructions HotSpot's limits on methods bite; regions of 100 ran fastest.
     */
    public static final TranslatorSettings DEFAULT = new TranslatorSettings(30_000, 100, true);

    /** Everything that runs twice is translated, at once. */
    public static final TranslatorSettings EAGER = new TranslatorSettings(1, 100, false);

    public TranslatorSettings {
        if (hotAfter < 1 || maxInstructions < 1 || maxRegions < 4) {
            throw new IllegalArgumentException("a block is hot after 1 run at least, a region has 1 instruction at least, and 4 regions are kept at least");
        }
    }

    /** As many regions as usual. */
    public TranslatorSettings(int hotAfter, int maxInstructions, boolean inBackground) {
        this(hotAfter, maxInstructions, inBackground, MOST_REGIONS);
    }
}
