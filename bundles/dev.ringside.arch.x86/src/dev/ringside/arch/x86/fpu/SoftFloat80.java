package dev.ringside.arch.x86.fpu;

import static dev.ringside.arch.x86.fpu.Unpacked.FINITE;
import static dev.ringside.arch.x86.fpu.Unpacked.INFINITE;
import static dev.ringside.arch.x86.fpu.Unpacked.QUIET_NAN;
import static dev.ringside.arch.x86.fpu.Unpacked.SIGNALING_NAN;
import static dev.ringside.arch.x86.fpu.Unpacked.TOP;
import static dev.ringside.arch.x86.fpu.Unpacked.UNSUPPORTED;
import static dev.ringside.arch.x86.fpu.Unpacked.ZERO;

/**
 * Arithmetic in the x87 double extended-precision format (SDM 1, 4.2 and 8), with the x87 unit's NaN rules (SDM 1, table 4-7). Operands and results
 * are a 64-bit significand and 16 bits of sign and exponent; results are left in {@link #sig} and {@link #se}. Exceptions accumulate in
 * {@link #flags}; what an unmasked one means for the destination is the caller's.
 *
 * <p>Where the manual leaves a choice: FPREM on operands whose exponents differ by d ≥ 64 reduces by 32 + (d mod 32) binades at a time, as
 * processors do.
 */
public final class SoftFloat80 extends SoftFloat {
    /** Sign and exponent of the default NaN, infinities and NaNs. */
    public static final int SPECIAL_EXPONENT = 0x7fff;
    private static final int MINIMUM = -16382, MAXIMUM = 16383, ADJUSTMENT = 24576;

    /** Significant bits of add, subtract, multiply, divide and square root: 24, 53 or 64. */
    public int precision = 64;

    /** The result's significand. */
    public long sig;
    /** The result's sign (bit 15) and exponent. */
    public int se;
    /** The second result: the exponent of {@link #extract}, the 1.0 or cosine pushed by {@link #tangent} and {@link #sineAndCosine}. */
    public long secondSig;
    public int secondSe;
    /** Low three bits of the quotient of {@link #remainder}; −1 when there is none, since the result is a NaN. */
    public int quotient;
    /** Whether {@link #remainder} or a trigonometric reduction is incomplete: C2. */
    public boolean incomplete;

    /** The memory operand was denormal in its own format. */
    private boolean operandDenormal;

    private final Transcendental functions = new Transcendental(this);

    /** Takes rounding and precision from an x87 control word. */
    public void control(int fcw) {
        rounding = fcw >> 10 & 3;
        masks = fcw & 0x3f;
        precision = switch (fcw >> 8 & 3) {
            case 0 -> 24;
            case 2 -> 53;
            default -> 64;
        };
        flags = 0;
        roundedUp = false;
        incomplete = false;
        operandDenormal = false;
    }

    public void add(long sigA, int seA, long sigB, int seB) {
        if (takeNumbers(sigA, seA, sigB, seB)) {
            add(false);
        }
        finish(precision);
    }

    public void subtract(long sigA, int seA, long sigB, int seB) {
        if (takeNumbers(sigA, seA, sigB, seB)) {
            add(true);
        }
        finish(precision);
    }

    public void multiply(long sigA, int seA, long sigB, int seB) {
        if (takeNumbers(sigA, seA, sigB, seB)) {
            multiply();
        }
        finish(precision);
    }

    public void divide(long sigA, int seA, long sigB, int seB) {
        if (takeNumbers(sigA, seA, sigB, seB)) {
            divide();
        }
        finish(precision);
    }

    public void squareRoot(long sigA, int seA) {
        if (takeNumber(sigA, seA)) {
            squareRoot();
        }
        finish(precision);
    }

    /**
     * FCOM and FUCOM: −1, 0 or 1 as a is less, equal or greater, 2 when unordered.
     *
     * @param quiet only signaling NaNs are invalid
     */
    public int compare(long sigA, int seA, long sigB, int seB, boolean quiet) {
        a.load80(sigA, seA);
        b.load80(sigB, seB);
        b.denormal |= operandDenormal;
        roundedUp = false;
        if (a.kind >= QUIET_NAN || b.kind >= QUIET_NAN) {
            if (!quiet || a.kind >= SIGNALING_NAN || b.kind >= SIGNALING_NAN) {
                flags |= IE;
            }
            return 2;
        }
        noteDenormals();
        return compareOrdered();
    }

    /** FPREM (truncated quotient) and FPREM1 ({@code nearest}). */
    public void remainder(long sigA, int seA, long sigB, int seB, boolean nearest) {
        incomplete = false;
        quotient = -1;
        if (takeNumbers(sigA, seA, sigB, seB)) {
            if (a.kind == INFINITE || b.kind == ZERO) {
                invalid();
            } else {
                quotient = 0;
                noteDenormals();
                if (a.kind == ZERO) {
                    special(ZERO, a.negative);
                } else if (b.kind == INFINITE) {
                    finite(a.negative, a.exponent, a.significand, 0);
                } else {
                    remainderOfMagnitudes(nearest);
                }
            }
        }
        finish(64);
    }

