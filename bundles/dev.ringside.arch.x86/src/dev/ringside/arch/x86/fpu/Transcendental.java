package dev.ringside.arch.x86.fpu;

import static dev.ringside.arch.x86.fpu.Unpacked.FINITE;
import static dev.ringside.arch.x86.fpu.Unpacked.INFINITE;
import static dev.ringside.arch.x86.fpu.Unpacked.TOP;
import static dev.ringside.arch.x86.fpu.Unpacked.ZERO;

/**
 * The x87 transcendental functions (SDM 1, 8.3.7) by power series on {@link Wide} numbers: the one rounding at the end is then right but for
 * cases that lie within 2^-50 units of a tie, and every host gives the same bits. They allocate; they are rare and slow on hardware too.
 *
 * <p>As on Intel processors, angles are reduced by a π of 66 bits, so results for large angles differ from the mathematical ones.
 */
final class Transcendental {
    private static final Wide LN_2 = new Wide(false, -1, 0xb17217f7d1cf79abL, 0xc9e3b39803f2f6afL);
    private static final Wide LOG2_E = new Wide(false, 0, 0xb8aa3b295c17f0bbL, 0xbe87fed0691d3e89L);
    private static final Wide PI = new Wide(false, 1, 0xc90fdaa22168c234L, 0xc4c6628b80dc1cd1L);

    /** π/2 to 66 bits, in units of 2^-65: the high 64 bits here and the low two below. */
    private static final long HALF_PI_HIGH = 0xc90fdaa22168c234L;
    private static final int HALF_PI_LOW = 0b11;

    private final SoftFloat f;

    Transcendental(SoftFloat f) {
        this.f = f;
    }

    void exponentialMinusOne() {
        noteDenormals();
        Unpacked x = f.a;
        if (x.kind == ZERO) {
            f.special(ZERO, x.negative);
        } else if (x.kind == INFINITE) {
            if (x.negative) {
                f.finite(true, 0, TOP, 0);
            } else {
                f.special(INFINITE, false);
            }
        } else if (x.exponent > 0 || x.exponent == 0 && x.significand != TOP) {
            // Beyond ±1 the manual leaves the result undefined: the operand stays, as on AMD processors.
            f.flags |= SoftFloat.PE;
            f.finite(x.negative, x.exponent, x.significand, 0);
        } else if (x.exponent == 0) {
            f.finite(x.negative, x.negative ? -1 : 0, TOP, 0);
        } else {
            inexact(exponentialSeries(wide(x).times(LN_2)));
        }
    }

    /** {@code e^y − 1 = y + y²/2! + y³/3! + …} for |y| ≤ ln 2. */
    private static Wide exponentialSeries(Wide y) {
        Wide sum = y;
        Wide term = y;
        for (int n = 2; matters(term, sum); n++) {
            term = term.times(y).dividedBy(n);
            sum = sum.plus(term);
        }
        return sum;
    }

    void logarithm() {
        Unpacked x = f.a;
        Unpacked y = f.b;
        boolean isOne = x.kind == FINITE && !x.negative && x.exponent == 0 && x.significand == TOP;
        boolean belowOne = x.kind == ZERO || x.kind == FINITE && x.exponent < 0;
        if (x.negative && x.kind != ZERO || x.kind == ZERO && y.kind == ZERO || x.kind == INFINITE && y.kind == ZERO
                || isOne && y.kind == INFINITE) {
            f.invalid();
        } else if (x.kind == ZERO && y.kind == FINITE) {
            f.flags |= SoftFloat.ZE;
            f.special(INFINITE, !y.negative);
        } else {
            noteDenormals();
            if (y.kind == INFINITE || x.kind == INFINITE) {
                f.special(INFINITE, y.negative != belowOne);
            } else if (y.kind == ZERO || isOne) {
                f.special(ZERO, y.negative != belowOne);
            } else {
                scaledLogarithm(wide(x), wide(y));
            }
        }
    }

    private void scaledLogarithm(Wide x, Wide y) {
        // m in [√½, √2): the sum of exponent and logarithm then never cancels.
        boolean upper = Long.compareUnsigned(x.high(), 0xb504f333f9de6484L) >= 0;
        int exponent = upper ? x.exponent() + 1 : x.exponent();
        Wide m = new Wide(false, upper ? -1 : 0, x.high(), x.low());
        Wide log = logarithmSeries(m.minus(Wide.ONE).dividedBy(m.plus(Wide.ONE))).plus(Wide.of(exponent));
        Wide result = log.times(y);
        // A power of two has an integer logarithm, and the product may be exact.
        if (m.high() == TOP && m.low() == 0) {
            exact(result);
        } else {
            inexact(result);
        }
    }

