package dev.ringside.pv;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringside.arch.AssemblyResult;
import dev.ringside.arch.x86.X86Architecture;
import dev.ringside.engine.EngineProvider;
import dev.ringside.loader.GuestImage;
import dev.ringside.loader.ImageBytes;
import dev.ringside.loader.ImageLoader;
import dev.ringside.machine.EndReason;
import dev.ringside.machine.Machine;
import dev.ringside.machine.MachineBuilder;
import dev.ringside.machine.MachineDescription;
import dev.ringside.machine.MachineProviders;
import dev.ringside.machine.StopReason;
import dev.ringside.samples.Sample;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The teaching sample finds each interface, uses what it is offered and leaves alone what it is not. */
class ParavirtSampleTest {
    private final StringBuilder printed = new StringBuilder();

    private String run(String paravirt) throws Exception {
        run(paravirt, "interpreter");
        return printed.toString().replace("\r\n", "\n");
    }

    /** @return the hash over all events */
    private String run(String paravirt, String engine) throws Exception {
        AssemblyResult program = Sample.PARAVIRT.assemble(new X86Architecture().assembler());
        var providers = MachineProviders.onClassPath();
        GuestImage image = new ImageLoader(providers.formats()).load(new ImageBytes(Sample.PARAVIRT.fileName(), program.bytes())).orElseThrow();
        var builder = new MachineBuilder(providers, (file, writable) -> {
            throw new IOException("no disks here");
        });
        try (Machine machine = builder.build(MachineDescription.of(null).withParavirt(paravirt).withEngine(engine), image)) {
            printed.setLength(0);
            machine.board().serialPorts().getFirst().connect(octet -> printed.append((char) octet));
            assertThat(machine.run(10_000_000)).isEqualTo(new StopReason.Ended(new EndReason.PowerOff()));
            return machine.statistics().eventHash();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"none", "minimal", "kvm", "hyperv", "kvm+hyperv", "kvm,swap=4096/1"})
    void everyEngineTakesTheSamePath(String paravirt) throws Exception {
        String expected = run(paravirt, "interpreter");
        for (EngineProvider engine : MachineProviders.onClassPath().engines()) {
            if (engine.unavailableReason().isEmpty()) {
                assertThat(run(paravirt, engine.name())).as(engine.name()).isEqualTo(expected);
            }
        }
    }

    @Test
    void withoutAnInterfaceItSaysSo() throws Exception {
        assertThat(run("none")).isEqualTo("""
            Who runs this guest?
            No hypervisor: CPUID.1:ECX[31] is 0.
            Powering off.
            """);
    }

    @Test
    void minimalGivesFrequenciesAndNothingElse() throws Exception {
        assertThat(run("minimal")).isEqualTo("""
            Who runs this guest?
            CPUID 0x40000000: signature '', last leaf 0x40000010
            Frequencies: TSC 1000000 kHz, APIC timer 1000000 kHz.
            Powering off.
            """);
    }

    @Test
    void kvmGivesClocksHypercallsAndInterruptsWithoutTheRegister() throws Exception {
        assertThat(run("kvm")).matches("""
            Who runs this guest\\?
            CPUID 0x40000000: signature 'KVMKVMKVM', last leaf 0x40000010
            Frequencies: TSC 1000000 kHz, APIC timer 1000000 kHz.
            KVM features 0x100fafb
            Wall clock: 1767225600 s after 1970 at power-on.
            System time: \\d+ ns, and it goes on.
            Steal time: 0 ns stolen.
            PV EOI: enabled.
            KVM_HC_SEND_IPI: 1 delivered.
            KVM_HC_KICK_CPU: HLT ended with interrupts off.
            KVM_HC_SCHED_YIELD: result 0
            KVM_HC_CLOCK_PAIRING: 1767225600 s after 1970, with its TSC.
            Asynchronous page faults: 0 away, 0 came back.
            Hypercall 99: result -1000
            Powering off.
            """);
    }

    @Test
    void hypervGivesTimersMessagesEventsAndRegisters() throws Exception {
        assertThat(run("hyperv")).matches("""
            Who runs this guest\\?
            CPUID 0x40000000: signature 'Microsoft Hv', last leaf 0x40000006
            Hyper-V privileges 0x2eff, 0x120030, 0xec530
            Version: 10.0, build 14393
            Hypercall page: 0xf01c1c3
            VP index: 0
            Frequency MSRs: TSC 1000000000 Hz, APIC timer 1000000000 Hz.
            Reference time: counter \\d+, the TSC page says [01] later.
            VP assist page: enabled.
            SynIC: messages and events at SINT2.
            STIMER0: message 0x80000010, 24 bytes, 0x0
            STIMER1, direct: 3 ticks.
            HvCallSendSyntheticClusterIpi: status 0
            HvCallGetVpRegisters: status 0
            HvRegisterGuestOsId: 0xff00000000000001
            HvCallPostMessage: message 0x1, 8 bytes, 0x1122334455667788
            HvCallSignalEvent: the flag is set.
            VP runtime: this processor ran.
            Powering off.
            """);
    }

    /** Hyper-V comes first; hypercalls are KVM's again once Hyper-V has forgotten the guest's name. */
    @Test
    void twoInterfacesAreUsedOneAfterTheOther() throws Exception {
        assertThat(run("kvm+hyperv")).contains("CPUID 0x40000000: signature 'Microsoft Hv'", "HvCallSignalEvent: the flag is set.",
            "CPUID 0x40000100: signature 'KVMKVMKVM'", "KVM_HC_SEND_IPI: 1 delivered.", "Hypercall 99: result -1000");
    }

    @Test
    void whatIsSwitchedOffIsNotTouched() throws Exception {
        assertThat(run("kvm,-kvmclock,-kvmclock-old,-kvm-steal-time,-kvm-pv-eoi,-kvm-pv-ipi,-kvm-pv-unhalt,-kvm-pv-sched-yield,-kvm-asyncpf"))
            .contains("Wall clock: not offered.", "System time: not offered.", "Steal time: not offered.", "PV EOI: not offered.", "KVM_HC_SEND_IPI: not offered.",
                "KVM_HC_KICK_CPU: not offered.", "KVM_HC_SCHED_YIELD: not offered.", "Asynchronous page faults: not offered.").doesNotContain("#GP", "#UD");
        assertThat(run("hyperv,-vapic,-synic,-hypercall,-time,-stimer,-vpindex")).contains("Hypercall page: not offered.", "VP index: not offered.",
            "Reference time: not offered.", "VP assist page: not offered.", "SynIC: not offered.", "STIMER0: not offered.", "STIMER1, direct: not offered.",
            "HvCallPostMessage: not offered.", "HvCallSignalEvent: not offered.").doesNotContain("#GP", "#UD");
    }

    /**
     * One page in eight goes away every millisecond, also pages with the stack and the interrupt descriptor table: an interrupt whose delivery meets one is not lost.
     */
    @Test
    void pagesThatAreAwayComeBackAndNoInterruptIsLost() throws Exception {
        assertThat(run("kvm,swap=4096/1")).contains("Asynchronous page faults: 2 away, 2 came back.\n", "Powering off.\n");
    }

    /** The older form, which is all that guests before KVM_FEATURE_ASYNC_PF_INT know. */
    @Test
    void withoutTheInterruptTheyComeBackByASecondFault() throws Exception {
        assertThat(run("kvm,swap=4096/1,-kvm-asyncpf-int")).contains("Asynchronous page faults: 2 away, 2 came back.\n", "Powering off.\n");
    }
}
