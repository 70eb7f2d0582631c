package dev.ringside.arch.x86.lift;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringside.arch.x86.X86State;
import dev.ringside.arch.x86.cpu.SseEnabled;
import dev.ringside.engine.VmExit;
import dev.ringside.engine.translator.TranslatorProvider;
import dev.ringside.engine.translator.TranslatorSettings;
import dev.ringside.testkit.EmptyBus;
import dev.ringside.testkit.X86EngineMachine;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Random programs from every form in the tables, one engine beside the other: whenever both are stopped, after the same random number of instructions
 * and between interrupts at random places, every register, every flag and the counts are the same, and at the end so is memory.
 *
 * <p>{@code -Dringside.lockstep.instructions=10000000} makes it a night's work, {@code -Dringside.lockstep.seed=N} another one. A failure tells the seed and the program.
 */
class EnginesInLockStepTest {
    private static final long INSTRUCTIONS = Long.getLong("ringside.lockstep.instructions", 1_000_000);
    private static final long SEED = Long.getLong("ringside.lockstep.seed", 1);
    private static final int INSTRUCTIONS_EACH = 3000;
    private static final int INTERRUPT = 31;

    @ParameterizedTest
    @EnumSource
    void randomProgramsRunTheSame(RandomProgram.Mode mode) {
        var forms = mode.forms(SEED);
        long done = 0;
        long translated = 0;
        for (long seed = SEED; done < INSTRUCTIONS / RandomProgram.Mode.values().length; seed++) {
            // The later a block is hot, the more is known of what follows it, and the larger is its region.
            int hotAfter = 1 << 2 * (seed & 3);
            try (var pair = new Pair(RandomProgram.of(mode, forms, seed), hotAfter)) {
                pair.run(new Random(~seed));
                done += pair.interpreter.cpu().instructions;
                translated += pair.translator.counter("retiredInRegions");
            }
        }
        // Segments that are not flat, x87 and most of SSE are the interpreter's.
        assertThat(translated).as("instructions in translated code of %d", done).isGreaterThan((long) (done * mode.translatedShare()));
    }

    private static final class Pair implements AutoCloseable {
        private final RandomProgram program;
        final X86EngineMachine interpreter;
        final X86EngineMachine translator;

        Pair(RandomProgram program, int hotAfter) {
            this.program = program;
            interpreter = interrupted(program.machine("interpreter"));
            translator = interrupted(program.machine(new TranslatorProvider(new TranslatorSettings(hotAfter, 100, false))));
        }

        private static X86EngineMachine interrupted(X86EngineMachine machine) {
            SseEnabled.in(machine.cpu());
            return machine.bus(new EmptyBus() {
                @Override
                public int acknowledgeInterrupt() {
                    machine.cpu().interruptRequested = false;
                    return INTERRUPT;
                }
            });
        }

        void run(Random random) {
            VmExit exit;
            do {
                int step = 1 + random.nextInt(300);
                exit = interpreter.vcpu().run(step);
                VmExit other = translator.vcpu().run(step);

                if (!other.equals(exit) || !same()) {
                    assertThat(other + state(translator)).as(program.toString()).isEqualTo(exit + state(interpreter));
                }
                boolean interrupts = random.nextInt(8) == 0;
                interpreter.cpu().interruptRequested |= interrupts;
                translator.cpu().interruptRequested |= interrupts;
            } while (exit.equals(VmExit.BUDGET_REACHED) && interpreter.cpu().instructions < INSTRUCTIONS_EACH);
            assertThat(firstDifference()).as("address at which memory differs, %s", program).isEqualTo(-1);
        }

        private boolean same() {
            return translator.cpu().pc() == interpreter.cpu().pc() && translator.cpu().instructions == interpreter.cpu().instructions
                && Arrays.equals(translator.cpu().slots, 0, X86State.LAYOUT.slotCount(), interpreter.cpu().slots, 0, X86State.LAYOUT.slotCount());
        }

        private static String state(X86EngineMachine machine) {
            return "rip %x, %d instructions, %s".formatted(machine.cpu().pc(), machine.cpu().instructions,
                Arrays.toString(Arrays.copyOf(machine.cpu().slots, X86State.LAYOUT.slotCount())));
        }

        private int firstDifference() {
            byte[] expected = new byte[1 << 16];
            byte[] actual = new byte[1 << 16];
            for (int at = 0; at < RandomProgram.MEMORY_BYTES; at += expected.length) {
                interpreter.memory().read(at, expected, 0, expected.length);
                translator.memory().read(at, actual, 0, actual.length);
                int difference = Arrays.mismatch(expected, actual);
                if (difference >= 0) {
                    return at + difference;
                }
            }
            return -1;
        }

        @Override
        public void close() {
            interpreter.close();
            translator.close();
        }
    }
}
