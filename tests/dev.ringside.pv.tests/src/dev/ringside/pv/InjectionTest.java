package dev.ringside.pv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringside.arch.AssemblyResult;
import dev.ringside.arch.x86.X86Architecture;
import dev.ringside.loader.GuestImage;
import dev.ringside.loader.ImageBytes;
import dev.ringside.loader.ImageLoader;
import dev.ringside.machine.Machine;
import dev.ringside.machine.MachineBuilder;
import dev.ringside.machine.MachineControl;
import dev.ringside.machine.MachineControl.AddressKind;
import dev.ringside.machine.MachineControl.Injection;
import dev.ringside.machine.MachineDescription;
import dev.ringside.machine.MachineEvent;
import dev.ringside.machine.MachineProviders;
import dev.ringside.machine.MachineThread;
import dev.ringside.machine.StopReason;
import dev.ringside.pv.hyperv.HypervProvider;
import dev.ringside.pv.kvm.KvmProvider;
import dev.ringside.samples.Sample;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A debugger makes a fault happen where the machine stands, and can have the very same run again. */
class InjectionTest {
    private static final int MSR_KVM_STEAL_TIME = 0x4b564d03;
    private static final long STEAL_TIME = 0x600000;
    /** JMP SHORT to the instruction itself. */
    private static final byte[] JUMP_TO_ITSELF = {(byte) 0xeb, (byte) 0xfe};

    private static Machine machine(String paravirt, int cpus) throws Exception {
        AssemblyResult program = Sample.PARAVIRT.assemble(new X86Architecture().assembler());
        var providers = MachineProviders.onClassPath();
        GuestImage image = new ImageLoader(providers.formats()).load(new ImageBytes("paravirt", program.bytes())).orElseThrow();
        var named = new GuestImage(image.format(), image.segments(), Sample.symbols(program), image.protocol());
        var builder = new MachineBuilder(providers, (file, writable) -> {
            throw new IOException("no disks here");
        });
        return builder.build(MachineDescription.of(null).withParavirt(paravirt).withCpus(cpus).withEngine("interpreter"), named);
    }

    /** Runs until the next stop. */
    private static StopReason stop(MachineThread thread, Runnable way) {
        var stopped = new CompletableFuture<StopReason>();
        MachineControl.MachineListener listener = event -> {
            if (event instanceof MachineEvent.Stopped now && !(now.reason() instanceof StopReason.Entry)) {
                stopped.complete(now.reason());
            }
        };
        thread.addListener(listener);
        way.run();
        StopReason reason = stopped.join();
        thread.removeListener(listener);
        return reason;
    }

    @ParameterizedTest
    @CsvSource({"kvm, kvm_clock_pairing, tsc-jump", "kvm, kvm_send_ipi, slow-hypercall", "kvm, kvm_yield, steal-burst", "kvm, kvm_kick, guest-stopped", "hyperv, hv_post_message, message-slots-full",
            "hyperv, hv_post_message, lost-event", "hyperv, hv_signal_event, reenlighten", "kvm+hyperv, hv_send_ipi, slow-hypercall"})
    void whatIsInjectedAtAStopIsTheSameRunAsItsOption(String paravirt, String symbol, String event) throws Exception {
        sameRunAsItsOption(paravirt, symbol, event, MachineControl.WHOSE_TURN, "");
    }

    /** The sample runs on processor 0; the other one waits for its start. */
    @ParameterizedTest
    @CsvSource({"kvm, kvm_clock_pairing, tsc-jump, 0", "kvm, kvm_clock_pairing, tsc-jump, 1", "hyperv, hv_post_message, lost-event, 0", "hyperv, hv_post_message, lost-event, 1"})
    void aProcessorCanBeChosen(String paravirt, String symbol, String event, int vcpu) throws Exception {
        sameRunAsItsOption(paravirt, symbol, event, vcpu, "/" + vcpu);
    }

