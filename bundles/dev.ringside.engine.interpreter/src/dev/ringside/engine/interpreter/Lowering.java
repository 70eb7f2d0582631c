package dev.ringside.engine.interpreter;

import dev.ringside.ir.Helper;
import dev.ringside.ir.IrBlock;
import dev.ringside.ir.IrFolding;
import dev.ringside.ir.IrInsn;
import dev.ringside.ir.JumpKind;
import dev.ringside.ir.MemFlags;
import dev.ringside.ir.Op;
import dev.ringside.ir.StateField;
import dev.ringside.ir.Type;
import dev.ringside.ir.Value;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Turns an optimized {@link IrBlock} into {@link Micro} operations.
 *
 * <p>What it does beyond writing one operation for one:
 * <ul>
 * <li>A {@code get} is no operation when the field keeps its value as long as the result is needed; then its slot is the operand.
 * <li>A {@code put} is none when the operation that computes its operand can write the field's slot itself.
 * <li>A {@code trunc} is none: operations ignore bits above their width.
 * <li>A {@code put} that a later one overwrites, with nothing between that looks except points where the block may be left, is moved to those
 *     points' {@link Faults.Fixup}s. Most flag updates vanish this way.
 * <li>Sums that form addresses become part of the access; comparisons become part of the branch.
 * </ul>
 * Values are slots: a value of 128 bits has two, low half first.
 */
final class Lowering {
    private static final int NOWHERE = -1;
    private static final int NEVER = Integer.MAX_VALUE;
    private static final JumpKind[] JUMP_KINDS = JumpKind.values();

    /** Thrown when a block needs more temporaries than there are; a shorter one will do. */
    static final class TooLong extends Exception {
        private static final long serialVersionUID = 1L;

        TooLong() {
            super("the block needs too many temporaries", null, false, false);
        }
    }

    private final IrBlock block;
    private final IrInsn[] insns;
    private final int key;
    private final int firstTemporary;
    private final int slotLimit;

    // By value number
    private final int[] definition;
    /** The value whose slots this one shares: itself, or through trunc, low and zext of something narrow. */
    private final int[] root;
    /** Bits above this are zero in the slot. */
    private final int[] cleanBits;
    private final int[] lastUse;
    private final int[] addressUses;
    private final int[] otherUses;
    /** Whether the value has no slot until one is needed: part of addresses, or of a branch. */
    private final boolean[] lazy;
    private final int[] slot;

    // By operation number
    /** For a put: the next put of its field when nobody but faults can look before it, else {@link #NEVER}. */
    private final int[] sunkUntil;
    /** For a put: whether the operation that computes its operand writes the field. */
    private final boolean[] done;
    /** The last operation before this one at which the block may be left; −1 for none. */
    private final int[] faultBefore;
    /** The last call before this one that reads or writes state. */
    private final int[] barrierBefore;
    private final int[] writerBefore;

    // What is emitted
    private long[] code = new long[64];
    private int size;
    private final List<Helper> helpers = new ArrayList<>();
    private final long[] targets = new long[2];
    private final int[] codeStarts;
    private final int[] offsets;
    private int instruction = -1;
    private final List<Integer> faultCodes = new ArrayList<>();
    private final List<Integer> faultFlags = new ArrayList<>();
    private final List<Integer> faultSizes = new ArrayList<>();
    private final List<Faults.Fixup[]> faultFixups = new ArrayList<>();
    /** Puts that are sunk and not yet overwritten: operation numbers. */
    private final List<Integer> pending = new ArrayList<>();

    // Temporaries
    private final boolean[] taken;
    private final List<List<Integer>> freeAfter = new ArrayList<>();

    // Moves that wait to be written as one operation
    private final int[] moveTo = new int[3];
    private final int[] moveFrom = new int[3];
    private final int[] moveImmediate = new int[3];
    private int moves;

    private Lowering(IrBlock block, int key, int stateSlots, int slotCount) {
        this.block = block;
        this.key = key;
        insns = block.insns().toArray(new IrInsn[0]);
        firstTemporary = stateSlots;
        slotLimit = slotCount;
        int values = block.valueCount();
        definition = new int[values];
        root = new int[values];
        cleanBits = new int[values];
        lastUse = new int[values];
        addressUses = new int[values];
        otherUses = new int[values];
        lazy = new boolean[values];
        slot = new int[values];
        Arrays.fill(slot, NOWHERE);
        sunkUntil = new int[insns.length];
        done = new boolean[insns.length];
        faultBefore = new int[insns.length];
        barrierBefore = new int[insns.length];
        writerBefore = new int[insns.length];
        codeStarts = new int[block.guestInstructions()];
        offsets = new int[block.guestInstructions()];
        taken = new boolean[slotLimit];
    }

    /**
     * @param key see {@link BlockCache#key}
     * @param stateSlots how many slots the layout has; temporaries come behind
     * @param slotCount how many there are altogether
     */
    static Block lower(IrBlock block, int key, int stateSlots, int slotCount) throws TooLong {
        return lower(block, key, stateSlots, slotCount, false);
    }

