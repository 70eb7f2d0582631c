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
    final int op;
    final int a;
    final int b;
    final int d;
    final int w;
    final int x;
    /** The ints behind the two. */
    final int[] more;
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
        x = block.code[index + 1];
        op = w & 0xff;
        a = w >>> 8 & 0xfff;
        b = w >>> 20;
        d = x & 0xfff;
        more = new int[extra(op)];
        for (int i = 0; i < more.length; i++) {
            more[i] = block.code[index + 2 + i];
        }
        rare = op == Micro.RARE ? OPS[x >>> 12 & 0xff] : null;
        type = op == Micro.RARE ? TYPES[x >>> 20] : null;
        helper = op == Micro.CALL ? block.helpers[x >>> 12] : null;
        reads = readSlots();
        writes = writtenSlots();
    }

    /** All operations of a block but the one that counts its runs. */
    static List<MicroOp> of(Block block) {
        var ops = new ArrayList<MicroOp>();
        int index = block.isCounted() ? 2 : 0;
        while (index < block.code.length) {
            var op = new MicroOp(block, index);
            ops.add(op);
            index += 2 + op.more.length;
        }
        return ops;
    }

    private static int extra(int op) {
        return switch (op) {
            case Micro.MOV_MOVI, Micro.MOV2_MOVI, Micro.SELECT, Micro.CALL, Micro.RARE -> 1;
            case Micro.MOVL, Micro.MOV_MOVI2, Micro.MOVI2 -> 2;
            default -> 0;
        };
    }

    int immediate32() {
        return w & 0xfff00000 | x >>> 12;
    }

    int immediate26() {
        return immediate32() >> 6;
    }

    /** 64 minus the width in bits. */
    int unusedBits() {
        return x >>> 12 & 63;
    }

    /** The second destination of two moves. */
    int d2() {
        return x >>> 12 & 0xfff;
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
            case Micro.MOVI, Micro.MOVL, Micro.MOVI2, Micro.JUMP, Micro.LEAVE_AT_PC, Micro.COUNT -> slots();
            case Micro.MOV, Micro.MOV_MOVI, Micro.MOV_MOVI2, Micro.ADDI, Micro.MULI, Micro.ANDI, Micro.ORI, Micro.XORI, Micro.ADDIM, Micro.ANDIM,
                 Micro.ORIM, Micro.XORIM, Micro.SHLI, Micro.SHRI, Micro.SARI, Micro.NEG, Micro.NOT, Micro.ZEXT, Micro.SEXT, Micro.EQI, Micro.NEI,
                 Micro.LTUI, Micro.LEUI, Micro.LTSI, Micro.LESI, Micro.BR_EQI, Micro.BR_NEI, Micro.BR_LTUI, Micro.BR_LEUI, Micro.BR_LTSI,
                 Micro.BR_LESI, Micro.JUMPR, Micro.LEAVE -> slots(a);
            case Micro.SELECT -> slots(a, b, more[0]);
            case Micro.STORE8, Micro.STORE16, Micro.STORE32, Micro.STORE64 -> slots(a, b, d);
            case Micro.CALL -> switch (helper.parameters().size()) {
                case 0 -> slots();
                case 1 -> slots(a);
                case 2 -> slots(a, b);
                case 3 -> slots(a, b, more[0] & 0xfff);
                default -> slots(a, b, more[0] & 0xfff, more[0] >>> 12);
            };
            case Micro.RAISE_IF -> (x >>> 12 & 0x100) != 0 ? slots(a, b) : slots(a);
            case Micro.RARE -> rareReads();
            default -> slots(a, b);
        };
    }

    private int[] rareReads() {
        return switch (rare) {
            case LOAD, PROBE, CLZ, CTZ, POPCNT, BSWAP -> slots(a);
            case STORE -> isWide() ? slots(a, b, b + 1) : slots(a, b);
            case HIGH -> slots(a + 1);
            case NOT -> isWide() ? slots(a, a + 1) : slots(a);
            case AND, OR, XOR -> isWide() ? slots(a, a + 1, b, b + 1) : slots(a, b);
            case SELECT -> slots(a, b, b + 1, more[0], more[0] + 1);
            default -> slots(a, b);
        };
    }

    private int[] writtenSlots() {
        return switch (op) {
            case Micro.MOV2 -> slots(d, d2());
            case Micro.MOV_MOVI -> slots(d, more[0] & 0xfff);
            case Micro.MOV2_MOVI -> slots(d, d2(), more[0] & 0xfff);
            case Micro.MOV_MOVI2 -> slots(d, more[0] & 0xfff, more[1] & 0xfff);
            case Micro.MOVI2 -> slots(more[0] & 0xfff, more[1] & 0xfff);
            case Micro.STORE8, Micro.STORE16, Micro.STORE32, Micro.STORE64, Micro.RAISE_IF -> slots();
            case Micro.CALL -> helper.result() == null ? slots() : slots(d);
            case Micro.RARE -> switch (rare) {
                case STORE, PROBE -> slots();
                case LOAD, AND, OR, XOR, NOT, SELECT -> isWide() ? slots(d, d + 1) : slots(d);
                case CONCAT -> slots(d, d + 1);
                default -> slots(d);
            };
            default -> isTerminator() ? slots() : slots(d);
        };
    }

    private static int[] slots(int... slots) {
        return slots;
    }
}
