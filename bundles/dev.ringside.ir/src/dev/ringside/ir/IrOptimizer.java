package dev.ringside.ir;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Makes blocks shorter without changing what they mean, fault by fault: at every point where the guest may see the state (a memory access, an
 * exception, a helper, the end) all fields hold what they held in the original.
 *
 * <p>Forward: constants and trivial operations are folded, equal gets, constants and pure operations share one value, a get behind a put of the
 * same field takes the value that was put. Backward: operations without use and puts that nobody can see go.
 */
public final class IrOptimizer {
    private final IrBlock block;
    /** What a value of the original became. */
    private final Value[] replacement;
    /** The operation that defines a value, by value number, as it stands in {@link #out}. */
    private final IrInsn[] definition;
    /** The value that a state slot is known to hold, by slot; grown on demand. */
    private Value[] known = new Value[64];
    /** Open hash table of pure operations seen, for sharing. */
    private final IrInsn[] seen;
    private final List<IrInsn> out;

    private IrOptimizer(IrBlock block) {
        this.block = block;
        replacement = new Value[block.valueCount()];
        definition = new IrInsn[block.valueCount()];
        seen = new IrInsn[Integer.highestOneBit(2 * block.insns().size()) << 1];
        out = new ArrayList<>(block.insns().size());
    }

    public static IrBlock optimize(IrBlock block) {
        var optimizer = new IrOptimizer(block);
        optimizer.forward();
        return new IrBlock(block.pc(), block.lengthBytes(), block.guestInstructions(), optimizer.backward(), block.valueCount());
    }

    // Forward

    private void forward() {
        for (IrInsn original : block.insns()) {
            IrInsn insn = withReplacedArgs(original);
            switch (insn.op()) {
                case INSN, LOAD, STORE, PROBE, JUMP, LEAVE, LEAVE_AT_PC -> keep(insn);
                case GET -> get(insn);
                case PUT -> put(insn);
                case CALL -> call(insn);
                case RAISE_IF -> raise(insn);
                case BRANCH -> branch(insn);
                default -> pure(insn);
            }
        }
    }

    private IrInsn withReplacedArgs(IrInsn insn) {
        List<Value> args = insn.args();
        int n = args.size();
        for (int i = 0; i < n; i++) {
            if (replacement[args.get(i).id()] != null) {
                return new IrInsn(insn.op(), insn.type(), insn.result(), replaced(args), insn.imm(), insn.aux(), insn.ref());
            }
        }
        return insn;
    }

    private List<Value> replaced(List<Value> args) {
        return switch (args.size()) {
            case 1 -> List.of(now(args.get(0)));
            case 2 -> List.of(now(args.get(0)), now(args.get(1)));
            default -> args.stream().map(this::now).toList();
        };
    }

    private Value now(Value value) {
        Value replaced = replacement[value.id()];
        return replaced == null ? value : replaced;
    }

    private void keep(IrInsn insn) {
        out.add(insn);
        if (insn.result() != null) {
            definition[insn.result().id()] = insn;
        }
    }

    private void get(IrInsn insn) {
        Value value = known(insn.field());
        if (value != null) {
            replacement[insn.result().id()] = value;
        } else {
            keep(insn);
            know(insn.field(), insn.result());
        }
    }

    private void put(IrInsn insn) {
        Value value = insn.arg(0);
        if (!value.equals(known(insn.field()))) {
            keep(insn);
            know(insn.field(), value);
        }
    }

    private void call(IrInsn insn) {
        keep(insn);
        if (insn.helper().has(Helper.Effect.WRITES_STATE)) {
            Arrays.fill(known, null);
        }
    }

    private void raise(IrInsn insn) {
        if (!isConstant(insn.arg(0), 0)) {
            keep(insn);
        }
    }

    private void branch(IrInsn insn) {
        Value condition = insn.arg(0);
        Long constant = constant(condition);
        if (constant != null) {
            keep(new IrInsn(Op.JUMP, Type.I64, null, List.of(insn.arg(constant != 0 ? 1 : 2)), JumpKind.JUMP.ordinal(), 0, null));
            return;
        }
        IrInsn by = definition[condition.id()];
        boolean inverted = by.op() == Op.EQ && by.type() == Type.I1 && isConstant(by.arg(1), 0) || by.op() == Op.NOT && by.type() == Type.I1
                || by.op() == Op.XOR && by.type() == Type.I1 && isConstant(by.arg(1), 1);
        keep(inverted
                ? new IrInsn(Op.BRANCH, Type.I64, null, List.of(by.arg(0), insn.arg(2), insn.arg(1)), 0, 0, null)
                : insn);
    }

    private void pure(IrInsn insn) {
        Value simple = simplify(insn);
        if (simple != null) {
            replacement[insn.result().id()] = simple;
            return;
        }
        Long folded = fold(insn);
        share(folded == null ? insn : new IrInsn(Op.CONST, insn.result().type(), insn.result(), List.of(), folded, 0, null));
    }

    private void share(IrInsn insn) {
        int slot = hash(insn);
        while (seen[slot & seen.length - 1] != null) {
            IrInsn other = seen[slot & seen.length - 1];
            if (other.op() == insn.op() && other.type() == insn.type() && other.imm() == insn.imm() && other.result().type() == insn.result().type()
                    && other.args().equals(insn.args())) {
                replacement[insn.result().id()] = other.result();
                return;
            }
            slot++;
        }
        seen[slot & seen.length - 1] = insn;
        keep(insn);
    }