    /** @param counted whether the block may become hot, and so needs {@link Micro#ENTER} */
    static Block lower(IrBlock block, int key, int stateSlots, int slotCount, boolean counted) throws TooLong {
        var lowering = new Lowering(block, key, stateSlots, slotCount);
        if (counted) {
            lowering.append(Micro.ENTER);
        }
        lowering.findRoots();
        lowering.findBarriers();
        lowering.findUses();
        lowering.sinkPuts();
        lowering.placeGets();
        lowering.foldPuts();
        return lowering.emitAll();
    }

    // Analysis

    private void findRoots() {
        for (int i = 0; i < insns.length; i++) {
            IrInsn insn = insns[i];
            if (insn.result() == null) {
                continue;
            }
            int id = insn.result().id();
            definition[id] = i;
            root[id] = id;
            cleanBits[id] = insn.result().type().bits();
            boolean shares = switch (insn.op()) {
                case TRUNC, LOW -> true;
                case ZEXT -> insn.type() != Type.I128 && cleanBits[insn.arg(0).id()] <= insn.arg(0).type().bits();
                default -> false;
            };
            if (shares) {
                root[id] = root[insn.arg(0).id()];
                cleanBits[id] = Math.min(64, cleanBits[insn.arg(0).id()]);
            }
        }
    }

    private void findBarriers() {
        int fault = -1;
        int barrier = -1;
        int writer = -1;
        for (int i = 0; i < insns.length; i++) {
            faultBefore[i] = fault;
            barrierBefore[i] = barrier;
            writerBefore[i] = writer;
            IrInsn insn = insns[i];
            if (mayLeave(insn)) {
                fault = i;
            }
            if (looksAtState(insn)) {
                barrier = i;
            }
            if (insn.op() == Op.CALL && insn.helper().has(Helper.Effect.WRITES_STATE)) {
                writer = i;
            }
        }
    }

    private static boolean mayLeave(IrInsn insn) {
        return insn.op().isSideExit() || insn.op() == Op.CALL
                && (insn.helper().has(Helper.Effect.MAY_RAISE) || insn.helper().has(Helper.Effect.ACCESSES_WORLD));
    }

    private static boolean looksAtState(IrInsn insn) {
        return insn.op() == Op.CALL && (insn.helper().has(Helper.Effect.READS_STATE) || insn.helper().has(Helper.Effect.WRITES_STATE)
                || insn.helper().has(Helper.Effect.ACCESSES_WORLD));
    }

    /** From the end to the start: who uses what for what, and so what needs a slot of its own. */
    private void findUses() {
        for (int i = insns.length - 1; i >= 0; i--) {
            IrInsn insn = insns[i];
            Value result = insn.result();
            if (result == null) {
                useArgs(insn, i, insn.op() == Op.STORE);
                continue;
            }
            int id = result.id();
            if (root[id] != id) {
                // Its uses count for what it shares.
                int shared = root[id];
                lastUse[shared] = Math.max(lastUse[shared], lastUse[id]);
                addressUses[shared] += addressUses[id];
                otherUses[shared] += otherUses[id];
                continue;
            }
            if (isLazyAddress(insn)) {
                lazy[id] = true;
                for (Value arg : insn.args()) {
                    use(arg, lastUse[id], addressUses[id], otherUses[id]);
                }
            } else if (isLazyCondition(insn)) {
                lazy[id] = true;
                for (Value arg : insn.args()) {
                    use(arg, lastUse[id], 0, 1);
                }
            } else {
                useArgs(insn, i, insn.op() == Op.LOAD);
            }
        }
    }

    private void useArgs(IrInsn insn, int at, boolean firstIsAddress) {
        List<Value> args = insn.args();
        for (int a = 0; a < args.size(); a++) {
            boolean address = firstIsAddress && a == 0 && insn.type() != Type.I128 && !isSpecial(insn);
            use(args.get(a), at, address ? 1 : 0, address ? 0 : 1);
        }
    }

    private void use(Value value, int at, int address, int other) {
        int id = value.id();
        lastUse[id] = Math.max(lastUse[id], at);
        addressUses[id] += address;
        otherUses[id] += other;
    }

    private static boolean isSpecial(IrInsn access) {
        return access.op() == Op.PROBE
                || (access.imm() & (MemFlags.ALIGNED | MemFlags.SUPERVISOR | MemFlags.USER)) != 0;
    }

    private boolean isLazyAddress(IrInsn insn) {
        int id = insn.result().id();
        if (insn.type() != Type.I64 || addressUses[id] == 0) {
            return false;
        }
        if (insn.op() == Op.ADD) {
            return displacement(insn) != null ? otherUses[id] <= 1 : otherUses[id] == 0;
        }
        return insn.op() == Op.SHL && otherUses[id] == 0 && constant(insn.arg(1)) != null && constant(insn.arg(1)) <= 3;
    }

