package dev.ringside.ir;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Builds one {@link IrBlock}, front to back. Folds constants and trivial identities on the way, so that lifters can be written plainly. Not
 * thread-safe.
 *
 * <pre>{@code
 * b.insn(0, 3);
 * b.put(RAX, b.add(b.get(RAX), b.get(RBX)));
 * b.jump(b.pc(3), JumpKind.NEXT);
 * }</pre>
 */
public final class IrBuilder {
    private final long pc;
    private final List<IrInsn> insns = new ArrayList<>();
    /** What values are known to be, by value number; null where unknown. */
    private Long[] constants = new Long[64];
    private int values;
    private int guestInstructions;
    private int lengthBytes;
    private boolean terminated;

    /** @param pc program counter of the block's first instruction */
    public IrBuilder(long pc) {
        this.pc = pc;
    }

    /** Starts a guest instruction that lies {@code offset} bytes behind the block's start and is {@code length} bytes long. */
    public void insn(int offset, int length) {
        guestInstructions++;
        lengthBytes = offset + length;
        emit(Op.INSN, Type.I64, false, List.of(), offset, length, null);
    }

    public Value constant(Type type, long value) {
        Value v = emit(Op.CONST, type, true, List.of(), value & type.mask(), 0, null);
        if (v.id() >= constants.length) {
            constants = Arrays.copyOf(constants, 2 * v.id());
        }
        constants[v.id()] = value & type.mask();
        return v;
    }

    /** The program counter of the byte {@code offset} bytes behind the block's start. */
    public Value pc(long offset) {
        return emit(Op.PC, Type.I64, true, List.of(), offset, 0, null);
    }

    public Value get(StateField field) {
        return emit(Op.GET, field.type(), true, List.of(), 0, 0, field);
    }

    public void put(StateField field, Value value) {
        if (value.type() != field.type()) {
            throw new IllegalArgumentException("put " + field.name() + " takes " + field.type() + ", not " + value.type());
        }
        emit(Op.PUT, field.type(), false, List.of(value), 0, 0, field);
    }

    public Value add(Value a, Value b) {
        return isConstant(b, 0) ? a : binary(Op.ADD, a, b);
    }

    public Value sub(Value a, Value b) {
        return isConstant(b, 0) ? a : binary(Op.SUB, a, b);
    }

    public Value mul(Value a, Value b) {
        return binary(Op.MUL, a, b);
    }

    public Value mulhu(Value a, Value b) {
        return binary(Op.MULHU, a, b);
    }

    public Value mulhs(Value a, Value b) {
        return binary(Op.MULHS, a, b);
    }

    public Value and(Value a, Value b) {
        if (isConstant(b, b.type().mask()) && b.type() != Type.I128) {
            return a;
        }
        return binary(Op.AND, a, b);
    }

    public Value or(Value a, Value b) {
        return isConstant(b, 0) ? a : binary(Op.OR, a, b);
    }

    public Value xor(Value a, Value b) {
        return isConstant(b, 0) ? a : binary(Op.XOR, a, b);
    }

    /** Shift left by {@code amount} modulo the width; {@code amount} has the type of {@code a}. */
    public Value shl(Value a, Value amount) {
        return isConstant(amount, 0) ? a : binary(Op.SHL, a, amount);
    }

    public Value shr(Value a, Value amount) {
        return isConstant(amount, 0) ? a : binary(Op.SHR, a, amount);
    }

    public Value sar(Value a, Value amount) {
        return isConstant(amount, 0) ? a : binary(Op.SAR, a, amount);
    }

    public Value rotl(Value a, Value amount) {
        return isConstant(amount, 0) ? a : binary(Op.ROTL, a, amount);
    }

    public Value rotr(Value a, Value amount) {
        return isConstant(amount, 0) ? a : binary(Op.ROTR, a, amount);
    }

    public Value shl(Value a, int amount) {
        return shl(a, constant(a.type(), amount));
    }

    public Value shr(Value a, int amount) {
        return shr(a, constant(a.type(), amount));
    }

    public Value sar(Value a, int amount) {
        return sar(a, constant(a.type(), amount));
    }

    public Value neg(Value a) {
        return unary(Op.NEG, a);
    }

    public Value not(Value a) {
        return unary(Op.NOT, a);
    }

    public Value clz(Value a) {
        return unary(Op.CLZ, a);
    }

