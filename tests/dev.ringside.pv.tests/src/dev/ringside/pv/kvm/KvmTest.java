package dev.ringside.pv.kvm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringside.pv.PvFixture;
import java.math.BigInteger;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** KVM as its documentation (Documentation/virt/kvm/x86) tells a guest. */
class KvmTest {
    private static final int RAX = 0, RCX = 1, RDX = 2, RBX = 3, RSI = 6;
    private static final long PAGE = 0x20000;
    private static final long IF = 1 << 9;

    private PvFixture machine;

    private PvFixture kvm(String spec, int cpus) {
        machine = PvFixture.of(spec, cpus, new KvmProvider());
        return machine;
    }

    @AfterEach
    void close() {
        machine.close();
    }

    @Test
    void namesItself() {
        kvm("kvm", 1);

        assertThat(machine.cpuid(0x40000000)).containsExactly(0x40000010, 0x4b4d564b, 0x564b4d56, 0x4d);
        assertThat(machine.cpuid(1)[2]).isEqualTo(1 << 31);
        // Bits 0, 1, 3 to 7, 9, 11 to 15, 24 of cpuid.rst
        assertThat(machine.cpuid(0x40000001)).containsExactly(0x0100fafb, 0, 0, 0);
        assertThat(machine.cpuid(0x400000ff)).containsExactly(0, 0, 0, 0);
    }

    @ParameterizedTest
    @CsvSource({"kvmclock, 3", "kvmclock-old, 0", "kvm-nopiodelay, 1", "kvm-asyncpf, 4", "kvm-steal-time, 5", "kvm-pv-eoi, 6", "kvm-pv-unhalt, 7", "kvm-pv-tlb-flush, 9",
        "kvm-asyncpf-vmexit, 10", "kvm-pv-ipi, 11", "kvm-poll-control, 12", "kvm-pv-sched-yield, 13", "kvm-asyncpf-int, 14", "kvm-msi-ext-dest-id, 15",
        "kvm-map-gpa-range, 16", "kvmclock-stable-bit, 24"})
    void featureIsItsBit(String feature, int bit) {
        kvm("kvm," + feature, 1);
        assertThat(machine.cpuid(0x40000001)[0] >> bit & 1).isEqualTo(1);
        machine.close();

        kvm("kvm,-" + feature, 1);
        assertThat(machine.cpuid(0x40000001)[0] >> bit & 1).isZero();
    }

    /** Leaf 0x40000001: a feature that needs another one, and the hint in EDX. */
    @ParameterizedTest
    @CsvSource({"'kvm,kvm-map-gpa-range,kvm-migration-control', 0, 17", "'kvm,kvm-hint-dedicated', 3, 0"})
    void bitsThatAreOffUnlessAskedForHaveTheirPlace(String spec, int register, int bit) {
        kvm(spec, 1);
        assertThat(machine.cpuid(0x40000001)[register] >> bit & 1).isEqualTo(1);
        machine.close();

        kvm("kvm", 1);
        assertThat(machine.cpuid(0x40000001)[register] >> bit & 1).isZero();
    }

