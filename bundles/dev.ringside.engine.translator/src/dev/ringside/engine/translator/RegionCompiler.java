package dev.ringside.engine.translator;

import dev.ringside.engine.interpreter.Block;
import dev.ringside.engine.interpreter.FastCode;
import dev.ringside.engine.interpreter.FastFrame;
import dev.ringside.engine.interpreter.Faults;
import dev.ringside.engine.interpreter.Micro;
import dev.ringside.ir.Helper;
import dev.ringside.ir.JumpKind;
import dev.ringside.ir.MemFlags;
import dev.ringside.ir.Op;
import dev.ringside.ir.StateField;
import dev.ringside.ir.Type;
import java.lang.classfile.ClassFile;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Label;
import java.lang.classfile.Opcode;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.DynamicConstantDesc;
import java.lang.constant.MethodTypeDesc;
import java.lang.reflect.AccessFlag;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;

/**
 * Writes the {@link FastCode} of some blocks. Every slot that they use is a local variable of the one method; blocks go to each other by
 * {@code goto}. What leaves the method stands behind them all:
 *
 * <pre>
 *  stub    temporaries that live there → slots; push where to go on; goto exit
 *  exit    state fields that anything here writes → slots; budget → frame; return
 * </pre>
 */
final class RegionCompiler {
    /** Above this HotSpot compiles no method, and some room is left for what it inlines. */
    static final int MAX_BYTECODE = 7500;
    /** A computed jump compares with so many places at most before it leaves. */
    private static final int MAX_COMPUTED_TARGETS = 6;

    private static final ClassDesc CODE = desc(FastCode.class);
    private static final ClassDesc FRAME = desc(FastFrame.class);
    private static final ClassDesc BLOCK = desc(Block.class);
    private static final ClassDesc ACCESS = DirectAccess.ACCESS;
    private static final ClassDesc RARE = desc(GuestAccess.class);
    private static final ClassDesc BODY = desc(Helper.Body.class);
    private static final ClassDesc STATE = desc(dev.ringside.ir.GuestState.class);
    private static final ClassDesc CPU = desc(dev.ringside.arch.Cpu.class);
    private static final ClassDesc OP = desc(Op.class);
    private static final ClassDesc TYPE = desc(Type.class);
    private static final ClassDesc J = ConstantDescs.CD_long;
    private static final ClassDesc I = ConstantDescs.CD_int;
    private static final ClassDesc Z = ConstantDescs.CD_boolean;
    private static final ClassDesc LONG = ConstantDescs.CD_Long;
    private static final ClassDesc INTEGER = ConstantDescs.CD_Integer;
    /** What the classes' names begin with, before the address of the first block. */
    private static final String NAME = "Guest";

    private static final MethodTypeDesc RUN = MethodTypeDesc.of(I, FRAME, J, I);
    private static final MethodTypeDesc MISSES = MethodTypeDesc.of(Z, J, J, J);
    private static final MethodTypeDesc LOAD = MethodTypeDesc.of(J, J, J);
    private static final MethodTypeDesc STORE = MethodTypeDesc.of(ConstantDescs.CD_void, J, J, J);

    // Local variables
    private static final int FRAME_LOCAL = 1, TLB = 2, BUDGET = 4, SLOTS = 5, NOW = 6, GVA = 8, VALUE = 10, FIRST_SLOT = 12;

    /** A finished class and what its constants are. */
    record Generated(byte[] bytes, List<Object> classData, int members) {
    }

    private final Block[] members;
    private final int firstTemporary;
    private final int zeroSlot;
    private final List<List<MicroOp>> ops = new ArrayList<>();
    private final List<Liveness> liveness = new ArrayList<>();
    private final Map<Long, Integer> memberAt = new HashMap<>();
    private final Map<Integer, Integer> localOf = new HashMap<>();
    /** Members that another one, or they themselves, lead to. */
    private final BitSet linked = new BitSet();
    /** Members that a member's computed jump may lead to. */
    private final Map<Integer, List<Integer>> computed = new HashMap<>();
    /** State that helpers look at from inside the region: never in local variables. */
    private final BitSet inMemory = new BitSet();
    private final BitSet stateUsed = new BitSet();
    private final BitSet stateWritten = new BitSet();
    private final List<Object> classData = new ArrayList<>();

    // While a body is written
    private CodeBuilder code;
    private Label[] entry;
    private Label[] body;
    private Label exit;
    private Label thrown;
    private int exceptionLocal;
    private boolean throwsAny;
    private final List<Runnable> stubs = new ArrayList<>();
    private int member;
    /** Whether line numbers tell which guest instruction the code belongs to: for listings. */
    private boolean numbersLines;
    /** What line 0 stands for. */
    static final int FRAME_LINES = 0;

