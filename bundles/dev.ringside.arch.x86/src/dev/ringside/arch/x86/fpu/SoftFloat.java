package dev.ringside.arch.x86.fpu;

import static dev.ringside.arch.x86.fpu.Unpacked.FINITE;
import static dev.ringside.arch.x86.fpu.Unpacked.INFINITE;
import static dev.ringside.arch.x86.fpu.Unpacked.QUIET_NAN;
import static dev.ringside.arch.x86.fpu.Unpacked.TOP;
import static dev.ringside.arch.x86.fpu.Unpacked.ZERO;

/**
 * IEEE 754 binary arithmetic on operands taken apart, exact up to the one rounding at the end: what the x87 unit and SSE share. Results have 128
 * significand bits, the last one sticky, until {@link #round} fits them to a format. NaN rules and formats differ and are the subclasses'. One
 * instance belongs to one thread; nothing is allocated.
 */
public abstract class SoftFloat {
    /** Exception flags as they lie in the x87 status word and in MXCSR. */
    public static final int IE = 1, DE = 2, ZE = 4, OE = 8, UE = 16, PE = 32;
    /** Rounding control as both control words encode it. */
    public static final int NEAREST = 0, DOWN = 1, UP = 2, TRUNCATE = 3;

    /** Rounding control. */
    public int rounding;
    /** Masked exceptions, as flags; a set bit masks. */
    public int masks = 0x3f;
    /** Exceptions raised since the caller last cleared it. */
    public int flags;
    /** Whether the last inexact result was rounded away from zero. */
    public boolean roundedUp;
    /** Tiny results become zero while underflow is masked (MXCSR.FTZ). */
    protected boolean flushToZero;

    final Unpacked a = new Unpacked();
    final Unpacked b = new Unpacked();

    // The result: ±high:low · 2^(exponent − 127)
    int kind;
    boolean negative;
    int exponent;
    long high;
    long low;

    private boolean inexact;

    /** a + b, or a − b. Neither operand is a NaN, here and below. */
    final void add(boolean subtract) {
        boolean bNegative = b.negative ^ subtract;
        if (a.kind == INFINITE && b.kind == INFINITE && a.negative != bNegative) {
            invalid();
            return;
        }
        noteDenormals();
        if (a.kind == INFINITE) {
            special(INFINITE, a.negative);
        } else if (b.kind == INFINITE) {
            special(INFINITE, bNegative);
        } else if (a.kind == ZERO && b.kind == ZERO) {
            special(ZERO, a.negative == bNegative ? a.negative : rounding == DOWN);
        } else if (b.kind == ZERO) {
            finite(a.negative, a.exponent, a.significand, 0);
        } else if (a.kind == ZERO) {
            finite(bNegative, b.exponent, b.significand, 0);
        } else if (a.negative == bNegative) {
            addMagnitudes();
        } else {
            subtractMagnitudes(bNegative);
        }
    }

    private void addMagnitudes() {
        boolean aLarger = a.exponent >= b.exponent;
        Unpacked large = aLarger ? a : b;
        Unpacked small = aLarger ? b : a;
        int shift = Math.min(large.exponent - small.exponent, 128);
        long smallHigh = Bits128.shiftRightHigh(small.significand, shift);
        long smallLow = Bits128.shiftRightSticky(small.significand, 0, shift);
        long sum = large.significand + smallHigh;
        boolean carry = Long.compareUnsigned(sum, smallHigh) < 0;
        if (carry) {
            finite(a.negative, large.exponent + 1, sum >>> 1 | TOP, Bits128.shiftRightSticky(sum, smallLow, 1));
        } else {
            finite(a.negative, large.exponent, sum, smallLow);
        }
    }

