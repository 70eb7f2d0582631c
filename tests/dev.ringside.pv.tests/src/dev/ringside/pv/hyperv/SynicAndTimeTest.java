package dev.ringside.pv.hyperv;

import static dev.ringside.pv.hyperv.HypercallTest.EVENTS;
import static dev.ringside.pv.hyperv.HypercallTest.MESSAGES;
import static dev.ringside.pv.hyperv.HypercallTest.enableSynic;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ringside.device.DeviceContext.EndRequest;
import dev.ringside.pv.PvFixture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Synthetic interrupts (TLFS 11), timers and time (TLFS 12), and the smaller MSRs. */
class SynicAndTimeTest {
    private static final int STIMER0_CONFIG = 0x400000b0, STIMER0_COUNT = 0x400000b1, EOM = 0x40000084;
    private static final long ENABLE = 1, PERIODIC = 2, LAZY = 4, AUTO_ENABLE = 8, DIRECT = 1 << 12;
    private static final long TIMER_EXPIRED = 0x80000010L;
    private static final long ASSIST_PAGE = 0x50000, TSC_PAGE = 0x60000;

    private final HypervFixture hv = new HypervFixture("hyperv,tsc-invariant", 2);
    private final PvFixture machine = hv.machine;

    @AfterEach
    void close() {
        hv.close();
    }

    // Interrupt sources

    @Test
    void sourcesAreMaskedAtFirst() {
        for (int i = 0; i < 16; i++) {
            assertThat(machine.rdmsr(0x40000090 + i)).isEqualTo(0x10000);
        }
        assertThat(machine.rdmsr(0x40000081)).as("SVERSION").isEqualTo(1);
        assertThat(machine.rdmsr(EOM)).isZero();
    }

    @ParameterizedTest
    @CsvSource({"0, true", "f, true", "10, false", "ff, false", "1000f, false"})
    void unmaskedVectorsBeginAt16(String value, boolean gp) {
        assertThat(machine.faults(() -> machine.wrmsr(0x40000091, Long.parseLong(value, 16)))).isEqualTo(gp);
    }

    /** What people see: where each source goes, what its slot holds, which of its events are set; sources that are masked and empty are left out. */
    @Test
    void sourcesAreShownWithSlotAndEvents() {
        enableSynic(hv, 2, 0x61 | 1 << 17);
        machine.iface.inject(machine.vcpu(0), "message-slots-full");
        machine.write(MESSAGES + 3 * 256, 4, 0);
        machine.write(EVENTS + 2 * 256, 8, 1 << 9 | 1);
        machine.write(EVENTS + 4 * 256 + 248, 8, 1L << 63);

        assertThat(machine.tree()).containsEntry("vp0/SynIC/SINT2", "vector 0x61, AutoEOI, slot: type 0x7fffffff, 0 bytes from 0x0, events: 0, 9")
            .doesNotContainKey("vp0/SynIC/SINT3").containsEntry("vp0/SynIC/SINT4", "masked, slot: type 0x7fffffff, 0 bytes from 0x0, events: 2047");
    }

    @Test
    void pagesAreOverlays() {
        machine.write(MESSAGES, 8, 0x1234);
        enableSynic(hv, 2, 0x61);
        assertThat(machine.read(MESSAGES, 8)).as("an empty page").isZero();
        machine.write(EVENTS, 8, 5);

        machine.wrmsr(0x40000083, 0);
        machine.wrmsr(0x40000082, EVENTS + 0x1000 | 1);

        assertThat(machine.read(MESSAGES, 8)).as("the guest's own page reappears").isEqualTo(0x1234);
        assertThat(machine.read(EVENTS + 0x1000, 8)).as("contents move with the overlay").isEqualTo(5);
    }

    @Test
    void autoEoiEndsAtOnce() {
        enableSynic(hv, 2, 0x61 | 1 << 17);

        machine.apic(0).take(0x61, false);

        assertThat(machine.apic(0).ended).isEqualTo(1);
    }

    // VP assist page and APIC registers

    @Test
    void interruptEndsByTheAssistPage() {
        machine.wrmsr(0x40000073, ASSIST_PAGE | 1);
        machine.apic(0).take(0x61, false);
        assertThat(machine.read(ASSIST_PAGE, 4)).isEqualTo(1);

        machine.write(ASSIST_PAGE, 4, 0);
        machine.iface.interruptAssist(machine.vcpu(0)).settle();

        assertThat(machine.apic(0).ended).isEqualTo(1);
    }