    private void remainderOfMagnitudes(boolean nearest) {
        int difference = a.exponent - b.exponent;
        if (difference < (nearest ? -1 : 0)) {
            finite(a.negative, a.exponent, a.significand, 0);
            return;
        }
        incomplete = difference >= 64;
        int steps = incomplete ? difference & 31 | 32 : difference;
        long rest = a.significand;
        long q = 0;
        boolean restCarry = false;
        if (difference < 0) {
            // |a| is below |b| but may be above half of it: q is 0 so far.
            nearestStep(rest, b.significand, true);
            return;
        }
        for (int i = 0; i <= steps; i++) {
            if (i > 0) {
                restCarry = rest < 0;
                rest <<= 1;
                q <<= 1;
            }
            if (restCarry || Long.compareUnsigned(rest, b.significand) >= 0) {
                rest -= b.significand;
                restCarry = false;
                q |= 1;
            }
        }
        if (incomplete) {
            restTo(a.negative, rest, a.exponent - steps);
            return;
        }
        quotient = (int) q & 7;
        if (nearest) {
            nearestStep(rest, b.significand, false);
        } else {
            restTo(a.negative, rest, b.exponent);
        }
    }

    /** Rounds the quotient to nearest: subtracts b once more when more than half of it is left, or half and the quotient is odd. */
    private void nearestStep(long rest, long divisor, boolean restIsHalved) {
        // In halves of b's last place, so that a remainder one binade below b keeps its last bit.
        long twiceHigh = restIsHalved ? 0 : rest >>> 63;
        long twice = restIsHalved ? rest : rest << 1;
        boolean above = twiceHigh != 0 || Long.compareUnsigned(twice, divisor) > 0;
        boolean half = twiceHigh == 0 && twice == divisor;
        if (above || half && (quotient & 1) != 0) {
            quotient = quotient + 1 & 7;
            if (restIsHalved) {
                // b − a, with a one binade lower: 2·b − a in units of a's last place.
                long differenceHigh = (divisor >>> 63) - (Long.compareUnsigned(divisor << 1, rest) < 0 ? 1 : 0);
                long difference = (divisor << 1) - rest;
                normalize(!a.negative, b.exponent + 63, differenceHigh, difference);
            } else {
                restTo(!a.negative, divisor - rest, b.exponent);
            }
        } else if (restIsHalved) {
            finite(a.negative, a.exponent, a.significand, 0);
        } else {
            restTo(a.negative, rest, b.exponent);
        }
    }

    private void restTo(boolean negative, long rest, int unit) {
        if (rest == 0) {
            special(ZERO, a.negative);
        } else {
            normalize(negative, unit, rest, 0);
        }
    }

    /** FSCALE: a times two to the power of b, truncated. */
    public void scale(long sigA, int seA, long sigB, int seB) {
        if (takeNumbers(sigA, seA, sigB, seB)) {
            boolean toZero = b.kind == INFINITE && b.negative;
            boolean toInfinity = b.kind == INFINITE && !b.negative;
            if (a.kind == INFINITE && toZero || a.kind == ZERO && toInfinity) {
                invalid();
            } else {
                noteDenormals();
                if (a.kind == INFINITE || toInfinity) {
                    special(INFINITE, a.negative);
                } else if (a.kind == ZERO || toZero) {
                    special(ZERO, a.negative);
                } else {
                    finite(a.negative, a.exponent + truncatedExponent(), a.significand, 0);
                }
            }
        }
        finish(64);
    }

    private int truncatedExponent() {
        if (b.kind == ZERO || b.exponent < 0) {
            return 0;
        }
        int magnitude = b.exponent > 16 ? 0x20000 : (int) (b.significand >>> 63 - b.exponent);
        return b.negative ? -magnitude : magnitude;
    }

    /** FXTRACT: the exponent in the second result, the significand in the first. */
    public void extract(long sigA, int seA) {
        if (!takeNumber(sigA, seA)) {
            finish(64);
            secondSig = sig;
            secondSe = se;
            return;
        }
        if (a.kind == ZERO) {
            flags |= ZE;
            special(INFINITE, true);
        } else if (a.kind == INFINITE) {
            special(INFINITE, false);
        } else {
            noteDenormalA();
            integer(a.exponent);
        }
        finish(64);
        secondSig = sig;
        secondSe = se;
        if (a.kind == FINITE) {
            finite(a.negative, 0, a.significand, 0);
        } else {
            special(a.kind, a.negative);
        }
        finish(64);
    }

