package dev.ringside.testkit;

import dev.ringside.ir.GuestState;
import dev.ringside.ir.Helper;
import dev.ringside.ir.IrBlock;
import dev.ringside.ir.IrBuilder;
import dev.ringside.ir.JumpKind;
import dev.ringside.ir.MemFlags;
import dev.ringside.ir.Op;
import dev.ringside.ir.StateField;
import dev.ringside.ir.StateLayout;
import dev.ringside.ir.Type;
import dev.ringside.ir.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;

/** Seeded random blocks over a small layout: every operation, every type, few registers, so that values meet. */
public final class RandomBlocks {
    public static final StateLayout LAYOUT = new StateLayout();
    public static final List<StateField> FIELDS = new ArrayList<>();

    static {
        Type[] types = {Type.I64, Type.I64, Type.I64, Type.I32, Type.I32, Type.I16, Type.I8, Type.I8, Type.I1, Type.I128, Type.I128};
        for (int i = 0; i < types.length; i++) {
            FIELDS.add(LAYOUT.add("r" + i, types[i]));
        }
    }

    public static final Helper PURE = new Helper("t.pure", Type.I64, List.of(Type.I64, Type.I8), Set.of(), (s, a, b, c, d) -> a * 31 + b);
    public static final Helper READS = new Helper("t.reads", Type.I32, List.of(), Set.of(Helper.Effect.READS_STATE),
            (s, a, b, c, d) -> (s.slots[0] ^ s.slots[1] * 3 ^ s.slots[7] * 7) & 0xffffffffL);
    public static final Helper WRITES = new Helper("t.writes", null, List.of(Type.I64), Set.of(Helper.Effect.WRITES_STATE, Helper.Effect.READS_STATE),
            (s, a, b, c, d) -> s.slots[1] = s.slots[0] + a);
    public static final List<Helper> HELPERS = List.of(PURE, READS, WRITES);

    private static final Op[] BINARY = {Op.ADD, Op.SUB, Op.MUL, Op.MULHU, Op.MULHS, Op.AND, Op.OR, Op.XOR, Op.SHL, Op.SHR, Op.SAR, Op.ROTL,
        Op.ROTR, Op.EQ, Op.NE, Op.LTU, Op.LEU, Op.LTS, Op.LES};
    private static final Op[] UNARY = {Op.NEG, Op.NOT, Op.CLZ, Op.CTZ, Op.POPCNT, Op.BSWAP};
    private static final Type[] NARROW = {Type.I8, Type.I16, Type.I32, Type.I64};

    private final Random random;
    private final IrBuilder b;
    private final List<Value> values = new ArrayList<>();

    private RandomBlocks(long seed) {
        random = new Random(seed);
        b = new IrBuilder(random.nextLong() & -4096);
    }

    public static IrBlock block(long seed) {
        return new RandomBlocks(seed).build();
    }

    public static GuestState state(long seed) {
        var state = new GuestState(LAYOUT.slotCount()) {
        };
        var random = new Random(~seed);
        for (StateField field : FIELDS) {
            state.slots[field.slot()] = interesting(random) & field.type().mask();
            if (field.type() == Type.I128) {
                state.slots[field.slot() + 1] = interesting(random);
            }
        }
        return state;
    }

    private static long interesting(Random random) {
        long[] few = {0, 1, -1, 0x80, 0xff, 0x8000, 0x7fffffff, 0x80000000L, Long.MIN_VALUE, Long.MAX_VALUE};
        return random.nextInt(3) == 0 ? few[random.nextInt(few.length)] : random.nextLong() & ~0x1000;
    }

    private IrBlock build() {
        int instructions = 1 + random.nextInt(6);
        for (int i = 0; i < instructions; i++) {
            b.insn(3 * i, 3);
            int operations = random.nextInt(9);
            for (int k = 0; k < operations; k++) {
                operation();
            }
            if (random.nextInt(3) > 0) {
                access();
            }
            int puts = random.nextInt(4);
            for (int k = 0; k < puts; k++) {
                StateField field = FIELDS.get(random.nextInt(FIELDS.size()));
                b.put(field, value(field.type()));
            }
        }
        switch (random.nextInt(4)) {
            case 0 -> b.jump(value(Type.I64), JumpKind.JUMP);
            case 1 -> b.branch(value(Type.I1), b.pc(3), value(Type.I64));
            case 2 -> b.leave(value(Type.I64));
            default -> b.leaveAtPc();
        }
        return b.build();
    }