    private RegionCompiler(Block[] members, int stateSlots, int zeroSlot) {
        this.members = members;
        firstTemporary = stateSlots;
        this.zeroSlot = zeroSlot;
        for (int i = 0; i < members.length; i++) {
            List<MicroOp> of = MicroOp.of(members[i]);
            ops.add(of);
            liveness.add(new Liveness(members[i], of, stateSlots));
            memberAt.putIfAbsent(members[i].pc, i);
            of.forEach(this::collectSlots);
        }
        localOf.keySet().removeIf(inMemory::get);
        stateUsed.andNot(inMemory);
        stateWritten.andNot(inMemory);
        placeSlots();
        for (int i = 0; i < members.length; i++) {
            findLinked(i);
        }
    }

    private void findLinked(int from) {
        if (members[from].endsInComputedJump()) {
            computed.put(from, computedTargets(members[from]));
            computed.get(from).forEach(linked::set);
            return;
        }
        int last = ops.get(from).getLast().op;
        boolean two = last >= Micro.BR_EQ && last <= Micro.BR_LESI;
        for (int k = 0; k < (two ? 2 : last == Micro.JUMP ? 1 : 0); k++) {
            Integer to = memberAt.get(members[from].targets[k]);
            if (to != null) {
                linked.set(to);
            }
        }
    }

    /** Members that a computed jump went to lately, and for a return those behind calls. */
    private List<Integer> computedTargets(Block from) {
        var targets = new LinkedHashSet<Integer>();
        // Another thread may change these meanwhile: any target does.
        for (Block seen : new Block[] {from.next0, from.next1}) {
            Integer to = memberAt.get(seen.pc);
            if (to != null && members[to] == seen) {
                targets.add(to);
            }
        }
        for (int i = 0; from.endsWith == JumpKind.RETURN && i < members.length; i++) {
            Integer behind = memberAt.get(members[i].pc + members[i].lengthBytes);
            if (members[i].endsWith == JumpKind.CALL && behind != null) {
                targets.add(behind);
            }
        }
        return targets.stream().limit(MAX_COMPUTED_TARGETS).toList();
    }

    /** The code of as many of {@code members}, from the first on, as make a method that HotSpot compiles. */
    static Generated generate(Block[] members, int stateSlots, int zeroSlot) {
        int count = members.length;
        while (true) {
            Generated generated = new RegionCompiler(Arrays.copyOf(members, count), stateSlots, zeroSlot).write();
            if (count == 1 || codeLength(generated.bytes) <= MAX_BYTECODE) {
                return generated;
            }
            count = Math.max(1, count * 3 / 4);
        }
    }

    /** As {@link #generate}, of exactly these, with line numbers: {@code 1 + (member << 8 | guest instruction)}, and {@link #FRAME_LINES} for what surrounds them. */
    static RegionCompiler forListing(Block[] members, int stateSlots, int zeroSlot) {
        var compiler = new RegionCompiler(members, stateSlots, zeroSlot);
        compiler.numbersLines = true;
        return compiler;
    }

    /** The slot behind local variable {@code local}, or −1 for one that is not a slot's. */
    int slotOf(int local) {
        return localOf.entrySet().stream().filter(e -> e.getValue() == local).map(Map.Entry::getKey).findFirst().orElse(-1);
    }

    /** What the local variables that are no slots are called. */
    static String nameOf(int local) {
        return switch (local) {
            case 0 -> "this";
            case FRAME_LOCAL -> "frame";
            case TLB -> "tlb";
            case BUDGET -> "budget";
            case SLOTS -> "slots";
            case NOW -> "epoch";
            case GVA -> "gva";
            case VALUE -> "value";
            default -> "exception";
        };
    }

    private void line(int number) {
        if (numbersLines) {
            code.lineNumber(number);
        }
    }

    private int instructionAt(Block block, int index) {
        int instruction = block.count - 1;
        while (instruction > 0 && block.codeStarts[instruction] > index) {
            instruction--;
        }
        return instruction;
    }

    static int codeLength(byte[] classFile) {
        return ClassFile.of().parse(classFile).methods().stream().filter(m -> m.methodName().equalsString("run")).findFirst().orElseThrow()
            .findAttribute(java.lang.classfile.Attributes.code()).orElseThrow().codeLength();
    }

    private static ClassDesc desc(Class<?> type) {
        return type.describeConstable().orElseThrow();
    }

    private void collectSlots(MicroOp op) {
        if (op.op == Micro.CALL && callsInside(op.helper)) {
            for (StateField field : op.helper.fields()) {
                inMemory.set(field.slot(), field.slot() + (field.type() == Type.I128 ? 2 : 1));
            }
        }
        for (int slot : op.reads) {
            if (slot < firstTemporary) {
                stateUsed.set(slot);
            }
            count(slot);
        }
        for (int slot : op.writes) {
            if (slot < firstTemporary) {
                stateUsed.set(slot);
                stateWritten.set(slot);
            }
            count(slot);
        }
    }

    private void count(int slot) {
        localOf.merge(slot, 1, Integer::sum);
    }

