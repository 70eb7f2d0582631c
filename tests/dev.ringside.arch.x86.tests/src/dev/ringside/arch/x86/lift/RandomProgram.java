package dev.ringside.arch.x86.lift;

import dev.ringside.arch.AssemblyResult;
import dev.ringside.arch.CodeSource;
import dev.ringside.arch.Symbolizer;
import dev.ringside.arch.x86.asm.X86Assembler;
import dev.ringside.arch.x86.cpu.SseEnabled;
import dev.ringside.arch.x86.isa.EncodingSamples;
import dev.ringside.arch.x86.isa.EncodingSamples.Sample;
import dev.ringside.arch.x86.text.X86Disassembler;
import dev.ringside.engine.EngineProvider;
import dev.ringside.engine.VmExit;
import dev.ringside.testkit.X86EngineMachine;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * A program that never ends: each round takes all registers from a table and runs a body of random instructions, some skipped by conditions, some in
 * loops of their own, some in functions that are called. Every exception goes to a handler that begins the next round; interrupt 31 returns.
 */
final class RandomProgram {
    static final int MEMORY_BYTES = 4 << 20;
    private static final int CODE = 0x1000;
    private static final int HANDLERS = 0x5000;
    private static final int HANDLERS_END = HANDLERS + 16 * 32;
    private static final int ROWS = 32;
    /** Where registers point. */
    private static final byte[] DATA = new byte[1 << 20];

    static {
        new Random(1).nextBytes(DATA);
    }

    /** Rounds of which the first steps find instructions that raise an exception; those are then left out more often than not. */
    private static final int TRIAL_STEPS = 150;
    /** What a random instruction must not be: it would leave the program. */
    private static final List<String> KINDS_LEFT_OUT = List.of("branch", "call", "return", "halt", "system", "interrupt");

    enum Mode {
        REAL(16, 0xa000, 32, 0.05), PROTECTED(32, 0x300000, 32, 0.25), LONG(64, 0x300000, 128, 0.4);

        final int bits;
        /** Where a round takes its registers from, and how many bytes. */
        private final int table;
        private final int rowBytes;
        private final double translatedShare;

        Mode(int bits, int table, int rowBytes, double translatedShare) {
            this.bits = bits;
            this.table = table;
            this.rowBytes = rowBytes;
            this.translatedShare = translatedShare;
        }

        /** How much of a random program translated code retires at least. */
        double translatedShare() {
            return translatedShare;
        }

        /** Samples of every form that stays in the program, by form. */
        List<List<Sample>> forms(long seed) {
            Map<Integer, List<Sample>> byForm = new HashMap<>();
            for (Sample sample : EncodingSamples.all(bits, seed)) {
                if (KINDS_LEFT_OUT.stream().noneMatch(sample.form().insn()::is)) {
                    byForm.computeIfAbsent(sample.form().id(), id -> new ArrayList<>()).add(sample);
                }
            }
            return byForm.keySet().stream().sorted().map(byForm::get).toList();
        }

        private byte[] prologue() {
            int row = table - 8;
            String[] names = switch (this) {
                case LONG -> new String[] {"rax", "rcx", "rdx", null, null, "rbp", "rsi", "rdi", "r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15"};
                default -> new String[] {"eax", "ecx", "edx", null, null, "ebp", "esi", "edi"};
            };
            var source = new StringBuilder("bits %d\norg 0x%x\n".formatted(bits, CODE));
            if (this == REAL) {
                source.append("mov ax, 0x2000\nmov ds, ax\nmov es, ax\nmov fs, ax\nmov gs, ax\nmov ax, 0x7000\nmov ss, ax\nmov sp, 0xfff0\n");
            } else if (this == PROTECTED) {
                source.append("mov eax, 0x10\nmov ds, eax\nmov es, eax\nmov fs, eax\nmov gs, eax\nmov ss, eax\nmov esp, 0x80000\n");
            } else {
                source.append("mov esp, 0x80000\n");
            }
            String segment = this == REAL ? "cs:" : "";
            String base = this == REAL ? "bx" : this == PROTECTED ? "ebx" : "rbx";
            source.append("mov %2$s, [%1$s0x%3$x]\nadd %2$s, %4$d\nand %2$s, %5$d\nmov [%1$s0x%3$x], %2$s\n"
                .formatted(segment, base, row, rowBytes, rowBytes * ROWS - 1));
            for (int i = 0; i < names.length; i++) {
                if (names[i] != null) {
                    source.append("mov %s, [%s%s+0x%x]\n".formatted(names[i], segment, base, table + i * rowBytes / names.length));
                }
            }
            source.append("mov %s, [%s%s+0x%x]\nsti\n".formatted(this == LONG ? "rbx" : "ebx", segment, base, table + 3 * rowBytes / names.length));
            AssemblyResult result = new X86Assembler().assemble("prologue", source.toString());
            if (result.hasErrors()) {
                throw new AssertionError(result.errors());
            }
            return result.bytes();
        }
    }

