package dev.ringside.arch.x86;

import static dev.ringside.arch.x86.Rflags.AF;
import static dev.ringside.arch.x86.Rflags.ARITHMETIC;
import static dev.ringside.arch.x86.Rflags.CF;
import static dev.ringside.arch.x86.Rflags.OF;
import static dev.ringside.arch.x86.Rflags.PF;
import static dev.ringside.arch.x86.Rflags.SF;
import static dev.ringside.arch.x86.Rflags.ZF;

/**
 * The arithmetic flags (CF, PF, AF, ZF, SF, OF), kept as the operands of the operation that set them last and computed when somebody asks.
 *
 * <p>{@code cc_op} says how they follow from the other three fields:
 *
 * <pre>
 *  bits  7:2   operation ({@link #ADD} …), bits 1:0 its width: 0 byte, 1 word, 2 doubleword, 3 quadword
 *  bits 15:8   0, or {@link #INC} or {@link #DEC} with its width, which came later: all flags but CF follow from its result in cc_aux
 *  bit  16     CF is bit 17, whatever the above says (BT, STC, rotates)
 *  bit  18     OF is bit 19, whatever the above says (rotates)
 *
 *  operation      cc_dst                                cc_src
 *  EXPLICIT       the flags in their RFLAGS positions   –
 *  ADD, ADC       result                                second operand; ADC is an addition with a carry of 1
 *  SUB, SBB       first operand                         second operand; SBB is a subtraction with a borrow of 1
 *  LOGIC          result                                –
 *  SHL, SHR       result                                operand shifted by one less: its high (low) bit left last. SHR is SAR, too
 *  IMUL, MUL      product, of up to 64 bits             high half, when the operands are quadwords
 * </pre>
 *
 * <p>Values narrower than 64 bits are zero-extended, except IMUL's products. Flags that the manual leaves undefined are whatever falls out.
 */
public final class LazyFlags {
    /** Operations, to be shifted left by {@link #KIND_SHIFT} and combined with a width. */
    public static final int EXPLICIT = 0, ADD = 1, ADC = 2, SUB = 3, SBB = 4, LOGIC = 5, SHL = 6, SHR = 7, IMUL = 8, MUL = 9;
    public static final int KIND_SHIFT = 2;

    /** Later operations that keep CF, in the second byte. */
    public static final int INC = 1, DEC = 2;
    public static final int STEP_SHIFT = 8;
    public static final int STEP_MASK = 0xff00;

    /** CF and OF given as bits of {@code cc_op}. */
    public static final int CARRY_GIVEN = 1 << 16, CARRY_BIT = 17, OVERFLOW_GIVEN = 1 << 18, OVERFLOW_BIT = 19;

    private static final int CC_OP = X86State.CC_OP.slot(), CC_DST = X86State.CC_DST.slot(), CC_SRC = X86State.CC_SRC.slot(),
        CC_AUX = X86State.CC_AUX.slot(), REST = X86State.RFLAGS_REST.slot();

    private LazyFlags() {
    }

    /** CF, PF, AF, ZF, SF and OF in their RFLAGS positions. */
    public static long arithmeticFlags(long[] slots) {
        return flags(slots[CC_OP], slots[CC_DST], slots[CC_SRC], slots[CC_AUX]);
    }

    /** The whole of RFLAGS, as PUSHF would store it at CPL 0. */
    public static long rflags(long[] slots) {
        return slots[REST] | arithmeticFlags(slots);
    }

    /** All of RFLAGS becomes {@code value}; bit 1 is set and the reserved bits are cleared. */
    public static void setRflags(long[] slots, long value) {
        setArithmetic(slots, value);
        slots[REST] = value & Rflags.DEFINED & ~Rflags.ARITHMETIC | Rflags.ALWAYS_SET;
    }

    /** The arithmetic flags become those of {@code value}; the others in it do not matter. */
    public static void setArithmetic(long[] slots, long value) {
        slots[CC_OP] = EXPLICIT;
        slots[CC_DST] = value & ARITHMETIC;
        slots[CC_SRC] = 0;
        slots[CC_AUX] = 0;
    }

    /**
     * Whether condition {@code cc} holds: the low four bits of a Jcc opcode (SDM 1 appendix B).
     */
    public static boolean condition(long[] slots, int cc) {
        return condition(slots[CC_OP], slots[CC_DST], slots[CC_SRC], slots[CC_AUX], cc);
    }

    /** As {@link #arithmeticFlags}, from the four fields' values. */
    public static int flags(long op, long dst, long src, long aux) {
        int how = (int) op;
        int flags = operation(how & 0xff, dst, src);
        return how <= 0xff ? flags : overlaid(how, flags, aux);
    }

    /** As {@link #condition(long[], int)}, from the four fields' values. */
    public static boolean condition(long op, long dst, long src, long aux, int cc) {
        boolean holds = switch ((int) op >> KIND_SHIFT) {
            case SUB -> afterSub(64 - (8 << (op & 3)), dst, src, cc >> 1);
            case LOGIC -> afterLogic(64 - (8 << (op & 3)), dst, cc >> 1);
            default -> inFlags(flags(op, dst, src, aux), cc >> 1);
        };
        return holds ^ (cc & 1) != 0;
    }

