package dev.ringside.ir;

import java.util.List;

/** What the operations compute on constants of at most 64 bits, zero-extended as everywhere. */
public final class IrFolding {
    private IrFolding() {
    }

    /** Whether {@link #unary} and {@link #binary} know the operation. */
    public static boolean isPure(Op op) {
        return op.ordinal() >= Op.ADD.ordinal() && op.ordinal() <= Op.LES.ordinal();
    }

    /** @param type of the operands */
    public static long binary(Op op, Type type, long a, long b) {
        int bits = type.bits();
        int amount = (int) (b & bits - 1);
        long result = switch (op) {
            case ADD -> a + b;
            case SUB -> a - b;
            case MUL -> a * b;
            case MULHU -> bits == 64 ? Math.unsignedMultiplyHigh(a, b) : a * b >>> bits;
            case MULHS -> bits == 64 ? Math.multiplyHigh(a, b) : signed(type, a) * signed(type, b) >> bits;
            case AND -> a & b;
            case OR -> a | b;
            case XOR -> a ^ b;
            case SHL -> a << amount;
            case SHR -> a >>> amount;
            case SAR -> signed(type, a) >> amount;
            case ROTL -> rotateLeft(a, amount, bits);
            case ROTR -> rotateLeft(a, bits - amount & bits - 1, bits);
            case EQ -> a == b ? 1 : 0;
            case NE -> a != b ? 1 : 0;
            case LTU -> Long.compareUnsigned(a, b) < 0 ? 1 : 0;
            case LEU -> Long.compareUnsigned(a, b) <= 0 ? 1 : 0;
            case LTS -> signed(type, a) < signed(type, b) ? 1 : 0;
            case LES -> signed(type, a) <= signed(type, b) ? 1 : 0;
            default -> throw new IllegalArgumentException(op + " is not binary");
        };
        return result & type.mask();
    }

    public static long unary(Op op, Type type, long a) {
        int bits = type.bits();
        long result = switch (op) {
            case NEG -> -a;
            case NOT -> ~a;
            case CLZ -> Long.numberOfLeadingZeros(a) - (64 - bits);
            case CTZ -> a == 0 ? bits : Long.numberOfTrailingZeros(a);
            case POPCNT -> Long.bitCount(a);
            case BSWAP -> Long.reverseBytes(a) >>> 64 - bits;
            default -> throw new IllegalArgumentException(op + " is not unary");
        };
        return result & type.mask();
    }

    /** {@code value} of {@code type} with its sign in all upper bits. */
    public static long signed(Type type, long value) {
        int unused = 64 - type.bits();
        return value << unused >> unused;
    }

    private static long rotateLeft(long a, int amount, int bits) {
        return amount == 0 ? a : a << amount | a >>> bits - amount;
    }

    /** The value of an operation on constants, or null when it is not that simple. */
    static Long evaluate(IrInsn insn, List<Long> args) {
        Type type = insn.type();
        if (type == Type.I128 || insn.op() == Op.LOW || insn.op() == Op.HIGH) {
            return null;
        }
        if (isPure(insn.op())) {
            return args.size() == 1 ? unary(insn.op(), type, args.get(0)) : binary(insn.op(), type, args.get(0), args.get(1));
        }
        return switch (insn.op()) {
            case SELECT -> args.get(0) != 0 ? args.get(1) : args.get(2);
            case ZEXT -> args.get(0);
            case SEXT -> signed(insn.arg(0).type(), args.get(0)) & type.mask();
            case TRUNC -> args.get(0) & type.mask();
            case DEPOSIT -> {
                long mask = insn.arg(1).type().mask() << insn.imm();
                yield args.get(0) & ~mask | args.get(1) << insn.imm() & mask;
            }
            default -> null;
        };
    }
}
