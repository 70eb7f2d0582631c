package dev.ringside.arch.x86.lift;

import static dev.ringside.ir.Type.I1;
import static dev.ringside.ir.Type.I16;
import static dev.ringside.ir.Type.I32;
import static dev.ringside.ir.Type.I64;

import dev.ringside.arch.x86.X86Mode;
import dev.ringside.arch.x86.X86State;
import dev.ringside.arch.x86.cpu.X86Cpu;
import dev.ringside.arch.x86.fpu.SoftFloat80;
import dev.ringside.arch.x86.fpu.X87;
import dev.ringside.arch.x86.fpu.X87Environment;
import dev.ringside.arch.x86.isa.Form;
import dev.ringside.arch.x86.isa.Operand;
import dev.ringside.ir.Helper;
import dev.ringside.ir.Helper.Effect;
import dev.ringside.ir.IrBuilder;
import dev.ringside.ir.Type;
import dev.ringside.ir.Value;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * x87 instructions (SDM 1, 8): helpers on the register stack of {@link X87}. A waiting instruction first delivers a pending exception; an
 * instruction that is no control instruction leaves its address, its operand's and its opcode behind.
 *
 * <p>Departure from the manual: in the last opcode, the mod and r/m fields of memory forms read 0.
 */
final class X87Semantics {
    private static final Set<Effect> STATE = Set.of(Effect.READS_STATE, Effect.WRITES_STATE);
    private static final Set<Effect> MEMORY = Set.of(Effect.READS_STATE, Effect.WRITES_STATE, Effect.ACCESSES_WORLD, Effect.MAY_RAISE);

    private static final List<Helper> ALL = new ArrayList<>();

    static final Helper PENDING = add(new Helper("x86.x87_pending", null, List.of(), Set.of(Effect.READS_STATE, Effect.MAY_RAISE),
        (state, x, y, z, u) -> {
            X87.checkPending((X86Cpu) state);
            return 0;
        }));
    private static final Helper WAIT = add(new Helper("x86.wait", null, List.of(), Set.of(Effect.READS_STATE, Effect.MAY_RAISE),
        (state, x, y, z, u) -> {
            X87.wait((X86Cpu) state);
            return 0;
        }));

    // (op, value)
    private static final Helper ARITHMETIC_32 = operation("x86.farith_m32", I64, (cpu, op, value) -> X87.arithmeticFloat32(cpu, (int) op, value));
    private static final Helper ARITHMETIC_64 = operation("x86.farith_m64", I64, (cpu, op, value) -> X87.arithmeticFloat64(cpu, (int) op, value));
    private static final Helper ARITHMETIC_INT = operation("x86.farith_int", I64, (cpu, op, value) -> X87.arithmeticInteger(cpu, (int) op, value));
    /** {@code (op, destination, source, pop)}. */
    private static final Helper ARITHMETIC = add(new Helper("x86.farith", null, List.of(I32, I32, I32, I1), STATE, (state, op, d, s, pop) -> {
        X87.arithmetic((X86Cpu) state, (int) op, (int) d, (int) s, pop != 0);
        return 0;
    }));
    // (pops, value)
    private static final Helper COMPARE_32 = operation("x86.fcom_m32", I64, (cpu, pops, value) -> X87.compareFloat32(cpu, value, (int) pops));
    private static final Helper COMPARE_64 = operation("x86.fcom_m64", I64, (cpu, pops, value) -> X87.compareFloat64(cpu, value, (int) pops));
    private static final Helper COMPARE_INT = operation("x86.ficom", I64, (cpu, pops, value) -> X87.compareInteger(cpu, value, (int) pops));
    /** {@code (register, quiet, pops)}. */
    private static final Helper COMPARE = add(new Helper("x86.fcom", null, List.of(I32, I1, I32), STATE, (state, i, quiet, pops, z) -> {
        X87.compare((X86Cpu) state, (int) i, quiet != 0, (int) pops);
        return 0;
    }));
    /** {@code (register, quiet, pop)} → arithmetic flags. */
    private static final Helper COMPARE_FLAGS = add(new Helper("x86.fcomi", I64, List.of(I32, I1, I1), STATE,
        (state, i, quiet, pop, z) -> X87.compareToFlags((X86Cpu) state, (int) i, quiet != 0, pop != 0)));