    void logarithmOfOnePlus() {
        Unpacked x = f.a;
        Unpacked y = f.b;
        boolean toInfinity = x.kind == INFINITE && !x.negative;
        if (x.kind == ZERO && y.kind == INFINITE || toInfinity && y.kind == ZERO || x.kind == INFINITE && x.negative) {
            f.invalid();
            return;
        }
        noteDenormals();
        if (y.kind == INFINITE || toInfinity) {
            f.special(INFINITE, y.negative != x.negative);
        } else if (x.kind == ZERO || y.kind == ZERO) {
            f.special(ZERO, y.negative != x.negative);
        } else if (x.negative && x.exponent >= 0) {
            // At or below −1 the manual leaves the result undefined: x, as on AMD processors.
            f.flags |= SoftFloat.PE;
            exact(wide(x));
        } else if (x.exponent >= -1) {
            inexact(logarithmOf(wide(x).plus(Wide.ONE)).times(wide(y)));
        } else {
            Wide w = wide(x);
            inexact(logarithmSeries(w.dividedBy(w.plus(Wide.of(2)))).times(wide(y)));
        }
    }

    private static Wide logarithmOf(Wide x) {
        boolean upper = Long.compareUnsigned(x.high(), 0xb504f333f9de6484L) >= 0;
        Wide m = new Wide(false, upper ? -1 : 0, x.high(), x.low());
        return logarithmSeries(m.minus(Wide.ONE).dividedBy(m.plus(Wide.ONE))).plus(Wide.of(upper ? x.exponent() + 1 : x.exponent()));
    }

    /** {@code log2 m = 2/ln 2 · (s + s³/3 + s⁵/5 + …)} with {@code s = (m − 1)/(m + 1)}. */
    private static Wide logarithmSeries(Wide s) {
        return oddSeries(s, s.times(s)).times(LOG2_E).timesPowerOfTwo(1);
    }

    /** {@code s + s³/3 + s⁵/5 + …}, where {@code step} is s², or −s² for alternating signs. */
    private static Wide oddSeries(Wide s, Wide step) {
        Wide sum = s;
        Wide power = s;
        for (int n = 3; matters(power, sum); n += 2) {
            power = power.times(step);
            sum = sum.plus(power.dividedBy(n));
        }
        return sum;
    }

    /** SDM 2A, FPATAN, table of special cases. */
    void arcTangent() {
        noteDenormals();
        Unpacked x = f.a;
        Unpacked y = f.b;
        if (y.kind == ZERO) {
            angle(y.negative, x.negative ? PI : Wide.ZERO);
        } else if (y.kind == INFINITE) {
            Wide quarter = PI.timesPowerOfTwo(-2);
            angle(y.negative, x.kind != INFINITE ? PI.timesPowerOfTwo(-1) : x.negative ? PI.minus(quarter) : quarter);
        } else if (x.kind == INFINITE) {
            angle(y.negative, x.negative ? PI : Wide.ZERO);
        } else if (x.kind == ZERO) {
            angle(y.negative, PI.timesPowerOfTwo(-1));
        } else {
            angle(y.negative, angleOf(magnitude(y), magnitude(x), x.negative));
        }
    }

    private static Wide angleOf(Wide y, Wide x, boolean left) {
        boolean steep = !y.minus(x).negative();
        Wide t = steep ? x.dividedBy(y) : y.dividedBy(x);
        Wide angle = arcTangentOf(t);
        if (steep) {
            Wide half = PI.timesPowerOfTwo(-1);
            return left ? half.plus(angle) : half.minus(angle);
        }
        return left ? PI.minus(angle) : angle;
    }

    /** For t up to 1: from the nearest eighth, {@code atan t = atan c + atan((t − c)/(1 + t·c))}. */
    private static Wide arcTangentOf(Wide t) {
        int eighths = t.exponent() < -4 ? 0 : (int) (t.high() >>> 59 - t.exponent()) + 1 >> 1;
        if (eighths == 0) {
            return oddSeries(t, t.times(t).negated());
        }
        Wide c = Wide.of(eighths).timesPowerOfTwo(-3);
        Wide s = t.minus(c).dividedBy(Wide.ONE.plus(t.times(c)));
        return ARC_TANGENTS[eighths].plus(oddSeries(s, s.times(s).negated()));
    }

    private void angle(boolean negative, Wide magnitude) {
        if (magnitude.isZero()) {
            f.special(ZERO, negative);
        } else {
            inexact(negative ? magnitude.negated() : magnitude);
        }
    }

    void sine() {
        if (f.a.kind == ZERO) {
            f.special(ZERO, f.a.negative);
            return;
        }
        int quadrant = reduce();
        Wide value = (quadrant & 1) == 0 ? sineSeries(reduced) : cosineSeries(reduced);
        trigonometric((quadrant & 2) != 0 ? value.negated() : value);
    }

    void cosine() {
        if (f.a.kind == ZERO) {
            f.finite(false, 0, TOP, 0);
            return;
        }
        int quadrant = reduce();
        Wide value = (quadrant & 1) == 0 ? cosineSeries(reduced) : sineSeries(reduced);
        trigonometric((quadrant + 1 & 2) != 0 ? value.negated() : value);
    }

