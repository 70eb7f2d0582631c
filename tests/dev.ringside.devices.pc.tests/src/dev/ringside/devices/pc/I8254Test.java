package dev.ringside.devices.pc;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class I8254Test {
    private final FakeContext context = new FakeContext();
    private final List<Long> risesAtTick = new ArrayList<>();
    private boolean irq0;
    private I8254 pit;

    @BeforeEach
    void plugIn() {
        pit = new I8254("pit", context, high -> {
            if (high && !irq0) {
                risesAtTick.add(PcClocks.ticks(context.nanos, PcClocks.PIT_HZ));
            }
            irq0 = high;
        });
    }

    /** Lets {@code ticks} clocks of the 8254 pass; the next one is a whole clock away. */
    private void clocks(long ticks) {
        long now = PcClocks.ticks(context.nanos, PcClocks.PIT_HZ);
        context.advanceTo(PcClocks.nanos(now + ticks, PcClocks.PIT_HZ));
    }

    private void program(int channel, int mode, int count) {
        context.out(0x43, channel << 6 | 0x30 | mode << 1);
        context.out(0x40 + channel, count & 0xff);
        context.out(0x40 + channel, count >> 8);
    }

    private int count(int channel) {
        context.out(0x43, channel << 6);
        return context.in(0x40 + channel) | context.in(0x40 + channel) << 8;
    }

    private boolean out2() {
        return (context.in(0x61) & 0x20) != 0;
    }

    @Test
    void ticksNeitherOverflowNorDrift() {
        for (long tick : new long[] {1, 2, 1_193_181, 1_193_182, 1_193_183, 123_456_789_012_345L}) {
            long nanos = PcClocks.nanos(tick, PcClocks.PIT_HZ);

            assertThat(PcClocks.ticks(nanos, PcClocks.PIT_HZ)).isEqualTo(tick);
            assertThat(PcClocks.ticks(nanos - 1, PcClocks.PIT_HZ)).isEqualTo(tick - 1);
        }
    }

    @Test
    void mode0RaisesOutAfterTheCountAndOneClock() {
        program(0, 0, 100);

        clocks(100);
        assertThat(irq0).isFalse();
        clocks(1);

        assertThat(irq0).isTrue();
    }

    @Test
    void mode0CountsOnBelowZero() {
        program(0, 0, 10);

        clocks(1 + 12);

        assertThat(count(0)).isEqualTo(0xfffe);
    }

    @Test
    void mode0FirstByteOfANewCountStopsCountingAndLowersOut() {
        program(0, 0, 10);
        clocks(20);
        assertThat(irq0).isTrue();

        context.out(0x40, 5);

        assertThat(irq0).isFalse();
        clocks(100);
        assertThat(irq0).isFalse();
        context.out(0x40, 0);
        clocks(6);
        assertThat(irq0).isTrue();
    }

    @Test
    void mode0OfChannel2PausesWhileItsGateIsLow() {
        context.out(0x61, 1);
        program(2, 0, 1000);
        clocks(101);
        assertThat(count(2)).isEqualTo(900);

        context.out(0x61, 0);
        clocks(500);
        assertThat(count(2)).isEqualTo(900);
        context.out(0x61, 1);
        clocks(100);

        assertThat(count(2)).isEqualTo(800);
        assertThat(out2()).isFalse();
        clocks(800);
        assertThat(out2()).isTrue();
    }

    @Test
    void mode1IsAOneShotThatTheGateTriggersAndRetriggers() {
        context.out(0x61, 0);
        program(2, 1, 50);
        clocks(200);
        assertThat(out2()).isTrue();

        context.out(0x61, 1);
        clocks(1);
        assertThat(out2()).isFalse();
        clocks(30);
        context.out(0x61, 0);
        context.out(0x61, 1); // retrigger: fifty more
        assertThat(out2()).isFalse();
        clocks(50);
        assertThat(out2()).isFalse();
        clocks(1);

        assertThat(out2()).isTrue();
    }

    @Test
    void mode2DividesForEverWithoutDrift() {
        program(0, 2, 1193);

        context.advanceTo(PcClocks.nanos(1 + 1193L * 1000, PcClocks.PIT_HZ));

        List<Long> expected = new ArrayList<>();
        expected.add(0L); // the control word raised OUT
        for (long i = 1; i <= 1000; i++) {
            expected.add(1 + 1193 * i);
        }
        assertThat(risesAtTick).isEqualTo(expected);
    }

    @Test
    void mode2NewCountTakesOverAtTheEndOfThePeriod() {
        program(0, 2, 100);
        clocks(51);
        assertThat(count(0)).isEqualTo(50);

        context.out(0x40, 200);
        context.out(0x40, 0);
        clocks(10);
        assertThat(count(0)).isEqualTo(40);
        clocks(40);

        assertThat(count(0)).isEqualTo(200);
        clocks(200);
        assertThat(risesAtTick).containsExactly(0L, 101L, 301L);
    }

    @Test
    void mode2GateRestartsThePeriod() {
        context.out(0x61, 1);
        program(2, 2, 100);
        clocks(61);
        context.out(0x61, 0);
        clocks(1000);
        assertThat(out2()).isTrue();

        context.out(0x61, 1);
        clocks(1);

        assertThat(count(2)).isEqualTo(100);
    }

    @Test
    void mode3EvenCountIsASquareWaveThatCountsByTwo() {
        context.out(0x61, 1);
        program(2, 3, 100);
        clocks(1 + 10);
        assertThat(count(2)).isEqualTo(80);
        assertThat(out2()).isTrue();

        clocks(40);

        assertThat(out2()).isFalse();
        assertThat(count(2)).isEqualTo(100);
        clocks(50);
        assertThat(out2()).isTrue();
    }

    @Test
    void mode3OddCountIsHighOneClockLonger() {
        context.out(0x61, 1);
        program(2, 3, 5);
        clocks(1);

        var levels = new StringBuilder();
        var counts = new ArrayList<Integer>();
        for (int i = 0; i < 10; i++) {
            levels.append(out2() ? 'H' : 'L');
            counts.add(count(2));
            clocks(1);
        }

        assertThat(levels).hasToString("HHHLLHHHLL");
        assertThat(counts).startsWith(4, 2, 0, 4, 2, 4);
    }

    @Test
    void mode4StrobesOneClockAfterTheCount() {
        context.out(0x61, 1);
        program(2, 4, 20);
        clocks(20);
        assertThat(out2()).isTrue();

        clocks(1);
        assertThat(out2()).isFalse();
        clocks(1);

        assertThat(out2()).isTrue();
    }

    @Test
    void mode5StrobesAfterTheTrigger() {
        context.out(0x61, 0);
        program(2, 5, 20);
        clocks(500);
        assertThat(out2()).isTrue();

        context.out(0x61, 1);
        clocks(21);

        assertThat(out2()).isFalse();
        clocks(1);
        assertThat(out2()).isTrue();
    }

    @Test
    void bcdCountsInDecimal() {
        context.out(0x61, 1);
        context.out(0x43, 0xb1); // channel 2, both bytes, mode 0, BCD
        context.out(0x42, 0x00);
        context.out(0x42, 0x10); // 1000

        clocks(2);

        assertThat(count(2)).isEqualTo(0x0999);
        clocks(1000);
        assertThat(count(2)).isEqualTo(0x9999);
    }

    @Test
    void latchedCountStaysUntilItIsRead() {
        context.out(0x61, 1);
        program(2, 0, 0x1000);
        clocks(1);
        context.out(0x43, 0x80);

        clocks(100);
        context.out(0x43, 0x80); // a second latch is ignored

        assertThat(context.in(0x42) | context.in(0x42) << 8).isEqualTo(0x1000);
        assertThat(context.in(0x42) | context.in(0x42) << 8).isEqualTo(0x1000 - 100);
    }

    @Test
    void readBackGivesStatusBeforeCount() {
        context.out(0x61, 1);
        program(2, 2, 0x1234);
        clocks(1);

        context.out(0x43, 0xc8); // status and count of channel 2

        assertThat(context.in(0x42)).isEqualTo(0xb4); // OUT high, both bytes, mode 2
        assertThat(context.in(0x42) | context.in(0x42) << 8).isEqualTo(0x1234);
    }

    @Test
    void nullCountShowsUntilTheCountIsLoaded() {
        context.out(0x43, 0xb0);
        context.out(0x43, 0xe8);
        assertThat(context.in(0x42) & 0x40).isEqualTo(0x40);

        context.out(0x61, 1);
        context.out(0x42, 10);
        context.out(0x42, 0);
        clocks(1);
        context.out(0x43, 0xe8);

        assertThat(context.in(0x42) & 0x40).isZero();
    }

    @Test
    void refreshBitToggles() {
        int before = context.in(0x61) & 0x10;

        context.advance(15_085);

        assertThat(context.in(0x61) & 0x10).isNotEqualTo(before);
    }

    @Test
    void restoredTimerGoesOnAtTheSameTicks() {
        program(0, 2, 1000);
        clocks(2500);
        SavedState saved = SavedState.of(pit);
        clocks(1000);
        List<Long> expected = List.copyOf(risesAtTick).subList(risesAtTick.size() - 1, risesAtTick.size());

        context.nanos = PcClocks.nanos(2500, PcClocks.PIT_HZ);
        saved.into(pit);
        risesAtTick.clear();
        clocks(1000);

        assertThat(risesAtTick).isEqualTo(expected);
    }
}
