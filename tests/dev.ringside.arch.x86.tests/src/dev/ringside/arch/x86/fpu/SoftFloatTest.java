package dev.ringside.arch.x86.fpu;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The software arithmetic against two that know nothing of it: Java's own in double precision, and decimal arithmetic of many digits. */
class SoftFloatTest {
    private static final int CASES = 100_000;

    @Test
    void doublePrecisionRoundsAsTheHostDoes() {
        SoftFloatSse f = new SoftFloatSse();
        f.control(0x1f80);
        Random random = new Random(1);
        for (int i = 0; i < CASES; i++) {
            long x = operand(random);
            long y = operand(random);
            double p = Double.longBitsToDouble(x);
            double q = Double.longBitsToDouble(y);
            same(f.add(x, y, false), p + q, x, y);
            same(f.subtract(x, y, false), p - q, x, y);
            same(f.multiply(x, y, false), p * q, x, y);
            same(f.divide(x, y, false), p / q, x, y);
            same(f.squareRoot(x & Long.MAX_VALUE, false), Math.sqrt(Math.abs(p)), x, y);
            assertThat((int) f.convert(x, false)).isEqualTo(Float.floatToRawIntBits((float) p));
        }
    }

    /** Random bits, often with exponents that are close or at the limits; no NaN, whose choice is not Java's business. */
    private static long operand(Random random) {
        while (true) {
            long bits = random.nextLong();
            switch (random.nextInt(4)) {
                case 0 -> bits = bits & 0x800fffffffffffffL | 1000L + random.nextInt(60) << 52;
                case 1 -> bits = bits & 0x803fffffffffffffL;
                case 2 -> bits &= -1L << random.nextInt(53);
                default -> { }
            }
            if (!Double.isNaN(Double.longBitsToDouble(bits))) {
                return bits;
            }
        }
    }

    private static void same(long result, double expected, long x, long y) {
        if (Double.isNaN(expected)) {
            assertThat(result).as("%x, %x", x, y).isEqualTo(0xfff8000000000000L);
        } else {
            assertThat(result).as("%x, %x", x, y).isEqualTo(Double.doubleToRawLongBits(expected));
        }
    }

    @Test
    void extendedQuotientsAndRootsRoundInEveryDirection() {
        MathContext exact = new MathContext(60, RoundingMode.DOWN);
        SoftFloat80 f = new SoftFloat80();
        Random random = new Random(2);
        for (int i = 0; i < 2_000; i++) {
            int rounding = i & 3;
            long a = random.nextLong() | Long.MIN_VALUE;
            long b = random.nextLong() | Long.MIN_VALUE;
            BigDecimal x = unsigned(a);
            f.control(0x37f | rounding << 10);

            f.divide(a, 0x3fff, b, 0x3fff);
            assertBracketed(f, x.divide(unsigned(b), exact), rounding);

            f.squareRoot(a, 0x3fff);
            assertBracketed(f, x.multiply(BigDecimal.valueOf(2).pow(-63, exact), exact).sqrt(exact), rounding);
        }
    }

    /** The result is the neighbour of the exact value that the rounding mode names. */
    private static void assertBracketed(SoftFloat80 f, BigDecimal exact, int rounding) {
        BigDecimal unit = BigDecimal.valueOf(2).pow((f.se & 0x7fff) - 16383 - 63, new MathContext(60));
        BigDecimal error = unsigned(f.sig).multiply(unit).subtract(exact).divide(unit, new MathContext(40));
        double units = error.doubleValue();
        switch (rounding) {
            case SoftFloat.NEAREST -> assertThat(units).isBetween(-0.5, 0.5);
            case SoftFloat.UP -> assertThat(units).isBetween(0.0, 1.0);
            default -> assertThat(units).isBetween(-1.0, 0.0);
        }
    }

    @Test
    void sineIsWithinHalfAUnitOfItsPowerSeries() {
        MathContext digits = new MathContext(60);
        SoftFloat80 f = new SoftFloat80();
        Random random = new Random(3);
        for (int i = 0; i < 500; i++) {
            long sig = random.nextLong() | Long.MIN_VALUE;
            int se = 0x3ffd - random.nextInt(8);
            f.control(0x37f);

            f.sine(sig, se);

            BigDecimal x = unsigned(sig).multiply(BigDecimal.valueOf(2).pow(se - 16383 - 63, digits));
            assertBracketed(f, sine(x, digits), SoftFloat.NEAREST);
        }
    }

    private static BigDecimal sine(BigDecimal x, MathContext digits) {
        BigDecimal term = x;
        BigDecimal sum = x;
        for (int n = 1; n < 40; n += 2) {
            term = term.multiply(x, digits).multiply(x, digits).divide(BigDecimal.valueOf(-(n + 1L) * (n + 2)), digits);
            sum = sum.add(term, digits);
        }
        return sum;
    }

    private static BigDecimal unsigned(long value) {
        return new BigDecimal(Long.toUnsignedString(value));
    }
}
