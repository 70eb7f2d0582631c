package dev.ringside.pv.hyperv;

import static dev.ringside.pv.hyperv.HypervFixture.FAST;
import static dev.ringside.pv.hyperv.HypervFixture.HYPERCALL_PAGE;
import static dev.ringside.pv.hyperv.HypervFixture.INPUT;
import static dev.ringside.pv.hyperv.HypervFixture.OUTPUT;
import static dev.ringside.pv.hyperv.HypervFixture.rep;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.ringside.arch.x86.X86State;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How hypercalls are made and what malformed ones get (TLFS 3), and what each does. */
class HypercallTest {
    private static final int VMCALL_RET = 0xc3c1010f;

    // The page

    @Test
    void pageIsAnOverlayWithTheCodeOfACall() {
        try (var hv = new HypervFixture("hyperv", 1)) {
            assertThat((int) hv.machine.read(HYPERCALL_PAGE, 4)).isEqualTo(VMCALL_RET);
            hv.machine.write(HYPERCALL_PAGE, 4, 0x90909090L);
            assertThat((int) hv.machine.read(HYPERCALL_PAGE, 4)).as("stores of the guest's are ignored").isEqualTo(VMCALL_RET);

            hv.machine.wrmsr(0x40000001, 0);

            assertThat(hv.machine.read(HYPERCALL_PAGE, 4)).as("the page below").isZero();
        }
    }

    @Test
    void guestWithoutANameHasNoPage() {
        try (var hv = new HypervFixture("hyperv", 1)) {
            hv.machine.wrmsr(0x40000000, 0);

            assertThat(hv.machine.rdmsr(0x40000001) & 1).isZero();
            assertThat(hv.machine.vmcall()).isEqualTo(6);
            hv.machine.wrmsr(0x40000001, HYPERCALL_PAGE | 1);
            assertThat(hv.machine.rdmsr(0x40000001) & 1).isZero();
        }
    }

    @Test
    void lockedPageStays() {
        try (var hv = new HypervFixture("hyperv", 1)) {
            hv.machine.wrmsr(0x40000001, HYPERCALL_PAGE | 3);
            hv.machine.wrmsr(0x40000001, 0);

            assertThat(hv.machine.rdmsr(0x40000001)).isEqualTo(HYPERCALL_PAGE | 3);
        }
    }

    @Test
    void pageBeyondPhysicalAddressesIsGp() {
        try (var hv = new HypervFixture("hyperv", 1)) {
            assertThat(hv.machine.faults(() -> hv.machine.wrmsr(0x40000001, 1L << 45 | 1))).isTrue();
        }
    }

    @Test
    void userModeGetsUd() {
        try (var hv = new HypervFixture("hyperv", 1)) {
            assertThat(hv.machine.vmcallInUserMode()).isEqualTo(6);
        }
    }

    // Malformed

    /** Control word, input, output, status. */
    @ParameterizedTest
    @CsvSource({
        "0000000000001234, 20000, 21000, 2", // no such code
        "0000000008000002, 20000, 21000, 3", // bit 27 is reserved
        "0000000080000002, 20000, 21000, 3", // bit 31
        "0000100000000002, 20000, 21000, 3", // bit 44
        "1000000000000002, 20000, 21000, 3", // bit 60
        "0000000100000002, 20000, 21000, 3", // a simple call with repetitions
        "0001000000000002, 20000, 21000, 3", // a simple call with a start
        "0000000000000003, 20000, 21000, 3", // a rep call without repetitions
        "0003000300000003, 20000, 21000, 3", // a rep call that starts at its end
        "0000000000020002, 20000, 21000, 3", // a variable header where none can be
        "0000000000000002, 20004, 21000, 4", // input not aligned to 8
        "0000000000000002, 20ff0, 21000, 4", // input of 24 bytes crosses its page
        "00000fff00000003, 20000, 21000, 4", // a list longer than a page
        "0000000000000002, 7fffff000, 21000, 4", // input outside of memory
        "0000000000000002, ffffffffffff0000, 21000, 4",
        "0000000100000050, 20000, 21004, 4", // output not aligned
        "0000000100000050, 20000, 21ff8, 4", // output of 16 bytes crosses its page
        "0000000100000050, 20000, 7fffff000, 4",
        "0000000100000050, 20000, 30000, 4", // output to the hypercall page
    })
    void malformedCallHasItsStatus(String control, String input, String output, int status) {
        try (var hv = new HypervFixture("hyperv", 1)) {
            assertThat(hv.call(Long.parseUnsignedLong(control, 16), Long.parseUnsignedLong(input, 16), Long.parseUnsignedLong(output, 16)) & 0xffff).isEqualTo(status);
        }
    }

