package dev.ringside.arch.x86.lift;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringside.arch.CodeSource;
import dev.ringside.arch.GuestFault;
import dev.ringside.arch.x86.LazyFlags;
import dev.ringside.arch.x86.Rflags;
import dev.ringside.arch.x86.Vector;
import dev.ringside.arch.x86.cpu.X86Cpu;
import dev.ringside.arch.x86.decode.Decoder;
import dev.ringside.arch.x86.isa.Insn;
import dev.ringside.arch.x86.isa.Operand;
import dev.ringside.arch.x86.isa.X86Instruction;
import dev.ringside.testkit.X86EngineMachine;
import dev.ringside.testkit.X86TestMachine;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Replays what a real processor did with every integer instruction. Flags that the tables call undefined are not compared. */
class IntegerCorpusTest {
    private static final long COMPARED = Rflags.ARITHMETIC | Rflags.DF;
    private static final int REPORTED = 40;

    @ParameterizedTest
    @ValueSource(ints = {64, 32})
    void instructionsDoWhatTheProcessorDid(int codeBits) {
        IntegerCorpus corpus = IntegerCorpus.read("x86-integer-" + codeBits + ".txt");
        Machine machine = on(codeBits == 64 ? X86TestMachine.longMode() : X86TestMachine.protectedMode());
        Map<String, String> differences = new TreeMap<>();
        int replayed = 0;

        for (IntegerCorpus.Code code : corpus.codes) {
            for (int state : code.outcomes().keySet()) {
                replayed++;
                // In blocks as long as possible, and one instruction at a time: flags are known in the one and read back in the other.
                for (int blockLength : new int[] {100, 1}) {
                    String difference = new Replay(machine, corpus, codeBits, code, state).difference(blockLength);
                    if (difference != null && differences.size() < REPORTED) {
                        differences.put(code.hex(), difference + (blockLength == 1 ? " (one by one)" : ""));
                    }
                }
            }
        }

        assertThat(differences).isEmpty();
        assertThat(replayed).isGreaterThan(30_000);
    }

    @ParameterizedTest
    @ValueSource(ints = {64, 32})
    void instructionsDoTheSameUnderTheInterpreter(int codeBits) {
        IntegerCorpus corpus = IntegerCorpus.read("x86-integer-" + codeBits + ".txt");
        Map<String, String> differences = new TreeMap<>();
        int replayed = 0;

        try (X86EngineMachine machine = codeBits == 64 ? X86EngineMachine.longMode("interpreter") : X86EngineMachine.protectedMode("interpreter")) {
            for (IntegerCorpus.Code code : corpus.codes) {
                for (int state : code.outcomes().keySet()) {
                    replayed++;
                    String difference = new Replay(on(machine), corpus, codeBits, code, state).difference(100);
                    if (difference != null && differences.size() < REPORTED) {
                        differences.put(code.hex(), difference);
                    }
                }
            }
        }

        assertThat(differences).isEmpty();
        assertThat(replayed).isGreaterThan(30_000);
    }

    @ParameterizedTest
    @ValueSource(ints = {64, 32})
    void flagsThatARowDoesNotDeclareNeverChange(int codeBits) {
        IntegerCorpus corpus = IntegerCorpus.read("x86-integer-" + codeBits + ".txt");
        Machine machine = on(codeBits == 64 ? X86TestMachine.longMode() : X86TestMachine.protectedMode());
        Map<String, String> violations = new TreeMap<>();

        for (IntegerCorpus.Code code : corpus.codes) {
            List<X86Instruction> insns = decode(code.bytes(), codeBits);
            if (insns.size() != 1) {
                continue;
            }
            Insn insn = insns.getFirst().form().insn();
            long declared = mask(insn.flagsWritten()) | mask(insn.flagsUndefined());
            for (int state : code.outcomes().keySet()) {
                new Replay(machine, corpus, codeBits, code, state);
                long before = machine.rflags();
                machine.run(100);
                long changed = (before ^ machine.rflags()) & COMPARED & ~declared;
                if (changed != 0) {
                    violations.put(insn.mnemonic(), code.hex() + " changed " + Long.toHexString(changed));
                }
            }
        }

        assertThat(violations).isEmpty();
    }

    /** Where a code is replayed. */
    private interface Machine {
        void start(byte[] code);

        X86Cpu cpu();

        /** @return the exception, or −1 */
        int run(int blockLength);

        void write(int address, byte[] bytes);

        byte[] read(int address, int length);

        default long rflags() {
            return LazyFlags.rflags(cpu().slots);
        }
    }

    private static Machine on(X86TestMachine machine) {
        return new Machine() {
            @Override
            public void start(byte[] code) {
                machine.code(IntegerCorpus.CODE, HexFormat.of().formatHex(code));
            }

            @Override
            public X86Cpu cpu() {
                return machine.cpu();
            }

            @Override
            public int run(int blockLength) {
                GuestFault fault = machine.run(blockLength);
                return fault == null ? -1 : fault.vector;
            }

            @Override
            public void write(int address, byte[] bytes) {
                System.arraycopy(bytes, 0, machine.memory().bytes, address, bytes.length);
            }

            @Override
            public byte[] read(int address, int length) {
                return Arrays.copyOfRange(machine.memory().bytes, address, address + length);
            }
        };
    }

    private static Machine on(X86EngineMachine machine) {
        return new Machine() {
            @Override
            public void start(byte[] code) {
                machine.reset();
                machine.code(IntegerCorpus.CODE, code);
            }

            @Override
            public X86Cpu cpu() {
                return machine.cpu();
            }

            @Override
            public int run(int blockLength) {
                return machine.run();
            }

            @Override
            public void write(int address, byte[] bytes) {
                machine.memory().write(address, bytes, 0, bytes.length);
            }

            @Override
            public byte[] read(int address, int length) {
                byte[] bytes = new byte[length];
                machine.memory().read(address, bytes, 0, length);
                return bytes;
            }
        };
    }