    /** The slots used most get the locals with the shortest instructions. */
    private void placeSlots() {
        localOf.remove(zeroSlot);
        for (int m = 0; m < members.length; m++) {
            for (MicroOp op : ops.get(m)) {
                for (Faults.Fixup fixup : members[m].faults.fixupsAt(op.index)) {
                    if (fixup.from() >= firstTemporary && fixup.from() != zeroSlot) {
                        localOf.putIfAbsent(fixup.from(), 1);
                    }
                }
            }
        }
        List<Integer> byUse = localOf.keySet().stream().sorted((p, q) -> localOf.get(q) - localOf.get(p)).toList();
        int next = FIRST_SLOT;
        for (int slot : byUse) {
            localOf.put(slot, next);
            next += 2;
        }
        exceptionLocal = next;
    }

    Generated write() {
        byte[] bytes = ClassFile.of()
            .build(ClassDesc.of(RegionCompiler.class.getPackageName(), NAME + Long.toHexString(members[0].pc)), type -> type.withVersion(ClassFile.JAVA_25_VERSION, 0).withFlags(AccessFlag.FINAL, AccessFlag.SUPER, AccessFlag.SYNTHETIC)
                .withSuperclass(CODE)
                .withMethodBody(ConstantDescs.INIT_NAME, ConstantDescs.MTD_void, ClassFile.ACC_PUBLIC,
                    c -> c.aload(0).invokespecial(CODE, ConstantDescs.INIT_NAME, ConstantDescs.MTD_void).return_())
                .withMethodBody("run", RUN, ClassFile.ACC_PUBLIC, this::writeBody));
        return new Generated(bytes, List.copyOf(classData), members.length);
    }

    private void writeBody(CodeBuilder to) {
        // Written a second time when jumps turn out to be long.
        code = to;
        classData.clear();
        stubs.clear();
        throwsAny = false;
        exit = to.newLabel();
        thrown = to.newLabel();
        entry = new Label[members.length];
        body = new Label[members.length];
        for (int i = 0; i < members.length; i++) {
            entry[i] = to.newLabel();
            body[i] = to.newLabel();
        }
        line(FRAME_LINES);
        prologue();
        for (member = 0; member < members.length; member++) {
            writeMember();
        }
        line(FRAME_LINES);
        while (!stubs.isEmpty()) {
            List<Runnable> now = List.copyOf(stubs);
            stubs.clear();
            now.forEach(Runnable::run);
        }
        epilogue();
    }

    private void prologue() {
        Label asks = code.newLabel();
        stubs.add(() -> code.labelBinding(asks).iconst_0().ireturn());
        code.iload(BUDGET).iflt(asks);
        code.aload(FRAME_LOCAL).getfield(FRAME, "slots", J.arrayType()).astore(SLOTS);
        code.aload(FRAME_LOCAL).getfield(FRAME, "epoch", J).lstore(NOW);
        for (int slot = stateUsed.nextSetBit(0); slot >= 0; slot = stateUsed.nextSetBit(slot + 1)) {
            code.aload(SLOTS).loadConstant(slot).laload().lstore(localOf.get(slot));
        }
        code.goto_(body[0]);
    }

    private void epilogue() {
        code.labelBinding(exit);
        spillState();
        code.aload(FRAME_LOCAL).iload(BUDGET).putfield(FRAME, "budget", I).ireturn();
        if (throwsAny) {
            code.labelBinding(thrown);
            spillState();
            code.aload(exceptionLocal).athrow();
        }
    }

    private void spillState() {
        for (int slot = stateWritten.nextSetBit(0); slot >= 0; slot = stateWritten.nextSetBit(slot + 1)) {
            spill(slot);
        }
    }

    private void spill(int slot) {
        if (slot != zeroSlot && !inMemory.get(slot)) {
            code.aload(SLOTS).loadConstant(slot).lload(localOf.get(slot)).lastore();
        }
    }

    // Members

    private void writeMember() {
        Block block = members[member];
        line(1 + (member << 8));
        if (linked.get(member)) {
            countDown(block);
        }
        code.labelBinding(body[member]);
        List<MicroOp> mine = ops.get(member);
        for (int i = 0; i < mine.size(); i++) {
            MicroOp op = mine.get(i);
            line(1 + (member << 8 | instructionAt(block, op.index)));
            if (isForInterpreter(op)) {
                code.goto_(resume(i));
                return;
            }
            write(op, i);
        }
    }

    /** Where other members enter: enough must be left of the budget. */
    private void countDown(Block block) {
        code.labelBinding(entry[member]);
        Label tooLittle = code.newLabel();
        int me = member;
        code.iinc(BUDGET, -block.count).iload(BUDGET).iflt(tooLittle);
        stubs.add(() -> {
            code.labelBinding(tooLittle);
            code.iinc(BUDGET, block.count);
            leave(FastCode.BEFORE, me, 0);
        });
    }

