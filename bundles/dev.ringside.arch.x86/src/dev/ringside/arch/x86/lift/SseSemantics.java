package dev.ringside.arch.x86.lift;

import static dev.ringside.ir.Type.I128;
import static dev.ringside.ir.Type.I16;
import static dev.ringside.ir.Type.I32;
import static dev.ringside.ir.Type.I64;

import dev.ringside.arch.x86.X86State;
import dev.ringside.arch.x86.isa.Operand;
import dev.ringside.arch.x86.simd.SseOperations;
import dev.ringside.ir.Helper;
import dev.ringside.ir.IrBuilder;
import dev.ringside.ir.MemFlags;
import dev.ringside.ir.StateField;
import dev.ringside.ir.Type;
import dev.ringside.ir.Value;
import java.util.Collection;
import java.util.function.BiConsumer;

/**
 * SSE to SSE4.2 (SDM 1, 10 to 12). Moves and logic are IR; the other operations are the helpers of {@link SseOperations}, which name registers. A
 * memory operand of theirs is loaded into a scratch register first. Instructions that exist on MMX registers, too, pass those to
 * {@link MmxSemantics}.
 */
final class SseSemantics {
    private SseSemantics() {
    }

    static void register(BiConsumer<String, Semantics> table) {
        moves(table);
        logic(table);
        lanes(table);
        conversions(table);
        states(table);
        SseOperations.TWO.forEach((name, helper) -> table.accept(name, x -> two(x, helper, SseOperations.MMX.get(name))));
        SseOperations.THREE.forEach((name, helper) -> table.accept(name, x -> three(x, helper)));
    }

    static void collect(Collection<Helper> to) {
        SseOperations.collect(to);
    }

    // Moves

    private static void moves(BiConsumer<String, Semantics> table) {
        for (String name : new String[] {"movaps", "movapd", "movdqa", "movntdqa", "movntps", "movntpd", "movntdq"}) {
            table.accept(name, x -> move(x, MemFlags.ALIGNED));
        }
        for (String name : new String[] {"movups", "movupd", "movdqu", "lddqu"}) {
            table.accept(name, x -> move(x, 0));
        }
        table.accept("movss", x -> moveScalar(x, I32));
        table.accept("movsd", x -> moveScalar(x, I64));
        table.accept("movlps", SseSemantics::moveLow);
        table.accept("movlpd", SseSemantics::moveLow);
        table.accept("movhps", SseSemantics::moveHigh);
        table.accept("movhpd", SseSemantics::moveHigh);
        table.accept("movhlps", x -> put(x, 0, x.b().concat(x.b().high(xmm(x, 1)), x.b().high(xmm(x, 0)))));
        table.accept("movlhps", x -> put(x, 0, x.b().concat(x.b().low(xmm(x, 0)), x.b().low(xmm(x, 1)))));
        table.accept("movddup", x -> {
            Value value = value(x, 1);
            put(x, 0, x.b().concat(value, value));
        });
        table.accept("movd", SseSemantics::moveGeneral);
        table.accept("movq", SseSemantics::moveQuadword);
        table.accept("movq2dq", x -> {
            MmxSemantics.begin(x);
            put(x, 0, x.b().concat(MmxSemantics.value(x, 1), x.b().constant(I64, 0)));
            MmxSemantics.end(x);
        });
        table.accept("movdq2q", x -> {
            MmxSemantics.begin(x);
            MmxSemantics.put(x, 0, x.b().low(xmm(x, 1)));
        });
        table.accept("maskmovdqu", SseSemantics::maskedStore);
    }

    private static void move(Lift x, int flags) {
        if (x.isMemory(0)) {
            x.b().store(x.address(0, true), xmm(x, 1), x.memFlags(0) | flags);
        } else {
            put(x, 0, wide(x, 1, flags));
        }
    }

