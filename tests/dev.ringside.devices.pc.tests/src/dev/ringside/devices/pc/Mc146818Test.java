package dev.ringside.devices.pc;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class Mc146818Test {
    /** Friday, 2009-02-13 23:31:30 UTC. */
    private static final long START = 1_234_567_890L;
    private static final long SECOND = 1_000_000_000L;
    private static final int A = 10;
    private static final int B = 11;
    private static final int C = 12;
    private static final int SET = 0x80;
    private static final int HOURS_24 = 0x02;
    private static final int BINARY = 0x04;

    private final FakeContext context = new FakeContext();
    private Mc146818 rtc;

    @BeforeEach
    void plugIn() {
        rtc = new Mc146818("rtc", context, context.gsi(8), START);
    }

    private int read(int register) {
        context.out(0x70, register);
        return context.in(0x71);
    }

    private void write(int register, int value) {
        context.out(0x70, register);
        context.out(0x71, value);
    }

    @Test
    void showsTheStartTimeInBcd() {
        assertThat(read(0)).isEqualTo(0x30);
        assertThat(read(2)).isEqualTo(0x31);
        assertThat(read(4)).isEqualTo(0x23);
        assertThat(read(6)).as("day of week, Sunday is 1").isEqualTo(6);
        assertThat(read(7)).isEqualTo(0x13);
        assertThat(read(8)).isEqualTo(0x02);
        assertThat(read(9)).isEqualTo(0x09);
        assertThat(read(0x32)).isEqualTo(0x20);
        assertThat(read(13)).isEqualTo(0x80);
    }

    @Test
    void binaryAndTwelveHourModesChangeTheForm() {
        write(B, BINARY);

        assertThat(read(0)).isEqualTo(30);
        assertThat(read(4)).as("11 p.m.").isEqualTo(0x80 | 11);
    }

    @Test
    void timePassesWithTheVirtualClock() {
        context.advance(30 * 60 * SECOND);

        assertThat(read(0)).isEqualTo(0x30);
        assertThat(read(2)).isEqualTo(0x01);
        assertThat(read(4)).isEqualTo(0x00);
        assertThat(read(7)).isEqualTo(0x14);
    }

    @Test
    void updateInProgressShowsBeforeTheSecondChanges() {
        context.advance(SECOND - 2_228_001);
        assertThat(read(A) & 0x80).isZero();

        context.advance(1);
        assertThat(read(A) & 0x80).isEqualTo(0x80);
        context.advance(2_228_000);

        assertThat(read(A) & 0x80).isZero();
        assertThat(read(0)).isEqualTo(0x31);
    }

    @Test
    void setHoldsTheTimeWhileItIsWritten() {
        write(B, SET | HOURS_24);
        write(0, 0x55);
        write(2, 0x59);
        write(4, 0x12);
        context.advance(10 * SECOND);
        assertThat(read(0)).isEqualTo(0x55);

        write(B, HOURS_24);
        context.advance(5 * SECOND);

        assertThat(read(0)).isEqualTo(0x00);
        assertThat(read(2)).isEqualTo(0x00);
        assertThat(read(4)).isEqualTo(0x13);
    }

    @Test
    void dividerThatIsReleasedUpdatesHalfASecondLater() {
        write(A, 0x70);
        write(0, 0x10);
        context.advance(7 * SECOND);

        write(A, 0x26);
        context.advance(SECOND / 2 - 1);
        assertThat(read(0)).isEqualTo(0x10);
        context.advance(1);

        assertThat(read(0)).isEqualTo(0x11);
    }

    @Test
    void updateInterruptComesEverySecondAndReadingCClearsIt() {
        write(A, 0x20); // no periodic flag
        write(B, HOURS_24 | 0x10);

        context.advance(SECOND);
        assertThat(context.gsi[8]).isTrue();
        assertThat(read(C)).isEqualTo(0x90);
        assertThat(context.gsi[8]).isFalse();
        assertThat(read(C)).isZero();

        context.advance(SECOND);
        assertThat(context.gsi[8]).isTrue();
    }

    @Test
    void alarmMatchesExactly() {
        write(1, 0x00);
        write(3, 0x32);
        write(5, 0x23);
        write(B, HOURS_24 | 0x20);

        context.advance(30 * SECOND - 1);
        assertThat(context.gsi[8]).isFalse();
        context.advance(1);

        assertThat(context.gsi[8]).isTrue();
        assertThat(read(C) & 0xa0).isEqualTo(0xa0);
    }

    @Test
    void dontCareAlarmFieldsMatchEverything() {
        write(1, 0x05);
        write(3, 0xff);
        write(5, 0xc0);
        write(B, HOURS_24 | 0x20);

        context.advance(35 * SECOND);
        assertThat(read(C) & 0x20).isEqualTo(0x20);
        context.advance(59 * SECOND);
        assertThat(context.gsi[8]).isFalse();
        context.advance(SECOND);

        assertThat(context.gsi[8]).isTrue();
    }

    @Test
    void periodicInterruptRunsAtItsRate() {
        write(A, 0x26); // 1024 Hz
        write(B, HOURS_24 | 0x40);

        int interrupts = 0;
        for (int i = 0; i < 1024; i++) {
            context.advanceTo(PcClocks.nanos(32L * (i + 1), PcClocks.RTC_HZ));
            if (context.gsi[8]) {
                interrupts++;
                read(C);
            }
        }

        assertThat(interrupts).isEqualTo(1024);
        assertThat(context.nanos).isEqualTo(SECOND);
    }

    @Test
    void flagsAreSetWithoutTheirInterruptsEnabled() {
        context.advance(SECOND);

        assertThat(read(C)).isEqualTo(0x50);
        assertThat(context.gsi[8]).isFalse();
    }

    @Test
    void cmosMemoryAndItsSecondBankKeepTheirBytes() {
        write(0x40, 0xa5);
        context.out(0x72, 0x40);
        context.out(0x73, 0x5a);

        assertThat(read(0x40)).isEqualTo(0xa5);
        context.out(0x72, 0x40);
        assertThat(context.in(0x73)).isEqualTo(0x5a);
    }

    @Test
    void resetKeepsTimeAndMemoryAndDisablesInterrupts() {
        write(0x40, 0xa5);
        write(B, HOURS_24 | 0x70);
        context.advance(5 * SECOND);

        rtc.reset();

        assertThat(read(0x40)).isEqualTo(0xa5);
        assertThat(read(0)).isEqualTo(0x35);
        assertThat(read(B)).isEqualTo(HOURS_24);
        assertThat(context.gsi[8]).isFalse();
    }

    @Test
    void impossibleDateDoesNoHarm() {
        write(B, SET | HOURS_24);
        for (int at : new int[] {0, 2, 4, 6, 7, 8, 9, 0x32}) {
            write(at, 0xff);
        }

        write(B, HOURS_24);

        assertThat(read(0)).isBetween(0, 0x59);
    }
}