    /** Whether the region always leaves there. */
    private boolean isForInterpreter(MicroOp op) {
        return switch (op.op) {
            case Micro.LEAVE, Micro.LEAVE_AT_PC -> true;
            case Micro.CALL -> !callsInside(op.helper);
            case Micro.RARE -> isAccess(op) && (flags(op) & (MemFlags.SUPERVISOR | MemFlags.USER)) != 0;
            default -> false;
        };
    }

    /** Whether a region calls it: it neither touches the outside nor looks at state that it does not name. */
    private static boolean callsInside(Helper helper) {
        boolean looks = helper.has(Helper.Effect.READS_STATE) || helper.has(Helper.Effect.WRITES_STATE);
        return !helper.has(Helper.Effect.ACCESSES_WORLD) && (!looks || !helper.fields().isEmpty());
    }

    private static boolean isAccess(MicroOp op) {
        return op.rare == Op.LOAD || op.rare == Op.STORE || op.rare == Op.PROBE;
    }

    private int flags(MicroOp op) {
        return members[member].faults.flagsAt(op.index);
    }

    /** A stub that leaves before operation number {@code i} of this member. */
    private Label resume(int i) {
        Label stub = code.newLabel();
        int me = member;
        stubs.add(() -> {
            code.labelBinding(stub);
            BitSet live = liveness.get(me).before(i);
            for (int slot = live.nextSetBit(0); slot >= 0; slot = live.nextSetBit(slot + 1)) {
                spill(slot);
            }
            leave(FastCode.RESUME, me, ops.get(me).get(i).index);
        });
        return stub;
    }

    private void leave(int kind, int ofMember, int index) {
        code.loadConstant(kind << FastCode.KIND_SHIFT | ofMember << FastCode.MEMBER_SHIFT | index).goto_(exit);
    }

    /** Where this member's link {@code k} leads. */
    private Label link(int k) {
        Integer to = memberAt.get(members[member].targets[k]);
        int me = member;
        if (to == null) {
            Label stub = code.newLabel();
            stubs.add(() -> {
                code.labelBinding(stub);
                leave(k == 0 ? FastCode.LINK_0 : FastCode.LINK_1, me, 0);
            });
            return stub;
        }
        Label leaves = code.newLabel();
        Label enters = enter(to, leaves);
        if (enters != entry[to]) {
            stubs.add(() -> {
                code.labelBinding(leaves);
                leave(k == 0 ? FastCode.LINK_0 : FastCode.LINK_1, me, 0);
            });
        }
        return enters;
    }

    /** Where to go for member {@code to} from this one; it goes on to {@code leaves} when it is no longer there. */
    private Label enter(int to, Label leaves) {
        if (holdsWith(members[member], members[to])) {
            return entry[to];
        }
        // Another page: it may have been mapped elsewhere since.
        Label stub = code.newLabel();
        stubs.add(() -> {
            code.labelBinding(stub);
            constant(members[to], BLOCK);
            code.getfield(BLOCK, "epoch", J).lload(NOW).lcmp().ifeq(entry[to]).goto_(leaves);
        });
        return stub;
    }

    /** Whether {@code to} is where it was if {@code from} is: both lie in one page. */
    private static boolean holdsWith(Block from, Block to) {
        return to.secondHostPage == 0 && (from.linear & -4096) == (to.linear & -4096) && (from.host & -4096) == (to.host & -4096);
    }

    private void constant(Object value, ClassDesc type) {
        int index = classData.indexOf(value);
        if (index < 0) {
            index = classData.size();
            classData.add(value);
        }
        code.loadConstant(DynamicConstantDesc.ofNamed(CLASS_DATA_AT, ConstantDescs.DEFAULT_NAME, type, index));
    }

    private static final java.lang.constant.DirectMethodHandleDesc CLASS_DATA_AT = ConstantDescs.BSM_CLASS_DATA_AT;

    // Operands

    private void load(int slot) {
        if (slot == zeroSlot) {
            code.lconst_0();
        } else if (inMemory.get(slot)) {
            code.aload(SLOTS).loadConstant(slot).laload();
        } else {
            code.lload(localOf.get(slot));
        }
    }

    private void store(int slot) {
        if (inMemory.get(slot)) {
            code.lstore(VALUE).aload(SLOTS).loadConstant(slot).lload(VALUE).lastore();
            return;
        }
        code.lstore(localOf.get(slot));
    }

    private void loadInt(int slot) {
        load(slot);
        code.l2i();
    }

    private void mask(int unusedBits) {
        if (unusedBits != 0) {
            code.loadConstant(-1L >>> unusedBits).land();
        }
    }

    /** The value on the stack, with its sign in all bits above its width. */
    private void sign(int unusedBits) {
        switch (unusedBits) {
            case 0 -> {
            }
            case 32 -> code.l2i().i2l();
            case 48 -> code.l2i().i2s().i2l();
            case 56 -> code.l2i().i2b().i2l();
            default -> code.loadConstant(unusedBits).lshl().loadConstant(unusedBits).lshr();
        }
    }

