package dev.ringside.arch.x86.lift;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringside.arch.AssemblyResult;
import dev.ringside.arch.CodeSource;
import dev.ringside.arch.Symbolizer;
import dev.ringside.arch.x86.X86State;
import dev.ringside.arch.x86.asm.X86Assembler;
import dev.ringside.arch.x86.cpu.SseEnabled;
import dev.ringside.arch.x86.isa.EncodingSamples;
import dev.ringside.arch.x86.isa.EncodingSamples.Sample;
import dev.ringside.arch.x86.isa.Insn;
import dev.ringside.arch.x86.text.X86Disassembler;
import dev.ringside.engine.VmExit;
import dev.ringside.engine.translator.TranslatorProvider;
import dev.ringside.engine.translator.TranslatorSettings;
import dev.ringside.testkit.X86EngineMachine;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Random loops of every form in the tables, one engine beside the other: whenever both are stopped, after the same random number of instructions,
 * every register, every flag and the counts are the same, and at the end so is memory.
 *
 * <p>{@code -Dringside.lockstep.instructions=10000000} makes it a night's work, {@code -Dringside.lockstep.seed=N} another one.
 */
class EnginesInLockStepTest {
    private static final long INSTRUCTIONS = Long.getLong("ringside.lockstep.instructions", 1_000_000);
    private static final long SEED = Long.getLong("ringside.lockstep.seed", 1);
    private static final int INSTRUCTIONS_EACH = 6000;
    /** Rounds of the loop in which an instruction that raises an exception is found, and then left out more often than not. */
    private static final int TRIAL_STEPS = 150;
    private static final int CODE = 0x1000;
    private static final int MEMORY = 4 << 20;
    /** Where the loop takes all registers from, a row of 128 bytes each time round. */
    private static final int TABLE = 0x300000;
    private static final int ROWS = 32;
    private static final int ROW = TABLE - 8;

    /** What a random instruction must not be: it would leave the loop. */
    private static final List<String> KINDS_LEFT_OUT = List.of("branch", "call", "return", "halt", "system", "interrupt");

    @Test
    void randomLoopsRunTheSame() {
        List<List<Sample>> forms = forms();
        long done = 0;
        for (long seed = SEED; done < INSTRUCTIONS; seed++) {
            done += compare(new Random(seed), forms, seed);
        }
    }

    private static List<List<Sample>> forms() {
        Map<Integer, List<Sample>> byForm = new HashMap<>();
        for (Sample sample : EncodingSamples.all(64, SEED)) {
            if (staysInTheLoop(sample.form().insn())) {
                byForm.computeIfAbsent(sample.form().id(), id -> new ArrayList<>()).add(sample);
            }
        }
        return byForm.keySet().stream().sorted().map(byForm::get).toList();
    }

    private static boolean staysInTheLoop(Insn insn) {
        return KINDS_LEFT_OUT.stream().noneMatch(insn::is);
    }

    private static long compare(Random random, List<List<Sample>> forms, long seed) {
        byte[] code = program(random, forms, seed);
        try (var interpreter = machine(X86EngineMachine.longMode("interpreter"), code, seed);
                var translator = machine(X86EngineMachine.longMode(new TranslatorProvider(TranslatorSettings.EAGER)), code, seed)) {
            VmExit exit;
            do {
                int step = 1 + random.nextInt(300);
                exit = interpreter.vcpu().run(step);
                VmExit other = translator.vcpu().run(step);

                if (!other.equals(exit) || !state(translator).equals(state(interpreter))) {
                    assertThat(other + state(translator)).as("seed %d:%n%s", seed, listing(code)).isEqualTo(exit + state(interpreter));
                }
            } while (exit.equals(VmExit.BUDGET_REACHED) && interpreter.cpu().instructions < INSTRUCTIONS_EACH);
            if (memory(translator) != memory(interpreter)) {
                assertThat(memory(translator)).as("memory, seed %d:%n%s", seed, listing(code)).isEqualTo(memory(interpreter));
            }
            return interpreter.cpu().instructions;
        }
    }

    /** One that goes round at least once, except now and then. */
    private static byte[] program(Random random, List<List<Sample>> forms, long seed) {
        List<byte[]> body = body(random, forms);
        while (true) {
            byte[] code = program(body);
            int bad = random.nextInt(8) == 0 ? -1 : trial(code, body, seed);
            if (bad < 0) {
                return code;
            }
            body.remove(bad);
        }
    }

