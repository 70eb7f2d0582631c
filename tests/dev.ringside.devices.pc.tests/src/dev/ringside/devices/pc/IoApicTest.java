package dev.ringside.devices.pc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringside.device.IrqLine;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class IoApicTest {
    private static final long BASE = 0xfec00000L;
    private static final int LEVEL = 0x8000;
    private static final int LOW_ACTIVE = 0x2000;
    private static final int MASK = 0x10000;
    private static final int REMOTE_IRR = 0x4000;

    private final FakeContext context = new FakeContext();
    private final FakePins pins = new FakePins();
    private ApicBus bus;
    private LocalApic apic;
    private IoApic ioApic;
    private GsiRouter router;

    @BeforeEach
    void plugIn() {
        bus = new ApicBus("apicbus", context);
        var pics = new I8259Pair("pic", context, bus::externalInterrupt);
        apic = new LocalApic("lapic0", context, bus, pics, pins, 0);
        ioApic = new IoApic("ioapic", context, bus, 5);
        router = new GsiRouter("gsi", pics, ioApic);
        context.store(0xfee000f0L, 4, 0x1ff);
    }

    private int read(int register) {
        context.store(BASE, 4, register);
        return (int) context.load(BASE + 0x10, 4);
    }

    private void write(int register, int value) {
        context.store(BASE, 4, register);
        context.store(BASE + 0x10, 4, value);
    }

    private void redirect(int pin, int low) {
        write(0x10 + 2 * pin + 1, 0);
        write(0x10 + 2 * pin, low);
    }

    private void eoi() {
        apic.endOfInterrupt();
    }

    @Test
    void identifiesItself() {
        assertThat(read(0)).isEqualTo(5 << 24);
        assertThat(read(1)).isEqualTo(0x170020);
        assertThat(read(0x10)).isEqualTo(MASK);
    }

    /** Entry bits 55:49, where a hypervisor has them (KVM_FEATURE_MSI_EXT_DEST_ID): 256 is not 0. */
    @Test
    void upperBitsOfTheDestinationCountWhereTheyExist() {
        write(0x10 + 2 * 14 + 1, 1 << 49 - 32);
        write(0x10 + 2 * 14, 0x81);
        assertThat(read(0x10 + 2 * 14 + 1)).as("reserved").isZero();
        ioApic.set(14, true);
        assertThat(apic.acknowledge()).isEqualTo(0x81);
        eoi();
        ioApic.set(14, false);

        bus.extendDestinations(true);
        write(0x10 + 2 * 14 + 1, 1 << 49 - 32);
        assertThat(read(0x10 + 2 * 14 + 1)).isEqualTo(1 << 49 - 32);
        ioApic.set(14, true);

        assertThat(pins.intr).as("there is no APIC 256").isFalse();
    }

    @Test
    void edgeIsDeliveredOnceForEachRise() {
        redirect(14, 0x81);

        ioApic.set(14, true);
        ioApic.set(14, true);
        assertThat(apic.acknowledge()).isEqualTo(0x81);
        eoi();
        assertThat(pins.intr).isFalse();
        ioApic.set(14, false);
        ioApic.set(14, true);

        assertThat(apic.acknowledge()).isEqualTo(0x81);
    }

    @Test
    void edgeOnAMaskedInputIsLost() {
        redirect(14, 0x81 | MASK);
        ioApic.set(14, true);
        ioApic.set(14, false);

        redirect(14, 0x81);
        assertThat(pins.intr).isFalse();
        ioApic.set(14, true);

        assertThat(apic.acknowledge()).isEqualTo(0x81);
    }

    @Test
    void levelStaysPendingInRemoteIrrUntilEoi() {
        redirect(14, 0x82 | LEVEL);

        ioApic.set(14, true);
        assertThat(read(0x10 + 28) & REMOTE_IRR).isEqualTo(REMOTE_IRR);
        assertThat(apic.acknowledge()).isEqualTo(0x82);
        assertThat(pins.intr).isFalse();
        eoi();

        assertThat(apic.acknowledge()).as("the level is still there").isEqualTo(0x82);
        ioApic.set(14, false);
        eoi();
        assertThat(pins.intr).isFalse();
        assertThat(read(0x10 + 28) & REMOTE_IRR).isZero();
    }

    @Test
    void levelThatIsStillThereIsDeliveredWhenTheMaskGoes() {
        redirect(14, 0x82 | LEVEL | MASK);
        ioApic.set(14, true);
        assertThat(pins.intr).isFalse();

        redirect(14, 0x82 | LEVEL);

        assertThat(pins.intr).isTrue();
    }

    @Test
    void eoiRegisterEndsAVectorWithoutTheLocalApic() {
        redirect(14, 0x82 | LEVEL);
        ioApic.set(14, true);
        ioApic.set(14, false);

        context.store(BASE + 0x40, 4, 0x82);

        assertThat(read(0x10 + 28) & REMOTE_IRR).isZero();
    }

    @Test
    void switchingToEdgeClearsRemoteIrr() {
        redirect(14, 0x82 | LEVEL);
        ioApic.set(14, true);

        write(0x10 + 28, 0x82 | MASK);

        assertThat(read(0x10 + 28) & REMOTE_IRR).isZero();
    }

    @Test
    void softwareCannotSetRemoteIrrOrDeliveryStatus() {
        redirect(3, 0x83 | LEVEL | REMOTE_IRR | 0x1000);

        assertThat(read(0x10 + 6)).isEqualTo(0x83 | LEVEL);
    }

    @Test
    void wrongPolaritySeesTheInputInverted() {
        redirect(14, 0x84 | LEVEL | LOW_ACTIVE);
        assertThat(pins.intr).isTrue();

        apic.acknowledge();
        ioApic.set(14, true);
        eoi();

        assertThat(pins.intr).isFalse();
    }

    @Test
    void pciInputsAreActiveLow() {
        redirect(17, 0x85 | LEVEL | LOW_ACTIVE);
        assertThat(pins.intr).isFalse();

        router.gsi(17).set(true);

        assertThat(apic.acknowledge()).isEqualTo(0x85);
    }

    @Test
    void nmiDeliveryReachesTheProcessor() {
        redirect(14, 0x400);

        ioApic.set(14, true);

        assertThat(pins.events).containsExactly("nmi");
    }

    @Test
    void irq0ReachesInput2() {
        redirect(2, 0x30);
        redirect(0, 0x31);

        router.gsi(0).pulse();

        assertThat(apic.acknowledge()).isEqualTo(0x30);
    }

    @Test
    void sharedWireIsHighWhileOneDriverIs() {
        redirect(20, 0x86 | LEVEL | LOW_ACTIVE);
        IrqLine one = router.gsi(20);
        IrqLine two = router.gsi(20);
        one.set(true);
        two.set(true);
        apic.acknowledge();

        one.set(false);
        eoi();
        assertThat(pins.intr).isTrue();
        apic.acknowledge();
        two.set(false);
        eoi();

        assertThat(pins.intr).isFalse();
    }

    @Test
    void pciInterruptReachesTheRoutedInputOfThe8259As() {
        for (int[] write : new int[][] {{0x20, 0x11}, {0x21, 0x20}, {0x21, 4}, {0x21, 1}, {0xa0, 0x11}, {0xa1, 0x28}, {0xa1, 2}, {0xa1, 1}}) {
            context.out(write[0], write[1]);
        }
        context.store(0xfee00350L, 4, 0x700);
        router.routePirq(1, 11);

        router.pirq(1).set(true);

        assertThat(apic.acknowledge()).isEqualTo(0x2b);
    }

    @Test
    void wiresComeBackWithTheirLevels() {
        IrqLine line = router.gsi(5);
        line.set(true);
        SavedState saved = SavedState.of(router);
        line.set(false);

        saved.into(router);

        assertThat(SavedState.of(router).text()).isEqualTo(saved.text());
    }
}