    // Operations

    private void write(MicroOp op, int i) {
        switch (op.op) {
            case Micro.MOV -> move(op.a, op.d);
            case Micro.MOVI -> constant(op.w >> 32, op.d);
            case Micro.MOVL -> constant(op.more, op.d);
            case Micro.MOV2 -> {
                move(op.a, op.d);
                move(op.b, op.d2());
            }
            case Micro.MOV_MOVI -> {
                move(op.a, op.d);
                constant(op.pairConstant(0), op.pairSlot(0));
            }
            case Micro.MOV2_MOVI -> {
                move(op.a, op.d);
                move(op.b, op.d2());
                constant(op.pairConstant(0), op.pairSlot(0));
            }
            case Micro.MOV_MOVI2 -> {
                move(op.a, op.d);
                constant(op.pairConstant(0), op.pairSlot(0));
                constant(op.pairConstant(1), op.pairSlot(1));
            }
            case Micro.MOVI2 -> {
                constant(op.pairConstant(0), op.pairSlot(0));
                constant(op.pairConstant(1), op.pairSlot(1));
            }
            case Micro.ADD -> binary(op, Opcode.LADD, op.unusedBits);
            case Micro.SUB -> binary(op, Opcode.LSUB, op.unusedBits);
            case Micro.MUL -> binary(op, Opcode.LMUL, op.unusedBits);
            case Micro.AND -> binary(op, Opcode.LAND, op.unusedBits);
            case Micro.OR -> binary(op, Opcode.LOR, op.unusedBits);
            case Micro.XOR -> binary(op, Opcode.LXOR, op.unusedBits);
            case Micro.ADDI -> immediate(op, Opcode.LADD, op.immediate(), op.unusedBits);
            case Micro.MULI -> immediate(op, Opcode.LMUL, op.immediate(), op.unusedBits);
            case Micro.ANDI -> andImmediate(op);
            case Micro.ORI -> immediate(op, Opcode.LOR, op.immediate(), op.unusedBits);
            case Micro.XORI -> immediate(op, Opcode.LXOR, op.immediate(), op.unusedBits);
            case Micro.SHL -> {
                load(op.a);
                amount(op);
                code.lshl();
                mask(op.unusedBits);
                store(op.d);
            }
            case Micro.SHR -> {
                load(op.a);
                mask(op.unusedBits);
                amount(op);
                code.lushr();
                store(op.d);
            }
            case Micro.SAR -> {
                load(op.a);
                sign(op.unusedBits);
                amount(op);
                code.lshr();
                mask(op.unusedBits);
                store(op.d);
            }
            case Micro.SHLI -> {
                load(op.a);
                code.loadConstant(op.b).lshl();
                mask(op.unusedBits);
                store(op.d);
            }
            case Micro.SHRI -> {
                load(op.a);
                mask(op.unusedBits);
                code.loadConstant(op.b).lushr();
                store(op.d);
            }
            case Micro.SARI -> {
                load(op.a);
                sign(op.unusedBits);
                code.loadConstant(op.b).lshr();
                mask(op.unusedBits);
                store(op.d);
            }
            case Micro.NEG -> {
                load(op.a);
                code.lneg();
                mask(op.unusedBits);
                store(op.d);
            }
            case Micro.NOT -> {
                load(op.a);
                code.loadConstant(-1L).lxor();
                mask(op.unusedBits);
                store(op.d);
            }
            case Micro.ZEXT -> {
                load(op.a);
                mask(op.unusedBits);
                store(op.d);
            }
            case Micro.SEXT -> {
                load(op.a);
                sign(op.n);
                store(op.d);
            }
            case Micro.SEXT32 -> {
                load(op.a);
                sign(op.n);
                mask(32);
                store(op.d);
            }
            case Micro.ROTL, Micro.ROTR, Micro.ROTLI -> rotate(op);
            case Micro.INDEX -> {
                load(op.a);
                load(op.b);
                code.loadConstant(op.n).lshl().ladd();
                store(op.d);
            }
            case Micro.SELECT -> select(op);
            case Micro.DEPOSIT -> deposit(op);
            case Micro.EQ, Micro.NE, Micro.LTU, Micro.LEU, Micro.LTS, Micro.LES, Micro.EQI, Micro.NEI, Micro.LTUI, Micro.LEUI, Micro.LTSI, Micro.LESI ->
                comparison(op);
            case Micro.LOAD8, Micro.LOAD16, Micro.LOAD32, Micro.LOAD64 -> load(op, i);
            case Micro.STORE8, Micro.STORE16, Micro.STORE32, Micro.STORE64 -> store(op, i);
            case Micro.RAISE_IF -> {
                loadInt(op.a);
                code.iconst_1().iand().ifne(resume(i));
            }
            case Micro.CALL -> call(op);
            case Micro.RARE -> rare(op, i);
            case Micro.JUMPR -> computedJump(op, i);
            case Micro.JUMP -> go(0);
            default -> {
                if (!op.isTerminator()) {
                    throw new AssertionError("operation " + op.op + " is unknown");
                }
                jumpUnless(op.op - Micro.TO_BRANCH, op, link(1));
                go(0);
            }
        }
    }