    static List<X86Instruction> decode(byte[] bytes, int codeBits) {
        List<X86Instruction> insns = new ArrayList<>();
        for (int at = 0; at < bytes.length;) {
            X86Instruction insn = Decoder.decode(CodeSource.of(bytes, at, bytes.length), codeBits);
            assertThat(insn.form()).as("decoded " + HexFormat.of().formatHex(bytes) + " at " + at).isNotNull();
            insns.add(insn);
            at += insn.lengthBytes();
        }
        return insns;
    }

    static long mask(String letters) {
        long mask = 0;
        for (char letter : letters.toCharArray()) {
            mask |= switch (letter) {
                case 'o' -> Rflags.OF;
                case 's' -> Rflags.SF;
                case 'z' -> Rflags.ZF;
                case 'a' -> Rflags.AF;
                case 'p' -> Rflags.PF;
                case 'c' -> Rflags.CF;
                default -> Rflags.DF;
            };
        }
        return mask;
    }

    /** One code in one state. */
    private static final class Replay {
        private final IntegerCorpus corpus;
        private final int codeBits;
        private final IntegerCorpus.Code code;
        private final int number;
        private final Map<String, Long> state;
        private final IntegerCorpus.Outcome outcome;
        private final Machine machine;

        /** Brings {@code machine} into the state. */
        Replay(Machine machine, IntegerCorpus corpus, int codeBits, IntegerCorpus.Code code, int number) {
            this.corpus = corpus;
            this.codeBits = codeBits;
            this.code = code;
            this.number = number;
            state = corpus.states.get(number);
            outcome = code.outcomes().get(number);
            this.machine = machine;
            machine.start(code.bytes());
            for (int r = 0; r < registers(); r++) {
                machine.cpu().gpr(r, state.get(IntegerCorpus.REGISTERS.get(r)) & valueMask());
            }
            LazyFlags.setRflags(machine.cpu().slots, state.get("f") | Rflags.IF);
            machine.write(IntegerCorpus.DATA, corpus.memory(number));
        }

        private int registers() {
            return codeBits == 64 ? IntegerCorpus.REGISTERS.size() : 8;
        }

        private long valueMask() {
            return codeBits == 64 ? -1 : 0xffff_ffffL;
        }

        /** What differs, or null. */
        String difference(int blockLength) {
            int vector = accessFault(machine.run(blockLength));
            if (vector != accessFault(outcome.fault())) {
                return describe("fault", accessFault(outcome.fault()), vector);
            }
            if (vector != -1) {
                return null;
            }
            for (int r = 0; r < registers(); r++) {
                String name = IntegerCorpus.REGISTERS.get(r);
                long expected = outcome.changed().getOrDefault(name, state.get(name)) & valueMask();
                if (machine.cpu().gpr(r) != expected) {
                    return describe(name, expected, machine.cpu().gpr(r));
                }
            }
            long compared = COMPARED & ~undefined();
            long expectedFlags = outcome.changed().getOrDefault("f", state.get("f")) & compared;
            if ((machine.rflags() & compared) != expectedFlags) {
                return describe("flags", expectedFlags, machine.rflags() & compared);
            }
            return memoryDifference();
        }

        /** Flat test memory raises #PF where a process gets #GP for an address that is not canonical. */
        private static int accessFault(int vector) {
            return vector == Vector.GP ? Vector.PF : vector;
        }

        private String memoryDifference() {
            byte[] expected = corpus.memory(number);
            outcome.memory().forEach((at, bytes) -> System.arraycopy(bytes, 0, expected, at, bytes.length));
            byte[] actual = machine.read(IntegerCorpus.DATA, IntegerCorpus.DATA_BYTES);
            int i = Arrays.mismatch(expected, actual);
            return i < 0 ? null : describe("byte at " + Integer.toHexString(i), expected[i] & 0xff, actual[i] & 0xff);
        }

        private String describe(String what, long expected, long actual) {
            Supplier<String> names = () -> decode(code.bytes(), codeBits).stream().map(insn -> insn.form().mnemonic()).toList().toString();
            return "line " + code.line() + " " + code.hex() + " " + names.get() + " state " + number + ": " + what + " was "
                + Long.toHexString(expected) + ", is " + Long.toHexString(actual);
        }

        private long undefined() {
            long undefined = 0;
            for (X86Instruction insn : decode(code.bytes(), codeBits)) {
                Insn row = insn.form().insn();
                undefined = undefined & ~mask(row.flagsWritten()) | mask(row.flagsUndefined()) | undefinedByCount(insn);
            }
            return undefined;
        }

        /** Beyond the tables' columns: OF of shifts and rotates holds for a count of 1, CF of shifts for counts up to the width (SDM 2B). */
        private long undefinedByCount(X86Instruction insn) {
            return switch (insn.means()) {
                case "rol", "ror", "rcl", "rcr" -> count(insn, 1) > 1 ? Rflags.OF : 0;
                case "shl", "shr", "sar" -> (count(insn, 1) > 1 ? Rflags.OF : 0)
                    | (count(insn, 1) >= insn.operand(0).bits() ? Rflags.CF : 0);
                case "shld", "shrd" -> count(insn, 2) > insn.operand(0).bits() ? Rflags.ARITHMETIC : count(insn, 2) > 1 ? Rflags.OF : 0;
                default -> 0;
            };
        }

        private int count(X86Instruction insn, int operand) {
            long count = insn.operand(operand) instanceof Operand.Imm imm ? imm.value() : state.get("rcx");
            return (int) count & (insn.operand(0).bits() == 64 ? 63 : 31);
        }
    }
}
