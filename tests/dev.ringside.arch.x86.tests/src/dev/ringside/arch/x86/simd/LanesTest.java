package dev.ringside.arch.x86.simd;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.function.LongBinaryOperator;
import org.junit.jupiter.api.Test;

/** Lanes that share a 64-bit operation do not disturb each other: compared with one lane after the other. */
class LanesTest {
    private static final long[] BOUNDARIES = {0, -1, 0x8080808080808080L, 0x7f7f7f7f7f7f7f7fL, 0x8000800080008000L, 0x7fff7fff7fff7fffL,
        0x8000000080000000L, 0x7fffffff7fffffffL, 0x0101010101010101L, 0x00ff00ff00ff00ffL, 0x8000000000000000L, 1};

    private interface Lane {
        long of(long a, long b);
    }

    @Test
    void additionAndSubtractionWrapInEachLane() {
        check(8, Lanes::paddb, (a, b) -> a + b);
        check(16, Lanes::paddw, (a, b) -> a + b);
        check(32, Lanes::paddd, (a, b) -> a + b);
        check(8, Lanes::psubb, (a, b) -> a - b);
        check(16, Lanes::psubw, (a, b) -> a - b);
        check(32, Lanes::psubd, (a, b) -> a - b);
    }

    @Test
    void saturationStopsAtTheLimitsOfEachLane() {
        check(8, Lanes::paddsb, (a, b) -> Math.clamp(a + b, -128L, 127L));
        check(16, Lanes::psubsw, (a, b) -> Math.clamp(a - b, -32768L, 32767L));
        check(8, Lanes::paddusb, (a, b) -> Math.clamp((a & 0xff) + (b & 0xff), 0L, 255L));
        check(16, Lanes::psubusw, (a, b) -> Math.clamp((a & 0xffff) - (b & 0xffff), 0L, 65535L));
    }

    @Test
    void comparisonsFillTheLaneTheyHoldFor() {
        check(8, Lanes::pcmpeqb, (a, b) -> a == b ? -1 : 0);
        check(16, Lanes::pcmpeqw, (a, b) -> a == b ? -1 : 0);
        check(32, Lanes::pcmpgtd, (a, b) -> a > b ? -1 : 0);
        check(8, Lanes::pcmpgtb, (a, b) -> a > b ? -1 : 0);
    }

    @Test
    void minimaAndMaximaAreThoseOfEachLane() {
        check(8, Lanes::pminub, (a, b) -> Math.min(a & 0xff, b & 0xff));
        check(16, Lanes::pmaxsw, Math::max);
        check(32, Lanes::pmaxud, (a, b) -> Math.max(a & 0xffffffffL, b & 0xffffffffL));
        check(8, Lanes::pavgb, (a, b) -> (a & 0xff) + (b & 0xff) + 1 >> 1);
        check(16, Lanes::psignw, (a, b) -> b < 0 ? -a : b == 0 ? 0 : a);
    }

    @Test
    void byteMaskHasTheTopBits() {
        for (long a : BOUNDARIES) {
            int expected = 0;
            for (int i = 0; i < 8; i++) {
                expected |= (int) (a >>> i * 8 + 7 & 1) << i;
            }
            assertThat(Lanes.pmovmskb(a)).isEqualTo(expected);
        }
    }

    private static void check(int bits, LongBinaryOperator all, Lane one) {
        Random random = new Random(bits);
        for (int i = 0; i < 20_000; i++) {
            long a = i % 3 == 0 ? BOUNDARIES[random.nextInt(BOUNDARIES.length)] : random.nextLong();
            long b = i % 5 == 0 ? BOUNDARIES[random.nextInt(BOUNDARIES.length)] : random.nextLong();
            long expected = 0;
            for (int at = 0; at < 64; at += bits) {
                long lane = one.of(a << 64 - bits - at >> 64 - bits, b << 64 - bits - at >> 64 - bits);
                expected |= (lane & (1L << bits) - 1) << at;
            }
            assertThat(all.applyAsLong(a, b)).as("%x, %x", a, b).isEqualTo(expected);
        }
    }
}