    private void computedJump(MicroOp op, int i) {
        Label elsewhere = resume(i);
        for (int to : computed.get(member)) {
            load(op.a);
            code.loadConstant(members[to].pc).lcmp().ifeq(enter(to, elsewhere));
        }
        code.goto_(elsewhere);
    }

    private void go(int k) {
        Integer to = memberAt.get(members[member].targets[k]);
        if (to == null || to != member + 1 || !holdsWith(members[member], members[to])) {
            code.goto_(link(k));
        }
    }

    private void move(int from, int to) {
        load(from);
        store(to);
    }

    private void constant(long value, int to) {
        code.loadConstant(value);
        store(to);
    }

    private void binary(MicroOp op, Opcode with, int unusedBits) {
        load(op.a);
        load(op.b);
        code.with(java.lang.classfile.instruction.OperatorInstruction.of(with));
        mask(unusedBits);
        store(op.d);
    }

    private void immediate(MicroOp op, Opcode with, long value, int unusedBits) {
        load(op.a);
        code.loadConstant(value).with(java.lang.classfile.instruction.OperatorInstruction.of(with));
        mask(unusedBits);
        store(op.d);
    }

    private void andImmediate(MicroOp op) {
        load(op.a);
        code.loadConstant(op.immediate() & -1L >>> op.unusedBits).land();
        store(op.d);
    }

    /** The amount of a shift, modulo the width. */
    private void amount(MicroOp op) {
        loadInt(op.b);
        if (op.unusedBits != 0) {
            code.loadConstant(63 & ~op.unusedBits).iand();
        }
    }

    private void select(MicroOp op) {
        Label otherwise = code.newLabel();
        Label end = code.newLabel();
        loadInt(op.a);
        code.iconst_1().iand().ifeq(otherwise);
        load(op.b);
        code.goto_(end).labelBinding(otherwise);
        load(op.c());
        code.labelBinding(end);
        store(op.d);
    }

    private void rotate(MicroOp op) {
        load(op.a);
        if (op.unusedBits > 32) {
            if (op.op == Micro.ROTLI) {
                code.loadConstant((long) op.b);
            } else {
                load(op.b);
            }
            code.getstatic(OP, op.op == Micro.ROTR ? "ROTR" : "ROTL", OP).getstatic(TYPE, "I" + (64 - op.unusedBits), TYPE);
            code.invokestatic(RARE, "binary", MethodTypeDesc.of(J, J, J, OP, TYPE));
            store(op.d);
            return;
        }
        String name = op.op == Micro.ROTR ? "rotateRight" : "rotateLeft";
        if (op.unusedBits == 32) {
            code.l2i();
        }
        if (op.op == Micro.ROTLI) {
            code.loadConstant(op.b);
        } else {
            loadInt(op.b);
        }
        if (op.unusedBits == 32) {
            code.invokestatic(INTEGER, name, MethodTypeDesc.of(I, I, I)).i2l();
            mask(32);
        } else {
            code.invokestatic(LONG, name, MethodTypeDesc.of(J, J, I));
        }
        store(op.d);
    }

    private void deposit(MicroOp op) {
        int position = op.n;
        long mask = op.more;
        load(op.a);
        code.loadConstant(~mask).land();
        load(op.b);
        if (position != 0) {
            code.loadConstant(position).lshl();
        }
        code.loadConstant(mask).land().lor();
        store(op.d);
    }

    private void comparison(MicroOp op) {
        Label otherwise = code.newLabel();
        Label end = code.newLabel();
        jumpUnless(op.op, op, otherwise);
        code.lconst_1().goto_(end).labelBinding(otherwise).lconst_0().labelBinding(end);
        store(op.d);
    }

    /** @param comparison {@link Micro#EQ} to {@link Micro#LESI} */
    private void jumpUnless(int comparison, MicroOp op, Label otherwise) {
        boolean immediate = comparison >= Micro.EQI;
        int relation = immediate ? comparison - Micro.TO_IMMEDIATE : comparison;
        boolean unsigned = relation == Micro.LTU || relation == Micro.LEU;
        boolean signed = relation == Micro.LTS || relation == Micro.LES;
        int unused = op.unusedBits;
        if (unused < 32 || signed && unused > 56) {
            compareLongs(op, immediate, unsigned, unused);
            jumpIfZeroFails(relation, otherwise);
            return;
        }
        narrow(op.a, unused, signed);
        if (!immediate) {
            narrow(op.b, unused, signed);
        } else {
            int value = op.immediate();
            value = unused == 32 ? value : signed ? value << unused - 32 >> unused - 32 : value & -1 >>> unused - 32;
            if (value == 0 && !unsigned) {
                jumpIfZeroFails(relation, otherwise);
                return;
            }
            code.loadConstant(value);
        }
        if (unsigned && unused == 32) {
            code.invokestatic(INTEGER, "compareUnsigned", MethodTypeDesc.of(I, I, I));
            jumpIfZeroFails(relation, otherwise);
            return;
        }
        switch (relation) {
            case Micro.EQ -> code.if_icmpne(otherwise);
            case Micro.NE -> code.if_icmpeq(otherwise);
            case Micro.LTU, Micro.LTS -> code.if_icmpge(otherwise);
            default -> code.if_icmpgt(otherwise);
        }
    }