    private static final Helper LOAD_32 = load("x86.fld_m32", X87::loadFloat32);
    private static final Helper LOAD_64 = load("x86.fld_m64", X87::loadFloat64);
    private static final Helper LOAD_INT = load("x86.fild", X87::loadInteger);
    private static final Helper LOAD_REGISTER = load("x86.fld_st", (cpu, i) -> X87.loadRegister(cpu, (int) i));
    /** {@code (low 64 bits, high 16 bits)}. */
    private static final Helper LOAD_80 = operation("x86.fld_m80", I16, X87::loadFloat80);
    private static final Helper LOAD_BCD = operation("x86.fbld", I16, X87::loadBcd);
    /** {@code (significand, sign and exponent, next bit)}. */
    private static final Helper LOAD_CONSTANT = add(new Helper("x86.fld_constant", null, List.of(I64, I32, I1), STATE, (state, sig, se, next, z) -> {
        X87.loadConstant((X86Cpu) state, sig, (int) se, next != 0);
        return 0;
    }));

    private static final Helper STORE_32 = store("x86.fst_m32", (cpu, address, flags, pop) -> X87.storeFloat32(cpu, address, flags, pop));
    private static final Helper STORE_64 = store("x86.fst_m64", (cpu, address, flags, pop) -> X87.storeFloat64(cpu, address, flags, pop));
    private static final Helper STORE_80 = store("x86.fstp_m80", (cpu, address, flags, pop) -> X87.storeFloat80(cpu, address, flags));
    private static final Helper STORE_BCD = store("x86.fbstp", (cpu, address, flags, pop) -> X87.storeBcd(cpu, address, flags));
    /** {@code (address, flags, bytes, how)}: bit 0 pops, bit 1 truncates. */
    private static final Helper STORE_INT = add(new Helper("x86.fist", null, List.of(I64, I32, I32, I32), MEMORY, (state, address, flags, bytes, how) -> {
        X87.storeInteger((X86Cpu) state, address, (int) bytes, (int) flags, (how & 2) != 0, (how & 1) != 0);
        return 0;
    }));
    /** {@code (register, pop)}. */
    private static final Helper STORE_REGISTER = operation("x86.fst_st", I1, (cpu, i, pop) -> X87.storeRegister(cpu, (int) i, pop != 0));
    private static final Helper EXCHANGE = load("x86.fxch", (cpu, i) -> X87.exchange(cpu, (int) i));
    /** {@code (register, condition)}. */
    private static final Helper CONDITIONAL_MOVE = operation("x86.fcmov", I1, (cpu, i, holds) -> X87.conditionalMove(cpu, (int) i, holds != 0));
    private static final Helper FREE = operation("x86.ffree", I1, (cpu, i, pop) -> X87.free(cpu, (int) i, pop != 0));
    private static final Helper LOAD_CONTROL = load("x86.fldcw", (cpu, value) -> X87.loadControlWord(cpu.slots, value));

    private static final Helper STORE_ENVIRONMENT = environment("x86.fnstenv", X87Environment::store);
    private static final Helper LOAD_ENVIRONMENT = environment("x86.fldenv", X87Environment::load);
    private static final Helper SAVE = environment("x86.fnsave", X87Environment::save);
    private static final Helper RESTORE = environment("x86.frstor", X87Environment::restore);

    private X87Semantics() {
    }