    /** Only where the branch is the one use. */
    private boolean isLazyCondition(IrInsn insn) {
        int id = insn.result().id();
        return insn.op().isComparison() && otherUses[id] == 1 && lastUse[id] == insns.length - 1 && insns[lastUse[id]].op() == Op.BRANCH
                && targetsAreConstant(insns[lastUse[id]]);
    }

    private boolean targetsAreConstant(IrInsn branch) {
        return constant(branch.arg(1)) != null && constant(branch.arg(2)) != null;
    }

    /** The small constant that is added, or null. */
    private Long displacement(IrInsn add) {
        Long constant = constant(add.arg(1));
        return constant != null && constant == (long) (int) (long) constant && fits(constant, 16) ? constant : null;
    }

    private Long constant(Value value) {
        IrInsn by = insns[definition[value.id()]];
        return switch (by.op()) {
            case CONST -> by.imm();
            case PC -> block.pc() + by.imm();
            case TRUNC, ZEXT -> {
                Long inner = constant(by.arg(0));
                yield inner == null || by.type() == Type.I128 ? null : (Long) (inner & by.type().mask());
            }
            default -> null;
        };
    }

    /** From the end to the start: which puts need only happen when the block is left before they are overwritten. */
    private void sinkPuts() {
        int[] nextPut = new int[firstTemporary];
        Arrays.fill(nextPut, NEVER);
        for (int i = insns.length - 1; i >= 0; i--) {
            IrInsn insn = insns[i];
            sunkUntil[i] = NEVER;
            if (insn.op() == Op.PUT && insn.type() != Type.I128) {
                int to = insn.field().slot();
                sinkPut(i, nextPut[to]);
                nextPut[to] = i;
            } else if (insn.op() == Op.GET || insn.op() == Op.PUT) {
                nextPut[insn.field().slot()] = NEVER;
            } else if (looksAtState(insn)) {
                Arrays.fill(nextPut, NEVER);
            }
        }
    }

    private void sinkPut(int put, int overwrittenAt) {
        if (overwrittenAt == NEVER) {
            return;
        }
        int lastFault = faultBefore[overwrittenAt];
        Value value = insns[put].arg(0);
        int shared = root[value.id()];
        if (lastFault > put && constant(value) == null) {
            IrInsn by = insns[definition[shared]];
            boolean stays = !lazy[shared] && (by.op() != Op.GET || !isPutBetween(by.field().slot(), definition[shared], lastFault));
            if (!stays) {
                return;
            }
            lastUse[shared] = Math.max(lastUse[shared], lastFault);
        }
        sunkUntil[put] = overwrittenAt;
    }

    private boolean isPutBetween(int field, int from, int to) {
        for (int i = from + 1; i < to; i++) {
            if (insns[i].op() == Op.PUT && insns[i].field().slot() == field) {
                return true;
            }
        }
        return writerBefore[to] > from;
    }

    /** A get whose field changes before the last use of its result copies; any other is the field's slot. */
    private void placeGets() {
        for (int i = 0; i < insns.length; i++) {
            IrInsn insn = insns[i];
            if (insn.op() == Op.GET) {
                int id = insn.result().id();
                if (!isChangedBefore(insn.field(), i, lastUse[id])) {
                    slot[id] = insn.field().slot();
                }
            }
        }
    }

    private boolean isChangedBefore(StateField field, int from, int to) {
        for (int i = from + 1; i < to; i++) {
            if (insns[i].op() == Op.PUT && insns[i].field().slot() == field.slot() && sunkUntil[i] == NEVER) {
                return true;
            }
        }
        return to > 0 && writerBefore[to] > from;
    }

    /** Lets operations write the slots of fields directly. */
    private void foldPuts() {
        // By field: where its slot is written next, seen from the put in question.
        int[] nextWrite = new int[firstTemporary];
        Arrays.fill(nextWrite, NEVER);
        for (int p = insns.length - 1; p >= 0; p--) {
            IrInsn put = insns[p];
            if (put.op() != Op.PUT || sunkUntil[p] != NEVER) {
                continue;
            }
            int field = put.field().slot();
            int shared = root[put.arg(0).id()];
            int by = definition[shared];
            if (lazy[shared]) {
                // Computed at the put, straight into the field, unless an address behind it still needs the value.
                done[p] = insns[by].op() == Op.ADD && put.type() == Type.I64 && lastUse[shared] <= p;
            } else if (canFold(put, p, shared, by, field, nextWrite[field])) {
                slot[shared] = field;
                done[p] = true;
            }
            nextWrite[field] = done[p] && !lazy[shared] ? by : p;
        }
    }

    private boolean canFold(IrInsn put, int p, int shared, int by, int field, int nextWrite) {
        Op op = insns[by].op();
        boolean isResult = slot[shared] == NOWHERE && op != Op.GET && op != Op.CONST && op != Op.PC;
        boolean fits = put.type() != Type.I128 && insns[by].result().type() != Type.I128 && cleanBits[put.arg(0).id()] <= put.type().bits();
        if (!isResult || !fits || faultBefore[p] > by || barrierBefore[p] > by) {
            return false;
        }
        if (nextWrite < lastUse[shared] || writerBefore[lastUse[shared]] > p) {
            return false;
        }
        for (int i = by + 1; i < p; i++) {
            if ((insns[i].op() == Op.PUT || insns[i].op() == Op.GET) && insns[i].field().slot() == field) {
                return false;
            }
        }
        return !isReadBetween(field, by, p);
    }