    private void subtractMagnitudes(boolean bNegative) {
        int order = a.exponent != b.exponent ? Integer.compare(a.exponent, b.exponent) : Long.compareUnsigned(a.significand, b.significand);
        if (order == 0) {
            special(ZERO, rounding == DOWN);
            return;
        }
        Unpacked large = order > 0 ? a : b;
        Unpacked small = order > 0 ? b : a;
        int shift = Math.min(large.exponent - small.exponent, 128);
        long smallHigh = Bits128.shiftRightHigh(small.significand, shift);
        long smallLow = Bits128.shiftRightSticky(small.significand, 0, shift);
        long differenceLow = -smallLow;
        long differenceHigh = large.significand - smallHigh - (smallLow != 0 ? 1 : 0);
        normalize(order > 0 ? a.negative : bNegative, large.exponent, differenceHigh, differenceLow);
    }

    final void multiply() {
        if (a.kind == INFINITE && b.kind == ZERO || a.kind == ZERO && b.kind == INFINITE) {
            invalid();
            return;
        }
        noteDenormals();
        boolean sign = a.negative != b.negative;
        if (a.kind == INFINITE || b.kind == INFINITE) {
            special(INFINITE, sign);
        } else if (a.kind == ZERO || b.kind == ZERO) {
            special(ZERO, sign);
        } else {
            long h = Math.unsignedMultiplyHigh(a.significand, b.significand);
            normalize(sign, a.exponent + b.exponent + 1, h, a.significand * b.significand);
        }
    }

    final void divide() {
        boolean sign = a.negative != b.negative;
        if (a.kind == INFINITE && b.kind == INFINITE || a.kind == ZERO && b.kind == ZERO) {
            invalid();
        } else if (b.kind == ZERO && a.kind == FINITE) {
            flags |= ZE;
            special(INFINITE, sign);
        } else if (a.kind == INFINITE) {
            noteDenormals();
            special(INFINITE, sign);
        } else if (b.kind == INFINITE || a.kind == ZERO) {
            noteDenormals();
            special(ZERO, sign);
        } else {
            noteDenormals();
            divideMagnitudes(sign);
        }
    }

    private void divideMagnitudes(boolean sign) {
        // Dividing half of a's significand keeps the first quotient digit in range; the quotient then has 63 or 64 bits.
        long dividendHigh = a.significand >>> 1;
        long dividendLow = a.significand << 63;
        long quotient = Bits128.divide(dividendHigh, dividendLow, b.significand);
        long rest = dividendLow - quotient * b.significand;
        long more = Bits128.divide(rest, 0, b.significand);
        long left = -(more * b.significand);
        normalize(sign, a.exponent - b.exponent, quotient, more | (left != 0 ? 1 : 0));
    }

    final void squareRoot() {
        if (a.negative && a.kind != ZERO) {
            invalid();
            return;
        }
        if (a.denormal) {
            flags |= DE;
        }
        if (a.kind != FINITE) {
            special(a.kind, a.negative);
            return;
        }
        rootOf(a.exponent, a.significand);
    }

    /** Digit by digit: 64 bits, a guard bit, and whether anything remains. */
    private void rootOf(int valueExponent, long significand) {
        // An even exponent makes the radicand 1.x or 2.x or 3.x with two integer bits.
        boolean odd = (valueExponent & 1) != 0;
        long radicand = odd ? significand : significand >>> 1;
        long next = odd ? 0 : significand << 63;
        long rootHigh = 0;
        long restHigh = 0;
        long rest = 0;
        for (int i = 0; i < 64; i++) {
            restHigh = restHigh << 2 | rest >>> 62;
            rest = rest << 2 | radicand >>> 62;
            radicand = radicand << 2 | next >>> 62;
            next <<= 2;
            long trialHigh = rootHigh >>> 62;
            long trial = rootHigh << 2 | 1;
            rootHigh <<= 1;
            if (atLeast(restHigh, rest, trialHigh, trial)) {
                long difference = rest - trial;
                restHigh = restHigh - trialHigh - (Long.compareUnsigned(rest, trial) < 0 ? 1 : 0);
                rest = difference;
                rootHigh |= 1;
            }
        }
        // The next digit is 1 exactly when the rest exceeds the root: 4·rest ≥ 4·root + 1.
        boolean guard = restHigh != 0 || Long.compareUnsigned(rest, rootHigh) > 0;
        boolean sticky = (restHigh | rest) != 0;
        finite(false, valueExponent >> 1, rootHigh, (guard ? TOP : 0) | (sticky ? 1 : 0));
    }