    /** A load clears what lies above; between registers the rest stays. */
    private static void moveScalar(Lift x, Type type) {
        IrBuilder b = x.b();
        if (x.isMemory(0)) {
            x.write(0, b.trunc(b.low(xmm(x, 1)), type));
        } else if (x.isMemory(1)) {
            put(x, 0, scalar(x, value(x, 1)));
        } else {
            mergeLow(x, b.trunc(b.low(xmm(x, 1)), type));
        }
    }

    private static void mergeLow(Lift x, Value bits) {
        IrBuilder b = x.b();
        Value old = xmm(x, 0);
        put(x, 0, b.concat(bits.type() == I64 ? bits : b.deposit(b.low(old), bits, 0), b.high(old)));
    }

    private static void moveLow(Lift x) {
        IrBuilder b = x.b();
        if (x.isMemory(0)) {
            x.write(0, b.low(xmm(x, 1)));
        } else {
            Value low = x.read(1);
            put(x, 0, b.concat(low, b.high(xmm(x, 0))));
        }
    }

    private static void moveHigh(Lift x) {
        IrBuilder b = x.b();
        if (x.isMemory(0)) {
            x.write(0, b.high(xmm(x, 1)));
        } else {
            Value high = x.read(1);
            put(x, 0, b.concat(b.low(xmm(x, 0)), high));
        }
    }

    /** MOVD, and MOVQ with a general register. */
    private static void moveGeneral(Lift x) {
        IrBuilder b = x.b();
        if (MmxSemantics.isMmx(x)) {
            MmxSemantics.moveGeneral(x);
        } else if (isXmm(x, 0)) {
            put(x, 0, scalar(x, b.zext(x.read(1), I64)));
        } else {
            x.write(0, b.trunc(b.low(xmm(x, 1)), x.type(0)));
        }
    }

    private static void moveQuadword(Lift x) {
        if (MmxSemantics.isMmx(x)) {
            MmxSemantics.move(x);
        } else if (x.isMemory(0)) {
            x.write(0, x.b().low(xmm(x, 1)));
        } else {
            put(x, 0, scalar(x, value(x, 1)));
        }
    }

    private static void maskedStore(Lift x) {
        IrBuilder b = x.b();
        Value data = xmm(x, 0);
        Value mask = xmm(x, 1);
        MmxSemantics.maskedStore(x, b.low(data), b.low(mask), 0);
        MmxSemantics.maskedStore(x, b.high(data), b.high(mask), 8);
    }

    // Logic

    private static void logic(BiConsumer<String, Semantics> table) {
        for (String suffix : new String[] {"ps", "pd"}) {
            table.accept("and" + suffix, x -> logic(x, IrBuilder::and));
            table.accept("andn" + suffix, x -> logic(x, SseSemantics::andNot));
            table.accept("or" + suffix, x -> logic(x, IrBuilder::or));
            table.accept("xor" + suffix, SseSemantics::exclusiveOr);
        }
        table.accept("pand", x -> logic(x, IrBuilder::and));
        table.accept("pandn", x -> logic(x, SseSemantics::andNot));
        table.accept("por", x -> logic(x, IrBuilder::or));
        table.accept("pxor", SseSemantics::exclusiveOr);
        table.accept("ptest", x -> {
            Value source = register(x, 1);
            x.flags().explicit(x.b().call(SseOperations.PTEST, number(x, 0), source));
        });
    }

    private interface Logic {
        Value apply(IrBuilder b, Value left, Value right);
    }

    private static void logic(Lift x, Logic operation) {
        IrBuilder b = x.b();
        if (MmxSemantics.isMmx(x)) {
            MmxSemantics.begin(x);
            Value right = MmxSemantics.value(x, 1);
            MmxSemantics.put(x, 0, operation.apply(b, MmxSemantics.value(x, 0), right));
        } else {
            Value right = wide(x, 1, MemFlags.ALIGNED);
            put(x, 0, operation.apply(b, xmm(x, 0), right));
        }
    }

    /** Of a register with itself: the idiom for zero. */
    private static void exclusiveOr(Lift x) {
        if (isXmm(x, 0) && x.operand(0).equals(x.operand(1))) {
            put(x, 0, scalar(x, x.b().constant(I64, 0)));
        } else {
            logic(x, IrBuilder::xor);
        }
    }