    /** Random instructions, some of them skipped by random conditions. */
    private static List<byte[]> body(Random random, List<List<Sample>> forms) {
        var body = new ArrayList<byte[]>();
        int length = 4 + random.nextInt(24);
        for (int i = 0; i < length; i++) {
            List<Sample> form = forms.get(random.nextInt(forms.size()));
            byte[] bytes = form.get(random.nextInt(form.size())).bytes();
            if (random.nextInt(4) == 0) {
                byte[] skipped = new byte[bytes.length + 2];
                skipped[0] = (byte) (0x70 | random.nextInt(16));
                skipped[1] = (byte) bytes.length;
                System.arraycopy(bytes, 0, skipped, 2, bytes.length);
                bytes = skipped;
            }
            body.add(bytes);
        }
        return body;
    }

    /** Registers from the table, then {@code body}, for ever. */
    private static byte[] program(List<byte[]> body) {
        var code = new ByteArrayOutputStream();
        code.writeBytes(PROLOGUE);
        body.forEach(code::writeBytes);
        int back = -(code.size() + 5);
        code.write(0xe9);
        for (int i = 0; i < 4; i++) {
            code.write(back >> 8 * i);
        }
        return code.toByteArray();
    }

    /** Which instruction of {@code body} the interpreter cannot get past in the first rounds; −1 when there is none. */
    private static int trial(byte[] code, List<byte[]> body, long seed) {
        try (var machine = machine(X86EngineMachine.longMode("interpreter"), code, seed)) {
            for (int step = 0; step < TRIAL_STEPS; step++) {
                long at = machine.cpu().pc() - CODE - PROLOGUE.length;
                if (!machine.vcpu().run(1).equals(VmExit.BUDGET_REACHED) || machine.cpu().pc() >= 0x5000) {
                    for (int i = 0; i < body.size(); i++) {
                        at -= body.get(i).length;
                        if (at < 0) {
                            return i;
                        }
                    }
                    return -1;
                }
            }
            return -1;
        }
    }

    private static final byte[] PROLOGUE = prologue();

    private static byte[] prologue() {
        var source = new StringBuilder("org 0x%x\nmov rbx, [0x%x]\nadd rbx, 128\nand rbx, %d\nmov [0x%x], rbx\n".formatted(CODE, ROW, 128 * ROWS - 1, ROW));
        String[] registers = {"rax", "rcx", "rdx", null, null, "rbp", "rsi", "rdi", "r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15"};
        for (int i = 0; i < 16; i++) {
            if (registers[i] != null) {
                source.append("mov %s, [rbx+0x%x]\n".formatted(registers[i], TABLE + 8 * i));
            }
        }
        source.append("mov esp, 0x80000\nmov rbx, [rbx+0x%x]\n".formatted(TABLE + 24));
        AssemblyResult result = new X86Assembler(64).assemble("prologue", source.toString());
        assertThat(result.errors()).isEmpty();
        return result.bytes();
    }

    private static X86EngineMachine machine(X86EngineMachine machine, byte[] code, long seed) {
        SseEnabled.in(machine.cpu());
        machine.code(CODE, code);
        var random = new Random(~seed);
        byte[] data = new byte[1 << 16];
        for (int at = 0x100000; at < 0x200000; at += data.length) {
            random.nextBytes(data);
            machine.memory().write(at, data, 0, data.length);
        }
        for (int i = 0; i < 16 * ROWS; i++) {
            machine.memory().write(TABLE + 8L * i, 8, register(random));
        }
        return machine;
    }

    /** A place in memory, a small number, or anything. */
    private static long register(Random random) {
        return switch (random.nextInt(8)) {
            case 0, 1 -> random.nextInt(70);
            case 2 -> random.nextLong();
            default -> 0x100000 + random.nextInt(0x100000);
        };
    }

    private static String state(X86EngineMachine machine) {
        return "rip %x, %d instructions, %s".formatted(machine.cpu().pc(), machine.cpu().instructions,
            Arrays.toString(Arrays.copyOf(machine.cpu().slots, X86State.LAYOUT.slotCount())));
    }

    private static int memory(X86EngineMachine machine) {
        byte[] all = new byte[MEMORY];
        machine.memory().read(0, all, 0, all.length);
        return Arrays.hashCode(all);
    }

    private static String listing(byte[] code) {
        var text = new StringBuilder();
        for (int at = 0; at < code.length; ) {
            var line = new X86Disassembler().disassemble(CodeSource.of(code, at, code.length - at), 64, CODE + at, Symbolizer.NONE);
            text.append("%x  %s%n".formatted(CODE + at, line.text()));
            at += Math.max(1, line.lengthBytes());
        }
        return text.toString();
    }
}
