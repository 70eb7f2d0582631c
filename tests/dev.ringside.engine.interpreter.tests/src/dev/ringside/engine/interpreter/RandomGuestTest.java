package dev.ringside.engine.interpreter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringside.arch.x86.X86State;
import dev.ringside.engine.EngineProvider;
import dev.ringside.engine.VmExit;
import dev.ringside.engine.translator.TranslatorProvider;
import dev.ringside.engine.translator.TranslatorSettings;
import dev.ringside.ir.StateField;
import dev.ringside.memory.PhysicalMemory;
import dev.ringside.testkit.X86EngineMachine;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Guests of random bytes: whatever they do ends in a defined way, and it does not matter in how many runs they do it. Long blocks, with their
 * operands folded and their flags put off, must agree with blocks of one instruction.
 */
class RandomGuestTest {
    private static final int INSTRUCTIONS = 400;
    private static final int CODE_BYTES = 2048;
    private static final int MEMORY_BYTES = 1 << 20;

    private static final EngineProvider INTERPRETER = new InterpreterProvider();
    private static final EngineProvider TRANSLATOR = new TranslatorProvider(TranslatorSettings.EAGER);

    @ParameterizedTest
    @ValueSource(strings = {"real", "protected", "long"})
    void slicesOfARunAddUpToTheRun(String mode) {
        for (long seed = 0; seed < 60; seed++) {
            String whole = run(INTERPRETER, mode, seed, INSTRUCTIONS);

            assertThat(run(INTERPRETER, mode, seed, 1)).as("%s mode, seed %d, one by one", mode, seed).isEqualTo(whole);
            assertThat(run(INTERPRETER, mode, seed, 7)).as("%s mode, seed %d, by sevens", mode, seed).isEqualTo(whole);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"real", "protected", "long"})
    void translatedCodeDoesTheSame(String mode) {
        for (long seed = 0; seed < 40; seed++) {
            assertThat(run(TRANSLATOR, mode, seed, INSTRUCTIONS)).as("%s mode, seed %d", mode, seed)
                    .isEqualTo(run(INTERPRETER, mode, seed, INSTRUCTIONS));
        }
    }

    private static String run(EngineProvider engine, String mode, long seed, int slice) {
        try (X86EngineMachine machine = machine(engine, mode)) {
            var random = new Random(seed);
            machine.code(0x1000, code(random));
            for (int register = 0; register < 16; register++) {
                if (register != 4) {
                    machine.gpr(register, 0x10000 + random.nextInt(0x40000));
                }
            }
            VmExit exit = VmExit.BUDGET_REACHED;
            while (machine.cpu().instructions < INSTRUCTIONS && exit.equals(VmExit.BUDGET_REACHED)) {
                exit = machine.vcpu().run(Math.min(slice, INSTRUCTIONS - machine.cpu().instructions));
            }
            return outcome(machine, exit);
        }
    }

    private static X86EngineMachine machine(EngineProvider engine, String mode) {
        return switch (mode) {
            case "real" -> X86EngineMachine.realMode(engine);
            case "protected" -> X86EngineMachine.protectedMode(engine);
            default -> X86EngineMachine.longMode(engine);
        };
    }

    /** Mostly plain instructions by their opcodes, so that runs get somewhere, with anything between them. */
    private static byte[] code(Random random) {
        byte[] plain = {0x01, 0x03, 0x09, 0x0b, 0x11, 0x13, 0x19, 0x21, 0x23, 0x29, 0x2b, 0x31, 0x33, 0x39, 0x3b, 0x40, 0x48, 0x50, 0x58, 0x70, 0x74, 0x7c,
            (byte) 0x80, (byte) 0x81, (byte) 0x83, (byte) 0x85, (byte) 0x86, (byte) 0x89, (byte) 0x8b, (byte) 0x8d, (byte) 0x90, (byte) 0xaa, (byte) 0xab,
            (byte) 0xb8, (byte) 0xc0, (byte) 0xc1, (byte) 0xd1, (byte) 0xd3, (byte) 0xe8, (byte) 0xeb, (byte) 0xf7, (byte) 0xfe, (byte) 0xff};
        byte[] code = new byte[CODE_BYTES];
        for (int i = 0; i < code.length; i++) {
            code[i] = switch (random.nextInt(4)) {
                case 0 -> (byte) random.nextInt(256);
                case 1 -> (byte) (0xc0 | random.nextInt(64));
                default -> plain[random.nextInt(plain.length)];
            };
        }
        return code;
    }

    private static String outcome(X86EngineMachine machine, VmExit exit) {
        var out = new StringBuilder().append(exit).append(" after ").append(machine.cpu().instructions);
        for (StateField field : X86State.LAYOUT.fields()) {
            if (!field.name().startsWith("cc_") && !field.name().equals("xmm_scratch")) {
                out.append('\n').append(field.name()).append(' ').append(Long.toHexString(machine.cpu().slots[field.slot()]));
            }
        }
        return out.append("\nflags ").append(Long.toHexString(machine.rflags())).append("\nmemory ").append(sum(machine.memory())).toString();
    }

    private static long sum(PhysicalMemory memory) {
        long sum = 0;
        for (long at = 0; at < MEMORY_BYTES; at += 8) {
            sum = sum * 31 + memory.read(at, 8);
        }
        return sum;
    }
}