    private static Value andNot(IrBuilder b, Value left, Value right) {
        return b.and(b.not(left), right);
    }

    // Lanes

    private static void lanes(BiConsumer<String, Semantics> table) {
        table.accept("punpcklqdq", SseSemantics::lowHalves);
        table.accept("unpcklpd", SseSemantics::lowHalves);
        table.accept("punpckhqdq", SseSemantics::highHalves);
        table.accept("unpckhpd", SseSemantics::highHalves);
        table.accept("pmovmskb", x -> {
            IrBuilder b = x.b();
            if (MmxSemantics.isMmx(x)) {
                MmxSemantics.begin(x);
                x.write(0, b.call(SseOperations.PMOVMSKB, MmxSemantics.value(x, 1)));
                MmxSemantics.end(x);
            } else {
                x.write(0, b.call(SseOperations.PMOVMSKB_XMM, number(x, 1)));
            }
        });
        table.accept("movmskpd", x -> {
            IrBuilder b = x.b();
            Value source = xmm(x, 1);
            x.write(0, b.trunc(b.or(b.shr(b.low(source), 63), b.shl(b.shr(b.high(source), 63), 1)), I32));
        });
        table.accept("movmskps", x -> {
            IrBuilder b = x.b();
            Value source = xmm(x, 1);
            x.write(0, b.trunc(b.or(signs32(b, b.low(source)), b.shl(signs32(b, b.high(source)), 2)), I32));
        });
        table.accept("pextrb", x -> extract(x, 8));
        table.accept("pextrw", x -> extract(x, 16));
        table.accept("pextrd", x -> extract(x, x.operand(0).bits()));
        table.accept("extractps", x -> extract(x, 32));
        table.accept("pinsrb", x -> insert(x, Type.I8));
        table.accept("pinsrw", x -> insert(x, I16));
        table.accept("pinsrd", x -> insert(x, x.type(1)));
        table.accept("insertps", SseSemantics::insertps);
        table.accept("pcmpestri", x -> compareStrings(x, 1));
        table.accept("pcmpestrm", x -> compareStrings(x, 3));
        table.accept("pcmpistri", x -> compareStrings(x, 0));
        table.accept("pcmpistrm", x -> compareStrings(x, 2));
    }

    private static void lowHalves(Lift x) {
        Value right = wide(x, 1, MemFlags.ALIGNED);
        put(x, 0, x.b().concat(x.b().low(xmm(x, 0)), x.b().low(right)));
    }

    private static void highHalves(Lift x) {
        Value right = wide(x, 1, MemFlags.ALIGNED);
        put(x, 0, x.b().concat(x.b().high(xmm(x, 0)), x.b().high(right)));
    }

    private static Value signs32(IrBuilder b, Value half) {
        return b.or(b.and(b.shr(half, 31), b.constant(I64, 1)), b.and(b.shr(half, 62), b.constant(I64, 2)));
    }

    private static void extract(Lift x, int bits) {
        IrBuilder b = x.b();
        boolean mmx = MmxSemantics.isMmx(x);
        if (mmx) {
            MmxSemantics.begin(x);
        }
        int lane = (int) x.immediate(2) & (mmx ? 64 : 128) / bits - 1;
        int at = lane * bits;
        Value half = mmx ? MmxSemantics.value(x, 1) : at < 64 ? b.low(xmm(x, 1)) : b.high(xmm(x, 1));
        Value value = b.trunc(b.shr(half, at & 63), Type.ofBytes(bits / 8));
        x.write(0, x.isMemory(0) ? value : b.zext(value, x.type(0)));
        if (mmx) {
            MmxSemantics.end(x);
        }
    }

