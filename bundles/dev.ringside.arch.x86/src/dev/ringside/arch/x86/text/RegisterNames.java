package dev.ringside.arch.x86.text;

import dev.ringside.arch.x86.isa.Operand.Reg;

/** The manual's register names in lower case. */
public final class RegisterNames {
    private static final String[] LEGACY = {"ax", "cx", "dx", "bx", "sp", "bp", "si", "di"};
    private static final String[] LOW_BYTE = {"al", "cl", "dl", "bl", "spl", "bpl", "sil", "dil"};
    private static final String[] HIGH_BYTE = {"ah", "ch", "dh", "bh"};
    private static final String[] SEGMENT = {"es", "cs", "ss", "ds", "fs", "gs"};

    private RegisterNames() {
    }

    /** Name of a register operand. */
    public static String of(Reg reg) {
        return switch (reg.registerClass()) {
            case GENERAL -> general(reg.index(), reg.bits());
            case HIGH_BYTE -> HIGH_BYTE[reg.index()];
            case SEGMENT -> SEGMENT[reg.index()];
            case CONTROL -> "cr" + reg.index();
            case DEBUG -> "dr" + reg.index();
            case X87 -> "st(" + reg.index() + ")";
            case MMX -> "mm" + reg.index();
            case XMM -> "xmm" + reg.index();
        };
    }

    /** Name of a general register of 8, 16, 32 or 64 bits; SPL to DIL for byte registers 4 to 7. */
    public static String general(int index, int bits) {
        if (index >= 8) {
            return "r" + index + switch (bits) {
                case 8 -> "b";
                case 16 -> "w";
                case 32 -> "d";
                default -> "";
            };
        }
        return switch (bits) {
            case 8 -> LOW_BYTE[index];
            case 16 -> LEGACY[index];
            case 32 -> "e" + LEGACY[index];
            default -> "r" + LEGACY[index];
        };
    }

    /** Name of a segment register by number. */
    public static String segment(int index) {
        return SEGMENT[index];
    }
}