    private void operation() {
        switch (random.nextInt(12)) {
            case 0, 1, 2, 3 -> {
                Op op = BINARY[random.nextInt(BINARY.length)];
                Type type = NARROW[random.nextInt(NARROW.length)];
                values.add(binary(op, value(type), value(type)));
            }
            case 4 -> {
                Op op = UNARY[random.nextInt(UNARY.length)];
                values.add(unary(op, value(op == Op.BSWAP ? NARROW[1 + random.nextInt(3)] : NARROW[random.nextInt(4)])));
            }
            case 5 -> {
                Type type = Type.values()[random.nextInt(6)];
                values.add(b.select(value(Type.I1), value(type), value(type)));
            }
            case 6 -> {
                int from = random.nextInt(4);
                int to = from + 1 + random.nextInt(4 - from);
                values.add(random.nextBoolean() ? b.zext(value(Type.values()[from]), Type.values()[to]) : b.sext(value(Type.values()[from]), Type.values()[to]));
            }
            case 7 -> {
                int from = 1 + random.nextInt(4);
                values.add(b.trunc(value(Type.values()[from]), Type.values()[random.nextInt(from)]));
            }
            case 8 -> {
                Type base = NARROW[1 + random.nextInt(3)];
                Type bits = random.nextBoolean() ? Type.I8 : Type.I16;
                values.add(b.deposit(value(base), value(bits), random.nextInt(base.bits() - bits.bits() + 1)));
            }
            case 9 -> {
                Value wide = b.concat(value(Type.I64), value(Type.I64));
                values.add(wide);
                values.add(random.nextBoolean() ? b.low(value(Type.I128)) : b.high(value(Type.I128)));
            }
            case 10 -> {
                Value x = value(Type.I128);
                Value y = value(Type.I128);
                values.add(switch (random.nextInt(4)) {
                    case 0 -> b.and(x, y);
                    case 1 -> b.or(x, y);
                    case 2 -> b.xor(x, y);
                    default -> b.not(x);
                });
            }
            default -> {
                switch (random.nextInt(3)) {
                    case 0 -> values.add(b.call(PURE, value(Type.I64), value(Type.I8)));
                    case 1 -> values.add(b.call(READS));
                    default -> b.call(WRITES, value(Type.I64));
                }
            }
        }
    }

    private void access() {
        Type type = Type.values()[1 + random.nextInt(5)];
        // Mostly below 4096, so that blocks get somewhere; sums and scaled indexes, because engines treat those specially.
        Value address = b.and(value(Type.I64), b.constant(Type.I64, random.nextInt(6) == 0 ? 0x1fff : 0x7ff));
        if (random.nextInt(3) == 0) {
            address = b.add(address, b.shl(b.and(value(Type.I64), b.constant(Type.I64, 0x7f)), random.nextInt(4)));
        }
        if (random.nextBoolean()) {
            address = b.add(address, b.constant(Type.I64, random.nextInt(300)));
            values.add(address);
        }
        switch (random.nextInt(4)) {
            case 0, 1 -> values.add(b.load(type, address, random.nextInt(2)));
            case 2 -> b.store(address, value(type), 3 << MemFlags.SPACE_SHIFT);
            default -> {
                if (random.nextInt(4) == 0) {
                    b.raiseIf(value(Type.I1), 6);
                } else if (random.nextInt(4) == 0) {
                    b.raiseIf(b.ltu(value(Type.I64), b.constant(Type.I64, 9)), 13, value(Type.I32));
                } else {
                    b.probe(type, address, MemFlags.LOCKED);
                }
            }
        }
    }

    private Value value(Type type) {
        List<Value> fitting = values.stream().filter(v -> v.type() == type).toList();
        int choice = random.nextInt(10);
        if (choice < 5 && !fitting.isEmpty()) {
            return fitting.get(random.nextInt(fitting.size()));
        }
        if (choice < 8 || type == Type.I128) {
            List<StateField> fields = FIELDS.stream().filter(f -> f.type() == type).toList();
            Value got = b.get(fields.get(random.nextInt(fields.size())));
            values.add(got);
            return got;
        }
        return b.constant(type, interesting(random));
    }

    private Value binary(Op op, Value x, Value y) {
        return switch (op) {
            case ADD -> b.add(x, y);
            case SUB -> b.sub(x, y);
            case MUL -> b.mul(x, y);
            case MULHU -> b.mulhu(x, y);
            case MULHS -> b.mulhs(x, y);
            case AND -> b.and(x, y);
            case OR -> b.or(x, y);
            case XOR -> b.xor(x, y);
            case SHL -> b.shl(x, y);
            case SHR -> b.shr(x, y);
            case SAR -> b.sar(x, y);
            case ROTL -> b.rotl(x, y);
            case ROTR -> b.rotr(x, y);
            case EQ -> b.eq(x, y);
            case NE -> b.ne(x, y);
            case LTU -> b.ltu(x, y);
            case LEU -> b.leu(x, y);
            case LTS -> b.lts(x, y);
            case LES -> b.les(x, y);
            default -> throw new AssertionError(op);
        };
    }

    private Value unary(Op op, Value x) {
        return switch (op) {
            case NEG -> b.neg(x);
            case NOT -> b.not(x);
            case CLZ -> b.clz(x);
            case CTZ -> b.ctz(x);
            case POPCNT -> b.popcnt(x);
            case BSWAP -> b.bswap(x);
            default -> throw new AssertionError(op);
        };
    }
}
