package dev.ringside.arch.x86.decode;

import dev.ringside.arch.CodeSource;
import dev.ringside.arch.x86.isa.X86Instruction;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The Java halves of {@code tests/corpora/capture/x86-undefined.c}. A corpus line is an opcode with its prefix, and for each value of the reg field
 * nine letters: register operands 0 to 7, then memory; {@code u} undefined, {@code d} defined, {@code -} not tried. One letter stands for all 72.
 */
public final class UndefinedCorpus {
    /** Not tried: they leave the program, change segment bases, load states that may fault later, or write where registers happen to point. */
    private static final Set<String> NOT_TRIED = Set.of("syscall", "sysenter", "sysexit", "sysret", "int", "int3", "int1", "jmp", "call", "ret", "jmp_far",
            "call_far", "ret_far", "iret", "leave", "enter", "std", "popf", "wrfsbase", "wrgsbase", "mov_to_segment", "fxrstor", "xrstor", "ldmxcsr", "jcc",
            "loop", "loope", "loopne", "jcxz", "push", "pop", "push_segment", "pop_segment", "hlt", "fldenv", "frstor", "fldcw", "lfs", "lgs", "lss",
            "swapgs", "wait", "ud");
    private static final int[] PREFIXES = {-1, 0x66, 0xf2, 0xf3};
    private static final String[] MAPS = {"", "0f", "0f38", "0f3a"};

    private UndefinedCorpus() {
    }

    /** {@code list}, or {@code pack ANSWERS OUT PROCESSOR}. */
    public static void main(String[] args) throws IOException {
        if (args[0].equals("list")) {
            for (String opcode : opcodes()) {
                for (int i = 0; i < 72; i++) {
                    X86Instruction insn = decode(encoding(opcode, i));
                    boolean tried = insn.form() == null || !NOT_TRIED.contains(insn.means());
                    if (tried) {
                        String hex = HexFormat.of().formatHex(encoding(opcode, i), 0, opcode.length() / 2 + 1);
                        System.out.println(hex + " " + (insn.form() == null ? hex.length() / 2 : insn.lengthBytes()));
                    }
                }
            }
        } else {
            pack(Files.readAllLines(Path.of(args[1])), Path.of(args[2]), args[3]);
        }
    }

    private static void pack(List<String> answers, Path out, String processor) throws IOException {
        Map<String, Boolean> undefined = new HashMap<>();
        for (String answer : answers) {
            undefined.put(answer.split(" ")[0], answer.endsWith("ud"));
        }
        List<String> lines = new ArrayList<>();
        lines.add("# 64-bit code: which ModRM bytes are undefined (u) or defined (d) behind prefix and opcode, reg field by reg field: registers 0 to 7, memory; one letter for all.");
        lines.add("# Captured on an " + processor + " in user mode by capture/x86-undefined.c.");
        for (String opcode : opcodes()) {
            StringBuilder line = new StringBuilder(opcode);
            for (int i = 0; i < 72; i++) {
                Boolean answer = undefined.get(HexFormat.of().formatHex(encoding(opcode, i), 0, opcode.length() / 2 + 1));
                line.append(i % 9 == 0 ? " " : "").append(answer == null ? '-' : answer ? 'u' : 'd');
            }
            String letters = line.substring(opcode.length()).replace(" ", "");
            if (letters.chars().distinct().count() == 1) {
                line.setLength(opcode.length() + 2);
            }
            if (letters.indexOf("u") >= 0 || letters.indexOf("d") >= 0) {
                lines.add(line.toString());
            }
        }
        Files.write(out, lines);
    }

    /** Prefix, map and opcode in hexadecimal; not the prefixes and escapes themselves, REX, VEX, XOP and 3DNow!, and SYSCALL, SYSENTER. */
    private static List<String> opcodes() {
        List<String> opcodes = new ArrayList<>();
        for (int map = 0; map < 4; map++) {
            for (int prefix : PREFIXES) {
                for (int opcode = 0; opcode < 256; opcode++) {
                    boolean left = switch (map) {
                        case 0 -> opcode >> 4 == 4 || opcode >= 0x62 && opcode <= 0x67 || switch (opcode) {
                            case 0x0f, 0x26, 0x2e, 0x36, 0x3e, 0xf0, 0xf2, 0xf3, 0xc4, 0xc5, 0x8f -> true;
                            default -> false;
                        };
                        case 1 -> opcode == 0x38 || opcode == 0x3a || opcode == 0x05 || opcode == 0x34 || opcode == 0x0f;
                        // MOVDIR64B, ENQCMD, MOVDIRI store where a register points.
                        case 2 -> opcode == 0xf8 || opcode == 0xf9;
                        default -> false;
                    };
                    if (!left) {
                        opcodes.add((prefix < 0 ? "" : Integer.toHexString(prefix)) + MAPS[map] + String.format("%02x", opcode));
                    }
                }
            }
        }
        return opcodes;
    }

    /** The opcode, then ModRM number {@code index} of a corpus line, then zeros. */
    static byte[] encoding(String opcode, int index) {
        byte[] bytes = new byte[16];
        int length = opcode.length() / 2;
        System.arraycopy(HexFormat.of().parseHex(opcode), 0, bytes, 0, length);
        int reg = index / 9;
        bytes[length] = (byte) (index % 9 == 8 ? reg << 3 | 7 : 0xc0 | reg << 3 | index % 9);
        return bytes;
    }

    static X86Instruction decode(byte[] bytes) {
        return Decoder.decode(CodeSource.of(bytes, 0, bytes.length), 64);
    }
}