    /** Whether the old value of the field is an operand of anything behind {@code from} up to {@code to}. */
    private boolean isReadBetween(int field, int from, int to) {
        for (int i = 0; i < to; i++) {
            IrInsn insn = insns[i];
            if (insn.op() == Op.GET && insn.field().slot() == field && slot[insn.result().id()] != NOWHERE && lastUse[insn.result().id()] > from) {
                return true;
            }
        }
        return false;
    }

    // Emission

    private Block emitAll() throws TooLong {
        for (int i = 0; i <= insns.length; i++) {
            freeAfter.add(null);
        }
        for (int i = 0; i < insns.length; i++) {
            emit(insns[i], i);
            List<Integer> free = freeAfter.get(i);
            if (free != null) {
                free.forEach(s -> taken[s] = false);
            }
        }
        var faults = new Faults(ints(faultCodes), ints(faultFlags), ints(faultSizes), faultFixups.toArray(new Faults.Fixup[0][]));
        return new Block(block.pc(), key, block.lengthBytes(), block.guestInstructions(), Arrays.copyOf(code, size), helpers.toArray(new Helper[0]),
                targets, faults, endsWith(), codeStarts, offsets);
    }

    private JumpKind endsWith() {
        IrInsn last = insns[insns.length - 1];
        return last.op() == Op.JUMP ? JUMP_KINDS[(int) last.imm()] : JumpKind.NEXT;
    }

    private static int[] ints(List<Integer> list) {
        int[] all = new int[list.size()];
        for (int i = 0; i < all.length; i++) {
            all[i] = list.get(i);
        }
        return all;
    }

    private void emit(IrInsn insn, int at) throws TooLong {
        Value result = insn.result();
        if (result != null && (root[result.id()] != result.id() || lazy[result.id()])) {
            return;
        }
        switch (insn.op()) {
            case INSN -> {
                flushMoves();
                instruction++;
                codeStarts[instruction] = size;
                offsets[instruction] = (int) insn.imm();
            }
            case CONST, PC -> {
                // Written where it is needed.
            }
            case GET -> {
                if (slot[result.id()] == NOWHERE) {
                    copy(place(insn), insn.field().slot(), insn.type());
                }
            }
            case PUT -> put(insn, at);
            case ADD, SUB, MUL, AND, OR, XOR -> arithmetic(insn, at);
            case SHL, SHR, SAR -> shift(insn, at);
            case ROTL, ROTR -> rotate(insn, at);
            case NEG, NOT -> {
                int a = operand(insn.arg(0), at);
                int to = place(insn);
                if (insn.type() == Type.I128) {
                    assert insn.op() == Op.NOT : insn.op();
                    write(Micro.NOT, Type.I64, a, 0, to);
                    write(Micro.NOT, Type.I64, a + 1, 0, to + 1);
                } else {
                    write(insn.op() == Op.NEG ? Micro.NEG : Micro.NOT, insn.type(), a, 0, to);
                }
            }
            case CONCAT -> {
                int low = operand(insn.arg(0), at);
                int high = operand(insn.arg(1), at);
                int to = place(insn);
                move(to, low);
                move(to + 1, high);
            }
            case HIGH -> {
                int from = operand(insn.arg(0), at) + 1;
                move(place(insn), from);
            }
            case EQ, NE, LTU, LEU, LTS, LES -> comparison(insn, at);
            case SELECT -> select(insn, at);
            case ZEXT -> zeroExtend(insn, at);
            case SEXT -> {
                signExtend(operand(insn.arg(0), at), insn.arg(0).type(), place(insn), insn.type());
            }
            case DEPOSIT -> {
                int a = clean(insn.arg(0), at);
                int b = operand(insn.arg(1), at);
                write(Micro.DEPOSIT, a, b, place(insn), (int) insn.imm());
                append(insn.arg(1).type().mask() << insn.imm());
            }
            case LOAD, STORE -> access(insn, at);
            case CALL -> call(insn, at);
            case RAISE_IF -> {
                int condition = operand(insn.arg(0), at);
                int code = insn.args().size() > 1 ? clean(insn.arg(1), at) : 0;
                flushMoves();
                point(at, 0, 0);
                write(Micro.RAISE_IF, condition, code, (int) insn.imm(), 0);
            }
            case JUMP -> {
                Long target = constant(insn.arg(0));
                if (target != null) {
                    targets[0] = target;
                    write(Micro.JUMP, 0, 0, 0, 0);
                } else {
                    write(Micro.JUMPR, operand(insn.arg(0), at), 0, 0, 0);
                }
            }
            case BRANCH -> branch(insn, at);
            case LEAVE -> write(Micro.LEAVE, operand(insn.arg(0), at), 0, 0, 0);
            case LEAVE_AT_PC -> write(Micro.LEAVE_AT_PC, 0, 0, 0, 0);
            default -> rare(insn, at);
        }
    }

