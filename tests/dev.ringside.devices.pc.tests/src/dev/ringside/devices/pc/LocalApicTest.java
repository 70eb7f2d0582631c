package dev.ringside.devices.pc;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LocalApicTest {
    private static final long BASE = 0xfee00000L;
    private static final int ID = 0x20;
    private static final int VERSION = 0x30;
    private static final int TPR = 0x80;
    private static final int PPR = 0xa0;
    private static final int EOI = 0xb0;
    private static final int LDR = 0xd0;
    private static final int DFR = 0xe0;
    private static final int SVR = 0xf0;
    private static final int ISR = 0x100;
    private static final int TMR = 0x180;
    private static final int IRR = 0x200;
    private static final int ESR = 0x280;
    private static final int ICR = 0x300;
    private static final int ICR_HIGH = 0x310;
    private static final int LVT_TIMER = 0x320;
    private static final int LVT_LINT0 = 0x350;
    private static final int LVT_LINT1 = 0x360;
    private static final int LVT_ERROR = 0x370;
    private static final int INITIAL_COUNT = 0x380;
    private static final int CURRENT_COUNT = 0x390;
    private static final int DIVIDE = 0x3e0;
    private static final int MASKED = 0x10000;
    private static final int PERIODIC = 0x20000;
    private static final int DEADLINE = 0x40000;
    private static final int APIC_BASE_MSR = 0x1b;
    private static final int DEADLINE_MSR = 0x6e0;
    private static final long EN = 1 << 11;
    private static final long EXTD = 1 << 10;

    private final FakeContext context = new FakeContext();
    private final List<FakePins> pins = new ArrayList<>();
    private final List<LocalApic> apics = new ArrayList<>();
    private final List<Integer> eois = new ArrayList<>();
    private I8259Pair pics;
    private ApicBus bus;

    @BeforeEach
    void plugIn() {
        bus = new ApicBus("apicbus", context);
        pics = new I8259Pair("pic", context, bus::externalInterrupt);
        for (int i = 0; i < 4; i++) {
            var pin = new FakePins();
            pins.add(pin);
            apics.add(new LocalApic("lapic" + i, context, bus, pics, pin, i));
        }
        bus.onEndOfInterrupt(eois::add);
        for (int i = 3; i >= 0; i--) {
            context.currentVcpu = i;
            write(SVR, 0x1ff);
        }
    }

    private int read(int register) {
        return (int) context.load(BASE + register, 4);
    }

    private void write(int register, int value) {
        context.store(BASE + register, 4, value);
    }

    private LocalApic apic() {
        return apics.getFirst();
    }

    private FakePins pin() {
        return pins.getFirst();
    }

    private void toX2(int vcpu) {
        assertThat(apics.get(vcpu).writeMsr(APIC_BASE_MSR, BASE | EN | EXTD | (vcpu == 0 ? 0x100 : 0))).isTrue();
    }

    private void msr(int register, long value) {
        assertThat(apic().writeMsr(0x800 + (register >> 4), value)).as("WRMSR of register %x", register).isTrue();
    }

    // Registers

    @Test
    void powersUpDisabledAndMasked() {
        apic().reset();

        assertThat(read(SVR)).isEqualTo(0xff);
        assertThat(read(DFR)).isEqualTo(-1);
        assertThat(read(LVT_TIMER)).isEqualTo(MASKED);
        assertThat(apic().readMsr(APIC_BASE_MSR)).isEqualTo(BASE | EN | 0x100);
        assertThat(apics.get(1).readMsr(APIC_BASE_MSR)).isEqualTo(BASE | EN);
    }

    @Test
    void versionTellsSevenLvtEntriesAndEoiSuppression() {
        assertThat(read(VERSION)).isEqualTo(0x01060015);
    }

    @Test
    void eachProcessorSeesItsOwnApic() {
        context.currentVcpu = 2;

        assertThat(read(ID)).isEqualTo(2 << 24);
    }

    @Test
    void undefinedRegisterIsAnErrorThatEsrShowsAfterAWrite() {
        write(LVT_ERROR, 0x40);

        read(0x40);

        assertThat(apic().acknowledge()).isEqualTo(0x40);
        assertThat(read(ESR)).isZero();
        write(ESR, 0);
        assertThat(read(ESR)).isEqualTo(0x80);
        write(ESR, 0);
        assertThat(read(ESR)).isZero();
    }

    @Test
    void softwareDisablingMasksTheLocalVectorTableAndKeepsItMasked() {
        write(LVT_TIMER, 0x30);

        write(SVR, 0xff);
        assertThat(read(LVT_TIMER)).isEqualTo(MASKED | 0x30);
        write(LVT_TIMER, 0x31);

        assertThat(read(LVT_TIMER)).isEqualTo(MASKED | 0x31);
    }

    // Priorities

    @Test
    void acknowledgeMovesTheHighestVectorFromIrrToIsr() {
        apic().request(0x31);
        apic().request(0x92);
        assertThat(pin().intr).isTrue();

        assertThat(apic().acknowledge()).isEqualTo(0x92);

        assertThat(read(ISR + 0x40)).isEqualTo(1 << 0x12);
        assertThat(read(IRR + 0x40)).isZero();
        assertThat(read(IRR + 0x10)).isEqualTo(1 << 0x11);
        assertThat(pin().intr).isFalse();
        assertThat(read(PPR)).isEqualTo(0x90);
        write(EOI, 0);
        assertThat(pin().intr).isTrue();
    }

    @Test
    void sameClassDoesNotInterrupt() {
        apic().request(0x41);
        apic().acknowledge();

        apic().request(0x4f);

        assertThat(pin().intr).isFalse();
        apic().request(0x50);
        assertThat(pin().intr).isTrue();
    }

    @Test
    void taskPriorityHoldsBackItsClassAndBelow() {
        write(TPR, 0x45);
        apic().request(0x4f);
        assertThat(pin().intr).isFalse();
        assertThat(read(PPR)).isEqualTo(0x45);

        apic().cr8(3);

        assertThat(read(TPR)).isEqualTo(0x30);
        assertThat(pin().intr).isTrue();
        assertThat(apic().cr8()).isEqualTo(3);
    }

    @Test
    void nothingToAcknowledgeIsMinusOne() {
        assertThat(apic().acknowledge()).isEqualTo(-1);
    }

    // Sending

    private void ipi(int destination, int low) {
        write(ICR_HIGH, destination << 24);
        write(ICR, low);
    }

    @Test
    void fixedIpiReachesTheNamedProcessor() {
        ipi(2, 0x4055);

        assertThat(apics.get(2).acknowledge()).isEqualTo(0x55);
        assertThat(apics.get(1).acknowledge()).isEqualTo(-1);
        assertThat(read(ICR) & 0x1000).isZero();
    }

    @ParameterizedTest
    @CsvSource({"1, 1000", "2, 1111", "3, 0111"})
    void shorthandsNameTheirProcessors(int shorthand, String reached) {
        write(ICR, shorthand << 18 | 0x4060);

        var got = new StringBuilder();
        apics.forEach(a -> got.append(a.acknowledge() == 0x60 ? '1' : '0'));
        assertThat(got).hasToString(reached);
    }

    @Test
    void flatLogicalDestinationIsABitMask() {
        for (int i = 0; i < 4; i++) {
            context.currentVcpu = i;
            write(LDR, 1 << 24 + i);
        }

        ipi(0x0a, 0x4861);

        assertThat(apics.get(1).acknowledge()).isEqualTo(0x61);
        assertThat(apics.get(3).acknowledge()).isEqualTo(0x61);
        assertThat(apics.get(2).requested()).isFalse();
    }

    @Test
    void clusterLogicalDestinationNamesClusterAndMembers() {
        int[] ldr = {0x01, 0x02, 0x11, 0x12};
        for (int i = 0; i < 4; i++) {
            context.currentVcpu = i;
            write(DFR, 0x0fffffff);
            write(LDR, ldr[i] << 24);
        }

        ipi(0x12, 0x4862);
        assertThat(apics.stream().map(LocalApic::requested)).containsExactly(false, false, false, true);
        ipi(0xf1, 0x4863); // every cluster's first member

        assertThat(apics.stream().map(LocalApic::requested)).containsExactly(true, false, true, true);
    }

    @Test
    void lowestPriorityGoesToTheLeastBusy() {
        context.currentVcpu = 0;
        write(TPR, 0x80);
        context.currentVcpu = 1;
        write(TPR, 0x20);
        context.currentVcpu = 2;
        write(TPR, 0x10);
        context.currentVcpu = 3;
        write(TPR, 0x30);

        ipi(0xff, 0x4170);

        assertThat(apics.stream().map(LocalApic::requested)).containsExactly(false, false, true, false);
    }

    @Test
    void initResetsTheApicAndStartupWakesTheProcessor() {
        context.currentVcpu = 0;
        write(TPR, 0);
        apics.get(1).request(0x55);

        ipi(1, 0xc500);
        ipi(1, 0x8500); // level de-assert does nothing
        ipi(1, 0x4608);

        assertThat(pins.get(1).events).containsExactly("init", "startup 8");
        assertThat(apics.get(1).requested()).isFalse();
        context.currentVcpu = 1;
        assertThat(read(SVR)).isEqualTo(0xff);
    }

    @Test
    void nmiReachesADisabledApicToo() {
        context.currentVcpu = 3;
        write(SVR, 0xff);
        context.currentVcpu = 0;

        ipi(3, 0x4400);
        ipi(3, 0x4040);

        assertThat(pins.get(3).events).containsExactly("nmi");
        assertThat(apics.get(3).requested()).isFalse();
    }

    @Test
    void vectorsBelow16AreErrorsOfTheSenderAndOfTheReceiver() {
        write(ICR, 1 << 18 | 0x400f);
        write(ESR, 0);
        assertThat(read(ESR)).isEqualTo(0x20);

        apic().request(5);
        write(ESR, 0);

        assertThat(read(ESR)).isEqualTo(0x40);
    }

    // End of interrupt

    @Test
    void eoiIsBroadcastForLevelTriggeredVectorsOnly() {
        bus.deliver(new InterruptMessage(0, false, 0xff, InterruptMessage.FIXED, 0x51, true));
        bus.deliver(new InterruptMessage(0, false, 0xff, InterruptMessage.FIXED, 0x61, false));
        apic().acknowledge();
        write(EOI, 0);
        assertThat(eois).isEmpty();
        assertThat(read(TMR + 0x20)).isEqualTo(1 << 0x11);

        apic().acknowledge();
        write(EOI, 0);

        assertThat(eois).containsExactly(0x51);
    }

    @Test
    void suppressedEoiIsNotBroadcast() {
        write(SVR, 0x11ff);
        bus.deliver(new InterruptMessage(0, false, 0xff, InterruptMessage.FIXED, 0x51, true));
        apic().acknowledge();

        write(EOI, 0);

        assertThat(eois).isEmpty();
        assertThat(read(ISR + 0x20)).isZero();
    }

    // The 8259As through LINT0

    private void initializePics() {
        for (int[] write : new int[][] {{0x20, 0x11}, {0x21, 0x20}, {0x21, 4}, {0x21, 1}, {0xa0, 0x11}, {0xa1, 0x28}, {0xa1, 2}, {0xa1, 1}}) {
            context.out(write[0], write[1]);
        }
    }

    @Test
    void virtualWireModePassesThe8259AsThroughWhateverThePriority() {
        initializePics();
        write(LVT_LINT0, 0x700);
        write(TPR, 0xff);

        pics.set(1, true);

        assertThat(pin().intr).isTrue();
        assertThat(pins.get(1).intr).isFalse();
        assertThat(apic().acknowledge()).isEqualTo(0x21);
        assertThat(pin().intr).isFalse();
    }

    @Test
    void hardwareDisabledApicLeavesIntrToThe8259As() {
        initializePics();
        apic().writeMsr(APIC_BASE_MSR, BASE | 0x100);

        pics.set(3, true);

        assertThat(pin().intr).isTrue();
        assertThat(apic().acknowledge()).isEqualTo(0x23);
        assertThat(read(ID)).isEqualTo(-1);
    }

    @Test
    void lint1CarriesTheNmiButton() {
        bus.nmi();
        assertThat(pin().events).isEmpty();

        write(LVT_LINT1, 0x400);
        bus.nmi();

        assertThat(pin().events).containsExactly("nmi");
    }

    // Timer

    @Test
    void oneShotCountsDownOnceAndStaysAtZero() {
        write(DIVIDE, 0xb); // divide by 1
        write(LVT_TIMER, 0x40);
        write(INITIAL_COUNT, 1000);

        context.advance(400);
        assertThat(read(CURRENT_COUNT)).isEqualTo(600);
        context.advance(599);
        assertThat(pin().intr).isFalse();
        context.advance(1);

        assertThat(apic().acknowledge()).isEqualTo(0x40);
        write(EOI, 0);
        context.advance(5000);
        assertThat(read(CURRENT_COUNT)).isZero();
        assertThat(pin().intr).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"0, 2", "1, 4", "2, 8", "3, 16", "8, 32", "9, 64", "10, 128", "11, 1"})
    void divideConfigurationDivides(int configuration, int divider) {
        write(DIVIDE, configuration);
        write(LVT_TIMER, 0x40);
        write(INITIAL_COUNT, 100);

        context.advance(100L * divider - 1);
        assertThat(pin().intr).isFalse();
        context.advance(1);

        assertThat(pin().intr).isTrue();
    }

    @Test
    void periodicNeverDrifts() {
        write(DIVIDE, 0xb);
        write(LVT_TIMER, PERIODIC | 0x40);
        write(INITIAL_COUNT, 1000);

        for (int i = 1; i <= 100; i++) {
            context.advanceTo(i * 1000L);
            assertThat(apic().acknowledge()).isEqualTo(0x40);
            write(EOI, 0);
            context.advance(999);
            assertThat(pin().intr).isFalse();
        }
    }

    @Test
    void changingOneShotToPeriodicLetsTheCounterRunOn() {
        write(DIVIDE, 0xb);
        write(LVT_TIMER, 0x40);
        write(INITIAL_COUNT, 1000);
        context.advance(700);

        write(LVT_TIMER, PERIODIC | 0x40);

        assertThat(read(CURRENT_COUNT)).isEqualTo(300);
        context.advance(300);
        assertThat(pin().intr).isTrue();
        context.advance(1);
        assertThat(read(CURRENT_COUNT)).isEqualTo(999);
    }

    @Test
    void expiredOneShotStaysExpiredInPeriodicMode() {
        write(DIVIDE, 0xb);
        write(LVT_TIMER, 0x40);
        write(INITIAL_COUNT, 10);
        context.advance(20);

        write(LVT_TIMER, PERIODIC | 0x40);

        context.advance(1000);
        assertThat(read(CURRENT_COUNT)).isZero();
    }

    @Test
    void switchingToDeadlineModeDisarms() {
        write(DIVIDE, 0xb);
        write(LVT_TIMER, 0x40);
        write(INITIAL_COUNT, 1000);

        write(LVT_TIMER, DEADLINE | 0x40);

        context.advance(10_000);
        assertThat(pin().intr).isFalse();
        assertThat(read(INITIAL_COUNT)).isZero();
        write(INITIAL_COUNT, 1000);
        assertThat(read(INITIAL_COUNT)).isZero();
    }

    @Test
    void deadlineFiresWhenTheTscReachesItAndReadsZeroThen() {
        write(LVT_TIMER, DEADLINE | 0x40);
        apic().tscOffset(5000);
        apic().writeMsr(DEADLINE_MSR, 8000);
        assertThat(apic().readMsr(DEADLINE_MSR)).isEqualTo(8000);

        context.advance(2999);
        assertThat(pin().intr).isFalse();
        context.advance(1);

        assertThat(pin().intr).isTrue();
        assertThat(apic().readMsr(DEADLINE_MSR)).isZero();
    }

    @Test
    void deadlineInThePastFiresAtOnceAndZeroDisarms() {
        context.advance(1000);
        write(LVT_TIMER, DEADLINE | 0x40);
        apic().writeMsr(DEADLINE_MSR, 10);
        context.advance(0);
        assertThat(apic().acknowledge()).isEqualTo(0x40);
        write(EOI, 0);

        apic().writeMsr(DEADLINE_MSR, 5000);
        apic().writeMsr(DEADLINE_MSR, 0);
        context.advance(10_000);

        assertThat(pin().intr).isFalse();
    }

    @Test
    void deadlineBeyondHalfTheRangeIsFarAway() {
        write(LVT_TIMER, DEADLINE | 0x40);

        apic().writeMsr(DEADLINE_MSR, -1L);
        context.advance(1_000_000_000_000L);

        assertThat(pin().intr).isFalse();
    }

    @Test
    void deadlineMsrIsDeafInTheOtherModes() {
        write(LVT_TIMER, PERIODIC | 0x40);

        assertThat(apic().writeMsr(DEADLINE_MSR, 77)).isTrue();

        assertThat(apic().readMsr(DEADLINE_MSR)).isZero();
    }

    // IA32_APIC_BASE and x2APIC

    @Test
    void x2ApicIsEnteredAndLeftAsTheStateDiagramHasIt() {
        assertThat(apic().writeMsr(APIC_BASE_MSR, BASE | EXTD)).as("EXTD without EN").isFalse();
        toX2(0);
        assertThat(apic().writeMsr(APIC_BASE_MSR, BASE | EN)).as("x2APIC to xAPIC").isFalse();
        assertThat(apic().writeMsr(APIC_BASE_MSR, BASE)).as("x2APIC to disabled").isTrue();
        assertThat(apic().writeMsr(APIC_BASE_MSR, BASE | EN | EXTD)).as("disabled to x2APIC").isFalse();
        assertThat(apic().writeMsr(APIC_BASE_MSR, BASE | EN)).as("disabled to xAPIC").isTrue();
        assertThat(read(SVR)).as("enabling starts from power-up").isEqualTo(0xff);
    }

    @Test
    void reservedBitsOfApicBaseFault() {
        apic().physicalAddressBits(39);

        assertThat(apic().writeMsr(APIC_BASE_MSR, BASE | EN | 1)).isFalse();
        assertThat(apic().writeMsr(APIC_BASE_MSR, BASE | EN | 1L << 39)).isFalse();
        assertThat(apic().writeMsr(APIC_BASE_MSR, BASE | EN | 1L << 38)).isTrue();
    }

    @Test
    void apicCanBeMoved() {
        apic().writeMsr(APIC_BASE_MSR, 0xfed40000L | EN | 0x100);

        assertThat(context.load(0xfed40000L + VERSION, 4)).isEqualTo(0x01060015);
        assertThat(read(VERSION)).isEqualTo(-1);
        context.currentVcpu = 1;
        assertThat(read(VERSION)).isEqualTo(0x01060015);
    }

    @Test
    void msrsOfX2ApicFaultInXApicMode() {
        assertThat(apic().hasMsr(0x802)).isTrue();
        assertThat(apic().canReadMsr(0x802)).isFalse();
        assertThat(apic().writeMsr(0x808, 0)).isFalse();
    }

    @Test
    void memoryIsNotAnsweredInX2ApicMode() {
        toX2(0);

        assertThat(read(VERSION)).isEqualTo(-1);
        assertThat(apic().readMsr(0x803)).isEqualTo(0x01060015);
    }

    @ParameterizedTest
    @ValueSource(ints = {0x80b, 0x83f, 0x80e, 0x809, 0x80c, 0x831, 0x800, 0x829, 0x8ff})
    void registersThatCannotBeReadAsMsrsFault(int index) {
        toX2(0);

        assertThat(apic().canReadMsr(index)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(ints = {0x802, 0x803, 0x80a, 0x80d, 0x810, 0x818, 0x820, 0x839, 0x80e, 0x831})
    void registersThatCannotBeWrittenAsMsrsFault(int index) {
        toX2(0);

        assertThat(apic().writeMsr(index, 0)).isFalse();
    }

    @Test
    void reservedBitsFaultInX2ApicMode() {
        toX2(0);

        assertThat(apic().writeMsr(0x80b, 1)).as("EOI").isFalse();
        assertThat(apic().writeMsr(0x828, 1)).as("ESR").isFalse();
        assertThat(apic().writeMsr(0x808, 0x100)).as("TPR").isFalse();
        assertThat(apic().writeMsr(0x80f, 0x2000)).as("SVR").isFalse();
        assertThat(apic().writeMsr(0x832, 1L << 32)).as("LVT timer").isFalse();
        assertThat(apic().writeMsr(0x830, 1 << 20)).as("ICR").isFalse();
        assertThat(apic().writeMsr(0x83e, 4)).as("divide").isFalse();
        assertThat(apic().writeMsr(0x80b, 0)).isTrue();
    }

    @Test
    void x2ApicSendsWithOneWriteAndA32BitDestination() {
        toX2(0);
        toX2(3);

        msr(ICR, 3L << 32 | 0x4066);
        assertThat(apics.get(3).acknowledge()).isEqualTo(0x66);
        msr(ICR, 0xffffffffL << 32 | 0x4067);

        assertThat(apics.stream().map(LocalApic::requested)).containsExactly(true, true, true, false);
    }

    @Test
    void x2ApicLogicalIdIsMadeFromTheId() {
        var far = new LocalApic("lapic35", context, bus, pics, new FakePins(), 35);
        far.writeMsr(APIC_BASE_MSR, BASE | EN | EXTD);
        far.writeMsr(0x80f, 0x1ff);
        toX2(0);
        assertThat(far.readMsr(0x80d)).isEqualTo(0x2_0008);

        msr(ICR, 0x2_000aL << 32 | 0x4868);

        assertThat(far.acknowledge()).isEqualTo(0x68);
        assertThat(apic().requested()).isFalse();
    }

    @Test
    void selfIpiInterruptsTheSender() {
        toX2(0);

        msr(0x3f0, 0x77);

        assertThat(apic().acknowledge()).isEqualTo(0x77);
    }

    @Test
    void registersSurviveTheWayToX2Apic() {
        write(TPR, 0x20);
        write(LVT_TIMER, 0x44);

        toX2(0);

        assertThat(apic().readMsr(0x808)).isEqualTo(0x20);
        assertThat(apic().readMsr(0x832)).isEqualTo(0x44);
        assertThat(apic().readMsr(0x80f)).isEqualTo(0x1ff);
    }

    @Test
    void messageSignalledInterruptIsDecodedFromItsAddress() {
        bus.deliver(InterruptMessage.ofMsi(0xfee02000L, 0x4071, false));

        assertThat(apics.get(2).acknowledge()).isEqualTo(0x71);
    }

    @Test
    void stateComesBackWhole() {
        write(DIVIDE, 0xb);
        write(LVT_TIMER, PERIODIC | 0x40);
        write(INITIAL_COUNT, 1000);
        context.advance(1500);
        apic().request(0x80);
        SavedState saved = SavedState.of(apic());
        apic().reset();

        saved.into(apic());

        assertThat(SavedState.of(apic()).text()).isEqualTo(saved.text());
        assertThat(pin().intr).isTrue();
        assertThat(read(CURRENT_COUNT)).isEqualTo(500);
    }
}
