package dev.ringside.arch.x86.lift;

import static dev.ringside.ir.Type.I32;
import static dev.ringside.ir.Type.I64;

import dev.ringside.arch.x86.Vector;
import dev.ringside.arch.x86.cpu.X86Cpu;
import dev.ringside.ir.GuestState;
import dev.ringside.ir.Helper;
import dev.ringside.ir.Helper.Effect;
import java.util.Collection;
import java.util.List;
import java.util.Set;

/** Quotients of DIV and IDIV; #DE for a divisor of 0 and for a quotient that does not fit. */
final class DivideHelpers {
    private static final Set<Effect> RAISES = Set.of(Effect.MAY_RAISE);

    /** {@code (dividend, divisor, bits of the quotient)}, for operands of up to 32 bits. */
    static final Helper DIV = new Helper("x86.div", I64, List.of(I64, I64, I32), RAISES, (s, a, d, bits, x) -> div(s, a, d, bits));
    static final Helper IDIV = new Helper("x86.idiv", I64, List.of(I64, I64, I32), RAISES, (s, a, d, bits, x) -> idiv(s, a, d, bits));
    /** {@code (high, low, divisor)}, for quadword operands. */
    static final Helper DIV128 = new Helper("x86.div128", I64, List.of(I64, I64, I64), RAISES, (s, high, low, d, x) -> div128(s, high, low, d));
    static final Helper IDIV128 = new Helper("x86.idiv128", I64, List.of(I64, I64, I64), RAISES,
        (s, high, low, d, x) -> idiv128(s, high, low, d));

    private DivideHelpers() {
    }

    static void collect(Collection<Helper> to) {
        to.addAll(List.of(DIV, IDIV, DIV128, IDIV128));
    }

    private static long div(GuestState state, long dividend, long divisor, long bits) {
        if (divisor == 0) {
            throw divideError(state);
        }
        long quotient = Long.divideUnsigned(dividend, divisor);
        if (quotient >>> bits != 0) {
            throw divideError(state);
        }
        return quotient;
    }

    private static long idiv(GuestState state, long dividend, long divisor, long bits) {
        if (divisor == 0) {
            throw divideError(state);
        }
        long quotient = dividend / divisor;
        // The one quotient that 64 bits cannot hold comes back negative, as the dividend: it does not fit either.
        if (quotient << 64 - bits >> 64 - bits != quotient || dividend == Long.MIN_VALUE && divisor == -1) {
            throw divideError(state);
        }
        return quotient;
    }

    private static long div128(GuestState state, long high, long low, long divisor) {
        if (Long.compareUnsigned(high, divisor) >= 0) {
            throw divideError(state);
        }
        return high == 0 ? Long.divideUnsigned(low, divisor) : wideQuotient(high, low, divisor);
    }

    private static long idiv128(GuestState state, long high, long low, long divisor) {
        if (high == low >> 63 && divisor != 0 && !(low == Long.MIN_VALUE && divisor == -1)) {
            return low / divisor;
        }
        boolean negative = high < 0;
        long magnitudeLow = negative ? -low : low;
        long magnitudeHigh = negative ? ~high + (low == 0 ? 1 : 0) : high;
        long quotient = div128(state, magnitudeHigh, magnitudeLow, Math.abs(divisor));
        boolean negate = negative != divisor < 0;
        if (negate ? Long.compareUnsigned(quotient, Long.MIN_VALUE) > 0 : quotient < 0) {
            throw divideError(state);
        }
        return negate ? -quotient : quotient;
    }

    /**
     * Schoolbook division of four 32-bit digits by two, after normalizing the divisor (Knuth, The Art of Computer Programming 2, 4.3.1,
     * algorithm D).
     */
    private static long wideQuotient(long high, long low, long divisor) {
        int shift = Long.numberOfLeadingZeros(divisor);
        long d = divisor << shift;
        long top = shift == 0 ? high : high << shift | low >>> 64 - shift;
        long bottom = low << shift;
        long firstDigit = digit(top, bottom >>> 32, d);
        long rest = (top << 32 | bottom >>> 32) - firstDigit * d;
        return firstDigit << 32 | digit(rest, bottom & 0xffff_ffffL, d);
    }

    /** The 32-bit digit of {@code (top * 2^32 + next) / d}, where {@code d} has its high bit set and is above {@code top}. */
    private static long digit(long top, long next, long d) {
        long dHigh = d >>> 32;
        long dLow = d & 0xffff_ffffL;
        long guess = Long.divideUnsigned(top, dHigh);
        long rest = top - guess * dHigh;
        while (guess >>> 32 != 0 || Long.compareUnsigned(guess * dLow, rest << 32 | next) > 0) {
            guess--;
            rest += dHigh;
            if (rest >>> 32 != 0) {
                break;
            }
        }
        return guess;
    }

    private static RuntimeException divideError(GuestState state) {
        return ((X86Cpu) state).fault.set(Vector.DE);
    }
}