    private void put(IrInsn insn, int at) throws TooLong {
        int to = insn.field().slot();
        pending.removeIf(p -> insns[p].field().slot() == to);
        if (sunkUntil[at] != NEVER) {
            pending.add(at);
            return;
        }
        Value value = insn.arg(0);
        if (done[at] && !lazy[root[value.id()]]) {
            return;
        }
        Long constant = constant(value);
        if (constant != null) {
            load(to, constant);
        } else if (done[at]) {
            sum(value, to, at);
        } else if (insn.type() == Type.I128) {
            copy(to, operand(value, at), insn.type());
        } else if (cleanBits[value.id()] > insn.type().bits()) {
            write(Micro.ZEXT, insn.type(), operand(value, at), 0, to);
        } else {
            move(to, operand(value, at));
        }
    }

    private void arithmetic(IrInsn insn, int at) throws TooLong {
        Value a = insn.arg(0);
        Value b = insn.arg(1);
        boolean bitwise = insn.op() == Op.AND || insn.op() == Op.OR || insn.op() == Op.XOR;
        if (insn.type() == Type.I128) {
            assert bitwise : insn.op();
            int x = operand(a, at);
            int y = operand(b, at);
            int to = place(insn);
            write(Micro.ADD + offset(insn.op()), Type.I64, x, y, to);
            write(Micro.ADD + offset(insn.op()), Type.I64, x + 1, y + 1, to + 1);
            return;
        }
        boolean commutes = insn.op() != Op.SUB;
        if (commutes && constant(a) != null && constant(b) == null) {
            a = insn.arg(1);
            b = insn.arg(0);
        }
        Long constant = constant(b);
        if (constant != null) {
            long signed = IrFolding.signed(insn.type(), constant);
            long immediate = insn.op() == Op.SUB ? -signed : signed;
            if (fits(immediate, 16)) {
                int from = operand(a, at);
                write(immediateOp(insn.op()), insn.type(), from, (int) immediate, place(insn));
                return;
            }
        }
        int x = operand(a, at);
        int y = operand(b, at);
        boolean clean = bitwise && isClean(a) && isClean(b);
        write(Micro.ADD + offset(insn.op()), clean ? Type.I64 : insn.type(), x, y, place(insn));
    }

    private static int offset(Op op) {
        return switch (op) {
            case ADD -> 0;
            case SUB -> 1;
            case MUL -> 2;
            case AND -> 3;
            case OR -> 4;
            case XOR -> 5;
            default -> throw new AssertionError(op);
        };
    }

    private static int immediateOp(Op op) {
        return switch (op) {
            case ADD, SUB -> Micro.ADDI;
            case MUL -> Micro.MULI;
            case AND -> Micro.ANDI;
            case OR -> Micro.ORI;
            case XOR -> Micro.XORI;
            default -> throw new AssertionError(op);
        };
    }

    private void shift(IrInsn insn, int at) throws TooLong {
        Long amount = constant(insn.arg(1));
        int a = operand(insn.arg(0), at);
        if (amount != null) {
            int n = (int) (amount & insn.type().bits() - 1);
            write(Micro.SHLI + insn.op().ordinal() - Op.SHL.ordinal(), insn.type(), a, n, place(insn));
        } else {
            int b = operand(insn.arg(1), at);
            write(Micro.SHL + insn.op().ordinal() - Op.SHL.ordinal(), insn.type(), a, b, place(insn));
        }
    }

    private void rotate(IrInsn insn, int at) throws TooLong {
        Long amount = constant(insn.arg(1));
        int a = operand(insn.arg(0), at);
        if (amount != null) {
            int bits = insn.type().bits();
            int left = (int) (insn.op() == Op.ROTL ? amount : -amount) & bits - 1;
            write(Micro.ROTLI, insn.type(), a, left, place(insn));
        } else {
            int b = operand(insn.arg(1), at);
            write(insn.op() == Op.ROTL ? Micro.ROTL : Micro.ROTR, insn.type(), a, b, place(insn));
        }
    }

    private void comparison(IrInsn insn, int at) throws TooLong {
        compare(insn, at, false, place(insn));
    }

    /** As a branch, or into slot {@code to}. */
    private void compare(IrInsn insn, int at, boolean branch, int to) throws TooLong {
        Value a = insn.arg(0);
        Value b = insn.arg(1);
        boolean symmetric = insn.op() == Op.EQ || insn.op() == Op.NE;
        if (symmetric && constant(a) != null && constant(b) == null) {
            a = insn.arg(1);
            b = insn.arg(0);
        }
        int op = Micro.EQ + insn.op().ordinal() - Op.EQ.ordinal() + (branch ? Micro.TO_BRANCH : 0);
        Long constant = constant(b);
        if (constant != null && fits(IrFolding.signed(insn.type(), constant), 16)) {
            int x = operand(a, at);
            write(op + Micro.TO_IMMEDIATE, insn.type(), x, (int) IrFolding.signed(insn.type(), constant), to);
        } else {
            int x = operand(a, at);
            int y = operand(b, at);
            write(op, insn.type(), x, y, to);
        }
    }

