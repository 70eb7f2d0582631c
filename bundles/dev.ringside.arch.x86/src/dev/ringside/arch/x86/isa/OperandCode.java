package dev.ringside.arch.x86.isa;

import dev.ringside.arch.x86.isa.Operand.Reg;
import dev.ringside.arch.x86.isa.Operand.RegisterClass;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * An operand of a form, understood: where it is in the encoding and how wide it is (SDM 2D A.2; {@code base.isa} lists the codes).
 *
 * @param text as in the table
 * @param place where the operand is encoded
 * @param width how wide it is
 * @param signExtended an immediate that is sign-extended to the operand size
 * @param fixed the register of {@link Place#FIXED} in its full width, else null
 * @param memory for {@code Rv/Mw}: what a memory operand is instead; else null
 */
public record OperandCode(String text, Place place, Width width, boolean signExtended, Reg fixed, OperandCode memory) {

    /** Where an operand is encoded. */
    public enum Place {
        RM_GENERAL, REG_GENERAL, RM_GENERAL_ONLY, MEMORY, VVVV_GENERAL, OPCODE_GENERAL, REG_SEGMENT, REG_CONTROL, REG_DEBUG, STRING_SOURCE,
        STRING_DESTINATION, TABLE_ENTRY, OFFSET, REG_MMX, RM_MMX, RM_MMX_ONLY, REG_XMM, RM_XMM, RM_XMM_ONLY, IMMEDIATE, RELATIVE, FAR_POINTER, RM_X87,
        /** A register that the opcode implies. */
        FIXED,
        /** The constant 1 of the short shifts. */
        ONE
    }

    /** How wide an operand is. */
    public enum Width {
        NONE(0), B(8), W(16), D(32), Q(64), DQ(128), T(80), V(0), Z(0), Y(0), N(0), P(0), S(0), A(0);

        private final int bits;

        Width(int bits) {
            this.bits = bits;
        }

        /** Width in bits; 0 for memory of no particular size. */
        public int bits(int operandBits, int codeBits) {
            return switch (this) {
                case NONE, B, W, D, Q, DQ, T -> bits;
                case V -> operandBits;
                case Z -> Math.min(operandBits, 32);
                case Y -> operandBits == 64 ? 64 : 32;
                case N -> codeBits == 64 ? 64 : 32;
                case P -> operandBits + 16;
                case S -> codeBits == 64 ? 80 : 48;
                case A -> operandBits * 2;
            };
        }
    }

    private static final Map<String, OperandCode> KNOWN = new ConcurrentHashMap<>();

    /** Whether {@code text} is an operand of the tables. */
    static boolean isKnown(String text) {
        return find(text) != null;
    }

    /** The operand that the tables write as {@code text}. */
    public static OperandCode of(String text) {
        OperandCode known = find(text);
        if (known == null) {
            throw new AssertionError("operand " + text);
        }
        return known;
    }

    private static OperandCode find(String text) {
        OperandCode known = KNOWN.get(text);
        if (known == null) {
            known = parse(text);
            if (known != null) {
                KNOWN.put(text, known);
            }
        }
        return known;
    }

    /** Whether the operand may be memory addressed by ModRM. */
    public boolean mayBeMemory() {
        return switch (place) {
            case RM_GENERAL, MEMORY, RM_MMX, RM_XMM -> true;
            default -> memory != null;
        };
    }

    /** Whether the operand may be a register in the ModRM r/m field. */
    public boolean mayBeRegisterRm() {
        return switch (place) {
            case RM_GENERAL, RM_GENERAL_ONLY, RM_MMX, RM_XMM, RM_MMX_ONLY, RM_XMM_ONLY, RM_X87 -> true;
            default -> false;
        };
    }

    private static OperandCode parse(String text) {
        OperandCode fixed = fixed(text);
        if (fixed != null) {
            return fixed;
        }
        int slash = text.indexOf('/');
        if (slash >= 0) {
            OperandCode register = parse(text.substring(0, slash));
            OperandCode memory = parse(text.substring(slash + 1));
            return register == null || memory == null || memory.place != Place.MEMORY ? null
                    : new OperandCode(text, register.place, register.width, false, null, memory);
        }
        boolean signed = text.endsWith(":s");
        String code = signed ? text.substring(0, text.length() - 2) : text;
        int letters = code.startsWith("BB") ? 2 : 1;
        Place place = code.isEmpty() ? null : place(code.substring(0, letters));
        Width width = place == null ? null : width(code.substring(letters));
        return place == null || width == null || width == Width.NONE && place != Place.MEMORY ? null
                : new OperandCode(text, place, width, signed, null, null);
    }

    private static final java.util.List<String> SEGMENTS = java.util.List.of("ES", "CS", "SS", "DS", "FS", "GS");

    private static OperandCode fixed(String text) {
        return switch (text) {
            case "1" -> new OperandCode(text, Place.ONE, Width.B, false, null, null);
            case "AL" -> general(text, 0, Width.B);
            case "CL" -> general(text, 1, Width.B);
            case "AX" -> general(text, 0, Width.W);
            case "DX" -> general(text, 2, Width.W);
            case "EAX" -> general(text, 0, Width.D);
            case "eAX" -> general(text, 0, Width.Z);
            case "rAX" -> general(text, 0, Width.V);
            case "ES", "CS", "SS", "DS", "FS", "GS" -> new OperandCode(text, Place.FIXED, Width.W, false,
                    new Reg(RegisterClass.SEGMENT, SEGMENTS.indexOf(text), 16), null);
            case "ST" -> new OperandCode(text, Place.FIXED, Width.T, false, new Reg(RegisterClass.X87, 0, 80), null);
            case "STi" -> new OperandCode(text, Place.RM_X87, Width.T, false, null, null);
            case "XMM0" -> new OperandCode(text, Place.FIXED, Width.DQ, false, new Reg(RegisterClass.XMM, 0, 128), null);
            default -> null;
        };
    }

    private static OperandCode general(String text, int index, Width width) {
        return new OperandCode(text, Place.FIXED, width, false, new Reg(RegisterClass.GENERAL, index, 64), null);
    }

    private static Place place(String letter) {
        return switch (letter) {
            case "E" -> Place.RM_GENERAL;
            case "G" -> Place.REG_GENERAL;
            case "R" -> Place.RM_GENERAL_ONLY;
            case "M" -> Place.MEMORY;
            case "B" -> Place.VVVV_GENERAL;
            case "Z" -> Place.OPCODE_GENERAL;
            case "S" -> Place.REG_SEGMENT;
            case "C" -> Place.REG_CONTROL;
            case "D" -> Place.REG_DEBUG;
            case "X" -> Place.STRING_SOURCE;
            case "Y" -> Place.STRING_DESTINATION;
            case "BB" -> Place.TABLE_ENTRY;
            case "O" -> Place.OFFSET;
            case "P" -> Place.REG_MMX;
            case "Q" -> Place.RM_MMX;
            case "N" -> Place.RM_MMX_ONLY;
            case "V" -> Place.REG_XMM;
            case "W" -> Place.RM_XMM;
            case "U" -> Place.RM_XMM_ONLY;
            case "I" -> Place.IMMEDIATE;
            case "J" -> Place.RELATIVE;
            case "A" -> Place.FAR_POINTER;
            default -> null;
        };
    }

    private static Width width(String letters) {
        return switch (letters) {
            case "" -> Width.NONE;
            case "b" -> Width.B;
            case "w" -> Width.W;
            case "d" -> Width.D;
            case "q" -> Width.Q;
            case "dq" -> Width.DQ;
            case "t" -> Width.T;
            case "v" -> Width.V;
            case "z" -> Width.Z;
            case "y" -> Width.Y;
            case "n" -> Width.N;
            case "p" -> Width.P;
            case "s" -> Width.S;
            case "a" -> Width.A;
            default -> null;
        };
    }
}
