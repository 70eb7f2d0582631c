package dev.ringside.engine.translator;

import dev.ringside.engine.interpreter.Block;
import dev.ringside.engine.interpreter.Micro;
import dev.ringside.ir.Helper;
import dev.ringside.ir.Op;
import dev.ringside.ir.Type;
import java.util.ArrayList;
import java.util.List;

/** One operation of a block's code, taken apart: see {@link Micro} for the fields. */
final class MicroOp {
    private static final Op[] OPS = Op.values();
    private static final Type[] TYPES = Type.values();

    final int index;
    /** An operation in any of three widths is the one on 64 bits here; {@link #unusedBits} tells them apart. */
    final int op;
    final int a;
    final int b;
    final int d;
    /** Bits 15:8 of the first long. */
    final int n;
    final long w;
    /** 64 minus the width in bits. */
    final int unusedBits;
    /** The second long, 0 where there is none. */
    final long more;
    private final int longs;
    /** For {@link Micro#RARE}, else null. */
    final Op rare;
    final Type type;
    /** For {@link Micro#CALL}, else null. */
    final Helper helper;
    /** Slots that it reads, and slots that it writes. */
    final int[] reads;
    final int[] writes;

    private MicroOp(Block block, int index) {
        this.index = index;
        w = block.code[index];
        a = (int) (w >>> 32) & 0xffff;
        b = (int) (w >>> 48);
        d = (int) w >>> 16;
        n = (int) w >>> 8 & 0xff;
        int first = (int) w & 0xff;
        longs = hasMore(first) ? 2 : 1;
        more = longs == 2 ? block.code[index + 1] : 0;
        if (first == Micro.NARROW) {
            op = (int) more;
            unusedBits = n;
        } else if (first >= Micro.W32 && first < Micro.NARROW) {
            op = first - Micro.W32;
            unusedBits = 32;
        } else if (first == Micro.CALL_IN_TIME) {
            // What is different about it, its helper says.
            op = Micro.CALL;
            unusedBits = 0;
        } else {
            op = first;
            unusedBits = 0;
        }
        rare = op == Micro.RARE ? OPS[(int) more >>> 16 & 0xff] : null;
        type = op == Micro.RARE ? TYPES[(int) more >>> 24] : null;
        helper = op == Micro.CALL ? block.helpers[(int) (more >>> 32)] : null;
        reads = readSlots();
        writes = writtenSlots();
    }

    /** All operations of a block but the one that enters its region. */
    static List<MicroOp> of(Block block) {
        var ops = new ArrayList<MicroOp>();
        int index = block.isCounted() ? 1 : 0;
        while (index < block.code.length) {
            var op = new MicroOp(block, index);
            ops.add(op);
            index += op.longs;
        }
        return ops;
    }

    private static boolean hasMore(int op) {
        return switch (op) {
            case Micro.NARROW, Micro.MOVL, Micro.MOV2, Micro.MOV_MOVI, Micro.MOV2_MOVI, Micro.MOV_MOVI2, Micro.MOVI2, Micro.SELECT, Micro.DEPOSIT,
                 Micro.CALL, Micro.CALL_IN_TIME, Micro.RARE -> true;
            default -> false;
        };
    }

    /** {@link #b} as a signed number. */
    int immediate() {
        return (short) b;
    }

    /** The slot of a pair, by its 32 bits of {@link #more}. */
    int pairSlot(int pair) {
        return (int) (more >>> 32 * pair) & 0xffff;
    }

    int pairConstant(int pair) {
        return (int) (more >>> 32 * pair) >> 16;
    }

    /** The second destination of two moves. */
    int d2() {
        return op == Micro.MOV2 ? (int) more : (int) (more >>> 48);
    }

    /** The third operand of a select or a rare operation. */
    int c() {
        return (int) more & 0xffff;
    }

    /** The fourth argument of a call. */
    int e() {
        return (int) more >>> 16;
    }

    boolean isLoad() {
        return op >= Micro.LOAD8 && op <= Micro.LOAD64;
    }

    boolean isStore() {
        return op >= Micro.STORE8 && op <= Micro.STORE64;
    }

    boolean isTerminator() {
        return op >= Micro.BR_EQ && op <= Micro.BR_LESI || op >= Micro.JUMP && op <= Micro.LEAVE_AT_PC;
    }

    private boolean isWide() {
        return type == Type.I128;
    }

    private int[] readSlots() {
        return switch (op) {
            case Micro.MOVI, Micro.MOVL, Micro.MOVI2, Micro.JUMP, Micro.LEAVE_AT_PC -> slots();
            case Micro.MOV, Micro.MOV_MOVI, Micro.MOV_MOVI2, Micro.ADDI, Micro.MULI, Micro.ANDI, Micro.ORI, Micro.XORI, Micro.SHLI, Micro.SHRI,
                 Micro.SARI, Micro.ROTLI, Micro.NEG, Micro.NOT, Micro.ZEXT, Micro.SEXT, Micro.SEXT32, Micro.EQI, Micro.NEI, Micro.LTUI, Micro.LEUI,
                 Micro.LTSI, Micro.LESI, Micro.BR_EQI, Micro.BR_NEI, Micro.BR_LTUI, Micro.BR_LEUI, Micro.BR_LTSI, Micro.BR_LESI, Micro.JUMPR,
                 Micro.LEAVE, Micro.LOAD8, Micro.LOAD16, Micro.LOAD32, Micro.LOAD64 -> slots(a);
            case Micro.SELECT -> slots(a, b, c());
            case Micro.STORE8, Micro.STORE16, Micro.STORE32, Micro.STORE64 -> slots(a, d);
            case Micro.CALL -> switch (helper.parameters().size()) {
                case 0 -> slots();
                case 1 -> slots(a);
                case 2 -> slots(a, b);
                case 3 -> slots(a, b, c());
                default -> slots(a, b, c(), e());
            };
            case Micro.RAISE_IF -> (d & 0x100) != 0 ? slots(a, b) : slots(a);
            case Micro.RARE -> rareReads();
            default -> slots(a, b);
        };
    }

    private int[] rareReads() {
        return switch (rare) {
            case LOAD, PROBE, CLZ, CTZ, POPCNT, BSWAP -> slots(a);
            case STORE -> isWide() ? slots(a, b, b + 1) : slots(a, b);
            case SELECT -> slots(a, b, b + 1, c(), c() + 1);
            default -> slots(a, b);
        };
    }

    private int[] writtenSlots() {
        return switch (op) {
            case Micro.MOV2 -> slots(d, d2());
            case Micro.MOV_MOVI -> slots(d, pairSlot(0));
            case Micro.MOV2_MOVI -> slots(d, d2(), pairSlot(0));
            case Micro.MOV_MOVI2 -> slots(d, pairSlot(0), pairSlot(1));
            case Micro.MOVI2 -> slots(pairSlot(0), pairSlot(1));
            case Micro.STORE8, Micro.STORE16, Micro.STORE32, Micro.STORE64, Micro.RAISE_IF -> slots();
            case Micro.CALL -> helper.result() == null ? slots() : slots(d);
            case Micro.RARE -> switch (rare) {
                case STORE, PROBE -> slots();
                case LOAD, SELECT -> isWide() ? slots(d, d + 1) : slots(d);
                default -> slots(d);
            };
            default -> isTerminator() ? slots() : slots(d);
        };
    }

    private static int[] slots(int... slots) {
        return slots;
    }
}
