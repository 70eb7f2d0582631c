package dev.ringside.machine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringside.arch.AssemblyResult;
import dev.ringside.arch.x86.X86Architecture;
import dev.ringside.loader.RawFormat;
import dev.ringside.machine.MachineControl.RegisterValue;
import dev.ringside.samples.Sample;
import java.io.IOException;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Breakpoints as a debugger sets them on a machine: hits are counted, and who stands at one gets away from it. */
class DebuggerBreakpointsTest {
    private static final String GUEST = """
        bits 32
        org 0x100000
        start:
            mov esp, 0x200000
            xor eax, eax
        again:
            call count
        behind:
            jmp again
        count:
            inc eax
            mov [counter + 2], eax
            ret
        counter:
            dq 0
        """;

    private final BlockingQueue<MachineEvent> events = new LinkedBlockingQueue<>();
    private MachineThread machine;

    @BeforeEach
    void build() throws Exception {
        AssemblyResult program = new X86Architecture().assembler().assemble("guest.asm", GUEST);
        assertThat(program.errors()).isEmpty();
        var builder = new MachineBuilder(MachineProviders.onClassPath(), (file, writable) -> {
            throw new IOException("no disks here");
        });
        machine = new MachineThread(builder.build(MachineDescription.of(null), RawFormat.of(program.bytes(), 0x100000, Sample.symbols(program))));
        machine.addListener(events::add);
        machine.start(true);
        assertThat(stop()).isEqualTo(new StopReason.Entry());
    }

    @AfterEach
    void close() {
        machine.close();
    }

    @Test
    void theThirdHitStopsAndThoseBehindIt() throws Exception {
        machine.addBreakpoint(at("count"), 3);

        assertThat(resumed()).isEqualTo(new StopReason.Breakpoint(at("count")));
        assertThat(register("RAX")).isEqualTo(2);
        assertThat(resumed()).isEqualTo(new StopReason.Breakpoint(at("count")));
        assertThat(register("RAX")).isEqualTo(3);
    }

    @Test
    void hitsThatPassAreNotTold() throws Exception {
        machine.addBreakpoint(at("count"), 1000);
        machine.resume();

        assertThat(events.poll(60, TimeUnit.SECONDS)).isInstanceOf(MachineEvent.Resumed.class);
        assertThat(events.poll(60, TimeUnit.SECONDS)).isInstanceOf(MachineEvent.Stopped.class);
        assertThat(register("RAX")).isEqualTo(999);
    }

    @Test
    void oneOfTwoAtAnAddressIsEnoughToStop() throws Exception {
        machine.addBreakpoint(at("count"), 5);
        machine.addBreakpoint(at("count"), 2);

        assertThat(resumed()).isEqualTo(new StopReason.Breakpoint(at("count")));
        assertThat(register("RAX")).isEqualTo(1);
    }

    @Test
    void aStepThatArrivesIsAHitAndCountsOnce() throws Exception {
        machine.addBreakpoint(at("count"), 3);
        machine.runTo(at("again"));
        stop();
        machine.stepInto(0);
        assertThat(stop()).isEqualTo(new StopReason.Stepped());

        assertThat(resumed()).isEqualTo(new StopReason.Breakpoint(at("count")));
        assertThat(register("RAX")).isEqualTo(2);
    }

    @Test
    void whoHasSteppedOntoABreakpointGetsAwayFromIt() throws Exception {
        machine.addBreakpoint(at("count"));
        machine.runTo(at("again"));
        stop();
        machine.stepInto(0);
        stop();

        assertThat(resumed()).isEqualTo(new StopReason.Breakpoint(at("count")));
        assertThat(register("RAX")).isEqualTo(1);
    }

    @Test
    void aBreakpointSetWhereItStandsStopsTheNextTime() throws Exception {
        machine.runTo(at("again"));
        stop();
        machine.addBreakpoint(at("again"));

        assertThat(resumed()).isEqualTo(new StopReason.Breakpoint(at("again")));
        assertThat(register("RAX")).isEqualTo(1);
    }

    @Test
    void aCallWithABreakpointIsSteppedOver() throws Exception {
        machine.addBreakpoint(at("again"));
        machine.resume();
        stop();
        machine.stepOver(0);

        assertThat(stop()).isEqualTo(new StopReason.Stepped());
        assertThat(machine.frames(0).join().getFirst().pc()).isEqualTo(at("behind"));
    }

    @Test
    void aStepThatIsAskedForWhileOneIsOnItsWayLeavesNothingBehind() throws Exception {
        machine.runTo(at("again"));
        stop();
        machine.addBreakpoint(at("behind"), 50_000);
        machine.resume();
        machine.stepOver(0);
        machine.stepReturn(0);

        assertThat(stop()).isEqualTo(new StopReason.Breakpoint(at("behind")));
        assertThat(register("RAX")).isEqualTo(50_000);
    }

    @Test
    void accessesToWatchedDataAreCountedAndNamedByTheByte() throws Exception {
        machine.addWatchpoint(at("counter") + 4, 1, false, true, 4);

        assertThat(resumed()).isInstanceOfSatisfying(StopReason.Watchpoint.class, w -> assertThat(w.dataAddress()).isEqualTo(at("counter") + 4));
        assertThat(register("RAX")).isEqualTo(4);
    }

    @Test
    void aStepOverAnAccessThatPassesIsOneStep() throws Exception {
        machine.addWatchpoint(at("counter") + 2, 4, false, true, 9);
        machine.runTo(at("count"));
        stop();
        machine.stepInto(0);
        stop();
        machine.stepInto(0);

        assertThat(stop()).isEqualTo(new StopReason.Stepped());
        assertThat(machine.frames(0).join().getFirst().pc()).isEqualTo(at("counter") - 1);
    }

    /** Whoever waits for a machine that a defect of ours has stopped is told, and can look at it and close it. */
    @Test
    void aDefectEndsTheRunAndNotTheThread() throws Exception {
        machine.addListener(event -> {
            if (event instanceof MachineEvent.Resumed) {
                throw new IllegalStateException("broken on purpose");
            }
        });

        assertThat(resumed()).isInstanceOfSatisfying(StopReason.Ended.class,
            ended -> assertThat(ended.reason().describe()).isEqualTo("Ringside itself failed: java.lang.IllegalStateException: broken on purpose"));
        assertThat(machine.frames(0).join().getFirst().pc()).isEqualTo(at("start"));
        machine.resume();
        assertThat(machine.isRunning()).isFalse();
    }

    private StopReason resumed() throws InterruptedException {
        machine.resume();
        return stop();
    }

    /** The next stop that is told. */
    private StopReason stop() throws InterruptedException {
        while (true) {
            MachineEvent event = events.poll(60, TimeUnit.SECONDS);
            assertThat(event).as("an event").isNotNull();
            if (event instanceof MachineEvent.Stopped stopped) {
                return stopped.reason();
            }
        }
    }

    private long at(String symbol) {
        return machine.symbols().addressOf(symbol);
    }

    private long register(String name) {
        return machine.registers(0).join().stream().flatMap(group -> group.registers().stream()).filter(r -> r.name().equals(name))
            .map(RegisterValue::digits).mapToLong(digits -> Long.parseUnsignedLong(digits, 16)).findFirst().orElseThrow();
    }
}