    private static void xmm(HypervFixture hv, int register, long low, long high) {
        int slot = X86State.XMM[register].slot();
        hv.machine.cpu(0).slots[slot] = low;
        hv.machine.cpu(0).slots[slot + 1] = high;
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void anyGarbageHasAStatusInBoundedTime(long seed) {
        var random = new Random(seed);
        try (var hv = new HypervFixture("hyperv,partition-id", 2)) {
            var cpu = hv.machine.cpu(0);
            int[] codes = HvCall.TABLE.keySet().stream().mapToInt(Integer::intValue).toArray();
            long start = System.nanoTime();
            for (int i = 0; i < 3000; i++) {
                for (int word = 0; word < 512; word += 1 + random.nextInt(200)) {
                    hv.machine.write(INPUT + 8 * word, 8, garbage(random));
                }
                int code = random.nextInt(8) == 0 ? random.nextInt(0x10000) : codes[random.nextInt(codes.length)];
                long control = random.nextInt(10) == 0 ? garbage(random) & ~0xffffL | code
                    : code | (random.nextBoolean() ? FAST : 0) | (long) random.nextInt(4) << 17 | (long) random.nextInt(600) * random.nextInt(2) << 32;
                cpu.gpr(1, control);
                cpu.gpr(2, random.nextInt(3) == 0 ? garbage(random) : INPUT + random.nextInt(3) * 8);
                cpu.gpr(8, random.nextInt(3) == 0 ? garbage(random) : OUTPUT);
                int at = i;
                assertThatCode(() -> assertThat(hv.machine.vmcall()).isIn(-1, 6)).as("seed %d, call %d, control %#x", seed, at, control).doesNotThrowAnyException();
                assertThat(cpu.gpr(0) & 0xffff).as("status").isIn(0L, 2L, 3L, 4L, 5L, 6L, 8L, 13L, 14L, 17L, 18L, 19L);
                hv.machine.write(0x1000, 4, 0); // set anew by each run; nothing else may have changed it
            }
            assertThat((System.nanoTime() - start) / 1_000_000_000.0).as("seconds").isLessThan(60);
        }
    }

    /** Names around those that there are, with any value: no register is a way out. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void anyRegisterOfAnyProcessorHasAStatus(long seed) {
        var random = new Random(seed);
        int[] kinds = {0x100, 0x200, 0x210, 0x240, 0x20000, 0x20010, 0x30000, 0x30008, 0x40000, 0x50000, 0x60000, 0x70000, 0x80000, 0x90000, 0x90010, 0xa0000, 0xa0010, 0xb0000};
        try (var hv = new HypervFixture("hyperv,-hypercall-lock", 2)) {
            for (int i = 0; i < 5000; i++) {
                long name = kinds[random.nextInt(kinds.length)] + random.nextInt(16);
                boolean set = random.nextBoolean();
                hv.machine.wrmsr(0x40000000, 0x8100_0000_0000_0001L); // the guest's name is a register, too
                hv.machine.wrmsr(0x40000001, HYPERCALL_PAGE | 1);
                long value = random.nextInt(4) == 0 ? 0x60000 + 0x1000 * random.nextInt(16) | 1 : garbage(random);

                long result = hv.input(-1L, random.nextInt(2), name, 0, value, garbage(random)).call(rep(set ? 0x51 : 0x50, 1, 0));

                assertThat(result & 0xffff).as("seed %d, call %d: %s %#x", seed, i, set ? "set" : "get", name).isIn(0L, 5L, 6L);
                hv.machine.advance(random.nextInt(1000));
            }
            assertThat(hv.machine.tree()).isNotEmpty();
        }
    }

    private static long garbage(Random random) {
        return switch (random.nextInt(5)) {
            case 0 -> 0;
            case 1 -> -1L;
            case 2 -> random.nextInt(16);
            case 3 -> 1L << random.nextInt(64);
            default -> random.nextLong();
        };
    }

    // Flushes

    @Test
    void flushReachesTheProcessorsOfTheMask() {
        try (var hv = new HypervFixture("hyperv", 3)) {
            assertThat(hv.input(0x1234000, 0, 0b101).call(2)).isZero();

            assertThat(flushes(hv)).containsExactly(1, 0, 1);
        }
    }

    @Test
    void flushOfAllProcessorsIgnoresTheMask() {
        try (var hv = new HypervFixture("hyperv", 3)) {
            hv.input(0, 1, 0).call(2);

            assertThat(flushes(hv)).containsExactly(1, 1, 1);
        }
    }

    @Test
    void fastFlushTakesItsMaskFromAnXmmRegister() {
        try (var hv = new HypervFixture("hyperv", 3)) {
            xmm(hv, 0, 0b010, 0);

            assertThat(hv.call(2 | FAST, 0, 0)).isZero();

            assertThat(flushes(hv)).containsExactly(0, 1, 0);
        }
    }

    @Test
    void xmmParametersWithoutTheirPrivilegeAreUd() {
        try (var hv = new HypervFixture("hyperv,-xmm-input", 1)) {
            hv.machine.cpu(0).gpr(1, 2 | FAST);

            assertThat(hv.machine.vmcall()).isEqualTo(6);
        }
    }

    @Test
    void flushExTakesASparseSet() {
        try (var hv = new HypervFixture("hyperv", 3)) {
            long oneBank = 1L << 17;

            assertThat(hv.input(0, 0, 0, 1, 0b110).call(0x13 | oneBank)).isZero();
            assertThat(flushes(hv)).containsExactly(0, 1, 1);
            assertThat(hv.input(0, 0, 1, 0).call(0x13)).as("format 1: all").isZero();
            assertThat(flushes(hv)).containsExactly(1, 2, 2);
            assertThat(hv.input(0, 0, 0, 0b11).call(0x13 | oneBank)).as("two banks, one given").isEqualTo(3);
            assertThat(hv.input(0, 0, 7, 0).call(0x13)).as("no such format").isEqualTo(5);
        }
    }

    @Test
    void flushListTellsHowManyElementsAreDone() {
        try (var hv = new HypervFixture("hyperv", 2)) {
            assertThat(hv.input(0, 1, 0, 0x1000, 0x2003, 0xfffL).call(rep(3, 3, 0))).isEqualTo(3L << 32);
            assertThat(hv.input(0, 1, 0, 0x1000, 0x2003).call(rep(3, 2, 1))).isEqualTo(2L << 32);
        }
    }

    @Test
    void reservedFlagOfAFlushIsAnInvalidParameter() {
        try (var hv = new HypervFixture("hyperv", 1)) {
            assertThat(hv.input(0, 0x10, 1).call(2)).isEqualTo(5);
        }
    }

    private static int[] flushes(HypervFixture hv) {
        var counts = new int[hv.machine.vcpus().size()];
        for (int i = 0; i < counts.length; i++) {
            counts[i] = hv.machine.vcpu(i).flushes;
        }
        return counts;
    }

    // Interrupts

    @Test
    void clusterIpiReachesTheMask() {
        try (var hv = new HypervFixture("hyperv", 3)) {
            assertThat(hv.call(0xb | FAST, 0xfb, 0b110)).isZero();

            assertThat(hv.machine.apic(0).requests).isEmpty();
            assertThat(hv.machine.apic(1).requests).containsExactly(0xfb);
            assertThat(hv.machine.apic(2).requests).containsExactly(0xfb);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {0xf, 0x100, 0x1_000000fbL})
    void vectorThatIsNoneIsAnInvalidParameter(long vector) {
        try (var hv = new HypervFixture("hyperv", 1)) {
            assertThat(hv.call(0xb | FAST, vector, 1)).isEqualTo(5);
        }
    }

    @Test
    void clusterIpiExTakesASet() {
        try (var hv = new HypervFixture("hyperv", 3)) {
            assertThat(hv.input(0xfb, 0, 1, 0b100).call(0x15 | 1L << 17)).isZero();
            assertThat(hv.machine.apic(2).requests).containsExactly(0xfb);
            assertThat(hv.input(0xfb, 1, 0).call(0x15)).isZero();
            assertThat(hv.machine.apic(0).requests).containsExactly(0xfb);
        }
    }

    @Test
    void longSpinWaitGivesTheTurnAway() {
        try (var hv = new HypervFixture("hyperv", 2)) {
            assertThat(hv.call(8 | FAST, 0, 0)).isZero();
            assertThat(hv.machine.yields).containsExactly(1);
        }
        try (var hv = new HypervFixture("hyperv,spinlocks=never", 2)) {
            assertThat(hv.machine.cpuid(0x40000004)[1]).isEqualTo(-1);
            assertThat(hv.call(8 | FAST, 0, 0)).as("nobody asked for it").isEqualTo(6);
        }
    }

    // Registers

    @Test
    void registersAreReadByNumber() {
        try (var hv = new HypervFixture("hyperv", 2)) {
            hv.machine.cpu(1).gpr(3, 0x1122334455667788L);
            hv.input(-1L, 1, 0x00090003L << 32 | 0x00020003L);

            assertThat(hv.call(rep(0x50, 2, 0))).isEqualTo(2L << 32);

            assertThat(hv.machine.read(OUTPUT, 8)).as("RBX").isEqualTo(0x1122334455667788L);
            assertThat(hv.machine.read(OUTPUT + 16, 8)).as("VP index").isEqualTo(1);
        }
    }

    @Test
    void resultsOfAFastCallAreInXmmRegisters() {
        try (var hv = new HypervFixture("hyperv", 2)) {
            hv.machine.cpu(1).gpr(0, 77);
            xmm(hv, 0, 0x00020000L, 0);

            assertThat(hv.call(rep(0x50, 1, 0) | FAST, -1L, 1)).isEqualTo(1L << 32);

            assertThat(hv.machine.cpu(0).slots[X86State.XMM[1].slot()]).isEqualTo(77);
        }
    }

    @Test
    void registersAreWrittenByNumber() {
        try (var hv = new HypervFixture("hyperv", 2)) {
            hv.input(-1L, 1, 0x00020005, 0, 4711, 0);

            assertThat(hv.call(rep(0x51, 1, 0))).isEqualTo(1L << 32);

            assertThat(hv.machine.cpu(1).gpr(5)).isEqualTo(4711);
        }
    }

    /** TLFS HV_REGISTER_NAME, the two quadwords of each as the structures HV_X64_SEGMENT_REGISTER and HV_X64_TABLE_REGISTER have them. */
    @ParameterizedTest
    @CsvSource({
        "100, a000000003839, 0", // HvRegisterHypervisorVersion: build 14393, version 10.0
        "200, 12003000002eff, ec53000000000", // HvRegisterPrivilegesAndFeaturesInfo: leaf 0x40000003
        "202, 4000000040, 0", // HvRegisterImplementationLimitsInfo: 64 processors
        "240, 3b9aca00, 0", // HvRegisterProcessorClockFrequency
        "213, 4711, 0", // HvRegisterGuestCrashP3
        "30007, 1111, 2222", // HvX64RegisterXmm7
        "40000, 80000011, 0", // HvX64RegisterCr0: PG, ET, PE
        "60001, 0, a09b0008ffffffff", // HvX64RegisterCs: selector 8, 64-bit code, present, 4 GiB
        "70001, 1f000000000000, 3000", // HvX64RegisterGdtr: limit 0x1f in the upper word
        "80000, 2a, 0", // HvX64RegisterTsc
        "90012, 30, 0", // HvX64RegisterTpr
    })
    void everyKindOfRegisterHasItsForm(String name, String low, String high) {
        try (var hv = new HypervFixture("hyperv", 2)) {
            xmm(hv, 7, 0x1111, 0x2222);
            hv.machine.advance(42);
            hv.machine.wrmsr(0x40000103, 0x4711);
            hv.machine.wrmsr(0x40000072, 0x30);
            hv.input(-1L, 0xfffffffeL, Long.parseLong(name, 16));

            assertThat(hv.call(rep(0x50, 1, 0))).isEqualTo(1L << 32);

            assertThat(Long.toHexString(hv.machine.read(OUTPUT, 8))).isEqualTo(low);
            assertThat(Long.toHexString(hv.machine.read(OUTPUT + 8, 8))).isEqualTo(high);
        }
    }

    /** Element: u32 name, 12 bytes of padding, 128 bits of value. */
    @Test
    void vectorRegistersAndSyntheticOnesAreWrittenByNumber() {
        try (var hv = new HypervFixture("hyperv", 2)) {
            hv.input(-1L, 1, 0x00030003, 0, 0x1111, 0x2222, 0x00000210, 0, 4711, 0, 0x00040000, 0, 1, 0);

            assertThat(hv.call(rep(0x51, 3, 0))).as("two done; CR0 can only be read").isEqualTo(2L << 32 | 5);

            int slot = X86State.XMM[3].slot();
            assertThat(hv.machine.cpu(1).slots[slot]).isEqualTo(0x1111);
            assertThat(hv.machine.cpu(1).slots[slot + 1]).isEqualTo(0x2222);
            assertThat(hv.machine.rdmsr(0x40000100)).isEqualTo(4711);
        }
    }

    @ParameterizedTest
    @CsvSource({"5, 0, 20000, 13", "-1, 9, 20000, 14", "-1, 0, 12345, 5"})
    void registersOfNobodyHaveAStatus(long partition, int vp, String name, int status) {
        try (var hv = new HypervFixture("hyperv", 1)) {
            assertThat(hv.input(partition, vp, Long.parseLong(name, 16)).call(rep(0x50, 1, 0))).isEqualTo(status);
        }
    }

    // Messages and events

    private static void testDevice(HypervFixture hv, int connection, int command, int vp, int sint) {
        hv.machine.out(0x3000, 4, (long) connection << 24 | command << 16 | vp << 8 | sint);
    }

    @Test
    void postedMessageComesBackAtItsSource() {
        try (var hv = new HypervFixture("hyperv", 1)) {
            enableSynic(hv, 5, 0x61);
            testDevice(hv, 9, 4, 0, 5);
            hv.input(9, 16L << 32 | 0x1234, 0x1111, 0x2222);

            assertThat(hv.call(0x5c)).isZero();
            assertThat(hv.machine.read(MESSAGES + 5 * 256, 4)).isEqualTo(0x1234);
            assertThat(hv.machine.read(MESSAGES + 5 * 256 + 4, 1)).isEqualTo(16);
            assertThat(hv.machine.read(MESSAGES + 5 * 256 + 16, 8)).isEqualTo(0x1111);
            assertThat(hv.machine.apic(0).requests).containsExactly(0x61);
            assertThat(hv.call(0x5c)).as("the slot is full").isEqualTo(19);
            assertThat(hv.machine.read(MESSAGES + 5 * 256 + 5, 1)).as("message pending").isEqualTo(1);
        }
    }

    @Test
    void signalledEventSetsItsFlagAndInterruptsOnce() {
        try (var hv = new HypervFixture("hyperv", 1)) {
            enableSynic(hv, 5, 0x61);
            testDevice(hv, 9, 6, 0, 5);

            assertThat(hv.call(0x5d | FAST, 9, 0)).isZero();
            assertThat(hv.call(0x5d | FAST, 9, 0)).isZero();

            assertThat(hv.machine.read(EVENTS + 5 * 256 + 1, 1)).as("flag 9").isEqualTo(2);
            assertThat(hv.machine.apic(0).requests).containsExactly(0x61);
            assertThat(hv.call(0x5d | FAST, 9 | 4000L << 32, 0)).as("no such flag").isEqualTo(5);
            assertThat(hv.call(0x5d | FAST, 8, 0)).as("no such connection").isEqualTo(18);
        }
    }

    @Test
    void lostEventVanishes() {
        try (var hv = new HypervFixture("hyperv", 1)) {
            enableSynic(hv, 5, 0x61);
            testDevice(hv, 9, 6, 0, 5);
            hv.machine.iface.inject(hv.machine.vcpu(0), "lost-event");

            assertThat(hv.call(0x5d | FAST, 9, 0)).isZero();

            assertThat(hv.machine.apic(0).requests).isEmpty();
        }
    }

    static final long MESSAGES = 0x40000, EVENTS = 0x41000;

    static void enableSynic(HypervFixture hv, int sint, int vector) {
        hv.machine.wrmsr(0x40000080, 1);
        hv.machine.wrmsr(0x40000083, MESSAGES | 1);
        hv.machine.wrmsr(0x40000082, EVENTS | 1);
        hv.machine.wrmsr(0x40000090 + sint, vector);
    }
}