    private void select(IrInsn insn, int at) throws TooLong {
        if (insn.type() == Type.I128) {
            rare(insn, at);
            return;
        }
        int condition = operand(insn.arg(0), at);
        int whenTrue = clean(insn.arg(1), at);
        int whenFalse = clean(insn.arg(2), at);
        write(Micro.SELECT, condition, whenTrue, place(insn), 0);
        append(whenFalse);
    }

    private void zeroExtend(IrInsn insn, int at) throws TooLong {
        if (insn.type() == Type.I128) {
            int from = clean(insn.arg(0), at);
            int to = place(insn);
            move(to, from);
            load(to + 1, 0);
            return;
        }
        int a = operand(insn.arg(0), at);
        write(Micro.ZEXT, insn.arg(0).type(), a, 0, place(insn));
    }

    private void access(IrInsn insn, int at) throws TooLong {
        if (insn.type() == Type.I128 || isSpecial(insn)) {
            rare(insn, at);
            return;
        }
        var address = new Address(insn.arg(0));
        int base = operand(address.base, at);
        if (address.index != null) {
            int index = operand(address.index, at);
            int sum = temporary(1, at);
            write(Micro.INDEX, base, index, sum, address.scale);
            base = sum;
        }
        boolean load = insn.op() == Op.LOAD;
        int data = load ? 0 : operand(insn.arg(1), at);
        flushMoves();
        point(at, (int) insn.imm(), insn.type().bytes());
        int width = insn.type().ordinal() - Type.I8.ordinal();
        int to = load ? place(insn) : data;
        write((load ? Micro.LOAD8 : Micro.STORE8) + width, base, address.displacement, to, 0);
    }

    /** Always 0: the last spare slot, which nobody writes. */
    private int zero() {
        return slotLimit - 1;
    }

    /** An address as base + (index << scale) + displacement, as far as its sums are lazy. */
    private final class Address {
        Value base;
        Value index;
        int scale;
        int displacement;

        Address(Value address) {
            base = address;
            IrInsn by = lazySum(base);
            while (by != null && displacement(by) != null && fits(displacement + displacement(by), 16)) {
                displacement += (int) (long) displacement(by);
                base = by.arg(0);
                by = lazySum(base);
            }
            if (by != null && displacement(by) == null) {
                base = by.arg(0);
                index = by.arg(1);
                IrInsn shift = insns[definition[index.id()]];
                if (!isShift(shift)) {
                    base = by.arg(1);
                    index = by.arg(0);
                    shift = insns[definition[index.id()]];
                }
                if (isShift(shift)) {
                    scale = (int) (long) constant(shift.arg(1));
                    index = shift.arg(0);
                }
            }
        }

        private IrInsn lazySum(Value value) {
            int id = value.id();
            return root[id] == id && lazy[id] && slot[id] == NOWHERE && insns[definition[id]].op() == Op.ADD ? insns[definition[id]] : null;
        }

        private boolean isShift(IrInsn insn) {
            return insn.op() == Op.SHL && lazy[insn.result().id()] && slot[insn.result().id()] == NOWHERE;
        }
    }

    private void call(IrInsn insn, int at) throws TooLong {
        int[] args = new int[4];
        for (int i = 0; i < insn.args().size(); i++) {
            args[i] = clean(insn.arg(i), at);
        }
        for (int i = insn.args().size(); i < 4; i++) {
            args[i] = zero();
        }
        flushMoves();
        point(at, 0, 0);
        // Without a result it goes to the slot before the zero.
        int to = insn.result() == null ? slotLimit - 2 : place(insn);
        write(insn.helper().has(Helper.Effect.READS_TIME) ? Micro.CALL_IN_TIME : Micro.CALL, args[0], args[1], to, 0);
        append(args[2] | (long) args[3] << 16 | (long) helpers.size() << 32);
        helpers.add(insn.helper());
    }

    private void branch(IrInsn insn, int at) throws TooLong {
        if (!targetsAreConstant(insn)) {
            int condition = operand(insn.arg(0), at);
            int taken = operand(insn.arg(1), at);
            int other = operand(insn.arg(2), at);
            int to = temporary(1, at);
            write(Micro.SELECT, condition, taken, to, 0);
            append(other);
            write(Micro.JUMPR, to, 0, 0, 0);
            return;
        }
        targets[0] = constant(insn.arg(1));
        targets[1] = constant(insn.arg(2));
        Value condition = insn.arg(0);
        if (lazy[condition.id()] && root[condition.id()] == condition.id()) {
            compare(insns[definition[condition.id()]], at, true, 0);
        } else {
            write(Micro.BR_NEI, Type.I1, operand(condition, at), 0, 0);
        }
    }