    /** FRNDINT. */
    public void roundToInteger(long sigA, int seA) {
        if (takeNumber(sigA, seA)) {
            noteDenormalA();
            if (a.kind != FINITE || a.exponent >= 63) {
                copyOfA();
            } else {
                roundToInteger(rounding);
                boolean up = roundedUp;
                flags |= wasInexact() ? PE : 0;
                if (high == 0) {
                    special(ZERO, a.negative);
                } else {
                    normalize(a.negative, 63, high, 0);
                }
                finish(64);
                roundedUp = up;
                return;
            }
        }
        finish(64);
    }

    /**
     * FIST and FISTTP: the integer, or the integer indefinite with an invalid operation.
     *
     * @param bits 16, 32 or 64
     */
    public long toInteger(long sigA, int seA, int bits, boolean truncate) {
        a.load80(sigA, seA);
        roundedUp = false;
        long limit = 1L << bits - 1;
        boolean fits = a.kind <= FINITE && roundToInteger(truncate ? TRUNCATE : rounding);
        if (!fits || Long.compareUnsigned(high, a.negative ? limit : limit - 1) > 0) {
            roundedUp = false;
            flags |= IE;
            return limit;
        }
        flags |= wasInexact() ? PE : 0;
        return a.negative ? -high : high;
    }

    /** FILD: exact. */
    public void fromInteger(long value) {
        integer(value);
        finish(64);
    }

    private void integer(long value) {
        if (value == 0) {
            special(ZERO, false);
        } else {
            normalize(value < 0, 63, Math.abs(value), 0);
        }
    }

    /** FLD of a 32-bit operand. */
    public void fromFloat32(int bits) {
        a.load32(bits);
        fromInterchange();
    }

    /** FLD of a 64-bit operand. */
    public void fromFloat64(long bits) {
        a.load64(bits);
        fromInterchange();
    }

    /** A 32-bit memory operand of an arithmetic instruction: exact, signaling NaNs stay so; its being denormal is noted for the operation. */
    public void operand32(int bits) {
        a.load32(bits);
        memoryOperand();
    }

    /** As {@link #operand32}, of 64 bits. */
    public void operand64(long bits) {
        a.load64(bits);
        memoryOperand();
    }

    private void memoryOperand() {
        operandDenormal = a.denormal;
        sig = a.significand;
        int sign = a.negative ? 0x8000 : 0;
        se = sign | switch (a.kind) {
            case ZERO -> 0;
            case FINITE -> a.exponent + 16383;
            default -> SPECIAL_EXPONENT;
        };
    }

    private void fromInterchange() {
        flags |= a.kind == SIGNALING_NAN ? IE : 0;
        noteDenormalA();
        copyOfA();
        finish(64);
    }

    /** FST to a 32-bit operand: the bits of a float32. */
    public int toFloat32(long sigA, int seA) {
        takeForStore(sigA, seA);
        round(24, -126, 127, 0);
        return pack32();
    }

    /** FST to a 64-bit operand: the bits of a float64. */
    public long toFloat64(long sigA, int seA) {
        takeForStore(sigA, seA);
        round(53, -1022, 1023, 0);
        return pack64();
    }

    private void takeForStore(long sigA, int seA) {
        if (takeNumber(sigA, seA)) {
            copyOfA();
        }
    }

    /** FBSTP: the packed decimal; {@link #sig} its low 64 bits, {@link #se} its high 16. */
    public void toBcd(long sigA, int seA) {
        a.load80(sigA, seA);
        roundedUp = false;
        if (a.kind > FINITE || !roundToInteger(rounding) || Long.compareUnsigned(high, 999_999_999_999_999_999L) > 0) {
            roundedUp = false;
            flags |= IE;
            sig = 0xc000000000000000L;
            se = 0xffff;
            return;
        }
        flags |= wasInexact() ? PE : 0;
        long value = high;
        long digits = 0;
        for (int i = 0; i < 16; i++) {
            digits |= value % 10 << i * 4;
            value /= 10;
        }
        sig = digits;
        se = (int) (value / 10 << 4 | value % 10) | (a.negative ? 0x8000 : 0);
    }

    /** FBLD: digits above 9 count as what they would in a sum. */
    public void fromBcd(long low, int highAndSign) {
        long value = (highAndSign >> 4 & 15) * 10 + (highAndSign & 15);
        for (int i = 15; i >= 0; i--) {
            value = value * 10 + (low >>> i * 4 & 15);
        }
        boolean sign = (highAndSign & 0x8000) != 0;
        integer(value);
        negative = sign;
        finish(64);
    }

    /** F2XM1: two to the power of a, minus one. */
    public void exponentialMinusOne(long sigA, int seA) {
        if (takeNumber(sigA, seA)) {
            functions.exponentialMinusOne();
        }
        finish(64);
    }