    private static void insert(Lift x, Type type) {
        IrBuilder b = x.b();
        boolean mmx = MmxSemantics.isMmx(x);
        if (mmx) {
            MmxSemantics.begin(x);
        }
        Value bits = b.trunc(x.read(1), type);
        int at = ((int) x.immediate(2) & (mmx ? 64 : 128) / type.bits() - 1) * type.bits();
        if (mmx) {
            MmxSemantics.put(x, 0, b.deposit(MmxSemantics.value(x, 0), bits, at));
            return;
        }
        Value old = xmm(x, 0);
        Value half = type == I64 ? bits : b.deposit(at < 64 ? b.low(old) : b.high(old), bits, at & 63);
        put(x, 0, at < 64 ? b.concat(half, b.high(old)) : b.concat(b.low(old), half));
    }

    private static void insertps(Lift x) {
        IrBuilder b = x.b();
        int control = (int) x.immediate(2);
        int from = x.isMemory(1) ? 0 : control >> 6 & 3;
        Value half = x.isMemory(1) ? value(x, 1) : from < 2 ? b.low(xmm(x, 1)) : b.high(xmm(x, 1));
        b.call(SseOperations.INSERTPS, number(x, 0), b.constant(I32, control), b.shr(half, (from & 1) * 32));
    }

    private static void compareStrings(Lift x, int form) {
        IrBuilder b = x.b();
        int control = (int) x.immediate(2) & 0x7f;
        Value source = register(x, 1, 0);
        int wide = x.insn().operandBits() == 64 ? 4 : 0;
        x.flags().explicit(b.call(SseOperations.PCMPSTR, number(x, 0), source, b.constant(I32, control), b.constant(I32, form | wide)));
    }

    // Conversions and comparison

    private static void conversions(BiConsumer<String, Semantics> table) {
        SseOperations.FROM_VALUE.forEach((name, helper) -> table.accept(name, x -> convert(x, helper)));
        for (String name : new String[] {"cvtss2si", "cvttss2si", "cvtsd2si", "cvttsd2si"}) {
            Helper narrow = SseOperations.TO_VALUE.get(name);
            Helper wide = SseOperations.TO_VALUE.get(name + "64");
            table.accept(name, x -> {
                Value source = value(x, 1);
                x.write(0, x.b().call(x.type(0) == I64 ? wide : narrow, source));
            });
        }
        for (String name : new String[] {"cvtps2pi", "cvttps2pi", "cvtpd2pi", "cvttpd2pi"}) {
            Helper helper = SseOperations.TO_VALUE.get(name);
            table.accept(name, x -> {
                MmxSemantics.begin(x);
                Value source = register(x, 1);
                MmxSemantics.put(x, 0, x.b().call(helper, source));
            });
        }
        comis(table, "comiss", SseOperations.COMISS);
        comis(table, "ucomiss", SseOperations.UCOMISS);
        comis(table, "comisd", SseOperations.COMISD);
        comis(table, "ucomisd", SseOperations.UCOMISD);
    }

    /** From a scalar, a general register, or a pair of integers in an MMX register or memory. */
    private static void convert(Lift x, Helper helper) {
        IrBuilder b = x.b();
        // CVTPI2PD from memory does not touch the x87 unit; CVTPI2PS does.
        boolean mmx = MmxSemantics.isMmx(x) || x.insn().means().equals("cvtpi2ps");
        if (mmx) {
            MmxSemantics.begin(x);
        }
        Value source = x.insn().means().startsWith("cvtsi2") ? b.sext(x.read(1), I64) : mmx ? MmxSemantics.value(x, 1) : value(x, 1);
        b.call(helper, number(x, 0), source);
        if (mmx) {
            MmxSemantics.end(x);
        }
    }

    private static void comis(BiConsumer<String, Semantics> table, String name, Helper helper) {
        table.accept(name, x -> {
            Value right = value(x, 1);
            x.flags().explicit(x.b().call(helper, x.b().low(xmm(x, 0)), right));
        });
    }

    // States