    private void compareLongs(MicroOp op, boolean immediate, boolean unsigned, int unused) {
        load(op.a);
        shift(unused);
        if (immediate) {
            code.loadConstant((long) op.immediate() << unused);
        } else {
            load(op.b);
            shift(unused);
        }
        if (unsigned) {
            code.invokestatic(LONG, "compareUnsigned", MethodTypeDesc.of(I, J, J));
        } else {
            code.lcmp();
        }
    }

    private void shift(int unused) {
        if (unused != 0) {
            code.loadConstant(unused).lshl();
        }
    }

    /** An int of the same order: of signed values the signed one, of others the unsigned one (except 32 bits). */
    private void narrow(int slot, int unused, boolean signed) {
        loadInt(slot);
        switch (unused) {
            case 32 -> {
            }
            case 48 -> {
                if (signed) {
                    code.i2s();
                } else {
                    code.i2c();
                }
            }
            case 56 -> {
                if (signed) {
                    code.i2b();
                } else {
                    code.loadConstant(255).iand();
                }
            }
            default -> code.loadConstant(-1 >>> unused - 32).iand();
        }
    }

    private void jumpIfZeroFails(int relation, Label otherwise) {
        switch (relation) {
            case Micro.EQ -> code.ifne(otherwise);
            case Micro.NE -> code.ifeq(otherwise);
            case Micro.LTU, Micro.LTS -> code.ifge(otherwise);
            default -> code.ifgt(otherwise);
        }
    }

    // Memory

    private void load(MicroOp op, int i) {
        int bytes = 1 << op.op - Micro.LOAD8;
        address(op);
        probe("readMisses", bytes, i);
        code.lload(TLB).lload(GVA).invokestatic(ACCESS, "load" + 8 * bytes, LOAD);
        store(op.d);
    }

    private void store(MicroOp op, int i) {
        int bytes = 1 << op.op - Micro.STORE8;
        address(op);
        probe("writeMisses", bytes, i);
        code.lload(TLB).lload(GVA);
        load(op.d);
        code.invokestatic(ACCESS, "store" + 8 * bytes, STORE);
    }

    private void address(MicroOp op) {
        load(op.a);
        int displacement = op.immediate();
        if (displacement != 0) {
            code.loadConstant((long) displacement).ladd();
        }
        code.lstore(GVA);
    }

    private void probe(String misses, int bytes, int i) {
        code.lload(TLB).lload(GVA).lload(GVA);
        if (bytes > 1) {
            code.loadConstant((long) bytes - 1).ladd();
        }
        code.invokestatic(ACCESS, misses, MISSES).ifne(resume(i));
    }

    private void checkAlignment(MicroOp op, int i) {
        int bytes = op.type.bytes();
        if ((flags(op) & MemFlags.ALIGNED) != 0 && bytes > 1) {
            code.lload(GVA).l2i().loadConstant(bytes - 1).iand().ifne(resume(i));
        }
    }

    // Calls and what is rare

    private void call(MicroOp op) {
        Label from = code.newLabel();
        Label to = code.newLabel();
        boolean raises = op.helper.has(Helper.Effect.MAY_RAISE);
        boolean inTime = op.helper.has(Helper.Effect.READS_TIME);
        if (inTime) {
            Block block = members[member];
            code.aload(FRAME_LOCAL).iload(BUDGET).loadConstant(block.count - instructionAt(block, op.index)).iadd()
                .invokevirtual(FRAME, "timeIs", MethodTypeDesc.of(ConstantDescs.CD_void, I));
        }
        constant(op.helper.body(), BODY);
        code.aload(FRAME_LOCAL).getfield(FRAME, "cpu", CPU);
        int[] args = {op.a, op.b, op.c(), op.e()};
        for (int k = 0; k < 4; k++) {
            load(k < op.helper.parameters().size() ? args[k] : zeroSlot);
        }
        code.labelBinding(from);
        code.invokeinterface(BODY, "call", MethodTypeDesc.of(J, STATE, J, J, J, J));
        code.labelBinding(to);
        if (op.helper.result() == null) {
            code.pop2();
        } else {
            store(op.d);
        }
        if (inTime) {
            code.aload(FRAME_LOCAL).invokevirtual(FRAME, "timeIsOver", MethodTypeDesc.of(ConstantDescs.CD_void));
        }
        if (raises) {
            throwsAny = true;
            Block block = members[member];
            stubs.add(() -> {
                Label handler = code.newBoundLabel();
                code.exceptionCatchAll(from, to, handler);
                code.astore(exceptionLocal);
                for (Faults.Fixup fixup : block.faults.fixupsAt(op.index)) {
                    if (fixup.from() >= firstTemporary) {
                        spill(fixup.from());
                    }
                }
                code.aload(FRAME_LOCAL);
                constant(block, BLOCK);
                code.loadConstant(op.index).iload(BUDGET)
                    .invokevirtual(FRAME, "throwing", MethodTypeDesc.of(ConstantDescs.CD_void, BLOCK, I, I)).goto_(thrown);
            });
        }
    }