    void tangent() {
        if (f.a.kind == ZERO) {
            f.special(ZERO, f.a.negative);
            return;
        }
        int quadrant = reduce();
        Wide sine = sineSeries(reduced);
        Wide cosine = cosineSeries(reduced);
        trigonometric((quadrant & 1) == 0 ? sine.dividedBy(cosine) : cosine.dividedBy(sine).negated());
    }

    private void trigonometric(Wide value) {
        if (value.isZero()) {
            f.special(ZERO, f.a.negative);
        } else {
            inexact(value);
        }
    }

    private Wide reduced;

    /** Leaves the angle less a multiple of π/2, at most π/4 away from 0, in {@link #reduced}; returns the multiple modulo 4. */
    private int reduce() {
        Unpacked x = f.a;
        if (x.exponent < -1) {
            reduced = wide(x);
            return 0;
        }
        // Long division in units of 2^-65, of which both are integers; the remainder stays below π/2 and so below 2^66 of them.
        long restHigh = 0;
        long rest = 0;
        int quotient = 0;
        for (int i = 63; i >= -(x.exponent + 2); i--) {
            int bit = i >= 0 ? (int) (x.significand >>> i) & 1 : 0;
            restHigh = restHigh << 1 | rest >>> 63;
            rest = rest << 1 | bit;
            quotient <<= 1;
            if (atLeastHalfPi(restHigh, rest)) {
                restHigh -= halfPiTop() + (Long.compareUnsigned(rest, halfPiBottom()) < 0 ? 1 : 0);
                rest -= halfPiBottom();
                quotient |= 1;
            }
        }
        Wide angle = Wide.normalized(false, 62, restHigh, rest);
        Wide halfPi = Wide.normalized(false, 62, halfPiTop(), halfPiBottom());
        if (!angle.minus(halfPi.timesPowerOfTwo(-1)).negative()) {
            angle = angle.minus(halfPi);
            quotient++;
        }
        reduced = x.negative ? angle.negated() : angle;
        return x.negative ? -quotient & 3 : quotient & 3;
    }

    private static boolean atLeastHalfPi(long high, long low) {
        return high != halfPiTop() ? Long.compareUnsigned(high, halfPiTop()) > 0 : Long.compareUnsigned(low, halfPiBottom()) >= 0;
    }

    private static long halfPiTop() {
        return HALF_PI_HIGH >>> 62;
    }

    private static long halfPiBottom() {
        return HALF_PI_HIGH << 2 | HALF_PI_LOW;
    }

    private static Wide sineSeries(Wide x) {
        return factorialSeries(x, x, 1);
    }

    private static Wide cosineSeries(Wide x) {
        return factorialSeries(Wide.ONE, x, 0);
    }

    /** {@code first − first·x²/((n+1)(n+2)) + …}. */
    private static Wide factorialSeries(Wide first, Wide x, int n) {
        Wide step = x.times(x).negated();
        Wide sum = first;
        Wide term = first;
        while (matters(term, sum)) {
            term = term.times(step).dividedBy((n + 1) * (n + 2));
            sum = sum.plus(term);
            n += 2;
        }
        return sum;
    }

    /** Whether what follows {@code term} can still change {@code sum}. */
    private static boolean matters(Wide term, Wide sum) {
        return !term.isZero() && term.exponent() > sum.exponent() - 128;
    }

    private void noteDenormals() {
        f.noteDenormals();
    }

    private static Wide wide(Unpacked x) {
        return new Wide(x.negative, x.exponent, x.significand, 0);
    }

    private static Wide magnitude(Unpacked x) {
        return new Wide(false, x.exponent, x.significand, 0);
    }

    private void exact(Wide value) {
        f.finite(value.negative(), value.exponent(), value.high(), value.low());
    }

    /** An irrational value: never exact, whatever the series left in its last bit. */
    private void inexact(Wide value) {
        f.finite(value.negative(), value.exponent(), value.high(), value.low() | 1);
    }

    /** atan(k/8). */
    private static final Wide[] ARC_TANGENTS = {
        Wide.ZERO,
        new Wide(false, -4, 0xfeadd4d5617b6e32L, 0xc897989f3e888ef8L),
        new Wide(false, -3, 0xfadbafc96406eb15L, 0x6dc79ef5f7a217e6L),
        new Wide(false, -2, 0xb7b0ca0f26f78473L, 0x8aa32122dcfe4483L),
        new Wide(false, -2, 0xed63382b0dda7b45L, 0x6fe445ecbc3a8d03L),
        new Wide(false, -1, 0x8f005d5ef7f59f9bL, 0x5c835e1665c43748L),
        new Wide(false, -1, 0xa4bc7d1934f70924L, 0x19a87f2a457dac9fL),
        new Wide(false, -1, 0xb8053e2bc2319e73L, 0xcb2da55210a4443dL),
        new Wide(false, -1, 0xc90fdaa22168c234L, 0xc4c6628b80dc1cd1L)
    };
}
