package dev.ringside.pv;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringside.arch.AssemblyResult;
import dev.ringside.arch.x86.X86Architecture;
import dev.ringside.inspect.InspectNode;
import dev.ringside.inspect.Inspectable;
import dev.ringside.loader.GuestImage;
import dev.ringside.loader.ImageBytes;
import dev.ringside.loader.ImageLoader;
import dev.ringside.machine.Machine;
import dev.ringside.machine.MachineBuilder;
import dev.ringside.machine.MachineControl.HypercallLine;
import dev.ringside.machine.MachineControl.ParavirtActivity;
import dev.ringside.machine.MachineDescription;
import dev.ringside.machine.MachineProviders;
import dev.ringside.machine.MachineThread;
import dev.ringside.machine.StopReason;
import dev.ringside.samples.Sample;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What people see of an interface: the last hypercalls in words, and the CPUID leaves by the manual's names. */
class ParavirtActivityTest {
    private static Machine ran(String paravirt) throws Exception {
        AssemblyResult program = Sample.PARAVIRT.assemble(new X86Architecture().assembler());
        var providers = MachineProviders.onClassPath();
        GuestImage image = new ImageLoader(providers.formats()).load(new ImageBytes("paravirt", program.bytes())).orElseThrow();
        var named = new GuestImage(image.format(), image.segments(), Sample.symbols(program), image.protocol());
        var builder = new MachineBuilder(providers, (file, writable) -> {
            throw new IOException("no disks here");
        });
        Machine machine = builder.build(MachineDescription.of(null).withParavirt(paravirt), named);
        assertThat(machine.run(10_000_000)).isInstanceOf(StopReason.Ended.class);
        return machine;
    }

    private static ParavirtActivity activity(String paravirt) throws Exception {
        try (var thread = new MachineThread(ran(paravirt)).start(true)) {
            return thread.paravirtActivity().join();
        }
    }

    private static List<String> words(ParavirtActivity activity) {
        return activity.hypercalls().stream().map(line -> line.function().replaceFirst("\\+.*", "") + ": " + line.name() + "(" + line.arguments() + ") = " + line.result()).toList();
    }

    @Test
    void kvmHypercallsHaveTheirFunctionNamedArgumentsAndResult() throws Exception {
        assertThat(words(activity("kvm"))).startsWith(
            "kvm_send_ipi: KVM_HC_SEND_IPI(bitmap low 0x1, bitmap high 0x0, lowest APIC ID 0x0, ICR 0x41) = 1",
            "kvm_kick: KVM_HC_KICK_CPU(flags 0x0, APIC ID 0x0) = 0").last().asString().contains("kvm_unknown_hypercall: hypercall 99(").endsWith("= -KVM_ENOSYS");
    }

    /** VMCALL is in the hypervisor's page: the function that counts is the one that called it. */
    @Test
    void hypervHypercallsNameWhoCalledThePage() throws Exception {
        assertThat(words(activity("hyperv"))).containsExactly(
            "hv_send_ipi: HvCallSendSyntheticClusterIpi(vector 0x41, processors 0x1) = HV_STATUS_SUCCESS",
            "hv_get_register: HvCallGetVpRegisters(partition 0xffffffffffffffff, processor 0xfffffffe, names 0x90002) = HV_STATUS_SUCCESS (1 done)",
            "hv_post_message: HvCallPostMessage(connection 0x5, type and size 0x800000001, payload 0x1122334455667788) = HV_STATUS_SUCCESS",
            "hv_signal_event: HvCallSignalEvent(connection and flag 0x5) = HV_STATUS_SUCCESS");
    }

    @Test
    void twoInterfacesHaveOneLogInTheOrderOfTime() throws Exception {
        List<HypercallLine> lines = activity("kvm+hyperv").hypercalls();

        assertThat(lines.getFirst().name()).startsWith("HvCall");
        assertThat(lines.getLast().name()).isEqualTo("hypercall 99");
        assertThat(lines).extracting(HypercallLine::instructions).isSorted();
    }

    @Test
    void whatWasOfferedAndNotUsedIsSaidWithItsUse() throws Exception {
        assertThat(activity("kvm").hints()).noneMatch(hint -> hint.startsWith("KVM_FEATURE_CLOCKSOURCE2"));
        assertThat(activity("hyperv").hints()).anyMatch(hint -> hint.startsWith("AccessReenlightenmentControls is offered and not used: a guest that uses it"))
            .noneMatch(hint -> hint.startsWith("AccessHypercallMsrs"));
        assertThat(activity("none")).isEqualTo(ParavirtActivity.NONE);
    }

    @Test
    void cpuidBitsStandInTheirLeafAndRegister() throws Exception {
        try (Machine machine = ran("kvm,-kvm-steal-time")) {
            List<InspectNode> features = InspectNode.of(below(below(machine.paravirt(), "CPUID").part(), "0x40000001 KVM_CPUID_FEATURES").part());

            assertThat(features).extracting(InspectNode::name).contains("EAX", "EAX[3] KVM_FEATURE_CLOCKSOURCE2", "EDX[0] KVM_HINTS_REALTIME");
            assertThat(features).filteredOn(node -> node.name().equals("EAX[5] KVM_FEATURE_STEAL_TIME")).first().extracting(InspectNode::value).asString().startsWith("0: ");
            assertThat(features).filteredOn(node -> node.name().equals("EAX[6] KVM_FEATURE_PV_EOI")).first().extracting(InspectNode::value).asString().startsWith("1: ");
        }
    }

    private static InspectNode below(Inspectable part, String name) {
        return InspectNode.of(part).stream().filter(node -> node.name().equals(name)).findFirst().orElseThrow();
    }
}