    private final Mode mode;
    private final long seed;
    private final byte[] prologue;
    private final List<byte[]> body;

    private RandomProgram(Mode mode, long seed, byte[] prologue, List<byte[]> body) {
        this.mode = mode;
        this.seed = seed;
        this.prologue = prologue;
        this.body = body;
    }

    /** @param forms as {@link Mode#forms} makes them */
    static RandomProgram of(Mode mode, List<List<Sample>> forms, long seed) {
        var random = new Random(seed * 3 + mode.ordinal());
        var program = new RandomProgram(mode, seed, mode.prologue(), new Body(mode, forms, random).pieces());
        for (int bad = 0; bad >= 0; ) {
            bad = random.nextInt(8) == 0 ? -1 : program.trial();
            if (bad >= 0) {
                program.body.remove(bad);
            }
        }
        return program;
    }

    /** Writes the body. Each piece is closed in itself, so that any may be left out. */
    private record Body(Mode mode, List<List<Sample>> forms, Random random) {

        List<byte[]> pieces() {
            var pieces = new ArrayList<byte[]>();
            int length = 4 + random.nextInt(24);
            for (int i = 0; i < length; i++) {
                pieces.add(switch (random.nextInt(16)) {
                    case 0, 1, 2, 3 -> skipped(one());
                    case 4 -> loop(some());
                    case 5 -> called(some());
                    default -> one();
                });
            }
            return pieces;
        }

        private byte[] one() {
            List<Sample> form = forms.get(random.nextInt(forms.size()));
            return form.get(random.nextInt(form.size())).bytes();
        }

        private byte[] some() {
            var code = new ByteArrayOutputStream();
            for (int i = random.nextInt(5); i >= 0; i--) {
                code.writeBytes(random.nextInt(4) == 0 ? skipped(one()) : one());
            }
            return code.toByteArray();
        }

        /** Jcc over it. */
        private byte[] skipped(byte[] code) {
            return joined(bytes(0x70 | random.nextInt(16), code.length), code);
        }

        /** A counter in memory runs to 0, or where it is written, as far as it gets: MOV BYTE [counter], n; code; DEC BYTE [counter]; JNZ. */
        private byte[] loop(byte[] code) {
            byte[] set = at(0xc6, 0x05, 1 + random.nextInt(12));
            byte[] down = at(0xfe, 0x0d, -1);
            return joined(set, code, down, bytes(0x75, -(code.length + down.length + 2)));
        }

        /** An instruction on the byte in front of the table; {@code immediate} −1 for one without. */
        private byte[] at(int opcode, int modrm, int immediate) {
            int address = mode.table - 16;
            var code = new ByteArrayOutputStream();
            if (mode == Mode.REAL) {
                code.writeBytes(bytes(0x2e, opcode, modrm & ~7 | 6, address, address >> 8));
            } else if (mode == Mode.PROTECTED) {
                code.writeBytes(bytes(opcode, modrm, address, address >> 8, address >> 16, address >> 24));
            } else {
                code.writeBytes(bytes(opcode, modrm & ~7 | 4, 0x25, address, address >> 8, address >> 16, address >> 24));
            }
            if (immediate >= 0) {
                code.write(immediate);
            }
            return code.toByteArray();
        }

        /** JMP over it; code; RET; CALL it. */
        private byte[] called(byte[] code) {
            int back = -(code.length + 1 + (mode == Mode.REAL ? 3 : 5));
            byte[] call = mode == Mode.REAL ? bytes(0xe8, back, back >> 8) : bytes(0xe8, back, back >> 8, back >> 16, back >> 24);
            return joined(bytes(0xeb, code.length + 1), code, bytes(0xc3), call);
        }