    private static boolean atLeast(long aHigh, long a, long bHigh, long b) {
        return aHigh != bHigh ? Long.compareUnsigned(aHigh, bHigh) > 0 : Long.compareUnsigned(a, b) >= 0;
    }

    /** −1, 0 or 1 as a is less than, equal to or greater than b. */
    final int compareOrdered() {
        if (a.kind == ZERO && b.kind == ZERO) {
            return 0;
        }
        if (a.kind == ZERO) {
            return b.negative ? 1 : -1;
        }
        if (b.kind == ZERO || a.negative != b.negative) {
            return a.negative ? -1 : 1;
        }
        int magnitude;
        if (a.kind == INFINITE || b.kind == INFINITE) {
            magnitude = Integer.compare(a.kind, b.kind);
        } else if (a.exponent != b.exponent) {
            magnitude = Integer.compare(a.exponent, b.exponent);
        } else {
            magnitude = Integer.signum(Long.compareUnsigned(a.significand, b.significand));
        }
        return a.negative ? -magnitude : magnitude;
    }

    /**
     * Rounds the magnitude of {@code a} (finite or zero) to an integer in {@link #high}, and notes an inexact result. False when it has more than
     * 64 bits.
     */
    final boolean roundToInteger(int mode) {
        negative = a.negative;
        inexact = false;
        roundedUp = false;
        high = 0;
        low = 0;
        if (a.kind == ZERO) {
            return true;
        }
        if (a.exponent > 63) {
            return false;
        }
        int shift = Math.min(63 - a.exponent, 128);
        high = Bits128.shiftRightHigh(a.significand, shift);
        low = Bits128.shiftRightSticky(a.significand, 0, shift);
        inexact = low != 0;
        roundedUp = roundsUp(mode, low < 0, low << 1 != 0, (high & 1) != 0);
        if (roundedUp) {
            high++;
            return high != 0;
        }
        return true;
    }

    final boolean wasInexact() {
        return inexact;
    }

    /**
     * Fits a finite result to a format. Overflow and underflow are detected after rounding, as every x86 unit does (SDM 1, 4.9.1.5).
     *
     * @param precision 24, 53 or 64 bits
     * @param minimum smallest exponent of a normal number
     * @param maximum largest exponent
     * @param adjustment what an unmasked overflow takes from the exponent and an unmasked underflow adds
     */
    final void round(int precision, int minimum, int maximum, int adjustment) {
        roundedUp = false;
        if (kind != FINITE) {
            return;
        }
        long exactHigh = high;
        long exactLow = low;
        int exactExponent = exponent;
        roundSignificand(precision);
        if (exponent > maximum) {
            overflow(precision, maximum, adjustment);
        } else if (exponent < minimum) {
            high = exactHigh;
            low = exactLow;
            exponent = exactExponent;
            underflow(precision, minimum, adjustment);
        } else if (inexact) {
            flags |= PE;
        }
    }

    private void overflow(int precision, int maximum, int adjustment) {
        flags |= OE;
        if ((masks & OE) == 0) {
            flags |= inexact ? PE : 0;
            exponent -= adjustment;
            if (exponent <= maximum) {
                return;
            }
        }
        flags |= PE;
        roundedUp = rounding == NEAREST || rounding == (negative ? DOWN : UP);
        if (roundedUp) {
            special(INFINITE, negative);
        } else {
            finite(negative, maximum, -1L << 64 - precision, 0);
        }
    }