    /** Whether condition {@code cc} holds in flags in their RFLAGS positions. */
    public static boolean conditionOf(long rflags, int cc) {
        return inFlags((int) rflags, cc >> 1) ^ (cc & 1) != 0;
    }

    private static boolean afterSub(int unused, long a, long b, int pair) {
        return switch (pair) {
            case 1 -> Long.compareUnsigned(a, b) < 0;
            case 2 -> a == b;
            case 3 -> Long.compareUnsigned(a, b) <= 0;
            case 4 -> a - b << unused < 0;
            case 6 -> a << unused < b << unused;
            case 7 -> a << unused <= b << unused;
            default -> inFlags(subtracted(unused, a, b, a - b, false), pair);
        };
    }

    private static boolean afterLogic(int unused, long result, int pair) {
        return switch (pair) {
            case 0, 1 -> false;
            case 2, 3 -> result == 0;
            case 4, 6 -> result << unused < 0;
            case 5 -> parity(result) != 0;
            default -> result << unused <= 0;
        };
    }

    private static boolean inFlags(int flags, int pair) {
        return switch (pair) {
            case 0 -> (flags & OF) != 0;
            case 1 -> (flags & CF) != 0;
            case 2 -> (flags & ZF) != 0;
            case 3 -> (flags & (CF | ZF)) != 0;
            case 4 -> (flags & SF) != 0;
            case 5 -> (flags & PF) != 0;
            case 6 -> signDiffersFromOverflow(flags);
            default -> (flags & ZF) != 0 || signDiffersFromOverflow(flags);
        };
    }

    private static boolean signDiffersFromOverflow(int flags) {
        return ((flags & SF) != 0) != ((flags & OF) != 0);
    }

    private static int operation(int op, long dst, long src) {
        int unused = 64 - (8 << (op & 3));
        return switch (op >> KIND_SHIFT) {
            case EXPLICIT -> (int) dst & ARITHMETIC;
            case ADD -> added(unused, dst - src, src, dst, Long.compareUnsigned(dst, src) < 0);
            case ADC -> added(unused, dst - src - 1, src, dst, Long.compareUnsigned(dst, src) <= 0);
            case SUB -> subtracted(unused, dst, src, dst - src, Long.compareUnsigned(dst, src) < 0);
            case SBB -> subtracted(unused, dst, src, dst - src - 1, Long.compareUnsigned(dst, src) <= 0);
            case LOGIC -> result(unused, dst);
            case SHL -> result(unused, dst) | carry(src << unused < 0) | overflow((src ^ dst) << unused < 0);
            case SHR -> result(unused, dst) | carry((src & 1) != 0) | overflow((src ^ dst) << unused < 0);
            case IMUL -> result(unused, dst) | carryAndOverflow(unused == 0 ? src != dst >> 63 : dst << unused >> unused != dst);
            case MUL -> result(unused, dst) | carryAndOverflow(unused == 0 ? src != 0 : dst >>> 64 - unused != 0);
            default -> throw new AssertionError("cc_op " + op);
        };
    }

    private static int overlaid(int how, int flags, long aux) {
        if ((how & STEP_MASK) != 0) {
            flags = flags & CF | stepped(how >> STEP_SHIFT & 0xff, aux);
        }
        if ((how & CARRY_GIVEN) != 0) {
            flags = flags & ~CF | how >> CARRY_BIT & 1;
        }
        if ((how & OVERFLOW_GIVEN) != 0) {
            flags = flags & ~OF | overflow((how >> OVERFLOW_BIT & 1) != 0);
        }
        return flags;
    }

    private static int stepped(int op, long result) {
        int unused = 64 - (8 << (op & 3));
        boolean up = op >> KIND_SHIFT == INC;
        long extreme = up ? Long.MIN_VALUE : Long.MAX_VALUE >>> unused << unused;
        int nibble = up ? 0 : 0xf;
        return result(unused, result) | ((result & 0xf) == nibble ? AF : 0) | overflow(result << unused == extreme);
    }

    private static int added(int unused, long a, long b, long result, boolean carry) {
        return result(unused, result) | (int) (a ^ b ^ result) & AF | carry(carry) | overflow(((a ^ result) & (b ^ result)) << unused < 0);
    }

    private static int subtracted(int unused, long a, long b, long result, boolean borrow) {
        return result(unused, result) | (int) (a ^ b ^ result) & AF | carry(borrow) | overflow(((a ^ b) & (a ^ result)) << unused < 0);
    }

    private static int result(int unused, long result) {
        long aligned = result << unused;
        return (aligned == 0 ? ZF : 0) | (aligned < 0 ? SF : 0) | parity(result);
    }

    private static int parity(long result) {
        return (Integer.bitCount((int) result & 0xff) & 1) == 0 ? PF : 0;
    }

    private static int carry(boolean set) {
        return set ? CF : 0;
    }

    private static int overflow(boolean set) {
        return set ? OF : 0;
    }

    private static int carryAndOverflow(boolean set) {
        return set ? CF | OF : 0;
    }
}
