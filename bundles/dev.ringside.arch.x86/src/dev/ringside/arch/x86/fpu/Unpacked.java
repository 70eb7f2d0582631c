package dev.ringside.arch.x86.fpu;

/**
 * A floating-point operand taken apart: {@code ±significand · 2^(exponent − 63)}, the significand's top bit set when {@link #FINITE}. Of a NaN,
 * the significand is that of the 80-bit format.
 */
final class Unpacked {
    static final int ZERO = 0, FINITE = 1, INFINITE = 2, QUIET_NAN = 3, SIGNALING_NAN = 4;
    /** Pseudo-infinity, pseudo-NaN and unnormal (SDM 1, 8.2.2): no number since the 80387. */
    static final int UNSUPPORTED = 5;

    static final long TOP = 0x8000000000000000L;
    static final long QUIET_BIT = 0x4000000000000000L;

    int kind;
    boolean negative;
    int exponent;
    long significand;
    /** Denormal or pseudo-denormal as it lay in memory. */
    boolean denormal;

    boolean isNan() {
        return kind == QUIET_NAN || kind == SIGNALING_NAN;
    }

    void load80(long sig, int signAndExponent) {
        int biased = signAndExponent & 0x7fff;
        negative = (signAndExponent & 0x8000) != 0;
        significand = sig;
        exponent = biased - 16383;
        denormal = false;
        if (biased == 0) {
            loadDenormal(sig, -16382);
        } else if (sig >= 0) {
            kind = UNSUPPORTED;
        } else if (biased != 0x7fff) {
            kind = FINITE;
        } else if (sig == TOP) {
            kind = INFINITE;
        } else {
            kind = (sig & QUIET_BIT) != 0 ? QUIET_NAN : SIGNALING_NAN;
        }
    }

    void load64(long bits) {
        loadInterchange(bits < 0, (int) (bits >>> 52) & 0x7ff, 0x7ff, 1023, bits << 11 & ~TOP);
    }

    void load32(int bits) {
        loadInterchange(bits < 0, bits >>> 23 & 0xff, 0xff, 127, (long) bits << 40 & ~TOP);
    }

    /** @param fraction left-aligned below the top bit */
    private void loadInterchange(boolean negative, int biased, int maximum, int bias, long fraction) {
        this.negative = negative;
        denormal = false;
        exponent = biased - bias;
        significand = fraction | TOP;
        if (biased == 0) {
            loadDenormal(fraction, 1 - bias);
        } else if (biased != maximum) {
            kind = FINITE;
        } else if (fraction == 0) {
            kind = INFINITE;
        } else {
            kind = (fraction & QUIET_BIT) != 0 ? QUIET_NAN : SIGNALING_NAN;
        }
    }

    private void loadDenormal(long sig, int minimumExponent) {
        if (sig == 0) {
            kind = ZERO;
            significand = 0;
            return;
        }
        int shift = Long.numberOfLeadingZeros(sig);
        kind = FINITE;
        denormal = true;
        significand = sig << shift;
        exponent = minimumExponent - shift;
    }

    /** Denormals-are-zeros: keeps the sign. */
    void flushDenormal() {
        if (denormal) {
            denormal = false;
            kind = ZERO;
            significand = 0;
        }
    }
}
