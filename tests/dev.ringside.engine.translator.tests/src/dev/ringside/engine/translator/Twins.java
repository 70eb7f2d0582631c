package dev.ringside.engine.translator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringside.arch.AssemblyResult;
import dev.ringside.arch.x86.X86State;
import dev.ringside.arch.x86.asm.X86Assembler;
import dev.ringside.engine.VmExit;
import dev.ringside.testkit.X86EngineMachine;
import java.util.Arrays;
import java.util.function.Consumer;

/**
 * One program on two machines: the interpreter's, and that of a translator which translates what has run a few times. What is done to one is done
 * to the other, and afterwards both must be the same.
 */
final class Twins implements AutoCloseable {
    static final int CODE = 0x1000;
    private static final int MEMORY_BYTES = 4 << 20;
    private static final long RUN_LIMIT = 20_000_000;

    final X86EngineMachine interpreter;
    final X86EngineMachine translator;
    private final AssemblyResult program;

    private Twins(int bits, X86EngineMachine interpreter, X86EngineMachine translator, String source) {
        this.interpreter = interpreter;
        this.translator = translator;
        program = new X86Assembler().assemble("test", "bits %d\norg 0x%x\nstart:\n%s\n".formatted(bits, CODE, source));
        assertThat(program.errors()).isEmpty();
        both(m -> m.code(CODE, program.bytes()));
    }

    /** A translator that translates at once what has run so often; 1 makes regions of one block, as nothing is known of what follows. */
    private static TranslatorProvider after(int runs) {
        return new TranslatorProvider(new TranslatorSettings(runs, 100, false));
    }

    static Twins longMode(int hotAfter, String source) {
        return new Twins(64, X86EngineMachine.longMode("interpreter"), X86EngineMachine.longMode(after(hotAfter)), source);
    }

    static Twins protectedMode(int hotAfter, String source) {
        return new Twins(32, X86EngineMachine.protectedMode("interpreter"), X86EngineMachine.protectedMode(after(hotAfter)), source);
    }

    static Twins realMode(int hotAfter, String source) {
        return new Twins(16, X86EngineMachine.realMode("interpreter"), X86EngineMachine.realMode(after(hotAfter)), source);
    }

    /** Where a label of the program is. */
    long at(String label) {
        assertThat(program.symbols()).containsKey(label);
        return program.symbols().get(label);
    }

    Twins both(Consumer<X86EngineMachine> action) {
        action.accept(interpreter);
        action.accept(translator);
        return this;
    }

    /** Both run, and stop at the same place for the same reason. */
    VmExit run(long instructions) {
        VmExit exit = interpreter.vcpu().run(instructions);
        assertThat(translator.vcpu().run(instructions)).isEqualTo(exit);
        sameState();
        return exit;
    }

    /** Both step, and come to the same place. */
    VmExit step() {
        VmExit exit = interpreter.vcpu().step();
        assertThat(translator.vcpu().step()).isEqualTo(exit);
        sameState();
        return exit;
    }

    /** Both run to their HLT. @return the exception whose handler that was in, or −1 */
    int runToHalt() {
        assertThat(run(RUN_LIMIT)).isEqualTo(VmExit.HALTED);
        sameMemory();
        return interpreter.run();
    }

    void sameState() {
        if (!Arrays.equals(translator.cpu().slots, 0, X86State.LAYOUT.slotCount(), interpreter.cpu().slots, 0, X86State.LAYOUT.slotCount())
            || translator.cpu().instructions != interpreter.cpu().instructions || translator.cpu().pc() != interpreter.cpu().pc()) {
            assertThat(state(translator)).isEqualTo(state(interpreter));
        }
    }

    private static String state(X86EngineMachine machine) {
        var text = new StringBuilder("%d instructions, pc %x, rflags %x\n".formatted(machine.cpu().instructions, machine.cpu().pc(), machine.rflags()));
        for (int i = 0; i < X86State.LAYOUT.slotCount(); i++) {
            text.append(i).append(": %x%n".formatted(machine.cpu().slots[i]));
        }
        return text.toString();
    }

    void sameMemory() {
        byte[] expected = new byte[MEMORY_BYTES];
        byte[] actual = new byte[MEMORY_BYTES];
        interpreter.memory().read(0, expected, 0, MEMORY_BYTES);
        translator.memory().read(0, actual, 0, MEMORY_BYTES);
        int difference = Arrays.mismatch(expected, actual);
        assertThat(difference).as("address at which memory differs").isEqualTo(-1);
    }

    /** How many instructions translated code has retired. */
    long translated() {
        return translator.counter("retiredInRegions");
    }

    /** Runs, and checks that what ran was translated code for the most part. */
    VmExit runHot(long instructions) {
        long before = translated();
        VmExit exit = run(instructions);
        assertThat(translated() - before).as("instructions in translated code of %d", instructions).isGreaterThan(instructions * 3 / 4);
        return exit;
    }

    @Override
    public void close() {
        interpreter.close();
        translator.close();
    }
}
