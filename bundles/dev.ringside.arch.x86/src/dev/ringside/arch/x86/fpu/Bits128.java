package dev.ringside.arch.x86.fpu;

/** The few operations on 128-bit integers that have no method in {@link Long} or {@link Math}. */
final class Bits128 {
    private Bits128() {
    }

    /** {@code high:low / divisor}, for {@code high < divisor} and a divisor with its top bit set (Knuth's algorithm D with 32-bit digits). */
    static long divide(long high, long low, long divisor) {
        long d1 = divisor >>> 32;
        long d0 = divisor & 0xffffffffL;
        long q1 = digit(high, low >>> 32, d1, d0);
        long rest = (high << 32 | low >>> 32) - q1 * divisor;
        long q0 = digit(rest, low & 0xffffffffL, d1, d0);
        return (q1 << 32) + q0;
    }

    /** One quotient digit of {@code (high · 2^32 + next) / (d1 · 2^32 + d0)}. */
    private static long digit(long high, long next, long d1, long d0) {
        long q = Long.divideUnsigned(high, d1);
        long r = high - q * d1;
        while (q >>> 32 != 0 || Long.compareUnsigned(q * d0, r << 32 | next) > 0) {
            q--;
            r += d1;
            if (r >>> 32 != 0) {
                break;
            }
        }
        return q;
    }

    /** {@code low} of {@code high:low >> count}, every bit that falls out remembered in bit 0. The high part is {@link #shiftRightHigh}. */
    static long shiftRightSticky(long high, long low, int count) {
        if (count == 0) {
            return low;
        }
        if (count < 64) {
            long lost = low << 64 - count;
            return low >>> count | high << 64 - count | sticky(lost);
        }
        if (count == 64) {
            return high | sticky(low);
        }
        if (count < 128) {
            return high >>> count - 64 | sticky(low | high << 128 - count);
        }
        return sticky(high | low);
    }

    static long shiftRightHigh(long high, int count) {
        return count < 64 ? high >>> count : 0;
    }

    private static long sticky(long lost) {
        return lost != 0 ? 1 : 0;
    }
}