    private void rare(MicroOp op, int i) {
        boolean wide = op.type == Type.I128;
        switch (op.rare) {
            case LOAD -> {
                move(op.a);
                checkAlignment(op, i);
                probe("readMisses", op.type.bytes(), i);
                code.lload(TLB).lload(GVA).invokestatic(ACCESS, "load" + (wide ? 64 : op.type.bytes() * 8), LOAD);
                if (wide) {
                    code.lload(TLB).lload(GVA).invokestatic(ACCESS, "loadHigh", LOAD);
                    store(op.d + 1);
                }
                store(op.d);
            }
            case STORE -> {
                move(op.a);
                checkAlignment(op, i);
                probe("writeMisses", op.type.bytes(), i);
                code.lload(TLB).lload(GVA);
                load(op.b);
                code.invokestatic(ACCESS, "store" + (wide ? 64 : op.type.bytes() * 8), STORE);
                if (wide) {
                    code.lload(TLB).lload(GVA);
                    load(op.b + 1);
                    code.invokestatic(ACCESS, "storeHigh", STORE);
                }
            }
            case PROBE -> {
                move(op.a);
                checkAlignment(op, i);
                probe("writeMisses", op.type.bytes(), i);
            }
            case SELECT -> wideSelect(op);
            case CLZ, CTZ, POPCNT, BSWAP -> unary(op);
            default -> binary(op);
        }
    }

    private void move(int addressSlot) {
        load(addressSlot);
        code.lstore(GVA);
    }

    private void wideSelect(MicroOp op) {
        Label otherwise = code.newLabel();
        Label end = code.newLabel();
        loadInt(op.a);
        code.iconst_1().iand().ifeq(otherwise);
        load(op.b);
        load(op.b + 1);
        code.goto_(end).labelBinding(otherwise);
        load(op.c());
        load(op.c() + 1);
        code.labelBinding(end);
        store(op.d + 1);
        store(op.d);
    }

    private void unary(MicroOp op) {
        load(op.a);
        if (op.type == Type.I64) {
            switch (op.rare) {
                case CLZ -> code.invokestatic(LONG, "numberOfLeadingZeros", MethodTypeDesc.of(I, J)).i2l();
                case CTZ -> code.invokestatic(LONG, "numberOfTrailingZeros", MethodTypeDesc.of(I, J)).i2l();
                case POPCNT -> code.invokestatic(LONG, "bitCount", MethodTypeDesc.of(I, J)).i2l();
                default -> code.invokestatic(LONG, "reverseBytes", MethodTypeDesc.of(J, J));
            }
        } else if (op.type == Type.I32) {
            code.l2i();
            switch (op.rare) {
                case CLZ -> code.invokestatic(INTEGER, "numberOfLeadingZeros", MethodTypeDesc.of(I, I));
                case CTZ -> code.invokestatic(INTEGER, "numberOfTrailingZeros", MethodTypeDesc.of(I, I));
                case POPCNT -> code.invokestatic(INTEGER, "bitCount", MethodTypeDesc.of(I, I));
                default -> code.invokestatic(INTEGER, "reverseBytes", MethodTypeDesc.of(I, I));
            }
            code.i2l();
            mask(32);
        } else {
            enums(op);
            code.invokestatic(RARE, "unary", MethodTypeDesc.of(J, J, OP, TYPE));
        }
        store(op.d);
    }

    private void binary(MicroOp op) {
        load(op.a);
        if (op.type == Type.I64 && (op.rare == Op.MULHU || op.rare == Op.MULHS)) {
            load(op.b);
            code.invokestatic(ClassDesc.of("java.lang.Math"), op.rare == Op.MULHU ? "unsignedMultiplyHigh" : "multiplyHigh", MethodTypeDesc.of(J, J, J));
        } else {
            load(op.b);
            enums(op);
            code.invokestatic(RARE, "binary", MethodTypeDesc.of(J, J, J, OP, TYPE));
        }
        store(op.d);
    }

    private void enums(MicroOp op) {
        code.getstatic(OP, op.rare.name(), OP).getstatic(TYPE, op.type.name(), TYPE);
    }
}