    static void register(BiConsumer<String, Semantics> table) {
        arithmetic(table, "fadd", "fiadd", X87.ADD);
        arithmetic(table, "fmul", "fimul", X87.MUL);
        arithmetic(table, "fsub", "fisub", X87.SUB);
        arithmetic(table, "fsubr", "fisubr", X87.SUBR);
        arithmetic(table, "fdiv", "fidiv", X87.DIV);
        arithmetic(table, "fdivr", "fidivr", X87.DIVR);
        functions(table);
        comparison(table);
        loads(table);
        stores(table);
        moves(table);
        control(table);
    }

    static void collect(Collection<Helper> to) {
        to.addAll(ALL);
    }

    // Arithmetic

    private static void arithmetic(BiConsumer<String, Semantics> table, String name, String integer, int op) {
        table.accept(name, waiting(x -> {
            if (x.operandCount() == 2) {
                arithmetic(x, op, false);
            } else {
                memory(x, op, ARITHMETIC_32, ARITHMETIC_64);
            }
        }));
        table.accept(name.equals("fsubr") || name.equals("fdivr") ? name.replace("r", "rp") : name + "p", waiting(x -> arithmetic(x, op, true)));
        table.accept(integer, waiting(x -> x.b().call(ARITHMETIC_INT, x.b().constant(I32, op), x.b().sext(x.read(0), I64))));
    }

    private static void arithmetic(Lift x, int op, boolean pop) {
        IrBuilder b = x.b();
        b.call(ARITHMETIC, b.constant(I32, op), stack(x, 0), stack(x, 1), flag(b, pop));
    }

    /** An operation with an argument on a float32 or float64 in memory. */
    private static void memory(Lift x, int argument, Helper single, Helper twice) {
        Value value = x.read(0);
        x.b().call(value.type() == I32 ? single : twice, x.b().constant(I32, argument), x.b().zext(value, I64));
    }

    private static void functions(BiConsumer<String, Semantics> table) {
        none(table, "fchs", X87::changeSign);
        none(table, "fabs", X87::absolute);
        none(table, "fsqrt", cpu -> X87.unary(cpu, SoftFloat80::squareRoot));
        none(table, "frndint", cpu -> X87.unary(cpu, SoftFloat80::roundToInteger));
        none(table, "fscale", X87::scale);
        none(table, "fxtract", X87::extract);
        none(table, "fprem", cpu -> X87.remainder(cpu, false));
        none(table, "fprem1", cpu -> X87.remainder(cpu, true));
        none(table, "f2xm1", cpu -> X87.unary(cpu, SoftFloat80::exponentialMinusOne));
        none(table, "fyl2x", cpu -> X87.binaryAndPop(cpu, SoftFloat80::logarithm));
        none(table, "fyl2xp1", cpu -> X87.binaryAndPop(cpu, SoftFloat80::logarithmOfOnePlus));
        none(table, "fpatan", cpu -> X87.binaryAndPop(cpu, SoftFloat80::arcTangent));
        none(table, "fsin", cpu -> X87.trigonometric(cpu, SoftFloat80::sine));
        none(table, "fcos", cpu -> X87.trigonometric(cpu, SoftFloat80::cosine));
        none(table, "fsincos", cpu -> X87.trigonometricAndPush(cpu, SoftFloat80::sineAndCosine));
        none(table, "fptan", cpu -> X87.trigonometricAndPush(cpu, SoftFloat80::tangent));
    }

    // Comparison

    private static void comparison(BiConsumer<String, Semantics> table) {
        compare(table, "fcom", 0);
        compare(table, "fcomp", 1);
        table.accept("fcompp", waiting(x -> compare(x, x.b().constant(I32, 1), false, 2)));
        table.accept("fucom", waiting(x -> compare(x, stack(x, 0), true, 0)));
        table.accept("fucomp", waiting(x -> compare(x, stack(x, 0), true, 1)));
        table.accept("fucompp", waiting(x -> compare(x, x.b().constant(I32, 1), true, 2)));
        compareInteger(table, "ficom", 0);
        compareInteger(table, "ficomp", 1);
        compareFlags(table, "fcomi", false, false);
        compareFlags(table, "fcomip", false, true);
        compareFlags(table, "fucomi", true, false);
        compareFlags(table, "fucomip", true, true);
        none(table, "ftst", X87::test);
        none(table, "fxam", X87::examine);
    }