    @Test
    void apicRegistersAreMsrs() {
        machine.wrmsr(0x40000072, 0x40);
        assertThat(machine.rdmsr(0x40000072)).isEqualTo(0x40);
        machine.wrmsr(0x40000071, 0x0200_0000_0000_40fdL);
        assertThat(machine.apic(0).icr).isEqualTo(0x0200_0000_0000_40fdL);
        machine.wrmsr(0x40000070, 0);
        assertThat(machine.apic(0).ended).isEqualTo(1);
        assertThat(machine.faults(() -> machine.rdmsr(0x40000070))).as("EOI is write-only").isTrue();
        assertThat(machine.faults(() -> machine.wrmsr(0x40000072, 0x100))).isTrue();
    }

    // Timers

    @Test
    void oneShotTimerExpiresOnceWithAMessage() {
        enableSynic(hv, 2, 0x61);
        machine.advance(1_000_000);
        machine.wrmsr(STIMER0_COUNT, 15_000);
        machine.wrmsr(STIMER0_CONFIG, ENABLE | 2 << 16);

        machine.advance(499_999);
        assertThat(machine.apic(0).requests).isEmpty();
        machine.advance(1);

        assertThat(machine.apic(0).requests).containsExactly(0x61);
        assertThat(machine.read(MESSAGES + 512, 4)).isEqualTo(TIMER_EXPIRED);
        assertThat(machine.read(MESSAGES + 512 + 4, 1)).isEqualTo(24);
        assertThat(machine.read(MESSAGES + 512 + 16 + 8, 8)).as("expiration time").isEqualTo(15_000);
        assertThat(machine.rdmsr(STIMER0_CONFIG) & ENABLE).isZero();
    }

    @Test
    void timerInThePastExpiresAtOnce() {
        enableSynic(hv, 2, 0x61);
        machine.advance(1_000_000);
        machine.wrmsr(STIMER0_COUNT, 1);
        machine.wrmsr(STIMER0_CONFIG, ENABLE | 2 << 16);

        machine.advance(0);

        assertThat(machine.apic(0).requests).hasSize(1);
    }

    @Test
    void periodicTimerKeepsItsPeriod() {
        machine.wrmsr(STIMER0_COUNT, 1000);
        machine.wrmsr(STIMER0_CONFIG, ENABLE | PERIODIC | DIRECT | 0x71 << 4);

        machine.advance(1_000_000);

        assertThat(machine.apic(0).requests).hasSize(10).containsOnly(0x71);
        machine.wrmsr(STIMER0_COUNT, 0);
        assertThat(machine.rdmsr(STIMER0_CONFIG) & ENABLE).as("count 0 stops it").isZero();
        machine.advance(1_000_000);
        assertThat(machine.apic(0).requests).hasSize(10);
    }

    @Test
    void autoEnableStartsWithTheCount() {
        machine.wrmsr(STIMER0_CONFIG, AUTO_ENABLE | DIRECT | 0x71 << 4);
        machine.wrmsr(STIMER0_COUNT, 10);

        assertThat(machine.rdmsr(STIMER0_CONFIG) & ENABLE).isEqualTo(1);
        machine.advance(1000);
        assertThat(machine.apic(0).requests).containsExactly(0x71);
    }

    @Test
    void sourceZeroCannotTellATimer() {
        machine.wrmsr(STIMER0_CONFIG, ENABLE);

        assertThat(machine.rdmsr(STIMER0_CONFIG) & ENABLE).isZero();
    }

    @ParameterizedTest
    @ValueSource(longs = {1L << 13, 1L << 20, 1L << 63})
    void reservedBitOfATimerIsGp(long bit) {
        assertThat(machine.faults(() -> machine.wrmsr(STIMER0_CONFIG, bit))).isTrue();
    }

    @Test
    void oneShotMessageWaitsForItsSlot() {
        enableSynic(hv, 2, 0x61);
        machine.iface.inject(machine.vcpu(0), "message-slots-full");
        machine.wrmsr(STIMER0_COUNT, 10);
        machine.wrmsr(STIMER0_CONFIG, ENABLE | 2 << 16);
        machine.advance(1000);
        assertThat(machine.read(MESSAGES + 512 + 5, 1)).as("another message waits").isEqualTo(1);
        assertThat(machine.apic(0).requests).isEmpty();

        machine.write(MESSAGES + 512, 4, 0);
        machine.wrmsr(EOM, 0);

        assertThat(machine.read(MESSAGES + 512, 4)).isEqualTo(TIMER_EXPIRED);
        assertThat(machine.apic(0).requests).containsExactly(0x61);
    }

