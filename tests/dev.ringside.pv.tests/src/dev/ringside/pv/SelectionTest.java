package dev.ringside.pv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringside.pv.hyperv.HypervProvider;
import dev.ringside.pv.kvm.KvmProvider;
import dev.ringside.pv.minimal.MinimalProvider;
import java.util.List;
import java.util.Random;
import java.util.ServiceLoader;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@code --paravirt} says, and what becomes of it. */
class SelectionTest {
    private static final List<ParavirtProvider> PROVIDERS = List.of(new HypervProvider(), new KvmProvider(), new MinimalProvider());

    @Test
    void providersAreFoundAsServices() {
        assertThat(ServiceLoader.load(ParavirtProvider.class)).extracting(ParavirtProvider::name).contains("kvm", "hyperv", "minimal");
    }

    @Test
    void noneLeavesTheProcessorsAnswerAlone() {
        try (var machine = PvFixture.of("none", 1)) {
            assertThat(machine.cpuid(1)[2]).isZero();
            assertThat(machine.iface.hypercall(machine.vcpu(0))).isFalse();
        }
    }

    @Test
    void minimalTellsFrequenciesAndNoName() {
        try (var machine = PvFixture.of("minimal", 1, new MinimalProvider())) {
            assertThat(machine.cpuid(1)[2]).isEqualTo(1 << 31);
            assertThat(machine.cpuid(0x40000000)).containsExactly(0x40000010, 0, 0, 0);
            assertThat(machine.cpuid(0x40000001)).containsExactly(0, 0, 0, 0);
            assertThat(machine.cpuid(0x40000010)).containsExactly(1_000_000, 1_000_000, 0, 0);
            assertThat(machine.vmcall()).isEqualTo(6);
        }
    }

    @Test
    void kvmStandsBehindHypervWhicheverIsNamedFirst() {
        for (String spec : List.of("kvm+hyperv", "hyperv+kvm")) {
            try (var machine = PvFixture.of(spec, 1, new KvmProvider(), new HypervProvider())) {
                assertThat(machine.cpuid(0x40000001)[0]).as(spec).isEqualTo(0x31237648);
                assertThat(machine.cpuid(0x40000100)).as(spec).containsExactly(0x40000101, 0x4b4d564b, 0x564b4d56, 0x4d);
                assertThat(machine.cpuid(0x40000110)).as("the frequencies' leaf has a fixed number, which is Hyper-V's here").containsOnly(0);
                assertThat(machine.cpuid(0x40000101)[0] & 1 << 3).as(spec).isNotZero();
            }
        }
    }

    @Test
    void hypercallsAreHypervsOnceTheGuestHasTakenAName() {
        try (var machine = PvFixture.of("kvm+hyperv", 1, new KvmProvider(), new HypervProvider())) {
            machine.cpu(0).gpr(0, 9999);
            machine.vmcall();
            assertThat(machine.cpu(0).gpr(0)).isEqualTo(-1000);

            machine.wrmsr(0x40000000, 0x8100_0000_0000_0000L);
            assertThat(machine.vmcall()).as("the hypercall page is not enabled").isEqualTo(6);
        }
    }