    /** The list of tools/testing/selftests/kvm/x86_64/kvm_pv_test.c, from msr.rst. */
    @ParameterizedTest
    @CsvSource({"11, kvmclock-old", "12, kvmclock-old", "4b564d00, kvmclock", "4b564d01, kvmclock", "4b564d02, kvm-asyncpf", "4b564d03, kvm-steal-time",
        "4b564d04, kvm-pv-eoi", "4b564d05, kvm-poll-control", "4b564d06, kvm-asyncpf-int", "4b564d07, kvm-asyncpf-int", "4b564d08, kvm-migration-control"})
    void msrWithoutItsFeatureIsGp(String index, String feature) {
        int msr = Integer.parseUnsignedInt(index, 16);
        kvm("kvm,-" + feature, 1);
        assertThat(machine.faults(() -> machine.rdmsr(msr))).isTrue();
        assertThat(machine.faults(() -> machine.wrmsr(msr, 0))).isTrue();
        machine.close();

        kvm("kvm,kvm-map-gpa-range," + feature, 1);
        assertThat(machine.faults(() -> machine.rdmsr(msr))).isFalse();
        assertThat(machine.faults(() -> machine.wrmsr(msr, 0))).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"4b564d02, 11", "4b564d02, 21", "4b564d02, 5", "4b564d03, 3", "4b564d03, 21", "4b564d04, 3", "4b564d05, 2", "4b564d06, 100", "4b564d04, ffff00000001",
        "4b564d02, ffff00000001"})
    void reservedBitsAndPagesThatAreNotThereAreGp(String index, String value) {
        kvm("kvm", 1);

        assertThat(machine.faults(() -> machine.wrmsr(Integer.parseUnsignedInt(index, 16), Long.parseLong(value, 16)))).isTrue();
    }

    @Test
    void unknownMsrBesideIsGp() {
        kvm("kvm", 1);

        assertThat(machine.faults(() -> machine.rdmsr(0x4b564d09))).isTrue();
    }

    // Clock

    @ParameterizedTest
    @ValueSource(ints = {0x12, 0x4b564d01})
    void clockPageGivesVirtualTime(int msr) {
        kvm("kvm", 1);
        machine.advance(123_456_789);
        machine.wrmsr(msr, PAGE | 1);
        machine.advance(7_000_000_001L);

        assertThat(machine.read(PAGE, 4)).as("version is even and not 0").isEqualTo(2);
        assertThat(pvclock(PAGE, machine.vcpu(0).tsc())).isEqualTo(7_123_456_790L);
        assertThat(machine.read(PAGE + 29, 1)).as("TSC_STABLE").isEqualTo(1);
    }

    /** As a guest computes it (msr.rst). */
    private long pvclock(long gpa, long tsc) {
        long delta = tsc - machine.read(gpa + 8, 8);
        delta <<= machine.read(gpa + 28, 1);
        BigInteger product = BigInteger.valueOf(delta).multiply(BigInteger.valueOf(machine.read(gpa + 24, 4)));
        return machine.read(gpa + 16, 8) + product.shiftRight(32).longValueExact();
    }

    @Test
    void clocksOfProcessorsWhoseCountersDifferAreNotStableButStillRight() {
        kvm("kvm", 2);
        machine.wrmsr(0x4b564d01, PAGE | 1);
        machine.cpu(1).bus.writeMsr(0x4b564d01, PAGE + 0x40 | 1);
        machine.advance(1000);

        machine.cpu(1).moveTsc(5_000_000);
        machine.advance(1000);

        assertThat(machine.read(PAGE + 29, 1) & 1).isZero();
        assertThat(pvclock(PAGE, machine.vcpu(0).tsc())).isEqualTo(2000);
        assertThat(pvclock(PAGE + 0x40, machine.vcpu(1).tsc())).isEqualTo(2000);
    }

    @Test
    void wallClockIsTheTimeOfPowerOn() {
        kvm("kvm", 1);
        machine.advance(5_000_000_000L);

        machine.wrmsr(0x4b564d00, PAGE);

        assertThat(machine.read(PAGE, 4) & 1).isZero();
        assertThat(machine.read(PAGE + 4, 4)).isEqualTo(machine.epochSeconds());
        assertThat(machine.read(PAGE + 8, 4)).isZero();
    }

    @Test
    void pausedGuestIsToldOnce() {
        kvm("kvm", 1);
        machine.wrmsr(0x4b564d01, PAGE | 1);

        machine.iface.inject(machine.vcpu(0), "guest-stopped");

        assertThat(machine.read(PAGE + 29, 1)).isEqualTo(3);
    }

    @Test
    void injectedJumpMovesTheCounterBehindThePagesBack() {
        kvm("kvm", 1);
        machine.wrmsr(0x4b564d01, PAGE | 1);

        machine.iface.inject(machine.vcpu(0), "tsc-jump");

        assertThat(pvclock(PAGE, machine.vcpu(0).tsc())).isEqualTo(1_000_000_000L);
    }

    // Steal time

    @Test
    void stolenTimeSinceItWasSwitchedOnIsAccounted() {
        kvm("kvm", 1);
        machine.vcpu(0).stolen = 500;
        machine.wrmsr(0x4b564d03, PAGE | 1);
        machine.vcpu(0).stolen = 800;

        machine.iface.scheduled(machine.vcpu(0), true, 300);

        assertThat(machine.read(PAGE, 8)).isEqualTo(300);
        assertThat(machine.read(PAGE + 8, 4) & 1).isZero();
    }

    @Test
    void processorThatLostItsTurnIsPreemptedAndFlushesWhatWasAsked() {
        kvm("kvm", 1);
        machine.wrmsr(0x4b564d03, PAGE | 1);

        machine.iface.scheduled(machine.vcpu(0), false, 0);
        assertThat(machine.read(PAGE + 16, 1)).isEqualTo(1);
        machine.write(PAGE + 16, 1, 3);
        machine.iface.scheduled(machine.vcpu(0), true, 10);

        assertThat(machine.read(PAGE + 16, 1)).isZero();
        assertThat(machine.vcpu(0).flushes).isEqualTo(1);
        assertThat(machine.iface.counts()).containsEntry("KVM_VCPU_FLUSH_TLB", 1L);
    }

    @Test
    void stealBurstIsStolenTime() {
        kvm("kvm", 1);
        machine.wrmsr(0x4b564d03, PAGE | 1);

        machine.iface.inject(machine.vcpu(0), "steal-burst");

        assertThat(machine.read(PAGE, 8)).isEqualTo(100_000_000);
    }

    // PV EOI

    @Test
    void interruptThatNobodyWaitsForEndsByTheClearedBit() {
        kvm("kvm", 1);
        machine.wrmsr(0x4b564d04, PAGE | 1);
        machine.apic(0).take(0x30, false);
        assertThat(machine.read(PAGE, 1)).isEqualTo(1);

        machine.write(PAGE, 1, 0);
        machine.iface.interruptAssist(machine.vcpu(0)).settle();

        assertThat(machine.apic(0).ended).isEqualTo(1);
    }

    @Test
    void unusedOfferIsWithdrawn() {
        kvm("kvm", 1);
        machine.wrmsr(0x4b564d04, PAGE | 1);
        machine.apic(0).take(0x30, false);

        machine.iface.interruptAssist(machine.vcpu(0)).settle();

        assertThat(machine.read(PAGE, 1)).isZero();
        assertThat(machine.apic(0).ended).isZero();
    }

    @Test
    void levelInterruptIsNotOffered() {
        kvm("kvm", 1);
        machine.wrmsr(0x4b564d04, PAGE | 1);

        machine.apic(0).take(0x30, true);

        assertThat(machine.read(PAGE, 1)).isZero();
    }

    // Asynchronous page faults

    @Test
    void absentPageIsAFaultWithATokenAndAnInterruptWhenItIsBack() {
        kvm("kvm", 1);
        machine.cpu(0).rflags(IF);
        machine.wrmsr(0x4b564d06, 0xf3);
        machine.wrmsr(0x4b564d02, PAGE | 1 | 2 | 8);

        assertThat(machine.iface.pageAbsent(machine.vcpu(0), 0x30123)).isTrue();
        long token = machine.cpu(0).fault.address;
        assertThat(machine.cpu(0).fault.vector).isEqualTo(14);
        assertThat(machine.read(PAGE, 4)).as("KVM_PV_REASON_PAGE_NOT_PRESENT").isEqualTo(1);
        assertThat(machine.iface.pageAbsent(machine.vcpu(0), 0x40000)).as("the area is still full").isFalse();
        machine.write(PAGE, 4, 0);
        machine.iface.pagePresent(0x30000);

        assertThat(machine.read(PAGE + 4, 4)).isEqualTo(token);
        assertThat(machine.apic(0).requests).containsExactly(0xf3);
    }

    @Test
    void secondReadyPageWaitsForTheAcknowledgement() {
        kvm("kvm", 1);
        machine.cpu(0).rflags(IF);
        machine.wrmsr(0x4b564d06, 0xf3);
        machine.wrmsr(0x4b564d02, PAGE | 1 | 2 | 8);
        for (long page : List.of(0x30000L, 0x31000L)) {
            machine.iface.pageAbsent(machine.vcpu(0), page);
            machine.write(PAGE, 4, 0);
        }
        machine.iface.pagePresent(0x30000);
        machine.iface.pagePresent(0x31000);
        assertThat(machine.apic(0).requests).hasSize(1);

        machine.write(PAGE + 4, 4, 0);
        machine.wrmsr(0x4b564d07, 1);

        assertThat(machine.apic(0).requests).hasSize(2);
    }

    @Test
    void withoutTheInterruptFormTheReadyPageIsASecondFault() {
        kvm("kvm,-kvm-asyncpf-int", 1);
        machine.cpu(0).rflags(IF);
        machine.wrmsr(0x4b564d02, PAGE | 1 | 2);
        machine.iface.pageAbsent(machine.vcpu(0), 0x30000);
        long token = machine.cpu(0).fault.address;
        machine.write(PAGE, 4, 0);

        machine.iface.pagePresent(0x30000);

        assertThat(machine.read(PAGE, 4)).as("KVM_PV_REASON_PAGE_READY").isEqualTo(2);
        assertThat(machine.cpu(0).cr2()).isEqualTo(token);
    }

    @ParameterizedTest
    @CsvSource({"0, 3", "200, 1"})
    void guestThatCannotTakeItIsNotTold(String rflags, int enable) {
        kvm("kvm", 1);
        machine.cpu(0).rflags(Long.parseLong(rflags, 16));
        machine.wrmsr(0x4b564d02, PAGE | enable | 8);

        assertThat(machine.iface.pageAbsent(machine.vcpu(0), 0x30000)).as("interrupts off, or kernel mode without SEND_ALWAYS").isFalse();
    }

    // Hypercalls

    @ParameterizedTest
    @CsvSource({"2, -1000", "3, -1000", "1, 0", "100, -1000", "-1, -1000"})
    void numberDecides(long number, long result) {
        kvm("kvm", 1);

        assertThat(call(number, 0, 0, 0, 0)).isEqualTo(result);
    }

    @ParameterizedTest
    @CsvSource({"5, kvm-pv-unhalt", "10, kvm-pv-ipi", "11, kvm-pv-sched-yield", "12, kvm-map-gpa-range"})
    void hypercallWithoutItsFeatureIsEnosys(long number, String feature) {
        kvm("kvm,-" + feature, 1);
        assertThat(call(number, 0, 0, 0, 0)).isEqualTo(-1000);
        machine.close();

        kvm("kvm," + feature, 1);
        assertThat(call(number, 0, 1, 0, 0)).isNotEqualTo(-1000);
    }

    @Test
    void userModeIsRefusedBeforeTheNumberIsLookedAt() {
        kvm("kvm", 1);
        machine.cpu(0).gpr(RAX, 12345);

        assertThat(machine.vmcallInUserMode()).as("VMCALL itself goes well").isEqualTo(13);

        assertThat(machine.iface.counts()).containsEntry("hypercall 12345", 1L);
        assertThat(machine.tree().toString()).contains("-KVM_EPERM");
    }

    @Test
    void vmmcallIsPatchedToVmcall() {
        kvm("kvm", 1);
        machine.cpu(0).gpr(RAX, 1);

        machine.run("0f01d9");

        assertThat(machine.read(0x1000, 4) & 0xffffff).isEqualTo(0xc1010f);
        assertThat(machine.cpu(0).gpr(RAX)).isZero();
    }

    @Test
    void interruptGoesToEveryProcessorOfTheBitmap() {
        kvm("kvm", 3);

        assertThat(call(10, 0b110, 0, 0, 0xfd)).as("delivered").isEqualTo(2);

        assertThat(machine.apic(0).requests).isEmpty();
        assertThat(machine.apic(1).requests).containsExactly(0xfd);
        assertThat(machine.apic(2).requests).containsExactly(0xfd);
    }

    @Test
    void bitmapBeginsAtTheLowestId() {
        kvm("kvm", 3);

        assertThat(call(10, 0b1, 0, 2, 0x400)).isEqualTo(1);

        assertThat(machine.vcpu(2).nmis).isEqualTo(1);
    }

    @Test
    void logicalDestinationsAreRefused() {
        kvm("kvm", 1);

        assertThat(call(10, 1, 0, 0, 0x8fd)).isEqualTo(-22);
    }

    @Test
    void kickAndYieldReachTheProcessor() {
        kvm("kvm", 2);

        assertThat(call(5, 0, 1, 0, 0)).isZero();
        assertThat(call(11, 1, 0, 0, 0)).isZero();

        assertThat(machine.vcpu(1).kicks).isEqualTo(1);
        assertThat(machine.yields).containsExactly(1);
    }

    @Test
    void clockPairingGivesWallClockAndCounterTogether() {
        kvm("kvm", 1);
        machine.advance(2_000_000_007L);

        assertThat(call(9, PAGE, 0, 0, 0)).isZero();

        assertThat(machine.read(PAGE, 8)).isEqualTo(machine.epochSeconds() + 2);
        assertThat(machine.read(PAGE + 8, 8)).isEqualTo(7);
        assertThat(machine.read(PAGE + 16, 8)).isEqualTo(2_000_000_007L);
    }

    @ParameterizedTest
    @CsvSource({"20000, 1, -95", "7fffffff0000, 0, -14"})
    void clockPairingRefuses(String gpa, long type, long error) {
        kvm("kvm", 1);

        assertThat(call(9, Long.parseLong(gpa, 16), type, 0, 0)).isEqualTo(error);
    }

    @ParameterizedTest
    @CsvSource({"1000, 1, 0", "1001, 1, -22", "1000, 0, -22", "1000, -1, -22"})
    void mapGpaRangeChecksItsArguments(String gpa, long pages, long result) {
        kvm("kvm,kvm-map-gpa-range", 1);

        assertThat(call(12, Long.parseLong(gpa, 16), pages, 0, 0)).isEqualTo(result);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void anyHypercallHasAResult(long seed) {
        var random = new Random(seed);
        kvm("kvm,kvm-map-gpa-range", 2);
        for (int i = 0; i < 3000; i++) {
            long[] a = new long[4];
            for (int k = 0; k < 4; k++) {
                a[k] = random.nextBoolean() ? random.nextLong() : random.nextInt(0x1000);
            }
            long number = random.nextInt(14);
            long result = call(number, a[0], a[1], a[2], a[3]);
            assertThat(result).as("seed %d, call %d of number %d", seed, i, number).isIn(0L, 1L, 2L, -1000L, -95L, -22L, -14L);
            machine.write(0x1000, 4, 0);
        }
    }

    @Test
    void slowHypercallTakesTime() {
        kvm("kvm", 1);
        machine.iface.inject(machine.vcpu(0), "slow-hypercall");

        call(1, 0, 0, 0, 0);

        assertThat(machine.clock().nanos()).isEqualTo(10_000_000);
    }

    private long call(long number, long a0, long a1, long a2, long a3) {
        var cpu = machine.cpu(0);
        cpu.gpr(RAX, number);
        cpu.gpr(RBX, a0);
        cpu.gpr(RCX, a1);
        cpu.gpr(RDX, a2);
        cpu.gpr(RSI, a3);
        assertThat(machine.vmcall()).isEqualTo(-1);
        return cpu.gpr(RAX);
    }

    // Life

    @Test
    void stateSurvivesSavingAndLooking() {
        kvm("kvm,swap=1", 2);
        machine.wrmsr(0x4b564d01, PAGE | 1);
        machine.wrmsr(0x4b564d03, PAGE + 0x40 | 1);
        machine.wrmsr(0x4b564d04, PAGE + 0x80 | 1);
        machine.wrmsr(0x4b564d06, 0xf3);
        machine.wrmsr(0x4b564d02, PAGE + 0xc0 | 1 | 8);
        machine.apic(0).take(0x30, false);
        var before = machine.tree();
        var saved = new PvFixture.SavedState();
        machine.iface.save(saved);
        assertThat(machine.tree()).as("looking changes nothing").isEqualTo(before);

        machine.iface.reset();
        assertThat(machine.tree()).isNotEqualTo(before);
        machine.iface.restore(saved);

        assertThat(saved.isEmpty()).isTrue();
        assertThat(machine.tree()).isEqualTo(before);
    }

    @Test
    void whatIsOfferedAndNotUsedIsHintedAt() {
        kvm("kvm", 1);
        assertThat(machine.iface.hints()).anyMatch(hint -> hint.startsWith("KVM_FEATURE_STEAL_TIME"));

        machine.wrmsr(0x4b564d03, PAGE | 1);

        assertThat(machine.iface.hints()).noneMatch(hint -> hint.startsWith("KVM_FEATURE_STEAL_TIME"));
    }
}
