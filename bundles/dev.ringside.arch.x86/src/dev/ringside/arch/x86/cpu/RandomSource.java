package dev.ringside.arch.x86.cpu;

/**
 * RDRAND and RDSEED: SplitMix64 over the machine's seed, so that a run is a function of its inputs. Never short of numbers. Not for secrets.
 */
final class RandomSource {
    private long state;

    void seed(long seed, int processor) {
        state = seed ^ processor * 0x9e3779b97f4a7c15L;
    }

    long next() {
        state += 0x9e3779b97f4a7c15L;
        long z = (state ^ state >>> 30) * 0xbf58476d1ce4e5b9L;
        z = (z ^ z >>> 27) * 0x94d049bb133111ebL;
        return z ^ z >>> 31;
    }
}
