package dev.ringside.devices.pc;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class HpetTest {
    private static final long BASE = 0xfed00000L;
    private static final int ENABLE_INTERRUPT = 1 << 2;
    private static final int PERIODIC = 1 << 3;
    private static final int VALUE_SET = 1 << 6;
    private static final int MODE_32 = 1 << 8;
    private static final int LEVEL = 1 << 1;

    private final FakeContext context = new FakeContext();
    private final FakePins pins = new FakePins();
    private LocalApic apic;
    private GatedLine pitLine;
    private Hpet hpet;

    @BeforeEach
    void plugIn() {
        var bus = new ApicBus("apicbus", context);
        var pics = new I8259Pair("pic", context, bus::externalInterrupt);
        apic = new LocalApic("lapic0", context, bus, pics, pins, 0);
        var ioApic = new IoApic("ioapic", context, bus, 0);
        var router = new GsiRouter("gsi", pics, ioApic);
        pitLine = new GatedLine(router.gsi(0));
        hpet = new Hpet("hpet", context, router, pitLine, new GatedLine(router.gsi(8)));
        context.store(0xfee000f0L, 4, 0x1ff);
        redirect(2, 0x40);
        redirect(8, 0x48);
        redirect(21, 0x55 | 0xa000);
    }

    private void redirect(int pin, int low) {
        context.store(0xfec00000L, 4, 0x10 + 2 * pin);
        context.store(0xfec00010L, 4, low);
    }

    private long read(int register) {
        return context.load(BASE + register, 8);
    }

    private void write(int register, long value) {
        context.store(BASE + register, 8, value);
    }

    private int interrupt() {
        int vector = apic.acknowledge();
        if (vector >= 0) {
            apic.endOfInterrupt();
        }
        return vector;
    }

    @Test
    void capabilitiesTellPeriodAndTimers() {
        assertThat(read(0) >>> 32).isEqualTo(10_000_000L);
        assertThat(read(0) & 0xffffffffL).isEqualTo(0x8086a201L);
        assertThat(context.load(BASE + 4, 4)).isEqualTo(10_000_000L);
    }

    @Test
    void counterRunsOnlyWhileEnabled() {
        context.advance(1000);
        assertThat(read(0xf0)).isZero();

        write(0x10, 1);
        context.advance(1000);
        assertThat(read(0xf0)).isEqualTo(100);
        write(0x10, 0);
        context.advance(1000);

        assertThat(read(0xf0)).isEqualTo(100);
    }

    @Test
    void oneShotMatchesExactly() {
        write(0x100, 2L << 9 | ENABLE_INTERRUPT);
        write(0x108, 50);
        write(0x10, 1);

        context.advance(499);
        assertThat(interrupt()).isEqualTo(-1);
        context.advance(1);

        assertThat(interrupt()).isEqualTo(0x40);
        context.advance(1_000_000);
        assertThat(interrupt()).isEqualTo(-1);
    }

    @Test
    void periodicModeTakesFirstMatchAndPeriodSeparately() {
        write(0x10, 1);
        context.advance(1000);
        write(0x100, 2L << 9 | ENABLE_INTERRUPT | PERIODIC | VALUE_SET | MODE_32);
        context.store(BASE + 0x108, 4, 150);
        context.store(BASE + 0x108, 4, 20);

        context.advanceTo(1500);
        assertThat(interrupt()).isEqualTo(0x40);
        for (int i = 1; i < 50; i++) {
            context.advanceTo(1500 + i * 200L - 1);
            assertThat(interrupt()).isEqualTo(-1);
            context.advance(1);
            assertThat(interrupt()).isEqualTo(0x40);
        }
    }

    @Test
    void thirtyTwoBitTimerMatchesAgainAfterTheCounterCameRound() {
        write(0xf0, 0xffff_fff0L);
        write(0x100, 2L << 9 | ENABLE_INTERRUPT | MODE_32);
        write(0x108, 0x10);
        write(0x10, 1);

        context.advance(0x20 * 10);
        assertThat(interrupt()).isEqualTo(0x40);
        context.advance((1L << 32) * 10 - 1);
        assertThat(interrupt()).isEqualTo(-1);
        context.advance(1);

        assertThat(interrupt()).isEqualTo(0x40);
    }

    @Test
    void levelInterruptStaysUntilItsStatusIsCleared() {
        write(0x100, 21L << 9 | ENABLE_INTERRUPT | LEVEL);
        write(0x108, 5);
        write(0x10, 1);
        context.advance(50);

        assertThat(read(0x20)).isEqualTo(1);
        assertThat(interrupt()).isEqualTo(0x55);
        assertThat(interrupt()).isEqualTo(0x55);
        write(0x20, 1);

        assertThat(read(0x20)).isZero();
        interrupt();
        assertThat(interrupt()).isEqualTo(-1);
    }

    @Test
    void legacyReplacementCutsThePitAndUsesItsLine() {
        write(0x100, ENABLE_INTERRUPT);
        write(0x108, 10);
        write(0x120, ENABLE_INTERRUPT);
        write(0x128, 20);
        write(0x10, 3);

        pitLine.pulse();
        assertThat(interrupt()).isEqualTo(-1);
        context.advance(100);
        assertThat(interrupt()).isEqualTo(0x40);
        context.advance(100);
        assertThat(interrupt()).isEqualTo(0x48);

        write(0x10, 0);
        pitLine.pulse();
        assertThat(interrupt()).isEqualTo(0x40);
    }

    @Test
    void counterIsWrittenInHalves() {
        context.store(BASE + 0xf0, 4, 0x89abcdefL);
        context.store(BASE + 0xf4, 4, 0x01234567L);

        assertThat(read(0xf0)).isEqualTo(0x0123456789abcdefL);
    }

    @Test
    void stateComesBackWhole() {
        write(0x100, 2L << 9 | ENABLE_INTERRUPT | PERIODIC | VALUE_SET);
        write(0x108, 30);
        write(0x108, 30);
        write(0x10, 1);
        context.advance(100);
        SavedState saved = SavedState.of(hpet);
        hpet.reset();

        saved.into(hpet);

        assertThat(SavedState.of(hpet).text()).isEqualTo(saved.text());
        context.advance(199);
        assertThat(interrupt()).isEqualTo(-1);
        context.advance(1);
        assertThat(interrupt()).isEqualTo(0x40);
    }
}