    public Value ctz(Value a) {
        return unary(Op.CTZ, a);
    }

    public Value popcnt(Value a) {
        return unary(Op.POPCNT, a);
    }

    public Value bswap(Value a) {
        return unary(Op.BSWAP, a);
    }

    public Value eq(Value a, Value b) {
        return compare(Op.EQ, a, b);
    }

    public Value ne(Value a, Value b) {
        return compare(Op.NE, a, b);
    }

    public Value ltu(Value a, Value b) {
        return compare(Op.LTU, a, b);
    }

    public Value leu(Value a, Value b) {
        return compare(Op.LEU, a, b);
    }

    public Value lts(Value a, Value b) {
        return compare(Op.LTS, a, b);
    }

    public Value les(Value a, Value b) {
        return compare(Op.LES, a, b);
    }

    /** {@code a == 0} as I1. */
    public Value isZero(Value a) {
        return eq(a, constant(a.type(), 0));
    }

    /** {@code a != 0} as I1. */
    public Value isNotZero(Value a) {
        return a.type() == Type.I1 ? a : ne(a, constant(a.type(), 0));
    }

    /** The sign bit of {@code a} as I1. */
    public Value isNegative(Value a) {
        return lts(a, constant(a.type(), 0));
    }

    public Value select(Value condition, Value whenTrue, Value whenFalse) {
        require(condition.type() == Type.I1 && whenTrue.type() == whenFalse.type(), "select types");
        if (constantOf(condition) != null) {
            return constantOf(condition) != 0 ? whenTrue : whenFalse;
        }
        return emit(Op.SELECT, whenTrue.type(), true, List.of(condition, whenTrue, whenFalse), 0, 0, null);
    }

    /** Widens with zeros; the same value when the type is the same. */
    public Value zext(Value a, Type to) {
        if (a.type() == to) {
            return a;
        }
        require(a.type().bits() < to.bits(), "zext narrows");
        return constantOf(a) != null && to != Type.I128 ? constant(to, constantOf(a)) : emit(Op.ZEXT, to, true, List.of(a), 0, 0, null);
    }

    /** Widens with the sign; the same value when the type is the same. */
    public Value sext(Value a, Type to) {
        if (a.type() == to) {
            return a;
        }
        require(a.type().bits() < to.bits() && to != Type.I128, "sext narrows, or goes beyond i64");
        if (constantOf(a) != null) {
            int unused = 64 - a.type().bits();
            return constant(to, constantOf(a) << unused >> unused);
        }
        return emit(Op.SEXT, to, true, List.of(a), 0, 0, null);
    }

    /** The low bits; the same value when the type is the same. */
    public Value trunc(Value a, Type to) {
        if (a.type() == to) {
            return a;
        }
        require(a.type().bits() > to.bits(), "trunc widens");
        return constantOf(a) != null ? constant(to, constantOf(a)) : emit(Op.TRUNC, to, true, List.of(a), 0, 0, null);
    }

    /** {@code base} with the bits from {@code lsb} up replaced by {@code bits}. */
    public Value deposit(Value base, Value bits, int lsb) {
        require(lsb + bits.type().bits() <= base.type().bits(), "deposit beyond the base");
        return emit(Op.DEPOSIT, base.type(), true, List.of(base, bits), lsb, 0, null);
    }

    public Value concat(Value low, Value high) {
        return emit(Op.CONCAT, Type.I128, true, List.of(low, high), 0, 0, null);
    }

    public Value low(Value wide) {
        return emit(Op.LOW, Type.I64, true, List.of(wide), 0, 0, null);
    }

    public Value high(Value wide) {
        return emit(Op.HIGH, Type.I64, true, List.of(wide), 0, 0, null);
    }

    /** @param flags of {@link MemFlags} */
    public Value load(Type type, Value address, int flags) {
        return emit(Op.LOAD, type, true, List.of(address), flags, 0, null);
    }

    /** @param flags of {@link MemFlags} */
    public void store(Value address, Value value, int flags) {
        emit(Op.STORE, value.type(), false, List.of(address, value), flags, 0, null);
    }

    /** @param flags of {@link MemFlags} */
    public void probe(Type type, Value address, int flags) {
        emit(Op.PROBE, type, false, List.of(address), flags, 0, null);
    }