    /** The operation as it is, for {@link RareOperations}. */
    private void rare(IrInsn insn, int at) throws TooLong {
        int[] args = new int[3];
        for (int i = 0; i < insn.args().size(); i++) {
            args[i] = operand(insn.arg(i), at);
        }
        flushMoves();
        if (mayLeave(insn)) {
            point(at, (int) insn.imm(), insn.type().bytes());
        }
        int to = insn.result() == null ? 0 : place(insn);
        write(Micro.RARE, args[0], args[1], to, 0);
        append(args[2] | (long) insn.op().ordinal() << 16 | (long) insn.type().ordinal() << 24);
    }

    // Operands

    private boolean isClean(Value value) {
        return cleanBits[value.id()] <= value.type().bits() || constant(value) != null;
    }

    /** A slot that holds the value and zeros above its width. */
    private int clean(Value value, int at) throws TooLong {
        if (isClean(value)) {
            return operand(value, at);
        }
        int from = operand(value, at);
        int to = temporary(1, at);
        write(Micro.ZEXT, value.type(), from, 0, to);
        return to;
    }

    /** The slot of a value, which is computed now if it was put off. */
    private int operand(Value value, int at) throws TooLong {
        int shared = root[value.id()];
        Long constant = constant(value);
        if (constant != null) {
            return constantSlot(shared, value, constant, at);
        }
        if (slot[shared] == NOWHERE || lazy[shared]) {
            if (lazy[shared] && slot[shared] == NOWHERE) {
                slot[shared] = temporary(1, lastUse[shared]);
                compute(shared, slot[shared], at);
            }
        }
        assert slot[shared] != NOWHERE : "%" + shared + " has no slot";
        return slot[shared];
    }

    private void compute(int shared, int to, int at) throws TooLong {
        IrInsn insn = insns[definition[shared]];
        if (insn.op() == Op.ADD) {
            sum(insn.result(), to, at);
        } else if (insn.op() == Op.SHL) {
            write(Micro.SHLI, operand(insn.arg(0), at), (int) (long) constant(insn.arg(1)), to, 0);
        } else {
            compare(insn, at, false, to);
        }
    }

    /** A sum that was put off. */
    private void sum(Value value, int to, int at) throws TooLong {
        IrInsn insn = insns[definition[root[value.id()]]];
        int a = operand(insn.arg(0), at);
        Long constant = constant(insn.arg(1));
        if (constant != null && fits(constant, 16)) {
            write(Micro.ADDI, a, (int) (long) constant, to, 0);
        } else {
            write(Micro.ADD, a, operand(insn.arg(1), at), to, 0);
        }
    }

    private int constantSlot(int shared, Value value, long constant, int at) throws TooLong {
        if (constant == 0) {
            return zero();
        }
        boolean own = shared == value.id() && slot[shared] == NOWHERE;
        if (slot[shared] != NOWHERE && shared == value.id()) {
            return slot[shared];
        }
        int to = temporary(1, own ? lastUse[shared] : at);
        load(to, constant);
        if (own) {
            slot[shared] = to;
        }
        return to;
    }

    /** Where the result goes: the field of its folded put, or a temporary. */
    private int place(IrInsn insn) throws TooLong {
        int id = insn.result().id();
        if (slot[id] == NOWHERE) {
            int slots = insn.result().type() == Type.I128 ? 2 : 1;
            slot[id] = temporary(slots, Math.max(lastUse[id], definition[id]));
        }
        return slot[id];
    }

    /** {@code slots} free slots in a row, taken up to and including operation {@code until}. */
    private int temporary(int slots, int until) throws TooLong {
        int to = firstTemporary;
        while (to + slots < slotLimit - 2) {
            if (!taken[to] && (slots == 1 || !taken[to + 1])) {
                List<Integer> free = freeAfter.get(until);
                if (free == null) {
                    free = new ArrayList<>(4);
                    freeAfter.set(until, free);
                }
                for (int i = 0; i < slots; i++) {
                    taken[to + i] = true;
                    free.add(to + i);
                }
                return to;
            }
            to++;
        }
        throw new TooLong();
    }

    // Points where the block may be left

    private void point(int at, int flags, int sizeBytes) {
        faultCodes.add(size);
        faultFlags.add(flags);
        faultSizes.add(sizeBytes);
        var fixups = new Faults.Fixup[pending.size()];
        for (int i = 0; i < fixups.length; i++) {
            IrInsn put = insns[pending.get(i)];
            Value value = put.arg(0);
            Long constant = constant(value);
            fixups[i] = constant != null
                    ? new Faults.Fixup(put.field().slot(), -1, 0, constant)
                    : new Faults.Fixup(put.field().slot(), slot[root[value.id()]], put.type().mask(), 0);
        }
        faultFixups.add(fixups);
    }

    // Moves, several in one operation

    private void copy(int to, int from, Type type) {
        move(to, from);
        if (type == Type.I128) {
            move(to + 1, from + 1);
        }
    }

