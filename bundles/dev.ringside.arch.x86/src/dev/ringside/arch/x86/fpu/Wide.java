package dev.ringside.arch.x86.fpu;

/**
 * A number with 128 significand bits, for functions that round once at the end: {@code ±high:low · 2^(exponent − 127)}, normalized, or zero with
 * both words 0. Results are truncated, so each operation errs by less than one unit in the 128th bit; that is 2^-64 of a unit of the result.
 */
record Wide(boolean negative, int exponent, long high, long low) {
    static final Wide ZERO = new Wide(false, 0, 0, 0);
    static final Wide ONE = new Wide(false, 0, Unpacked.TOP, 0);

    static Wide of(int value) {
        return normalized(value < 0, 63, Math.abs((long) value), 0);
    }

    static Wide normalized(boolean negative, int exponent, long high, long low) {
        if (high == 0) {
            if (low == 0) {
                return ZERO;
            }
            high = low;
            low = 0;
            exponent -= 64;
        }
        int shift = Long.numberOfLeadingZeros(high);
        return shift == 0 ? new Wide(negative, exponent, high, low)
                : new Wide(negative, exponent - shift, high << shift | low >>> 64 - shift, low << shift);
    }

    boolean isZero() {
        return high == 0;
    }

    Wide negated() {
        return isZero() ? this : new Wide(!negative, exponent, high, low);
    }

    Wide timesPowerOfTwo(int power) {
        return isZero() ? this : new Wide(negative, exponent + power, high, low);
    }

    Wide minus(Wide other) {
        return plus(other.negated());
    }

    Wide plus(Wide other) {
        if (isZero()) {
            return other;
        }
        if (other.isZero()) {
            return this;
        }
        if (compareMagnitude(other) < 0) {
            return other.plus(this);
        }
        int shift = exponent - other.exponent;
        // What is too small to add still decides on which side of this number the sum lies.
        shift = Math.min(shift, 128);
        long h = Bits128.shiftRightHigh(other.high, shift);
        long l = Bits128.shiftRightSticky(other.high, other.low, shift);
        return negative == other.negative ? added(h, l) : subtracted(h, l);
    }

    private Wide added(long h, long l) {
        long sumLow = low + l;
        long carry = Long.compareUnsigned(sumLow, l) < 0 ? 1 : 0;
        long sum = high + h;
        boolean overflow = Long.compareUnsigned(sum, h) < 0;
        sum += carry;
        overflow |= carry != 0 && sum == 0;
        return overflow ? new Wide(negative, exponent + 1, sum >>> 1 | Unpacked.TOP, sumLow >>> 1 | sum << 63) : new Wide(negative, exponent, sum, sumLow);
    }

    private Wide subtracted(long h, long l) {
        long borrow = Long.compareUnsigned(low, l) < 0 ? 1 : 0;
        return normalized(negative, exponent, high - h - borrow, low - l);
    }

    private int compareMagnitude(Wide other) {
        if (exponent != other.exponent) {
            return Integer.compare(exponent, other.exponent);
        }
        return high != other.high ? Long.compareUnsigned(high, other.high) : Long.compareUnsigned(low, other.low);
    }

    Wide times(Wide other) {
        if (isZero() || other.isZero()) {
            return ZERO;
        }
        // The lowest partial product only matters for its carry, of less than one unit.
        long middle1 = high * other.low;
        long middle2 = low * other.high;
        long lowTop = Math.unsignedMultiplyHigh(low, other.low);
        long third = middle1 + middle2;
        long carry = Long.compareUnsigned(third, middle1) < 0 ? 1 : 0;
        third += lowTop;
        carry += Long.compareUnsigned(third, lowTop) < 0 ? 1 : 0;
        long l = high * other.high;
        long h = Math.unsignedMultiplyHigh(high, other.high);
        long m1 = Math.unsignedMultiplyHigh(high, other.low);
        long m2 = Math.unsignedMultiplyHigh(low, other.high);
        l += m1;
        h += Long.compareUnsigned(l, m1) < 0 ? 1 : 0;
        l += m2;
        h += Long.compareUnsigned(l, m2) < 0 ? 1 : 0;
        l += carry;
        h += Long.compareUnsigned(l, carry) < 0 ? 1 : 0;
        int power = exponent + other.exponent + 1;
        // Keeps the bit that a shift by one uncovers.
        return h < 0 ? new Wide(negative != other.negative, power, h, l)
                : new Wide(negative != other.negative, power - 1, h << 1 | l >>> 63, l << 1 | third >>> 63);
    }

    Wide dividedBy(int divisor) {
        return dividedBy(of(divisor));
    }

    Wide dividedBy(Wide divisor) {
        if (isZero()) {
            return ZERO;
        }
        // A 64-bit reciprocal step, then one correction with the full divisor: q = q0 + (this − q0·divisor) / divisor.
        Wide q0 = estimate(divisor);
        Wide rest = minus(q0.times(divisor));
        return rest.isZero() ? q0 : q0.plus(rest.estimate(divisor));
    }

    /** The quotient of the high words, good to about 62 bits. */
    private Wide estimate(Wide divisor) {
        long q = Bits128.divide(high >>> 1, high << 63 | low >>> 1, divisor.high);
        return normalized(negative != divisor.negative, exponent - divisor.exponent, q, 0);
    }
}
