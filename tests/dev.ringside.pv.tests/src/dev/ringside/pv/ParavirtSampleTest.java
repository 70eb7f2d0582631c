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

/** The teaching sample finds each interface and uses it. */
class ParavirtSampleTest {
    private final StringBuilder printed = new StringBuilder();

    private String run(String paravirt) throws Exception {
        run(paravirt, "interpreter");
        return printed.toString();
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
            machine.board().serialPorts().getFirst().connect(octet -> printed.append((char) octet));
            assertThat(machine.run(1_000_000)).isEqualTo(new StopReason.Ended(new EndReason.PowerOff()));
            return machine.statistics().eventHash();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"none", "minimal", "kvm", "hyperv", "kvm+hyperv"})
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
        assertThat(run("none")).isEqualTo("no hypervisor\n");
    }

    @Test
    void minimalGivesTheFrequency() throws Exception {
        assertThat(run("minimal")).isEqualTo("hypervisor: \nTSC in kHz: 000f4240\n");
    }

    @Test
    void kvmGivesTimeHypercallsAndInterruptsWithoutTheRegister() throws Exception {
        assertThat(run("kvm")).contains("hypervisor: KVMKVMKVM\n", "features: 0100fafb\n", "wall clock (s): 6955b900\n", "stolen (ns): 00000000\n",
            "clock pairing: 00000000\n", "hypercall 99: fffffc18\n").endsWith("interrupts ended by memory: 00000001\n");
    }

    @Test
    void hypervGivesTimersMessagesAndRegisters() throws Exception {
        assertThat(run("hyperv")).contains("hypervisor: Microsoft Hv\n", "VP index: 00000000\n", "reference TSC page, sequence: 00000001\n",
            "HvCallGetVpRegisters: 00000000\n", "CR0: 00000011\n", "interrupts ended by memory: 00000001\ninterrupts ended by memory: 00000002\n")
            .endsWith("message type: 80000010\n");
    }
}