    private static void states(BiConsumer<String, Semantics> table) {
        table.accept("ldmxcsr", x -> x.b().call(SseOperations.LDMXCSR, x.read(0)));
        table.accept("stmxcsr", x -> x.write(0, x.b().get(X86State.MXCSR)));
        table.accept("fxsave", x -> area(x, SseOperations.FXSAVE, 512, true));
        table.accept("fxrstor", x -> area(x, SseOperations.FXRSTOR, 512, false));
        table.accept("xsave", x -> area(x, SseOperations.XSAVE, 576, true));
        table.accept("xsaveopt", x -> area(x, SseOperations.XSAVE, 576, true));
        table.accept("xrstor", x -> area(x, SseOperations.XRSTOR, 576, false));
    }

    private static void area(Lift x, Helper helper, int bytes, boolean write) {
        IrBuilder b = x.b();
        Operand.Mem mem = (Operand.Mem) x.operand(0);
        Value address = x.linear(mem.segment(), x.offset(mem), bytes, write);
        boolean wide = (x.insn().rex() & 8) != 0;
        b.call(helper, address, b.constant(I32, Lift.memFlags(mem)), b.constant(I32, wide ? 1 : 0));
    }

    // Operations of the helpers' tables

    private static void two(Lift x, Helper helper, Helper mmx) {
        if (MmxSemantics.isMmx(x)) {
            MmxSemantics.two(x, mmx);
            return;
        }
        Value source = register(x, 1);
        x.b().call(helper, number(x, 0), source);
    }

    /** The immediate is the last operand; PSLLDQ and PSRLDQ have no source. */
    private static void three(Lift x, Helper helper) {
        if (MmxSemantics.isMmx(x)) {
            MmxSemantics.palignr(x);
            return;
        }
        boolean hasSource = x.operandCount() == 3;
        Value source = hasSource ? register(x, 1) : number(x, 0);
        int immediate = (int) x.immediate(hasSource ? 2 : 1) & 0xff;
        x.b().call(helper, number(x, 0), source, x.b().constant(I32, immediate));
    }

    // Operands

    /** The number that helpers know XMM operand {@code index} by. */
    private static Value number(Lift x, int index) {
        return x.b().constant(I32, ((Operand.Reg) x.operand(index)).index());
    }

    private static Value register(Lift x, int index) {
        return register(x, index, MemFlags.ALIGNED);
    }

    /** The number of a source: memory and immediates (shift counts) go to the scratch register. */
    private static Value register(Lift x, int index, int flags) {
        IrBuilder b = x.b();
        switch (x.operand(index)) {
            case Operand.Reg reg -> {
                return b.constant(I32, reg.index());
            }
            case Operand.Imm imm -> b.put(X86State.XMM_SCRATCH, scalar(x, b.constant(I64, imm.value() & 0xff)));
            case Operand.Mem mem when mem.bits() == 128 -> b.put(X86State.XMM_SCRATCH, wide(x, index, flags));
            default -> b.put(X86State.XMM_SCRATCH, scalar(x, value(x, index)));
        }
        return b.constant(I32, X86State.XMM_SCRATCH_INDEX);
    }

    /** The low 64 bits of a register, or what memory holds, zero-extended. */
    private static Value value(Lift x, int index) {
        return x.isMemory(index) ? x.b().zext(x.read(index), I64) : x.b().low(xmm(x, index));
    }

    /** All 128 bits. */
    private static Value wide(Lift x, int index, int flags) {
        return x.isMemory(index) ? x.b().load(I128, x.address(index), x.memFlags(index) | flags) : xmm(x, index);
    }

    private static Value scalar(Lift x, Value low) {
        return x.b().concat(low, x.b().constant(I64, 0));
    }

    private static boolean isXmm(Lift x, int index) {
        return x.operand(index) instanceof Operand.Reg reg && reg.registerClass() == Operand.RegisterClass.XMM;
    }

    private static StateField field(Lift x, int index) {
        return X86State.XMM[((Operand.Reg) x.operand(index)).index()];
    }

    private static Value xmm(Lift x, int index) {
        return x.b().get(field(x, index));
    }

    private static void put(Lift x, int index, Value value) {
        x.b().put(field(x, index), value);
    }
}
