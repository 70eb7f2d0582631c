package dev.ringside.arch.x86;

import static dev.ringside.arch.x86.LazyFlags.*;
import static dev.ringside.arch.x86.Rflags.*;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class LazyFlagsTest {
    @Test
    void everyByteAdditionAndSubtractionHasTheManualsFlags() {
        for (int a = 0; a < 256; a++) {
            for (int b = 0; b < 256; b++) {
                for (int carry = 0; carry < 2; carry++) {
                    int sum = a + b + carry;
                    int difference = a - b - carry;

                    assertThat(flags(ADD + carry << KIND_SHIFT, sum & 0xff, b, 0))
                        .isEqualTo(manual(sum, (byte) a + (byte) b + carry, (a & 0xf) + (b & 0xf) + carry > 0xf));
                    assertThat(flags(SUB + carry << KIND_SHIFT, a, b, 0))
                        .isEqualTo(manual(difference, (byte) a - (byte) b - carry, (a & 0xf) - (b & 0xf) - carry < 0));
                }
            }
        }
    }

    /** @param exact unsigned result before it was cut @param signed the signed one */
    private static int manual(int exact, int signed, boolean adjust) {
        return ((exact & ~0xff) != 0 ? CF : 0) | ((exact & 0xff) == 0 ? ZF : 0) | ((exact & 0x80) != 0 ? SF : 0)
            | (signed != (byte) signed ? OF : 0) | (adjust ? AF : 0) | (Integer.bitCount(exact & 0xff) % 2 == 0 ? PF : 0);
    }

    @Test
    void incrementKeepsTheCarryOfWhatCameBefore() {
        // 0xff + 1 carried; then something counted from 0x7f to 0x80.
        long op = ADD << KIND_SHIFT | (INC << KIND_SHIFT) << STEP_SHIFT;

        assertThat(flags(op, 0, 1, 0x80)).isEqualTo(CF | SF | OF | AF);
    }

    @Test
    void givenCarryAndOverflowWinOverEverything() {
        long op = SUB << KIND_SHIFT | CARRY_GIVEN | 1 << CARRY_BIT | OVERFLOW_GIVEN | 1 << OVERFLOW_BIT;

        assertThat(flags(op, 5, 5, 0)).isEqualTo(ZF | PF | CF | OF);
    }

    @Test
    void conditionsAgreeWithTheFlagsTheyTest() {
        SplittableRandom random = new SplittableRandom(1);
        long[] edges = {0, 1, -1, 0x7f, 0x80, 0xff, 0x7fff, 0x8000, 0x7fff_ffff, 0x8000_0000L, Long.MAX_VALUE, Long.MIN_VALUE};
        for (int i = 0; i < 10_000; i++) {
            int width = random.nextInt(4);
            long mask = -1L >>> 64 - (8 << width);
            int kind = random.nextInt(MUL + 1);
            long step = random.nextInt(4) == 0 ? (random.nextInt(1, 3) << KIND_SHIFT | width) << STEP_SHIFT : 0;
            long op = kind << KIND_SHIFT | width | step;
            long dst = (random.nextBoolean() ? edges[random.nextInt(edges.length)] : random.nextLong()) & mask;
            long src = (random.nextBoolean() ? edges[random.nextInt(edges.length)] : random.nextLong()) & mask;
            long aux = random.nextLong() & mask;
            int flags = flags(op, dst, src, aux);
            for (int cc = 0; cc < 16; cc++) {
                assertThat(condition(op, dst, src, aux, cc)).as("cc_op %x dst %x src %x cc %d", op, dst, src, cc).isEqualTo(conditionOf(flags, cc));
            }
        }
    }

    @Test
    void explicitFlagsComeBackWithTheOthers() {
        long[] slots = new long[X86State.LAYOUT.slotCount()];

        setRflags(slots, CF | OF | IF | IOPL | 0xffff_ffff_ffc0_8028L);

        assertThat(rflags(slots)).isEqualTo(CF | OF | IF | IOPL | 2);
    }
}