    private static void compare(BiConsumer<String, Semantics> table, String name, int pops) {
        table.accept(name, waiting(x -> {
            if (x.isMemory(0)) {
                memory(x, pops, COMPARE_32, COMPARE_64);
            } else {
                compare(x, stack(x, 0), false, pops);
            }
        }));
    }

    private static void compare(Lift x, Value register, boolean quiet, int pops) {
        x.b().call(COMPARE, register, flag(x.b(), quiet), x.b().constant(I32, pops));
    }

    private static void compareInteger(BiConsumer<String, Semantics> table, String name, int pops) {
        table.accept(name, waiting(x -> x.b().call(COMPARE_INT, x.b().constant(I32, pops), x.b().sext(x.read(0), I64))));
    }

    private static void compareFlags(BiConsumer<String, Semantics> table, String name, boolean quiet, boolean pop) {
        table.accept(name, waiting(x -> x.flags().explicit(x.b().call(COMPARE_FLAGS, stack(x, 1), flag(x.b(), quiet), flag(x.b(), pop)))));
    }

    // Data movement

    private static void loads(BiConsumer<String, Semantics> table) {
        table.accept("fld", waiting(x -> {
            IrBuilder b = x.b();
            if (!x.isMemory(0)) {
                b.call(LOAD_REGISTER, b.zext(stack(x, 0), I64));
            } else if (x.operand(0).bits() == 80) {
                loadTen(x, LOAD_80);
            } else {
                Value value = x.read(0);
                b.call(value.type() == I32 ? LOAD_32 : LOAD_64, b.zext(value, I64));
            }
        }));
        table.accept("fild", waiting(x -> x.b().call(LOAD_INT, x.b().sext(x.read(0), I64))));
        table.accept("fbld", waiting(x -> loadTen(x, LOAD_BCD)));
        constant(table, "fld1", 0x8000000000000000L, 0x3fff, false);
        constant(table, "fldl2t", 0xd49a784bcd1b8afeL, 0x4000, false);
        constant(table, "fldl2e", 0xb8aa3b295c17f0bbL, 0x3fff, true);
        constant(table, "fldpi", 0xc90fdaa22168c234L, 0x4000, true);
        constant(table, "fldlg2", 0x9a209a84fbcff798L, 0x3ffd, true);
        constant(table, "fldln2", 0xb17217f7d1cf79abL, 0x3ffe, true);
        constant(table, "fldz", 0, 0, false);
    }

    private static void loadTen(Lift x, Helper helper) {
        IrBuilder b = x.b();
        Operand.Mem mem = (Operand.Mem) x.operand(0);
        Value address = x.linear(mem.segment(), x.offset(mem), 10, false);
        Value low = b.load(I64, address, Lift.memFlags(mem));
        Value high = b.load(I16, b.add(address, b.constant(I64, 8)), Lift.memFlags(mem));
        b.call(helper, low, high);
    }

    private static void constant(BiConsumer<String, Semantics> table, String name, long sig, int se, boolean nextBit) {
        table.accept(name, waiting(x -> x.b().call(LOAD_CONSTANT, x.b().constant(I64, sig), x.b().constant(I32, se), flag(x.b(), nextBit))));
    }

    private static void stores(BiConsumer<String, Semantics> table) {
        table.accept("fst", waiting(x -> store(x, false)));
        table.accept("fstp", waiting(x -> store(x, true)));
        table.accept("fist", waiting(x -> storeInteger(x, 0)));
        table.accept("fistp", waiting(x -> storeInteger(x, 1)));
        table.accept("fisttp", waiting(x -> storeInteger(x, 3)));
        table.accept("fbstp", waiting(x -> store(x, STORE_BCD, 10, true)));
    }

