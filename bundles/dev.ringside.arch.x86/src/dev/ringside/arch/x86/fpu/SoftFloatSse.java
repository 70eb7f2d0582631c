package dev.ringside.arch.x86.fpu;

import static dev.ringside.arch.x86.fpu.Unpacked.FINITE;
import static dev.ringside.arch.x86.fpu.Unpacked.QUIET_NAN;
import static dev.ringside.arch.x86.fpu.Unpacked.SIGNALING_NAN;
import static dev.ringside.arch.x86.fpu.Unpacked.ZERO;

/**
 * Arithmetic on float32 and float64 with the rules of SSE (SDM 1, 4.8.3.5 and 11.5): of two NaNs the first operand wins, denormals may count as
 * zeros, tiny results may become zeros. Values are bits; a float32 lies in the low half. Exceptions accumulate in {@link #flags}.
 */
public final class SoftFloatSse extends SoftFloat {
    private static final int CONTROL_BITS = 0xffc0;

    private boolean denormalsAreZero;
    private int control = -1;

    /** Takes rounding, masks and the two zero modes from MXCSR, and clears the flags. */
    public void control(int mxcsr) {
        flags = 0;
        if ((mxcsr & CONTROL_BITS) == control) {
            return;
        }
        control = mxcsr & CONTROL_BITS;
        rounding = mxcsr >> 13 & 3;
        masks = mxcsr >> 7 & 0x3f;
        flushToZero = (mxcsr & 0x8000) != 0;
        denormalsAreZero = (mxcsr & 0x40) != 0;
    }

    public long add(long x, long y, boolean single) {
        if (take(x, y, single)) {
            add(false);
        }
        return finish(single);
    }

    public long subtract(long x, long y, boolean single) {
        if (take(x, y, single)) {
            add(true);
        }
        return finish(single);
    }

    public long multiply(long x, long y, boolean single) {
        if (take(x, y, single)) {
            multiply();
        }
        return finish(single);
    }

    public long divide(long x, long y, boolean single) {
        if (take(x, y, single)) {
            divide();
        }
        return finish(single);
    }

    public long squareRoot(long x, boolean single) {
        if (take(x, single)) {
            squareRoot();
        }
        return finish(single);
    }

    /** MIN and MAX: the second operand whenever they are unordered or both zeros. */
    public long minimum(long x, long y, boolean single, boolean maximum) {
        load(a, x, single);
        load(b, y, single);
        long mask = single ? 0xffffffffL : -1;
        boolean second;
        if (a.kind >= QUIET_NAN || b.kind >= QUIET_NAN) {
            flags |= IE;
            second = true;
        } else {
            noteDenormals();
            int order = compareOrdered();
            second = maximum ? order <= 0 : order >= 0;
        }
        if (second) {
            return b.kind == ZERO ? zero(b.negative, single) : y & mask;
        }
        return a.kind == ZERO ? zero(a.negative, single) : x & mask;
    }

    private static long zero(boolean negative, boolean single) {
        return !negative ? 0 : single ? 0x80000000L : 0x8000000000000000L;
    }

    /**
     * −1, 0 or 1, or 2 when unordered.
     *
     * @param quiet only signaling NaNs are invalid
     */
    public int compare(long x, long y, boolean single, boolean quiet) {
        load(a, x, single);
        load(b, y, single);
        if (a.kind >= QUIET_NAN || b.kind >= QUIET_NAN) {
            if (!quiet || a.kind == SIGNALING_NAN || b.kind == SIGNALING_NAN) {
                flags |= IE;
            }
            return 2;
        }
        noteDenormals();
        return compareOrdered();
    }

    /** CVTSS2SD and CVTSD2SS. */
    public long convert(long x, boolean fromSingle) {
        if (take(x, fromSingle)) {
            noteDenormals();
            copyOfA();
        }
        return finish(!fromSingle);
    }

    /** From a signed integer. */
    public long fromInteger(long value, boolean single) {
        if (value == 0) {
            special(ZERO, false);
        } else {
            normalize(value < 0, 63, Math.abs(value), 0);
        }
        return finish(single);
    }

    /** To a signed integer of 32 or 64 bits, zero-extended; the integer indefinite when it does not fit. */
    public long toInteger(long x, boolean single, int bits, boolean truncate) {
        load(a, x, single);
        long limit = 1L << bits - 1;
        boolean fits = a.kind <= FINITE && roundToInteger(truncate ? TRUNCATE : rounding);
        if (!fits || Long.compareUnsigned(high, a.negative ? limit : limit - 1) > 0) {
            flags |= IE;
            return limit;
        }
        flags |= wasInexact() ? PE : 0;
        long value = a.negative ? -high : high;
        return bits == 32 ? value & 0xffffffffL : value;
    }

    /** ROUNDSS and its kin; {@code control} is their immediate. */
    public long roundToIntegral(long x, boolean single, int control) {
        if (take(x, single)) {
            if (a.kind != FINITE || a.exponent >= 63) {
                copyOfA();
            } else {
                roundToInteger((control & 4) != 0 ? rounding : control & 3);
                flags |= wasInexact() && (control & 8) == 0 ? PE : 0;
                if (high == 0) {
                    special(ZERO, a.negative);
                } else {
                    normalize(a.negative, 63, high, 0);
                }
            }
        }
        return single ? pack32() & 0xffffffffL : pack64();
    }

    private void copyOfA() {
        if (a.kind == FINITE) {
            finite(a.negative, a.exponent, a.significand, 0);
        } else {
            special(a.kind, a.negative);
        }
    }

    /** Loads both; false when the result is already a NaN. */
    private boolean take(long x, long y, boolean single) {
        load(a, x, single);
        load(b, y, single);
        if (a.kind < QUIET_NAN && b.kind < QUIET_NAN) {
            return true;
        }
        if (a.kind == SIGNALING_NAN || b.kind == SIGNALING_NAN) {
            flags |= IE;
        }
        nan(a.kind >= QUIET_NAN ? a : b);
        return false;
    }

    private boolean take(long x, boolean single) {
        load(a, x, single);
        b.kind = ZERO;
        b.denormal = false;
        if (a.kind < QUIET_NAN) {
            return true;
        }
        flags |= a.kind == SIGNALING_NAN ? IE : 0;
        nan(a);
        return false;
    }

    private void load(Unpacked to, long x, boolean single) {
        if (single) {
            to.load32((int) x);
        } else {
            to.load64(x);
        }
        if (denormalsAreZero) {
            to.flushDenormal();
        }
    }

    private long finish(boolean single) {
        if (single) {
            round(24, -126, 127, 0);
            return pack32() & 0xffffffffL;
        }
        round(53, -1022, 1023, 0);
        return pack64();
    }
}