    private void sameRunAsItsOption(String paravirt, String symbol, String event, int vcpu, String end) throws Exception {
        String text;
        String hash;
        long instructions;
        Machine machine = machine(paravirt, 2);
        try (var thread = new MachineThread(machine).start(true)) {
            machine.inputOpen(false); // so that a guest that waits for what it lost ends, too
            thread.addBreakpoint(thread.symbols().addressOf(symbol));
            assertThat(stop(thread, thread::resume)).isInstanceOf(StopReason.Breakpoint.class);

            Injection injected = thread.inject(event, MachineControl.NOW, vcpu).join();

            assertThat(injected.done()).as("at once").isTrue();
            text = injected.text();
            assertThat(thread.paravirtActivity().join().injections()).containsExactly(injected);
            assertThat(stop(thread, thread::resume)).isInstanceOf(StopReason.Ended.class);
            hash = thread.statistics().join().eventHash();
            instructions = thread.statistics().join().instructions();
        }
        try (Machine again = machine(paravirt, 2); Machine without = machine(paravirt, 2)) {
            again.inject(text);
            again.run(100_000_000);
            without.run(100_000_000);

            assertThat(again.statistics().eventHash()).isEqualTo(hash);
            assertThat(again.statistics().instructions()).isEqualTo(instructions);
            assertThat(text).startsWith(event + "@").isNotEqualTo(event + "@0").endsWith(end);
        }
    }

    @Test
    void onlyTheChosenProcessorMeetsIt() throws Exception {
        try (Machine machine = machine("kvm", 2)) {
            for (int i = 0; i < 2; i++) {
                machine.cpu(i).bus.writeMsr(MSR_KVM_STEAL_TIME, STEAL_TIME + 64 * i | 1);
            }
            machine.inject("steal-burst@1000/1");
            machine.run(1001);

            assertThat(machine.memory().read(STEAL_TIME, 8)).isZero();
            assertThat(machine.memory().read(STEAL_TIME + 64, 8)).isEqualTo(100_000_000);
        }
    }

    /** The other processor's hypercall is as quick as ever. */
    @ParameterizedTest
    @CsvSource({"/0, true", "/1, false", "'', true"})
    void aSlowHypercallIsTheChosenProcessors(String processor, boolean slow) throws Exception {
        try (Machine machine = machine("kvm", 2); Machine without = machine("kvm", 2)) {
            machine.inject("slow-hypercall@0" + processor);
            machine.run(100_000_000);
            without.run(100_000_000);

            long longer = machine.statistics().virtualNanos() - without.statistics().virtualNanos();
            assertThat(longer > 9_000_000).as("%,d ns longer", longer).isEqualTo(slow);
        }
    }