        private static byte[] bytes(int... values) {
            byte[] bytes = new byte[values.length];
            for (int i = 0; i < values.length; i++) {
                bytes[i] = (byte) values[i];
            }
            return bytes;
        }

        private static byte[] joined(byte[]... parts) {
            var all = new ByteArrayOutputStream();
            for (byte[] part : parts) {
                all.writeBytes(part);
            }
            return all.toByteArray();
        }
    }

    private byte[] code() {
        var code = new ByteArrayOutputStream();
        code.writeBytes(prologue);
        body.forEach(code::writeBytes);
        code.writeBytes(jump(CODE + code.size()));
        return code.toByteArray();
    }

    /** At {@code from}, back to the start. */
    private byte[] jump(int from) {
        int back = CODE - from - (mode == Mode.REAL ? 3 : 5);
        return mode == Mode.REAL ? Body.bytes(0xe9, back, back >> 8) : Body.bytes(0xe9, back, back >> 8, back >> 16, back >> 24);
    }

    /** Which piece of the body the interpreter cannot get past in the first rounds; −1 when there is none. */
    private int trial() {
        try (var machine = machine("interpreter")) {
            SseEnabled.in(machine.cpu());
            long at = 0;
            for (int step = 0; step < TRIAL_STEPS; step++) {
                if (machine.cpu().pc() >= HANDLERS && machine.cpu().pc() < HANDLERS_END) {
                    return pieceAt(at);
                }
                at = machine.cpu().pc();
                if (!machine.vcpu().run(1).equals(VmExit.BUDGET_REACHED)) {
                    return pieceAt(at);
                }
            }
            return -1;
        }
    }

    private int pieceAt(long address) {
        long offset = address - CODE - prologue.length;
        for (int i = 0; i < body.size() && offset >= 0; i++) {
            offset -= body.get(i).length;
            if (offset < 0) {
                return i;
            }
        }
        return -1;
    }

    X86EngineMachine machine(String engine) {
        return load(switch (mode) {
            case REAL -> X86EngineMachine.realMode(engine);
            case PROTECTED -> X86EngineMachine.protectedMode(engine);
            case LONG -> X86EngineMachine.longMode(engine);
        });
    }

    X86EngineMachine machine(EngineProvider engine) {
        return load(switch (mode) {
            case REAL -> X86EngineMachine.realMode(engine);
            case PROTECTED -> X86EngineMachine.protectedMode(engine);
            case LONG -> X86EngineMachine.longMode(engine);
        });
    }

    /** The program, its handlers, its table, and random data where its registers point. */
    private X86EngineMachine load(X86EngineMachine machine) {
        machine.code(CODE, code());
        for (int handler = HANDLERS; handler < HANDLERS_END; handler += 16) {
            byte[] again = handler == HANDLERS_END - 16 ? mode == Mode.LONG ? Body.bytes(0x48, 0xcf) : Body.bytes(0xcf) : jump(handler);
            machine.memory().write(handler, again, 0, again.length);
        }
        var random = new Random(~seed);
        machine.memory().write(mode == Mode.REAL ? 0x20000 : 0x100000, DATA, 0, mode == Mode.REAL ? 1 << 16 : DATA.length);
        int registerBytes = mode == Mode.LONG ? 8 : 4;
        for (int i = 0; i < mode.rowBytes * ROWS; i += registerBytes) {
            machine.memory().write(mode.table + i, registerBytes, register(random));
        }
        return machine;
    }

    /** A place in memory, a small number, or anything. */
    private long register(Random random) {
        return switch (random.nextInt(8)) {
            case 0, 1 -> random.nextInt(70);
            case 2 -> random.nextLong();
            default -> mode == Mode.REAL ? random.nextInt(0x10000) : 0x100000 + random.nextInt(0x100000);
        };
    }

    @Override
    public String toString() {
        var text = new StringBuilder("%s mode, seed %d%n".formatted(mode, seed));
        byte[] code = code();
        for (int at = 0; at < code.length; ) {
            var line = new X86Disassembler().disassemble(CodeSource.of(code, at, code.length), mode.bits, CODE + at, Symbolizer.NONE);
            text.append("%x  %s%n".formatted(CODE + at, line.text()));
            at += Math.max(1, line.lengthBytes());
        }
        return text.toString();
    }
}