    private void underflow(int precision, int minimum, int adjustment) {
        if ((masks & UE) == 0) {
            flags |= UE;
            exponent += adjustment;
            roundSignificand(precision);
            flags |= inexact ? PE : 0;
            if (exponent >= minimum) {
                return;
            }
            special(ZERO, negative);
            return;
        }
        if (flushToZero) {
            flags |= UE | PE;
            special(ZERO, negative);
            return;
        }
        int shift = Math.min(minimum - exponent, 128);
        low = Bits128.shiftRightSticky(high, low, shift);
        high = Bits128.shiftRightHigh(high, shift);
        exponent = minimum;
        roundSignificand(precision);
        if (inexact) {
            flags |= UE | PE;
        }
        if (high == 0) {
            kind = ZERO;
        }
    }

    private void roundSignificand(int precision) {
        int drop = 64 - precision;
        long dropped = drop == 0 ? 0 : high << precision;
        boolean half = drop == 0 ? low < 0 : dropped < 0;
        boolean rest = drop == 0 ? low << 1 != 0 : (dropped << 1 | low) != 0;
        inexact = half || rest;
        high = high >>> drop << drop;
        low = 0;
        roundedUp = roundsUp(rounding, half, rest, (high >>> drop & 1) != 0);
        if (roundedUp) {
            high += 1L << drop;
            if (high == 0) {
                high = TOP;
                exponent++;
            }
        }
    }

    private boolean roundsUp(int mode, boolean half, boolean rest, boolean odd) {
        return switch (mode) {
            case NEAREST -> half && (rest || odd);
            case DOWN -> negative && (half || rest);
            case UP -> !negative && (half || rest);
            default -> false;
        };
    }

    final void noteDenormals() {
        if (a.denormal || b.denormal) {
            flags |= DE;
        }
    }

    /** The default NaN: "real indefinite". */
    final void invalid() {
        flags |= IE;
        kind = QUIET_NAN;
        negative = true;
        high = TOP | Unpacked.QUIET_BIT;
        low = 0;
    }

    final void special(int kind, boolean negative) {
        this.kind = kind;
        this.negative = negative;
        high = kind == ZERO ? 0 : TOP;
        low = 0;
    }

    final void nan(Unpacked source) {
        kind = QUIET_NAN;
        negative = source.negative;
        high = source.significand | Unpacked.QUIET_BIT;
        low = 0;
    }

    final void finite(boolean negative, int exponent, long high, long low) {
        kind = FINITE;
        this.negative = negative;
        this.exponent = exponent;
        this.high = high;
        this.low = low;
    }

    final void normalize(boolean negative, int exponent, long high, long low) {
        if (high == 0) {
            high = low;
            low = 0;
            exponent -= 64;
        }
        int shift = Long.numberOfLeadingZeros(high);
        if (shift != 0) {
            high = high << shift | low >>> 64 - shift;
            low <<= shift;
        }
        finite(negative, exponent - shift, high, low);
    }

    /** The result in the 64-bit format. */
    final long pack64() {
        return switch (kind) {
            case ZERO -> sign64();
            case INFINITE -> sign64() | 0x7ffL << 52;
            case QUIET_NAN -> sign64() | 0x7ffL << 52 | high << 1 >>> 12;
            default -> sign64() | (high < 0 ? (long) (exponent + 1023) << 52 : 0) | high << 1 >>> 12;
        };
    }

    /** The result in the 32-bit format. */
    final int pack32() {
        return switch (kind) {
            case ZERO -> sign32();
            case INFINITE -> sign32() | 0xff << 23;
            case QUIET_NAN -> sign32() | 0xff << 23 | (int) (high << 1 >>> 41);
            default -> sign32() | (high < 0 ? exponent + 127 << 23 : 0) | (int) (high << 1 >>> 41);
        };
    }

    private long sign64() {
        return negative ? TOP : 0;
    }

    private int sign32() {
        return negative ? 0x80000000 : 0;
    }
}
