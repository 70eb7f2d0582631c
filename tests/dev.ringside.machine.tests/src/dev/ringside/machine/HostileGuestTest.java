package dev.ringside.machine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringside.device.BlockBackend;
import dev.ringside.device.StateReader;
import dev.ringside.device.StateWriter;
import dev.ringside.inspect.InspectNode;
import dev.ringside.inspect.Inspectable;
import dev.ringside.loader.GuestImage;
import dev.ringside.loader.RawFormat;
import dev.ringside.loader.SymbolTable;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever a guest does with processor and devices, a run ends for a reason that has a name, and the machine can be looked at afterwards. */
@Timeout(600)
class HostileGuestTest {
    /** The first 5,000 bring a guest to its random part. */
    private static final long INSTRUCTIONS = 9_000;

    /** {@code -Dringside.hostile.seeds=N} tries more of them. */
    private static final int SEEDS = Integer.getInteger("ringside.hostile.seeds", 15);

    @ParameterizedTest(name = "{0}-bit")
    @ValueSource(ints = {16, 32, 64})
    void randomCodeEndsForAReasonTheSameOnBothEngines(int bits) throws MachineException {
        long translated = 0;
        for (int seed = 0; seed < SEEDS; seed++) {
            try (Machine interpreter = machine(bits, seed, "interpreter"); Machine translator = machine(bits, seed, "translator")) {
                StopReason stop = interpreter.run(INSTRUCTIONS);

                assertThat(stop).isInstanceOfAny(StopReason.Limit.class, StopReason.Ended.class);
                assertThat(translator.run(INSTRUCTIONS)).isEqualTo(stop);
                assertThat(translator.statistics()).isEqualTo(interpreter.statistics());
                lookEverywhere(interpreter);
                lookEverywhere(translator);
                translated += EagerProviders.translated(translator);
            } catch (RuntimeException | Error e) {
                throw new AssertionError(bits + "-bit guest, seed " + seed + ": " + e, e);
            }
        }
        assertThat(translated).as("instructions in translated code").isGreaterThan(SEEDS * INSTRUCTIONS / 20);
    }

    private static void lookEverywhere(Machine machine) {
        lookAround(machine, machine, 0);
        for (int i = 0; i < machine.vcpus().size(); i++) {
            MachineLook.registers(machine.cpu(i));
            MachineLook.frames(machine, i);
            CodeListing.around(machine, i, machine.cpu(i).fetchAddress(machine.cpu(i).pc()), 5, 5);
        }
    }

    @Test
    void endlessExceptionsTakeTime() throws MachineException {
        // The handler of #UD begins with an undefined instruction.
        var program = assembled("""
            bits 16
            org 0x7c00
                    mov word [0x18], handler
                    mov word [0x1a], 0
                    ud2
            handler: ud2
            """);
        try (Machine machine = new MachineBuilder(MachineProviders.onClassPath(), (file, writable) -> new MemoryDisk())
            .build(MachineDescription.of(null).withMemoryBytes(16L << 20), program)) {
            assertThat(machine.run(50_000)).isEqualTo(new StopReason.Limit());
            assertThat(machine.statistics().instructions()).isEqualTo(50_000);
        }
    }

    private static GuestImage assembled(String source) {
        var result = MachineProviders.onClassPath().architectures().getFirst().assembler().assemble("guest.asm", source);
        assertThat(result.errors()).isEmpty();
        return RawFormat.of(result.bytes(), result.origin(), SymbolTable.empty());
    }

    private static Machine machine(int bits, int seed, String engine) throws MachineException {
        var description = MachineDescription.of(null).withMemoryBytes(16L << 20).withCpus(seed % 3 == 0 ? 2 : 1).withSeed(seed).withEngine(engine)
            .withDisks(List.of(new MachineDescription.Disk(Path.of("memory"), false))).withParavirt(seed % 2 == 0 ? "kvm" : "none");
        return new MachineBuilder(EagerProviders.onClassPath(), (file, writable) -> new MemoryDisk()).build(description, HostileGuest.of(bits, seed));
    }

    private static void lookAround(Machine machine, Inspectable part, int depth) {
        for (InspectNode node : InspectNode.of(part)) {
            if (node.part() != null && depth < 8) {
                lookAround(machine, node.part(), depth + 1);
            }
        }
    }

    private record MemoryDisk(byte[] bytes) implements BlockBackend {
        MemoryDisk() {
            this(new byte[1 << 20]);
        }

        @Override
        public String name() {
            return "memory";
        }

        @Override
        public long sectors() {
            return bytes.length / SECTOR_BYTES;
        }

        @Override
        public boolean isReadOnly() {
            return false;
        }

        @Override
        public void read(long sector, byte[] into, int offset, int count) {
            System.arraycopy(bytes, Math.toIntExact(sector * SECTOR_BYTES), into, offset, count * SECTOR_BYTES);
        }

        @Override
        public void write(long sector, byte[] from, int offset, int count) {
            System.arraycopy(from, offset, bytes, Math.toIntExact(sector * SECTOR_BYTES), count * SECTOR_BYTES);
        }

        @Override
        public void flush() {
            // nothing is kept back
        }

        @Override
        public void save(StateWriter out) {
            out.putBytes("disk", bytes);
        }

        @Override
        public void restore(StateReader in) {
            System.arraycopy(in.getBytes("disk"), 0, bytes, 0, bytes.length);
        }

        @Override
        public void close() {
            // nothing to close
        }
    }
}