    private static void store(Lift x, boolean pop) {
        if (!x.isMemory(0)) {
            x.b().call(STORE_REGISTER, x.b().zext(stack(x, 0), I64), flag(x.b(), pop));
            return;
        }
        switch (x.operand(0).bits()) {
            case 32 -> store(x, STORE_32, 4, pop);
            case 64 -> store(x, STORE_64, 8, pop);
            default -> store(x, STORE_80, 10, pop);
        }
    }

    private static void store(Lift x, Helper helper, int bytes, boolean pop) {
        IrBuilder b = x.b();
        b.call(helper, address(x, bytes, true), b.constant(I32, x.memFlags(0)), flag(b, pop));
    }

    private static void storeInteger(Lift x, int how) {
        IrBuilder b = x.b();
        int bytes = x.operand(0).bits() / 8;
        b.call(STORE_INT, address(x, bytes, true), b.constant(I32, x.memFlags(0)), b.constant(I32, bytes), b.constant(I32, how));
    }

    private static Value address(Lift x, int bytes, boolean write) {
        Operand.Mem mem = (Operand.Mem) x.operand(0);
        return x.linear(mem.segment(), x.offset(mem), bytes, write);
    }

    private static void moves(BiConsumer<String, Semantics> table) {
        table.accept("fxch", waiting(x -> x.b().call(EXCHANGE, x.b().zext(stack(x, 0), I64))));
        String[] names = {"fcmovb", "fcmovnb", "fcmove", "fcmovne", "fcmovbe", "fcmovnbe", "fcmovu", "fcmovnu"};
        int[] conditions = {2, 3, 4, 5, 6, 7, 10, 11};
        for (int i = 0; i < names.length; i++) {
            int condition = conditions[i];
            table.accept(names[i], waiting(x -> x.b().call(CONDITIONAL_MOVE, x.b().zext(stack(x, 1), I64), x.flags().condition(condition))));
        }
    }

    // Control

    private static void control(BiConsumer<String, Semantics> table) {
        none(table, "fincstp", cpu -> X87.rotate(cpu, 1));
        none(table, "fdecstp", cpu -> X87.rotate(cpu, -1));
        table.accept("ffree", waiting(x -> x.b().call(FREE, x.b().zext(stack(x, 0), I64), flag(x.b(), false))));
        table.accept("ffreep", waiting(x -> x.b().call(FREE, x.b().zext(stack(x, 0), I64), flag(x.b(), true))));
        table.accept("fnop", x -> x.b().call(PENDING));
        table.accept("wait", x -> x.b().call(WAIT));
        Helper initialize = bare("x86.fninit", cpu -> X87.initialize(cpu.slots));
        table.accept("fninit", x -> x.b().call(initialize));
        Helper clear = bare("x86.fnclex", cpu -> X87.clearExceptions(cpu.slots));
        table.accept("fnclex", x -> x.b().call(clear));
        table.accept("fldcw", x -> {
            x.b().call(PENDING);
            x.b().call(LOAD_CONTROL, x.b().zext(x.read(0), I64));
        });
        table.accept("fnstcw", x -> x.write(0, x.b().get(X86State.FCW)));
        table.accept("fnstsw", x -> {
            IrBuilder b = x.b();
            x.write(0, b.or(b.get(X86State.FSW), b.shl(b.zext(b.get(X86State.FTOP), I16), 11)));
        });
        table.accept("fnstenv", x -> environment(x, STORE_ENVIRONMENT, false, true));
        table.accept("fnsave", x -> environment(x, SAVE, true, true));
        table.accept("fldenv", x -> {
            x.b().call(PENDING);
            environment(x, LOAD_ENVIRONMENT, false, false);
        });
        table.accept("frstor", x -> {
            x.b().call(PENDING);
            environment(x, RESTORE, true, false);
        });
    }