    /** TLFS "Periodic Timers": one that is not lazy catches up, within bounds; of a lazy one's ticks all but the last are skipped. */
    @ParameterizedTest
    @CsvSource({"5, false, 5, 10", "5, true, 1, 50", "100, false, 16, 850", "100, true, 1, 1000"})
    void periodicTicksThatFindTheirSlotFullAreMadeUpForUnlessLazy(int ticks, boolean lazy, int told, int firstDue) {
        enableSynic(hv, 2, 0x61);
        machine.wrmsr(STIMER0_COUNT, 10);
        machine.wrmsr(STIMER0_CONFIG, ENABLE | PERIODIC | (lazy ? LAZY : 0) | 2 << 16);
        machine.iface.inject(machine.vcpu(0), "message-slots-full");
        machine.advance(1000L * ticks);
        assertThat(machine.apic(0).requests).isEmpty();

        int messages = 0;
        long due = 0;
        do {
            machine.write(MESSAGES + 512, 4, 0);
            machine.wrmsr(EOM, 0);
            boolean arrived = machine.read(MESSAGES + 512, 4) == TIMER_EXPIRED;
            messages += arrived ? 1 : 0;
            if (arrived && messages == 1) {
                due = machine.read(MESSAGES + 512 + 16 + 8, 8);
            }
        } while (machine.read(MESSAGES + 512, 4) != 0);

        assertThat(messages).isEqualTo(told);
        assertThat(due).as("the first one's expiration time").isEqualTo(firstDue);
        assertThat(machine.apic(0).requests).hasSize(told);
    }

    @Test
    void endOfInterruptAlsoRetriesTheMessage() {
        enableSynic(hv, 2, 0x61);
        machine.iface.inject(machine.vcpu(0), "message-slots-full");
        machine.wrmsr(STIMER0_COUNT, 10);
        machine.wrmsr(STIMER0_CONFIG, ENABLE | 2 << 16);
        machine.advance(1000);
        machine.write(MESSAGES + 512, 4, 0);

        machine.apic(0).take(0x61, true);
        machine.apic(0).endOfInterrupt();

        assertThat(machine.read(MESSAGES + 512, 4)).isEqualTo(TIMER_EXPIRED);
    }

    // Time

    @Test
    void referenceCounterAndPageAgreeAndFollowTheCounter() {
        machine.wrmsr(0x40000021, TSC_PAGE | 1);
        long last = -1;
        for (int i = 0; i < 1000; i++) {
            machine.advance(i % 2 == 0 ? 100 - machine.clock().nanos() % 100 : 1_234_567L * i % 99_991 + 1); // every other time to where the counter has just moved on
            long page = page(machine.vcpu(i & 1).tsc());
            assertThat(page).isEqualTo(machine.rdmsr(0x40000020));
            assertThat(page).isGreaterThanOrEqualTo(last);
            last = page;
        }
    }

    private long page(long tsc) {
        return Math.unsignedMultiplyHigh(tsc, machine.read(TSC_PAGE + 8, 8)) + machine.read(TSC_PAGE + 16, 8);
    }

    @Test
    void sequenceChangesWhenTheCounterDoes() {
        machine.wrmsr(0x40000021, TSC_PAGE | 1);
        long before = machine.read(TSC_PAGE, 4);

        machine.cpu(0).moveTsc(1_000_000_000);
        assertThat(machine.read(TSC_PAGE, 4)).as("counters disagree: the page is not valid").isZero();
        machine.cpu(1).moveTsc(1_000_000_000);

        assertThat(machine.read(TSC_PAGE, 4)).isNotZero().isNotEqualTo(before);
        assertThat(page(machine.vcpu(0).tsc()) - machine.rdmsr(0x40000020)).isBetween(-1L, 1L);
    }

    @Test
    void frequenciesAreOneGigahertz() {
        assertThat(machine.rdmsr(0x40000022)).isEqualTo(1_000_000_000);
        assertThat(machine.rdmsr(0x40000023)).isEqualTo(1_000_000_000);
    }

    // The rest