    @Test
    void oneInterfaceOffersTheEndOfAnInterruptAndAutoEoiIsEitherWay() {
        try (var machine = PvFixture.of("kvm+hyperv", 1, new KvmProvider(), new HypervProvider())) {
            machine.wrmsr(0x4b564d04, 0x20000 | 1);
            machine.apic(0).take(0x30, false);
            assertThat(machine.read(0x20000, 1)).as("KVM alone is switched on").isEqualTo(1);
            machine.write(0x20000, 1, 0);
            machine.iface.interruptAssist(machine.vcpu(0)).settle();
            assertThat(machine.apic(0).ended).isEqualTo(1);

            machine.wrmsr(0x40000073, 0x21000 | 1);
            machine.apic(0).take(0x30, false);
            assertThat(machine.read(0x21000, 4)).as("Hyper-V goes first").isEqualTo(1);
            assertThat(machine.read(0x20000, 1)).as("and KVM does not offer the same").isZero();

            machine.wrmsr(0x40000091, 0x31 | 1 << 17);
            machine.apic(0).take(0x31, false);
            assertThat(machine.apic(0).ended).as("AutoEOI").isEqualTo(2);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void anyValueInAnyRegisterIsTakenOrGp(long seed) {
        var random = new Random(seed);
        int[] indexes = IntStream.concat(IntStream.rangeClosed(0x40000000, 0x40000120), IntStream.of(0x11, 0x12, 0x4b564d00, 0x4b564d01, 0x4b564d02, 0x4b564d03,
            0x4b564d04, 0x4b564d05, 0x4b564d06, 0x4b564d07, 0x4b564d08)).toArray();
        try (var machine = PvFixture.of("kvm+hyperv,kvm-map-gpa-range,kvm-migration-control,tsc-invariant", 2, new KvmProvider(), new HypervProvider())) {
            for (int i = 0; i < 20_000; i++) {
                int index = indexes[random.nextInt(indexes.length)];
                long value = switch (random.nextInt(4)) {
                    case 0 -> random.nextLong();
                    case 1 -> 1L << random.nextInt(64) | 1;
                    case 2 -> random.nextInt(0x400000) & ~0xfff | 1;
                    default -> random.nextInt(0x20000);
                };
                machine.faults(() -> machine.wrmsr(index, value));
                machine.faults(() -> machine.rdmsr(index));
                if (random.nextInt(50) == 0) {
                    machine.apic(0).take(0x30 + random.nextInt(16), random.nextBoolean());
                    machine.iface.interruptAssist(machine.vcpu(0)).settle();
                    machine.iface.scheduled(machine.vcpu(0), random.nextBoolean(), random.nextInt(1000));
                    machine.advance(random.nextInt(2000));
                }
            }
            assertThat(machine.tree()).isNotEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', value = {
        "xen | 'xen' is not in this build",
        "kvm,flux | 'flux' is not one of",
        "none,kvmclock | has no features",
        "hyperv,-synic,stimer | 'stimer' needs 'synic'",
        "hyperv,-hv-vpindex,hv-tlbflush | 'tlbflush' needs 'vpindex'",
        "hyperv,-stimer,stimer-direct | 'stimer-direct' needs 'stimer'",
        "hyperv,evmcs | 'evmcs' cannot be had",
        "hyperv,vendor=SeventeenLettersX | at most 12 ASCII letters",
        "hyperv,spinlocks=many | spinlocks='many'",
        "kvm,-kvm-steal-time,kvm-pv-tlb-flush | 'kvm-pv-tlb-flush' needs 'kvm-steal-time'",
        "kvm,swap=x | swap='x'",
        "kvm+kvm | named twice",
        "kvm+minimal | stands alone",
        "kvm,,x | empty feature",
    })
    void wrongSelectionIsOneClearLine(String spec, String words) {
        try (var machine = new PvFixture(1)) {
            assertThatThrownBy(() -> ParavirtInterfaces.create(ParavirtSpec.parse(spec), PROVIDERS, machine)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(words).hasMessageNotContaining("\n");
        }
    }

    @Test
    void whatNeedsASwitchedOffDefaultGoesQuietly() {
        var selection = new HypervProvider().features().select(ParavirtSpec.parse("hyperv,-synic"));

        assertThat(selection.has("synic")).isFalse();
        assertThat(selection.has("stimer")).isFalse();
        assertThat(selection.has("stimer-direct")).isFalse();
        assertThat(selection.has("tlbflush")).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"hyperv,-stimer", "hyperv,stimer=off", "hyperv,-hv-stimer", "hyperv,hv-stimer=off", "hyperv, -hv_stimer"})
    void offIsWrittenInManyWays(String spec) {
        assertThat(new HypervProvider().features().select(ParavirtSpec.parse(spec)).has("stimer")).isFalse();
    }

    /** docs/system/i386/hyperv.rst of QEMU. */
    @ParameterizedTest
    @ValueSource(strings = {"relaxed", "vapic", "spinlocks", "vpindex", "runtime", "crash", "time", "synic", "stimer", "tlbflush", "ipi", "vendor-id", "reset",
        "frequencies", "reenlightenment", "evmcs", "stimer-direct", "avic", "no-nonarch-coresharing", "version-id-build", "version-id-major", "version-id-minor",
        "version-id-spack", "version-id-sbranch", "version-id-snumber", "syndbg", "emsr-bitmap", "xmm-input", "tlbflush-ext", "tlbflush-direct", "passthrough",
        "enforce-cpuid", "apicv"})
    void everyNameOfQemusIsKnown(String name) {
        assertThat(new HypervProvider().features().feature(name)).isNotNull();
    }

    /** The flags of -cpu that begin with kvm. */
    @ParameterizedTest
    @ValueSource(strings = {"kvmclock", "kvmclock-stable-bit", "kvm-nopiodelay", "kvm-mmu", "kvm-asyncpf", "kvm-asyncpf-int", "kvm-asyncpf-vmexit", "kvm-steal-time",
        "kvm-pv-eoi", "kvm-pv-unhalt", "kvm-pv-tlb-flush", "kvm-pv-ipi", "kvm-poll-control", "kvm-pv-sched-yield", "kvm-msi-ext-dest-id", "kvm-hint-dedicated"})
    void everyKvmNameOfQemusIsKnown(String name) {
        assertThat(new KvmProvider().features().feature(name)).isNotNull();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "kvm,kvm-mmu            | 'kvm-mmu' cannot be had: it batches writes to page tables",
        "hyperv,stimer=maybe    | 'stimer' is 'maybe'; on, off or auto is needed",
        "hyperv,vendor          | 'vendor' is not on or off; write vendor=VALUE",
        "hyperv,spinlocks=off   | 'spinlocks' is not on or off; write spinlocks=VALUE",
        "kvm,-swap              | 'swap' is not on or off; write swap=VALUE",
        "hyperv,evmcs           | 'evmcs' cannot be had: it is the VMCS of a nested hypervisor in memory",
        "hyperv,syndbg          | 'syndbg' cannot be had: it carries packets of the Windows kernel debugger",
    })
    void whatCannotBeIsSaidWithTheReason(String spec, String said) {
        assertThatThrownBy(() -> ParavirtInterfaces.check(ParavirtSpec.parse(spec), PROVIDERS)).hasMessageContaining(said);
    }

    @Test
    void autoIsTheDefault() {
        assertThat(new HypervProvider().features().select(ParavirtSpec.parse("hyperv,no-nonarch-coresharing=auto,avic=auto")).on())
            .contains("no-nonarch-coresharing").doesNotContain("avic");
    }
}
