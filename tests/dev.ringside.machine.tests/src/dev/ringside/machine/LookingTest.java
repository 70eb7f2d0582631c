package dev.ringside.machine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringside.inspect.InspectNode;
import dev.ringside.inspect.Inspectable;
import dev.ringside.loader.GuestImage;
import dev.ringside.loader.ImageBytes;
import dev.ringside.loader.Multiboot1Format;
import dev.ringside.machine.MachineControl.AddressKind;
import dev.ringside.samples.Sample;
import java.io.IOException;
import java.util.Random;
import java.util.SortedMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Looking never disturbs: a machine that is stopped, looked at and stepped in between takes the path of one that runs through, to the last event.
 * The guests are the sample kernel, and one whose two processors hand a word to each other.
 */
@Timeout(600)
class LookingTest {
    private static final String PING_PONG = """
        bits 32
        org 0x100000
        header: dd 0x1badb002, 0x10000, -(0x1badb002 + 0x10000), header, header, 0, 0, start
        start:  mov esp, 0x90000
                mov esi, other
                mov edi, 0x8000
                mov ecx, other.end - other
                rep movsb
                mov dword [0xfee000f0], 0x1ff
                mov dword [0xfee00300], 0xc4500
                mov dword [0xfee00300], 0xc4608
                mov ecx, 300
        .ask:   mov dword [0x9000], 1
                mov eax, 50
        .work:  dec eax
                jnz .work
        .wait:  pause
                cmp dword [0x9000], 2
                jne .wait
                mov al, '.'
                out 0xe9, al
                loop .ask
                mov al, 3
                out 0xf4, al
                hlt
        bits 16
        other:  xor ax, ax
                mov ds, ax
        .next:  cmp word [0x9000], 1
                jne .next
                inc word [0x9000]
                jmp .next
        .end:
        """;

    /** What a run is compared by. */
    private record Path(EndReason end, long instructions, long virtualNanos, SortedMap<String, Long> exits, String eventHash, String serial) {
        static Path of(Machine machine) {
            var s = machine.statistics();
            return new Path(machine.end(), s.instructions(), s.virtualNanos(), s.exits(), s.eventHash(), machine.serial().text());
        }
    }

    @ParameterizedTest
    @CsvSource({"1, interpreter", "2, interpreter", "1, translator", "2, translator"})
    void lookingBetweenSlicesChangesNothing(int cpus, String engine) throws Exception {
        Path undisturbed = undisturbed(cpus, engine);
        try (Machine machine = machine(cpus, engine)) {
            var random = new Random(1);
            while (!(machine.run(1 + random.nextInt(cpus * 3000)) instanceof StopReason.Ended)) {
                look(machine, random);
            }

            assertThat(Path.of(machine)).isEqualTo(undisturbed);
            assertThat(EagerProviders.translated(machine) > 0).isEqualTo(engine.equals("translator"));
        }
    }

    @ParameterizedTest
    @CsvSource({"1, interpreter", "2, interpreter", "1, translator", "2, translator"})
    void stepsTakeThePathOfARun(int cpus, String engine) throws Exception {
        Path undisturbed = undisturbed(cpus, engine);
        try (Machine machine = machine(cpus, engine)) {
            var random = new Random(2);
            StopReason stop = new StopReason.Entry();
            while (!(stop instanceof StopReason.Ended)) {
                for (int steps = random.nextInt(100); steps > 0 && !(stop instanceof StopReason.Ended); steps--) {
                    stop = machine.step(machine.currentVcpu());
                }
                if (machine.end() == null) {
                    stop = machine.run(1 + random.nextInt(2000));
                }
            }

            assertThat(Path.of(machine)).isEqualTo(undisturbed);
        }
    }