    private static int hash(IrInsn insn) {
        int hash = insn.op().ordinal() * 31 + insn.type().ordinal();
        hash = hash * 31 + Long.hashCode(insn.imm());
        List<Value> args = insn.args();
        for (int i = 0; i < args.size(); i++) {
            hash = hash * 31 + args.get(i).id();
        }
        return hash ^ hash >>> 15;
    }

    private Long fold(IrInsn insn) {
        List<Value> args = insn.args();
        if (args.isEmpty() || insn.type() == Type.I128) {
            return null;
        }
        Long a = constant(args.get(0));
        if (a == null) {
            return null;
        }
        if (args.size() == 1) {
            return IrFolding.evaluate(insn, List.of(a));
        }
        Long b = constant(args.get(1));
        Long c = args.size() < 3 ? Long.valueOf(0) : constant(args.get(2));
        return b == null || c == null ? null : IrFolding.evaluate(insn, List.of(a, b, c));
    }

    /** The value that the operation only repeats, or null. */
    private Value simplify(IrInsn insn) {
        if (insn.args().isEmpty()) {
            return null;
        }
        Value a = insn.arg(0);
        IrInsn by = definition[a.id()];
        return switch (insn.op()) {
            case ADD, OR, XOR -> isConstant(insn.arg(1), 0) ? a : isConstant(a, 0) ? insn.arg(1) : insn.op() == Op.OR && a.equals(insn.arg(1)) ? a : null;
            case SUB, SHL, SHR, SAR, ROTL, ROTR -> isConstant(insn.arg(1), 0) ? a : null;
            case AND -> a.equals(insn.arg(1)) || isOnes(insn.arg(1)) ? a : isOnes(a) || isConstant(insn.arg(1), 0) ? insn.arg(1) : isConstant(a, 0) ? a : null;
            case NOT, NEG, BSWAP -> by.op() == insn.op() ? by.arg(0) : null;
            case NE -> insn.type() == Type.I1 && isConstant(insn.arg(1), 0) ? a
                    : by.op() == Op.ZEXT && by.arg(0).type() == Type.I1 && isConstant(insn.arg(1), 0) ? by.arg(0) : null;
            case SELECT -> constant(a) != null ? insn.arg(constant(a) != 0 ? 1 : 2) : insn.arg(1).equals(insn.arg(2)) ? insn.arg(1) : null;
            case TRUNC -> truncated(by, insn.type());
            case LOW -> by.op() == Op.CONCAT ? by.arg(0) : null;
            case HIGH -> by.op() == Op.CONCAT ? by.arg(1) : null;
            default -> null;
        };
    }

    private static Value truncated(IrInsn by, Type to) {
        return switch (by.op()) {
            case ZEXT, SEXT -> by.arg(0).type() == to ? by.arg(0) : null;
            case DEPOSIT -> by.imm() == 0 && by.arg(1).type() == to ? by.arg(1) : null;
            default -> null;
        };
    }

    private Long constant(Value value) {
        IrInsn by = definition[value.id()];
        return by.op() == Op.CONST ? (Long) by.imm() : null;
    }

    private boolean isConstant(Value value, long constant) {
        IrInsn by = definition[value.id()];
        return by.op() == Op.CONST && by.imm() == constant;
    }

    private boolean isOnes(Value value) {
        return isConstant(value, value.type().mask()) && value.type() != Type.I128;
    }

    private Value known(StateField field) {
        return field.slot() < known.length ? known[field.slot()] : null;
    }

    private void know(StateField field, Value value) {
        if (field.slot() >= known.length) {
            known = Arrays.copyOf(known, 2 * field.slot());
        }
        known[field.slot()] = value;
    }

    // Backward

    private List<IrInsn> backward() {
        var used = new boolean[block.valueCount()];
        // By slot: whether a later put comes before anybody can see the field.
        var overwritten = new boolean[known.length];
        var reversed = new ArrayList<IrInsn>(out.size());
        for (int i = out.size() - 1; i >= 0; i--) {
            IrInsn insn = out.get(i);
            if (isDead(insn, used, overwritten)) {
                continue;
            }
            List<Value> args = insn.args();
            for (int a = 0; a < args.size(); a++) {
                used[args.get(a).id()] = true;
            }
            if (insn.op() == Op.PUT) {
                overwritten[insn.field().slot()] = true;
            } else if (insn.op() == Op.GET) {
                if (insn.field().slot() < overwritten.length) {
                    overwritten[insn.field().slot()] = false;
                }
            } else if (showsState(insn)) {
                Arrays.fill(overwritten, false);
            }
            reversed.add(insn);
        }
        return List.copyOf(reversed.reversed());
    }

    private static boolean isDead(IrInsn insn, boolean[] used, boolean[] overwritten) {
        if (insn.op() == Op.PUT) {
            return overwritten[insn.field().slot()];
        }
        if (insn.result() == null || used[insn.result().id()]) {
            return false;
        }
        return insn.op() != Op.LOAD && (insn.op() != Op.CALL || insn.helper().effects().isEmpty());
    }

    private static boolean showsState(IrInsn insn) {
        if (insn.op() == Op.CALL) {
            Helper helper = insn.helper();
            return helper.has(Helper.Effect.READS_STATE) || helper.has(Helper.Effect.MAY_RAISE) || helper.has(Helper.Effect.ACCESSES_WORLD);
        }
        return insn.op().isSideExit() || insn.op().isTerminator();
    }
}