    private static void environment(Lift x, Helper helper, boolean registers, boolean write) {
        IrBuilder b = x.b();
        boolean wide = x.insn().operandBits() != 16;
        Value address = address(x, X87Environment.bytes(wide, registers), write);
        b.call(helper, address, b.constant(I32, x.memFlags(0)), flag(b, wide));
    }

    // What all share

    /** A waiting instruction that leaves its address behind. */
    private static Semantics waiting(Consumer<Lift> operation) {
        return x -> {
            x.b().call(PENDING);
            operation.accept(x);
            leavePointers(x);
        };
    }

    /** Without operands. */
    private static void none(BiConsumer<String, Semantics> table, String name, Consumer<X86Cpu> body) {
        Helper helper = bare("x86." + name, body);
        table.accept(name, waiting(x -> x.b().call(helper)));
    }

    private static void leavePointers(Lift x) {
        IrBuilder b = x.b();
        Form form = x.insn().form();
        b.put(X86State.FIP, linear(x, x.thisPc(), X86State.CS));
        int reg = Math.max(0, form.digit());
        boolean memory = x.operandCount() > 0 && x.isMemory(0);
        int modrm = memory ? reg << 3 : 0xc0 | reg << 3 | (form.rm() >= 0 ? form.rm() & 7 : register(x));
        b.put(X86State.FOP, b.constant(I16, (form.opcode() & 7) << 8 | modrm));
        if (memory) {
            Operand.Mem mem = (Operand.Mem) x.operand(0);
            b.put(X86State.FDP, linear(x, x.offset(mem), mem.segment()));
        }
    }

    /** The operand that is not ST(0), by its number. */
    private static int register(Lift x) {
        for (int i = x.operandCount() - 1; i >= 0; i--) {
            if (x.operand(i) instanceof Operand.Reg reg && reg.index() != 0) {
                return reg.index();
            }
        }
        return 0;
    }

    /** Offsets are kept in protected mode, linear addresses in real-address and virtual-8086 mode. */
    private static Value linear(Lift x, Value offset, int segment) {
        return x.mode(X86Mode.PROTECTED) ? offset : x.b().add(offset, x.b().get(X86State.SEG_BASE[segment]));
    }

    /** The number of an ST(i) operand. */
    private static Value stack(Lift x, int index) {
        return x.b().constant(I32, ((Operand.Reg) x.operand(index)).index());
    }

    private static Value flag(IrBuilder b, boolean value) {
        return b.constant(I1, value ? 1 : 0);
    }

    // Helpers

    private static Helper bare(String name, Consumer<X86Cpu> body) {
        return add(new Helper(name, null, List.of(), STATE, (state, x, y, z, u) -> {
            body.accept((X86Cpu) state);
            return 0;
        }));
    }

    private interface Load {
        void apply(X86Cpu cpu, long value);
    }

    /** {@code (value)}. */
    private static Helper load(String name, Load body) {
        return add(new Helper(name, null, List.of(I64), STATE, (state, value, y, z, u) -> {
            body.apply((X86Cpu) state, value);
            return 0;
        }));
    }

    private interface Operation {
        void apply(X86Cpu cpu, long first, long second);
    }

    private static Helper operation(String name, Type second, Operation body) {
        Type first = second == I64 ? I32 : I64;
        return add(new Helper(name, null, List.of(first, second), STATE, (state, a, b, z, u) -> {
            body.apply((X86Cpu) state, a, b);
            return 0;
        }));
    }

    private interface Store {
        void apply(X86Cpu cpu, long address, int flags, boolean how);
    }

    /** {@code (address, flags, pop)}. */
    private static Helper store(String name, Store body) {
        return environment(name, body);
    }

    /** {@code (address, flags, wide)}. */
    private static Helper environment(String name, Store body) {
        return add(new Helper(name, null, List.of(I64, I32, I1), MEMORY, (state, address, flags, how, z) -> {
            body.apply((X86Cpu) state, address, (int) flags, how != 0);
            return 0;
        }));
    }

    private static Helper add(Helper helper) {
        ALL.add(helper);
        return helper;
    }
}