    @ParameterizedTest
    @CsvSource({"1, interpreter", "2, interpreter", "2, translator"})
    void aDebuggerOnAnotherThreadChangesNothing(int cpus, String engine) throws Exception {
        Path undisturbed = undisturbed(cpus, engine);
        var random = new Random(3);
        Machine machine = machine(cpus, engine);
        var serial = new StringBuffer();
        try (var control = new MachineThread(machine)) {
            var stops = new LinkedBlockingQueue<MachineEvent.Stopped>();
            control.addListener(event -> {
                if (event instanceof MachineEvent.Stopped stopped) {
                    stops.add(stopped);
                }
            });
            control.attachSerial(octet -> serial.append((char) octet));
            control.start(true);
            MachineEvent.Stopped stop = next(stops);
            for (int i = 0; !(stop.reason() instanceof StopReason.Ended); i++) {
                switch (i < 400 ? random.nextInt(4) : 4) {
                    case 0, 1 -> control.stepInto(stop.vcpu());
                    case 2 -> control.stepOver(stop.vcpu());
                    case 3 -> {
                        control.resume();
                        control.registers(0).get(60, TimeUnit.SECONDS);
                        control.disassemble(0, 0x100000, 3, 3).get(60, TimeUnit.SECONDS);
                        control.suspend();
                    }
                    default -> control.resume();
                }
                stop = next(stops);
            }
            CompletableFuture<MachineStatistics> statistics = control.statistics();

            assertThat(statistics.get(60, TimeUnit.SECONDS).eventHash()).isEqualTo(undisturbed.eventHash());
            assertThat(statistics.get().instructions()).isEqualTo(undisturbed.instructions());
            assertThat(serial.toString()).isEqualTo(undisturbed.serial());
        }
    }

    private static MachineEvent.Stopped next(LinkedBlockingQueue<MachineEvent.Stopped> stops) throws InterruptedException {
        MachineEvent.Stopped stop = stops.poll(60, TimeUnit.SECONDS);
        assertThat(stop).as("a stop within a minute").isNotNull();
        return stop;
    }

    private static Path undisturbed(int cpus, String engine) throws Exception {
        try (Machine machine = machine(cpus, engine)) {
            machine.run(Long.MAX_VALUE);
            assertThat(machine.end()).isInstanceOfAny(EndReason.PowerOff.class, EndReason.DebugExit.class);
            return Path.of(machine);
        }
    }

    private static Machine machine(int cpus, String engine) throws Exception {
        var assembler = MachineProviders.onClassPath().architectures().getFirst().assembler();
        var program = cpus == 1 ? Sample.KERNEL_64.assemble(assembler) : assembler.assemble("ping-pong.asm", PING_PONG);
        assertThat(program.errors()).isEmpty();
        GuestImage image = new Multiboot1Format().load(new ImageBytes("guest", program.bytes())).orElseThrow();
        return new MachineBuilder(EagerProviders.onClassPath(), (file, writable) -> {
            throw new IOException("no disks here");
        }).build(MachineDescription.of(null).withCpus(cpus).withEngine(engine), image);
    }

    /** Everything that a debugger's views ask for. */
    private static void look(Machine machine, Random random) {
        tree(machine, 0);
        for (int i = 0; i < machine.vcpus().size(); i++) {
            var cpu = machine.cpu(i);
            MachineLook.registers(cpu);
            MachineLook.frames(machine, i);
            CodeListing.around(machine, i, cpu.fetchAddress(cpu.pc()), 5, 10);
            CodeListing.around(machine, i, random.nextLong(), 2, 2);
            MachineLook.read(machine, AddressKind.VIRTUAL, i, random.nextInt(1 << 30), 256);
            MachineLook.read(machine, AddressKind.VIRTUAL, i, cpu.stackPointer(), 256);
            MachineLook.read(machine, AddressKind.PHYSICAL, i, random.nextInt(), 256);
            cpu.explainTranslation(random.nextInt(1 << 30));
            cpu.explainTranslation(random.nextLong());
        }
        machine.ports().map();
        machine.board().screen().lines();
        machine.statistics();
        machine.unimplemented();
    }

    private static void tree(Inspectable part, int depth) {
        for (InspectNode node : InspectNode.of(part)) {
            if (node.part() != null && depth < 8) {
                tree(node.part(), depth + 1);
            }
        }
    }
}