    private void move(int to, int from) {
        if (moves > 0 && readsOrWrites(to, from) || moves == 3) {
            flushMoves();
        }
        moveTo[moves] = to;
        moveFrom[moves++] = from;
        if (count(true) == 3) {
            // Two of them and no more fit in one.
            flushMoves();
        }
    }

    private void load(int to, long constant) {
        if (!fits(constant, 16)) {
            flushMoves();
            if (fits(constant, 32)) {
                appendMoveImmediate(to, (int) constant);
            } else {
                append(Micro.MOVL, 0, 0, to, 0);
                append(constant);
            }
            return;
        }
        if (moves > 0 && readsOrWrites(to, -1) || moves == 3) {
            flushMoves();
        }
        moveTo[moves] = to;
        moveFrom[moves] = -1;
        moveImmediate[moves++] = (int) constant;
        if (count(false) == 3) {
            flushMoves();
        }
    }

    private int count(boolean registers) {
        int n = 0;
        for (int i = 0; i < moves; i++) {
            n += moveFrom[i] >= 0 == registers ? 1 : 0;
        }
        return n;
    }

    /** Whether the waiting moves and a new one depend on each other. */
    private boolean readsOrWrites(int to, int from) {
        for (int i = 0; i < moves; i++) {
            if (moveTo[i] == to || moveTo[i] == from || moveFrom[i] == to) {
                return true;
            }
        }
        return false;
    }

    private void flushMoves() {
        int n = moves;
        moves = 0;
        int[] registers = new int[3];
        int[] constants = new int[3];
        int r = 0;
        int c = 0;
        for (int i = 0; i < n; i++) {
            if (moveFrom[i] >= 0) {
                registers[r++] = i;
            } else {
                constants[c++] = i;
            }
        }
        if (r == 3) {
            append(Micro.MOV, moveFrom[registers[2]], 0, moveTo[registers[2]], 0);
            r = 2;
        }
        if (c == 3) {
            appendMoveImmediate(moveTo[constants[2]], moveImmediate[constants[2]]);
            c = 2;
        }
        int first = registers[0];
        int second = registers[1];
        switch (r * 4 + c) {
            case 0 -> {
            }
            case 1 -> appendMoveImmediate(moveTo[constants[0]], moveImmediate[constants[0]]);
            case 2 -> {
                append(Micro.MOVI2, 0, 0, 0, 0);
                append(pair(constants[0]) | pair(constants[1]) << 32);
            }
            case 4 -> append(Micro.MOV, moveFrom[first], 0, moveTo[first], 0);
            case 5 -> {
                append(Micro.MOV_MOVI, moveFrom[first], 0, moveTo[first], 0);
                append(pair(constants[0]));
            }
            case 6 -> {
                append(Micro.MOV_MOVI2, moveFrom[first], 0, moveTo[first], 0);
                append(pair(constants[0]) | pair(constants[1]) << 32);
            }
            case 8 -> {
                append(Micro.MOV2, moveFrom[first], moveFrom[second], moveTo[first], 0);
                append(moveTo[second]);
            }
            case 9 -> {
                append(Micro.MOV2_MOVI, moveFrom[first], moveFrom[second], moveTo[first], 0);
                append(pair(constants[0]) | (long) moveTo[second] << 48);
            }
            default -> {
                append(Micro.MOV2, moveFrom[first], moveFrom[second], moveTo[first], 0);
                append(moveTo[second]);
                append(Micro.MOVI2, 0, 0, 0, 0);
                append(pair(constants[0]) | pair(constants[1]) << 32);
            }
        }
    }

    private void appendMoveImmediate(int to, int constant) {
        append(Micro.MOVI | (long) to << 16 | (long) constant << 32);
    }

    private long pair(int move) {
        return moveTo[move] | (moveImmediate[move] & 0xffffL) << 16;
    }

    private void signExtend(int from, Type fromType, int to, Type toType) {
        write(toType == Type.I32 ? Micro.SEXT32 : Micro.SEXT, from, 0, to, width(fromType));
        if (toType.bits() < 32) {
            write(Micro.ZEXT, toType, to, 0, to);
        }
    }

    // Encoding

    private static int width(Type type) {
        return 64 - Math.min(64, type.bits());
    }

    private static boolean fits(long value, int bits) {
        return value << 64 - bits >> 64 - bits == value;
    }

    /** One of the operations that come in three widths. */
    private void write(int op, Type type, int a, int b, int d) {
        switch (type) {
            case I64 -> write(op, a, b, d, 0);
            case I32 -> write(op + Micro.W32, a, b, d, 0);
            default -> {
                write(Micro.NARROW, a, b, d, width(type));
                append(op);
            }
        }
    }

    private void write(int op, int a, int b, int d, int n) {
        flushMoves();
        append(op, a, b, d, n);
    }

    private void append(int op, int a, int b, int d, int n) {
        append(op | n << 8 | (long) d << 16 | (long) a << 32 | (long) b << 48);
    }

    private void append(long word) {
        if (size == code.length) {
            code = Arrays.copyOf(code, 2 * size);
        }
        code[size++] = word;
    }
}