    /** FYL2X: {@code b · log2(a)}. */
    public void logarithm(long sigA, int seA, long sigB, int seB) {
        if (takeNumbers(sigA, seA, sigB, seB)) {
            functions.logarithm();
        }
        finish(64);
    }

    /** FYL2XP1: {@code b · log2(a + 1)}. */
    public void logarithmOfOnePlus(long sigA, int seA, long sigB, int seB) {
        if (takeNumbers(sigA, seA, sigB, seB)) {
            functions.logarithmOfOnePlus();
        }
        finish(64);
    }

    /** FPATAN: the angle of the point with abscissa a and ordinate b. */
    public void arcTangent(long sigA, int seA, long sigB, int seB) {
        if (takeNumbers(sigA, seA, sigB, seB)) {
            functions.arcTangent();
        }
        finish(64);
    }

    /** FSIN; {@link #incomplete} when |a| is 2^63 or more, and then nothing happened. */
    public void sine(long sigA, int seA) {
        if (takeAngle(sigA, seA)) {
            functions.sine();
        }
        finish(64);
    }

    /** FCOS. */
    public void cosine(long sigA, int seA) {
        if (takeAngle(sigA, seA)) {
            functions.cosine();
        }
        finish(64);
    }

    /** FSINCOS: the sine in the first result, the cosine in the second. */
    public void sineAndCosine(long sigA, int seA) {
        cosine(sigA, seA);
        secondSig = sig;
        secondSe = se;
        sine(sigA, seA);
    }

    /** FPTAN: the tangent in the first result; the second is 1.0, or the same NaN. */
    public void tangent(long sigA, int seA) {
        boolean number = takeAngle(sigA, seA);
        if (number) {
            functions.tangent();
        }
        boolean isNan = kind == QUIET_NAN;
        finish(64);
        secondSig = isNan ? sig : TOP;
        secondSe = isNan ? se : 0x3fff;
    }

    private boolean takeAngle(long sigA, int seA) {
        incomplete = false;
        if (!takeNumber(sigA, seA)) {
            return false;
        }
        if (a.kind == INFINITE) {
            invalid();
            return false;
        }
        if (a.kind == FINITE && a.exponent >= 63) {
            incomplete = true;
            copyOfA();
            return false;
        }
        noteDenormalA();
        return true;
    }

    /** Loads both operands; false when the result is already a NaN. */
    private boolean takeNumbers(long sigA, int seA, long sigB, int seB) {
        a.load80(sigA, seA);
        b.load80(sigB, seB);
        b.denormal |= operandDenormal;
        if (a.kind < QUIET_NAN && b.kind < QUIET_NAN) {
            return true;
        }
        if (a.kind == UNSUPPORTED || b.kind == UNSUPPORTED) {
            invalid();
            return false;
        }
        if (a.kind == SIGNALING_NAN || b.kind == SIGNALING_NAN) {
            flags |= IE;
        }
        nan(chosenNan());
        return false;
    }

    /** SDM 1, table 4-7: a quiet NaN before a signaling one, then the larger significand, then the positive one. */
    private Unpacked chosenNan() {
        if (!b.isNan()) {
            return a;
        }
        if (!a.isNan()) {
            return b;
        }
        if (a.kind != b.kind) {
            return a.kind == QUIET_NAN ? a : b;
        }
        int order = Long.compareUnsigned(a.significand, b.significand);
        return order > 0 || order == 0 && !a.negative ? a : b;
    }

    private boolean takeNumber(long sigA, int seA) {
        a.load80(sigA, seA);
        b.kind = ZERO;
        b.denormal = false;
        if (a.kind < QUIET_NAN) {
            return true;
        }
        if (a.kind == UNSUPPORTED) {
            invalid();
            return false;
        }
        flags |= a.kind == SIGNALING_NAN ? IE : 0;
        nan(a);
        return false;
    }

    private void noteDenormalA() {
        flags |= a.denormal ? DE : 0;
    }

    private void copyOfA() {
        switch (a.kind) {
            case FINITE -> finite(a.negative, a.exponent, a.significand, 0);
            case ZERO, INFINITE -> special(a.kind, a.negative);
            default -> nan(a);
        }
    }

    /** Rounds and packs. An unmasked denormal operand stops the operation before it can round. */
    private void finish(int bits) {
        int before = flags;
        round(bits, MINIMUM, MAXIMUM, ADJUSTMENT);
        if ((before & ~masks & (IE | DE | ZE)) != 0) {
            flags = before;
        }
        sig = high;
        int sign = negative ? 0x8000 : 0;
        se = sign | switch (kind) {
            case ZERO -> 0;
            case FINITE -> high < 0 ? exponent + 16383 : 0;
            default -> SPECIAL_EXPONENT;
        };
    }
}