    @Test
    void processorKnowsItsNumberAndItsRunTime() {
        machine.vcpu(1).ran = 1_234_567;

        assertThat(machine.cpu(1).bus.readMsr(0x40000002)).isEqualTo(1);
        assertThat(machine.cpu(1).bus.readMsr(0x40000010)).isEqualTo(12_345);
        assertThat(machine.faults(() -> machine.wrmsr(0x40000002, 0))).isTrue();
    }

    @Test
    void resetEndsTheMachine() {
        machine.wrmsr(0x40000003, 0);
        assertThat(machine.ends).isEmpty();

        machine.wrmsr(0x40000003, 1);

        assertThat(machine.ends).containsExactly(new EndRequest.Reset("HV_X64_MSR_RESET"));
    }

    @Test
    void idleWaits() {
        assertThat(machine.rdmsr(0x400000f0)).isZero();
        assertThat(machine.vcpu(0).idles).isEqualTo(1);
    }

    @Test
    void crashIsTold() {
        assertThat(machine.iface.notices()).isEmpty();
        byte[] text = "Kernel panic - not syncing\nCall Trace:".getBytes(java.nio.charset.StandardCharsets.US_ASCII);
        machine.memory().write(0x70000, text, 0, text.length);
        machine.wrmsr(0x40000103, 0x70000);
        machine.wrmsr(0x40000104, text.length);

        machine.wrmsr(0x40000105, 3L << 62);

        assertThat(machine.tree()).containsEntry("crash/message", "Kernel panic - not syncing\nCall Trace:").containsEntry("crash/crashes told", "1");
        assertThat(machine.iface.notices()).containsExactly("crash: 0x0, 0x0, 0x0, 0x70000, 0x26", "crash: Kernel panic - not syncing", "crash: Call Trace:");
        assertThat(machine.rdmsr(0x40000105)).isEqualTo(3L << 62);
    }

    @Test
    void reenlightenmentInterruptsItsTarget() {
        machine.wrmsr(0x40000106, 1L << 32 | 1 << 16 | 0xee);
        machine.wrmsr(0x40000107, 1);

        machine.iface.inject(machine.vcpu(0), "reenlighten");

        assertThat(machine.apic(1).requests).containsExactly(0xee);
        assertThat(machine.rdmsr(0x40000108)).isEqualTo(1);
    }

    @Test
    void invariantCounterIsShownWhenTheGuestAsksForIt() {
        int[] leaf = {0, 0, 0, 1 << 8};
        machine.iface.cpuid(machine.vcpu(0), 0x80000007, 0, leaf);
        assertThat(leaf[3]).isZero();

        machine.wrmsr(0x40000118, 1);

        leaf[3] = 1 << 8;
        machine.iface.cpuid(machine.vcpu(0), 0x80000007, 0, leaf);
        assertThat(leaf[3]).isEqualTo(1 << 8);
    }

    @Test
    void namesItself() {
        assertThat(machine.cpuid(0x40000000)).containsExactly(0x40000006, 0x7263694d, 0x666f736f, 0x76482074);
        assertThat(machine.cpuid(0x40000001)[0]).isEqualTo(0x31237648);
        assertThat(machine.cpuid(0x40000002)).containsExactly(14393, 10 << 16, 0, 0);
    }

    @Test
    void stateSurvivesSavingAndLooking() {
        enableSynic(hv, 2, 0x61);
        machine.wrmsr(0x40000073, ASSIST_PAGE | 1);
        machine.wrmsr(0x40000021, TSC_PAGE | 1);
        machine.wrmsr(STIMER0_COUNT, 100_000);
        machine.wrmsr(STIMER0_CONFIG, ENABLE | 2 << 16);
        machine.out(0x3000, 4, 0x09040002L);
        machine.wrmsr(0x40000106, 1 << 16 | 0xee);
        machine.apic(0).take(0x30, false);
        var before = machine.tree();
        var saved = new PvFixture.SavedState();
        machine.iface.save(saved);
        assertThat(machine.tree()).as("looking changes nothing").isEqualTo(before);

        machine.iface.reset();
        assertThat(machine.read(HypervFixture.HYPERCALL_PAGE, 4)).isZero();
        machine.iface.restore(saved);

        assertThat(saved.isEmpty()).isTrue();
        assertThat(machine.tree()).isEqualTo(before);
        machine.advance(10_000_000);
        assertThat(machine.apic(0).requests).containsExactly(0x61);
    }
}
