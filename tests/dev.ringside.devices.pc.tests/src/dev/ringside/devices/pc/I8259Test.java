package dev.ringside.devices.pc;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class I8259Test {
    private final FakeContext context = new FakeContext();
    private boolean intr;
    private I8259Pair pics;

    @BeforeEach
    void initialize() {
        pics = new I8259Pair("pic", context, high -> intr = high);
        initialize(0x11, 0x20, 0x01, 0x28, 0x01);
    }

    private void initialize(int icw1, int masterBase, int masterIcw4, int slaveBase, int slaveIcw4) {
        context.out(0x20, icw1);
        context.out(0x21, masterBase);
        context.out(0x21, 0x04);
        context.out(0x21, masterIcw4);
        context.out(0xa0, icw1);
        context.out(0xa1, slaveBase);
        context.out(0xa1, 0x02);
        context.out(0xa1, slaveIcw4);
    }

    private void pulse(int irq) {
        pics.set(irq, true);
        pics.set(irq, false);
    }

    private int isr(int port) {
        context.out(port, 0x0b);
        return context.in(port);
    }

    private int irr(int port) {
        context.out(port, 0x0a);
        return context.in(port);
    }

    @Test
    void nothingInterruptsBeforeInitialization() {
        var fresh = new FakeContext();
        boolean[] requested = new boolean[1];
        var pair = new I8259Pair("pic", fresh, high -> requested[0] = high);

        pair.set(0, true);

        assertThat(requested[0]).isFalse();
    }

    @Test
    void vectorsComeFromIcw2() {
        pulse(3);
        assertThat(intr).isTrue();
        assertThat(pics.acknowledge()).isEqualTo(0x23);

        pulse(12);
        context.out(0x20, 0x20);

        assertThat(pics.acknowledge()).isEqualTo(0x2c);
    }

    @Test
    void higherPriorityInterruptsLowerButNotTheOtherWayRound() {
        pulse(4);
        pics.acknowledge();

        pulse(5);
        assertThat(intr).isFalse();
        pulse(1);

        assertThat(intr).isTrue();
        assertThat(pics.acknowledge()).isEqualTo(0x21);
        assertThat(isr(0x20)).isEqualTo(0x12);
    }

    @Test
    void nonSpecificEoiEndsTheHighestInService() {
        pulse(4);
        pics.acknowledge();
        pulse(1);
        pics.acknowledge();

        context.out(0x20, 0x20);

        assertThat(isr(0x20)).isEqualTo(0x10);
    }

    @Test
    void specificEoiEndsTheNamedOne() {
        pulse(4);
        pics.acknowledge();
        pulse(1);
        pics.acknowledge();

        context.out(0x20, 0x64);

        assertThat(isr(0x20)).isEqualTo(0x02);
    }

    @Test
    void maskHoldsARequestBackWithoutLosingIt() {
        context.out(0x21, 0x08);
        pulse(3);
        assertThat(intr).isFalse();
        assertThat(irr(0x20)).isEqualTo(0x08);

        context.out(0x21, 0x00);

        assertThat(intr).isTrue();
    }

    @Test
    void requestThatWentAwayIsSpuriousIrq7WithoutAnInServiceBit() {
        pulse(3);
        context.out(0x21, 0xff); // masked between INTR and INTA

        assertThat(pics.acknowledge()).isEqualTo(0x27);

        assertThat(isr(0x20)).isZero();
    }

    @Test
    void slaveWithoutARequestAnswersItsOwnIr7() {
        var slave = new I8259(false, 0xde, high -> {
        });
        slave.writePort(0, 0x11);
        slave.writePort(1, 0x28);
        slave.writePort(1, 0x02);
        slave.writePort(1, 0x01);

        assertThat(slave.acknowledge()).isEqualTo(-1);
        assertThat(slave.vector(7)).isEqualTo(0x2f);
    }

    @Test
    void levelTriggeredInputRequestsAgainUntilItFalls() {
        context.out(0x4d1, 0x08); // IRQ 11
        pics.set(11, true);
        assertThat(pics.acknowledge()).isEqualTo(0x2b);

        context.out(0xa0, 0x20);
        context.out(0x20, 0x20);
        assertThat(intr).isTrue();
        pics.set(11, false);

        assertThat(intr).isFalse();
    }

    @Test
    void edgeTriggeredInputThatStaysHighRequestsOnce() {
        pics.set(5, true);
        pics.acknowledge();

        context.out(0x20, 0x20);

        assertThat(intr).isFalse();
    }

    @Test
    void elcrNeverMakesTheTimerTheKeyboardOrTheClockLevelTriggered() {
        context.out(0x4d0, 0xff);
        context.out(0x4d1, 0xff);

        assertThat(context.in(0x4d0)).isEqualTo(0xf8);
        assertThat(context.in(0x4d1)).isEqualTo(0xde);
    }

    @Test
    void automaticEoiLeavesNothingInService() {
        initialize(0x11, 0x20, 0x03, 0x28, 0x03);
        pulse(6);

        pics.acknowledge();

        assertThat(isr(0x20)).isZero();
    }

    @Test
    void rotationMakesTheServedInputTheLowest() {
        pulse(2 + 1);
        pics.acknowledge();
        context.out(0x20, 0xa0); // rotate on non-specific EOI: 3 is the lowest now, 4 the highest

        pulse(1);
        pulse(5);

        assertThat(pics.acknowledge()).isEqualTo(0x25);
    }

    @Test
    void setPriorityChoosesTheLowest() {
        context.out(0x20, 0xc4); // 4 lowest, 5 highest
        pulse(0);
        pulse(6);

        assertThat(pics.acknowledge()).isEqualTo(0x26);
    }

    @Test
    void automaticEoiRotatesWhenAsked() {
        initialize(0x11, 0x20, 0x03, 0x28, 0x03);
        context.out(0x20, 0x80);
        pulse(3);
        pics.acknowledge();

        pulse(3);
        pulse(7);

        assertThat(pics.acknowledge()).isEqualTo(0x27);
    }

    @Test
    void specialMaskModeLetsLowerInputsThroughWhileTheServedOneIsMasked() {
        pulse(1);
        pics.acknowledge();
        pulse(6);
        assertThat(intr).isFalse();

        context.out(0x21, 0x02);
        context.out(0x20, 0x68);

        assertThat(intr).isTrue();
        assertThat(pics.acknowledge()).isEqualTo(0x26);
    }

    @Test
    void pollAcknowledges() {
        pulse(4);
        context.out(0x20, 0x0c);

        assertThat(context.in(0x20)).isEqualTo(0x84);

        assertThat(isr(0x20)).isEqualTo(0x10);
        assertThat(intr).isFalse();
        context.out(0x20, 0x0c);
        assertThat(context.in(0x20)).isZero();
    }

    @Test
    void specialFullyNestedModeLetsTheSlaveInterruptItself() {
        initialize(0x11, 0x20, 0x11, 0x28, 0x01);
        pulse(14);
        pics.acknowledge();
        assertThat(intr).isFalse();

        pulse(9);

        assertThat(intr).isTrue();
        assertThat(pics.acknowledge()).isEqualTo(0x29);
    }

    @Test
    void icw1ClearsTheMaskAndForgetsEdges() {
        context.out(0x21, 0xff);
        pics.set(3, true);

        initialize(0x11, 0x30, 0x01, 0x38, 0x01);

        assertThat(context.in(0x21)).isZero();
        assertThat(intr).isFalse();
        pics.set(3, false);
        pics.set(3, true);
        assertThat(pics.acknowledge()).isEqualTo(0x33);
    }

    @Test
    void stateComesBackWhole() {
        context.out(0x21, 0x10);
        pulse(12);
        pics.acknowledge();
        pics.set(4, true);
        SavedState saved = SavedState.of(pics);

        var otherContext = new FakeContext();
        boolean[] otherIntr = new boolean[1];
        var other = new I8259Pair("pic", otherContext, high -> otherIntr[0] = high);
        saved.into(other);

        assertThat(SavedState.of(other).text()).isEqualTo(saved.text());
        otherContext.out(0x21, 0x00);
        assertThat(otherIntr[0]).isFalse(); // the cascade is in service and above IRQ 4
        otherContext.out(0x20, 0x20);
        assertThat(otherIntr[0]).isTrue();
    }
}