    /** With both interfaces, the fault is that of the one whose hypercalls the guest makes: KVM's as long as it has told Hyper-V no name. */
    @Test
    void aFaultOfBothInterfacesIsThatOfTheOneInUse() throws Exception {
        try (var both = PvFixture.of("kvm+hyperv", 1, new KvmProvider(), new HypervProvider())) {
            both.iface.inject(both.vcpu(0), "slow-hypercall");
            both.vmcall();
            assertThat(both.clock().nanos()).as("KVM's").isEqualTo(10_000_000);

            both.wrmsr(0x40000000, 0x8100_0000_0000_0001L);
            both.wrmsr(0x40000001, 0x20000 | 1);
            both.iface.inject(both.vcpu(0), "slow-hypercall");
            both.vmcall();
            assertThat(both.clock().nanos()).as("Hyper-V's").isEqualTo(20_000_000);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"tsc-jump@500000000", "lost-event@1/0", "lost-event@0/63"})
    void textIsReadAsItIsWritten(String text) {
        assertThat(Injection.parse(text).text()).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', value = {
        "tsc-jump | 'tsc-jump'; EVENT@INSTRUCTIONS is needed, such as tsc-jump@500000000, or tsc-jump@500000000/1 for processor 1",
        "tsc-jump@ | EVENT@INSTRUCTIONS is needed",
        "tsc-jump@5/ | EVENT@INSTRUCTIONS is needed",
        "tsc-jump@5/one | EVENT@INSTRUCTIONS is needed",
        "tsc-jump@5/-1 | EVENT@INSTRUCTIONS is needed",
        "tsc-jump@5/2 | fault 'tsc-jump' cannot be injected into processor 2; the last one is 1",
        "apf-storm@5/1 | fault 'apf-storm' meets the whole machine; no processor can be chosen for it",
        "guest-stopped@5/0 | fault 'guest-stopped' meets the whole machine; no processor can be chosen for it",
    })
    void aProcessorThatCannotBeIsRefused(String text, String said) throws Exception {
        try (Machine machine = machine("kvm", 2)) {
            assertThatThrownBy(() -> machine.inject(text)).isInstanceOf(IllegalArgumentException.class).hasMessageContaining(said);
            assertThat(machine.injections()).isEmpty();
        }
    }

    @Test
    void whatIsInjectedWhileStandingIsInTheSharedPageAtOnce() throws Exception {
        try (var thread = new MachineThread(machine("kvm", 1)).start(true)) {
            thread.addBreakpoint(thread.symbols().addressOf("kvm_yield"));
            stop(thread, thread::resume);
            String before = stealTime(thread);

            thread.inject("steal-burst", MachineControl.NOW).join();

            assertThat(stealTime(thread)).isNotEqualTo(before).isEqualTo("100000000");
        }
    }

    private static String stealTime(MachineControl machine) {
        return machine.inspect(List.of("paravirt", "vcpu0", "steal time")).join().stream().filter(line -> line.name().equals("steal (ns)")).findFirst().orElseThrow().value();
    }

    @Test
    void whatIsToComeWaitsAndHappens() throws Exception {
        try (var thread = new MachineThread(machine("kvm", 1)).start(true)) {
            Injection waits = thread.inject("steal-burst", 1000).join();
            assertThat(waits).isEqualTo(new Injection("steal-burst", 1000, MachineControl.WHOSE_TURN, false));
            assertThat(thread.paravirtActivity().join().injections()).containsExactly(waits);
            assertThat(thread.inspect(List.of("injections")).join()).extracting("name", "value").containsExactly(org.assertj.core.groups.Tuple.tuple("steal-burst@1000", "waits"));

            stop(thread, thread::resume);

            assertThat(thread.paravirtActivity().join().injections()).containsExactly(new Injection("steal-burst", 1000, MachineControl.WHOSE_TURN, true));
        }
    }

    /** Between two slices; the count at which it happens is told, so that a run can have it again. */
    @Test
    void aRunningMachineIsNotStopped() throws Exception {
        try (var thread = new MachineThread(machine("kvm", 1)).start(true)) {
            int breakpoint = thread.addBreakpoint(thread.symbols().addressOf("kvm_yield"));
            stop(thread, thread::resume);
            long retired = thread.statistics().join().instructions();
            thread.writeMemory(AddressKind.VIRTUAL, 0, thread.symbols().addressOf("kvm_yield"), JUMP_TO_ITSELF).join();
            thread.removeBreakpoint(breakpoint);
            thread.resume();
            while (thread.statistics().join().instructions() == retired) {
                Thread.onSpinWait();
            }

            Injection injected = thread.inject("steal-burst", MachineControl.NOW).join();

            while (!thread.paravirtActivity().join().injections().getFirst().done()) {
                Thread.onSpinWait();
            }
            assertThat(thread.isRunning()).isTrue();
            assertThat(injected.instructions()).isBetween(retired + 1, thread.statistics().join().instructions());
            assertThat(thread.paravirtActivity().join().injections()).containsExactly(new Injection("steal-burst", injected.instructions(), MachineControl.WHOSE_TURN, true));
            assertThat(stealTime(thread)).isEqualTo("100000000");
        }
    }

    @Test
    void whatCannotBeIsRefusedInOneLine() throws Exception {
        try (var thread = new MachineThread(machine("kvm", 1)).start(true)) {
            refused(thread, "lost-event", MachineControl.NOW, "fault 'lost-event' cannot be injected into paravirtual interface 'kvm', which has tsc-jump, guest-stopped, steal-burst, apf-storm, slow-hypercall");
            thread.addBreakpoint(thread.symbols().addressOf("kvm_yield"));
            stop(thread, thread::resume);
            long now = thread.statistics().join().instructions();
            refused(thread, "tsc-jump", 7, "fault 'tsc-jump' cannot be injected after 7 instructions: %,d have retired".formatted(now));
            stop(thread, thread::resume);
            refused(thread, "tsc-jump", MachineControl.NOW, "fault 'tsc-jump' cannot be injected: the run is over (power-off)");
            refused(thread, "tsc-jump", Long.MAX_VALUE, "fault 'tsc-jump' cannot be injected: the run is over (power-off)");
        }
        try (var none = new MachineThread(machine("none", 1)).start(true)) {
            refused(none, "tsc-jump", MachineControl.NOW, "fault 'tsc-jump' cannot be injected into paravirtual interface 'none', which has none");
        }
    }

    private static void refused(MachineControl machine, String event, long instructions, String line) {
        assertThatThrownBy(() -> machine.inject(event, instructions).join()).isInstanceOf(CompletionException.class).cause().isInstanceOf(IllegalArgumentException.class).hasMessage(line);
    }

    @Test
    void aProviderKnowsTheFaultsOfItsInterface() throws Exception {
        for (ParavirtProvider provider : MachineProviders.onClassPath().paravirts()) {
            try (Machine machine = machine(provider.name(), 1)) {
                assertThat(provider.injectable()).as(provider.name()).isEqualTo(machine.paravirt().injectable());
            }
        }
    }
}