    /** Calls a helper; null when it has no result. */
    public Value call(Helper helper, Value... args) {
        if (args.length != helper.parameters().size()) {
            throw new IllegalArgumentException(helper.name() + " takes " + helper.parameters().size() + " arguments");
        }
        for (int i = 0; i < args.length; i++) {
            if (args[i].type() != helper.parameters().get(i)) {
                throw new IllegalArgumentException(helper.name() + " argument " + i + " is " + args[i].type());
            }
        }
        Type type = helper.result() == null ? Type.I64 : helper.result();
        return emit(Op.CALL, type, helper.result() != null, List.of(args), 0, 0, helper);
    }

    /** Raises exception {@code vector} without an error code when {@code condition} holds. */
    public void raiseIf(Value condition, int vector) {
        emit(Op.RAISE_IF, Type.I1, false, List.of(condition), vector, 0, null);
    }

    /** Raises exception {@code vector} with {@code errorCode} (I32) when {@code condition} holds. */
    public void raiseIf(Value condition, int vector, Value errorCode) {
        emit(Op.RAISE_IF, Type.I1, false, List.of(condition, errorCode), vector | 0x100, 0, null);
    }

    public void jump(Value target, JumpKind kind) {
        emit(Op.JUMP, Type.I64, false, List.of(target), kind.ordinal(), 0, null);
    }

    public void branch(Value condition, Value taken, Value notTaken) {
        emit(Op.BRANCH, Type.I64, false, List.of(condition, taken, notTaken), 0, 0, null);
    }

    public void leave(Value next) {
        emit(Op.LEAVE, Type.I64, false, List.of(next), 0, 0, null);
    }

    public void leaveAtPc() {
        emit(Op.LEAVE_AT_PC, Type.I64, false, List.of(), 0, 0, null);
    }

    /** Whether a terminator was emitted. */
    public boolean isTerminated() {
        return terminated;
    }

    public int guestInstructions() {
        return guestInstructions;
    }

    /** The constant that {@code value} is known to be, or null. */
    public Long constantOf(Value value) {
        return value.id() < constants.length ? constants[value.id()] : null;
    }

    /** The block, once terminated. */
    public IrBlock build() {
        require(terminated, "the block has no terminator");
        return new IrBlock(pc, lengthBytes, guestInstructions, List.copyOf(insns), values);
    }

    private Value unary(Op op, Value a) {
        return emit(op, a.type(), true, List.of(a), 0, 0, null);
    }

    private Value binary(Op op, Value a, Value b) {
        requireSameType(op, a, b);
        Long ca = constantOf(a);
        Long cb = constantOf(b);
        if (ca != null && cb != null) {
            Long folded = fold(op, a.type(), ca, cb);
            if (folded != null) {
                return constant(a.type(), folded);
            }
        }
        return emit(op, a.type(), true, List.of(a, b), 0, 0, null);
    }

    private static Long fold(Op op, Type type, long a, long b) {
        if (type == Type.I128) {
            return null;
        }
        return switch (op) {
            case ADD -> a + b;
            case SUB -> a - b;
            case MUL -> a * b;
            case AND -> a & b;
            case OR -> a | b;
            case XOR -> a ^ b;
            case SHL -> a << (b & type.bits() - 1);
            case SHR -> a >>> (b & type.bits() - 1);
            default -> null;
        };
    }

    private Value compare(Op op, Value a, Value b) {
        requireSameType(op, a, b);
        require(a.type() != Type.I128, "no comparison of i128");
        Value result = new Value(values++, Type.I1);
        append(new IrInsn(op, a.type(), result, List.of(a, b), 0, 0, null));
        return result;
    }

    private Value emit(Op op, Type type, boolean hasResult, List<Value> args, long imm, int aux, Object ref) {
        Value result = hasResult ? new Value(values++, type) : null;
        append(new IrInsn(op, type, result, args, imm, aux, ref));
        return result;
    }

    private void append(IrInsn insn) {
        require(!terminated, "an operation after the terminator");
        insns.add(insn);
        terminated = insn.op().isTerminator();
    }

    private boolean isConstant(Value v, long value) {
        Long known = constantOf(v);
        return known != null && known == value;
    }

    /** The message is made only when it is needed: this runs for every operation. */
    private static void requireSameType(Op op, Value a, Value b) {
        if (a.type() != b.type()) {
            throw new IllegalArgumentException(op + " of " + a.type() + " and " + b.type());
        }
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new IllegalArgumentException(otherwise);
        }
    }
}
