package dev.ringside.arch.x86.fpu;

import dev.ringside.arch.x86.LazyFlags;
import dev.ringside.arch.x86.Rflags;
import dev.ringside.arch.x86.X86State;
import dev.ringside.arch.x86.cpu.Cr0;
import dev.ringside.arch.x86.cpu.X86Cpu;

/**
 * The x87 unit's register stack and its instructions (SDM 1, 8). Registers are named relative to TOP, as the instructions do. An instruction
 * that raises an unmasked exception before its computation changes nothing but the status word; the exception is delivered by the next
 * waiting instruction.
 *
 * <p>Departures from the manual: with CR0.NE clear, no FERR# is signaled and an unmasked exception stays pending; the code and data segment
 * selectors of the last instruction read 0 (CPUID says that they are deprecated).
 */
public final class X87 {
    /** Bits of the status word. */
    public static final int SF = 1 << 6, ES = 1 << 7, C0 = 1 << 8, C1 = 1 << 9, C2 = 1 << 10, C3 = 1 << 14, BUSY = 1 << 15;
    private static final int IE = SoftFloat.IE, CONDITIONS = C0 | C1 | C2 | C3;
    private static final int BEFORE = SoftFloat.IE | SoftFloat.DE | SoftFloat.ZE;
    private static final int TOP_MASK = 7 << 11;

    /** FADD and its kin, as the reg field of D8 numbers them. */
    public static final int ADD = 0, MUL = 1, SUB = 4, SUBR = 5, DIV = 6, DIVR = 7;

    private static final int FPR0 = X86State.FPR[0].slot(), FPE0 = X86State.FPE[0].slot(), FCW = X86State.FCW.slot(), FSW = X86State.FSW.slot(),
        FTOP = X86State.FTOP.slot(), FTAG = X86State.FTAG.slot();

    /** The default NaN. */
    private static final long INDEFINITE_SIG = 0xc000000000000000L;
    private static final int INDEFINITE_SE = 0xffff;
    private static final int INITIAL_FCW = 0x37f;

    private X87() {
    }

    // State

    /** Slot of the significand of ST({@code i}). */
    public static int significand(long[] r, int i) {
        return FPR0 + physical(r, i);
    }

    /** Slot of sign and exponent of ST({@code i}). */
    public static int exponent(long[] r, int i) {
        return FPE0 + physical(r, i);
    }

    private static int physical(long[] r, int i) {
        return (int) r[FTOP] + i & 7;
    }

    public static boolean isEmpty(long[] r, int i) {
        return (r[FTAG] >> physical(r, i) & 1) == 0;
    }

    /** The status word with TOP in it. */
    public static long statusWord(long[] r) {
        return r[FSW] | r[FTOP] << 11;
    }

    public static void setStatusWord(long[] r, long value) {
        r[FSW] = value & 0xffff & ~TOP_MASK;
        r[FTOP] = value >> 11 & 7;
        summarize(r);
    }

    /** {@code value} as the control word keeps it: bit 6 reads 1, reserved bits 0. */
    public static long controlWord(long value) {
        return value & 0x1f3f | 0x40;
    }

    /** FNINIT leaves the registers' contents alone. */
    public static void initialize(long[] r) {
        r[FCW] = INITIAL_FCW;
        r[FSW] = r[FTOP] = r[FTAG] = 0;
        r[X86State.FOP.slot()] = r[X86State.FIP.slot()] = r[X86State.FDP.slot()] = r[X86State.FCS.slot()] = r[X86State.FDS.slot()] = 0;
    }

    /** The initial state of XRSTOR: FNINIT, and zero in every register. */
    public static void clear(long[] r) {
        initialize(r);
        java.util.Arrays.fill(r, FPR0, FPR0 + 8, 0);
        java.util.Arrays.fill(r, FPE0, FPE0 + 8, 0);
    }

    /** The 16-bit tag word: 0 valid, 1 zero, 2 special, 3 empty. */
    static long tagWord(long[] r) {
        long tags = 0;
        for (int i = 0; i < 8; i++) {
            tags |= (long) tag(r, i) << i * 2;
        }
        return tags;
    }

    private static int tag(long[] r, int register) {
        if ((r[FTAG] >> register & 1) == 0) {
            return 3;
        }
        long sig = r[FPR0 + register];
        int exponent = (int) r[FPE0 + register] & 0x7fff;
        if (exponent == 0 && sig == 0) {
            return 1;
        }
        return exponent == 0 || exponent == 0x7fff || sig >= 0 ? 2 : 0;
    }

    static void setTagWord(long[] r, long tags) {
        long bits = 0;
        for (int i = 0; i < 8; i++) {
            bits |= (tags >> i * 2 & 3) != 3 ? 1L << i : 0;
        }
        r[FTAG] = bits;
    }

    /** #MF when an unmasked exception is pending: what every waiting instruction does first. */
    public static void checkPending(X86Cpu cpu) {
        if ((cpu.slots[FSW] & ES) != 0 && (cpu.cr0() & Cr0.NE) != 0) {
            throw cpu.mf();
        }
    }

    /** WAIT: #NM while the task was switched and the monitor bit is set. */
    public static void wait(X86Cpu cpu) {
        if ((cpu.cr0() & (Cr0.MP | Cr0.TS)) == (Cr0.MP | Cr0.TS)) {
            throw cpu.nm();
        }
        checkPending(cpu);
    }

    /** The state in which MMX instructions leave the unit: TOP 0, every register in use. */
    public static void enterMmx(long[] r) {
        r[FTOP] = 0;
        r[FTAG] = 0xff;
    }

    // Loads

    public static void loadFloat32(X86Cpu cpu, long value) {
        if (hasRoom(cpu)) {
            SoftFloat80 f = begin(cpu);
            f.fromFloat32((int) value);
            pushResult(cpu, f);
        }
    }

    public static void loadFloat64(X86Cpu cpu, long value) {
        if (hasRoom(cpu)) {
            SoftFloat80 f = begin(cpu);
            f.fromFloat64(value);
            pushResult(cpu, f);
        }
    }

    public static void loadFloat80(X86Cpu cpu, long sig, long se) {
        if (hasRoom(cpu)) {
            push(cpu.slots, sig, (int) se);
            condition(cpu, C1, false);
        }
    }

    public static void loadInteger(X86Cpu cpu, long value) {
        if (hasRoom(cpu)) {
            SoftFloat80 f = begin(cpu);
            f.fromInteger(value);
            pushResult(cpu, f);
        }
    }

    public static void loadBcd(X86Cpu cpu, long low, long high) {
        if (hasRoom(cpu)) {
            SoftFloat80 f = begin(cpu);
            f.fromBcd(low, (int) high);
            pushResult(cpu, f);
        }
    }

    public static void loadRegister(X86Cpu cpu, int i) {
        long[] r = cpu.slots;
        if (!hasRoom(cpu)) {
            return;
        }
        if (isEmpty(r, i)) {
            if (underflow(cpu)) {
                push(r, INDEFINITE_SIG, INDEFINITE_SE);
            }
            return;
        }
        push(r, r[significand(r, i)], (int) r[exponent(r, i)]);
        condition(cpu, C1, false);
    }

    /** FLD1 and its kin: the constant {@code sig:more · 2^(exponent − 63)}, rounded as the control word says. */
    public static void loadConstant(X86Cpu cpu, long sig, int se, boolean nextBitSet) {
        if (!hasRoom(cpu)) {
            return;
        }
        int rounding = (int) cpu.slots[FCW] >> 10 & 3;
        boolean inexact = sig << 1 != 0;
        boolean up = inexact && (rounding == SoftFloat.UP || rounding == SoftFloat.NEAREST && nextBitSet);
        push(cpu.slots, up ? sig + 1 : sig, se);
        condition(cpu, C1, false);
    }

    /** Whether a value may be pushed; else the stack overflow was answered. */
    private static boolean hasRoom(X86Cpu cpu) {
        if (isEmpty(cpu.slots, 7)) {
            return true;
        }
        if (overflow(cpu)) {
            push(cpu.slots, INDEFINITE_SIG, INDEFINITE_SE);
        }
        return false;
    }

    private static void pushResult(X86Cpu cpu, SoftFloat80 f) {
        if (raise(cpu, f.flags, BEFORE)) {
            push(cpu.slots, f.sig, f.se);
        }
        condition(cpu, C1, false);
    }

    // Stores

    public static void storeFloat32(X86Cpu cpu, long address, int flags, boolean pop) {
        SoftFloat80 f = begin(cpu);
        long value = isEmpty(cpu.slots, 0) ? 0xffc00000L : f.toFloat32(sig(cpu, 0), se(cpu, 0)) & 0xffffffffL;
        store(cpu, f, address, 4, value, flags, pop);
    }

    public static void storeFloat64(X86Cpu cpu, long address, int flags, boolean pop) {
        SoftFloat80 f = begin(cpu);
        long value = isEmpty(cpu.slots, 0) ? 0xfff8000000000000L : f.toFloat64(sig(cpu, 0), se(cpu, 0));
        store(cpu, f, address, 8, value, flags, pop);
    }

    public static void storeInteger(X86Cpu cpu, long address, int bytes, int flags, boolean truncate, boolean pop) {
        SoftFloat80 f = begin(cpu);
        long value = isEmpty(cpu.slots, 0) ? 1L << bytes * 8 - 1 : f.toInteger(sig(cpu, 0), se(cpu, 0), bytes * 8, truncate);
        store(cpu, f, address, bytes, value, flags, pop);
    }

    /** Memory first, since it may fault; then status and stack. */
    private static void store(X86Cpu cpu, SoftFloat80 f, long address, int bytes, long value, int flags, boolean pop) {
        boolean empty = isEmpty(cpu.slots, 0);
        int raised = empty ? IE : f.flags;
        boolean stored = (raised & ~f.masks & ~SoftFloat.PE) == 0;
        if (stored) {
            cpu.memory.store(address, bytes, value, flags);
        } else {
            // Nothing was rounded into the destination.
            raised &= ~SoftFloat.PE;
        }
        if (empty) {
            underflow(cpu);
        } else {
            raise(cpu, raised, BEFORE);
            condition(cpu, C1, f.roundedUp && stored);
        }
        if (stored && pop) {
            pop(cpu.slots);
        }
    }

    public static void storeFloat80(X86Cpu cpu, long address, int flags) {
        boolean empty = isEmpty(cpu.slots, 0);
        storeTen(cpu, address, empty ? INDEFINITE_SIG : sig(cpu, 0), empty ? INDEFINITE_SE : se(cpu, 0), empty ? IE : 0, empty, flags);
    }

    public static void storeBcd(X86Cpu cpu, long address, int flags) {
        boolean empty = isEmpty(cpu.slots, 0);
        SoftFloat80 f = begin(cpu);
        if (empty) {
            storeTen(cpu, address, INDEFINITE_SIG, INDEFINITE_SE, IE, true, flags);
        } else {
            f.toBcd(sig(cpu, 0), se(cpu, 0));
            storeTen(cpu, address, f.sig, f.se, f.flags, false, flags);
            condition(cpu, C1, f.roundedUp);
        }
    }

    private static void storeTen(X86Cpu cpu, long address, long low, int high, int raised, boolean empty, int flags) {
        boolean stored = (raised & ~masks(cpu) & IE) == 0;
        if (stored) {
            cpu.memory.probeWrite(address, 10, flags);
            cpu.memory.store(address, 8, low, flags);
            cpu.memory.store(address + 8, 2, high & 0xffff, flags);
        }
        if (empty) {
            underflow(cpu);
        } else {
            raise(cpu, raised, BEFORE);
            condition(cpu, C1, false);
        }
        if (stored) {
            pop(cpu.slots);
        }
    }

    /** FST ST(i) and FSTP ST(i). */
    public static void storeRegister(X86Cpu cpu, int i, boolean pop) {
        long[] r = cpu.slots;
        if (isEmpty(r, 0)) {
            if (!underflow(cpu)) {
                return;
            }
            set(r, i, INDEFINITE_SIG, INDEFINITE_SE);
        } else {
            set(r, i, sig(cpu, 0), se(cpu, 0));
            condition(cpu, C1, false);
        }
        if (pop) {
            pop(r);
        }
    }

    public static void exchange(X86Cpu cpu, int i) {
        long[] r = cpu.slots;
        boolean empty0 = isEmpty(r, 0);
        boolean emptyI = isEmpty(r, i);
        if (empty0 || emptyI) {
            if (!underflow(cpu)) {
                return;
            }
            if (empty0) {
                set(r, 0, INDEFINITE_SIG, INDEFINITE_SE);
            }
            if (emptyI) {
                set(r, i, INDEFINITE_SIG, INDEFINITE_SE);
            }
        } else {
            condition(cpu, C1, false);
        }
        long sig = sig(cpu, 0);
        int se = se(cpu, 0);
        set(r, 0, sig(cpu, i), se(cpu, i));
        set(r, i, sig, se);
    }

    /** FCMOVcc. */
    public static void conditionalMove(X86Cpu cpu, int i, boolean condition) {
        long[] r = cpu.slots;
        if (isEmpty(r, 0) || isEmpty(r, i)) {
            if (underflow(cpu)) {
                set(r, 0, INDEFINITE_SIG, INDEFINITE_SE);
            }
            return;
        }
        if (condition) {
            set(r, 0, sig(cpu, i), se(cpu, i));
        }
    }

    // Arithmetic

    /** ST({@code d}) = ST({@code d}) op ST({@code s}). */
    public static void arithmetic(X86Cpu cpu, int op, int d, int s, boolean pop) {
        if (isEmpty(cpu.slots, d) || isEmpty(cpu.slots, s)) {
            emptyOperand(cpu, d, pop);
            return;
        }
        SoftFloat80 f = begin(cpu);
        compute(f, op, sig(cpu, d), se(cpu, d), sig(cpu, s), se(cpu, s));
        finish(cpu, f, d, pop);
    }

    public static void arithmeticFloat32(X86Cpu cpu, int op, long value) {
        if (isEmpty(cpu.slots, 0)) {
            emptyOperand(cpu, 0, false);
            return;
        }
        SoftFloat80 f = begin(cpu);
        f.operand32((int) value);
        arithmeticOperand(cpu, f, op);
    }

    public static void arithmeticFloat64(X86Cpu cpu, int op, long value) {
        if (isEmpty(cpu.slots, 0)) {
            emptyOperand(cpu, 0, false);
            return;
        }
        SoftFloat80 f = begin(cpu);
        f.operand64(value);
        arithmeticOperand(cpu, f, op);
    }

    public static void arithmeticInteger(X86Cpu cpu, int op, long value) {
        if (isEmpty(cpu.slots, 0)) {
            emptyOperand(cpu, 0, false);
            return;
        }
        SoftFloat80 f = begin(cpu);
        f.fromInteger(value);
        arithmeticOperand(cpu, f, op);
    }

    private static void arithmeticOperand(X86Cpu cpu, SoftFloat80 f, int op) {
        compute(f, op, sig(cpu, 0), se(cpu, 0), f.sig, f.se);
        finish(cpu, f, 0, false);
    }

    private static void compute(SoftFloat80 f, int op, long sigD, int seD, long sigS, int seS) {
        switch (op) {
            case ADD -> f.add(sigD, seD, sigS, seS);
            case MUL -> f.multiply(sigD, seD, sigS, seS);
            case SUB -> f.subtract(sigD, seD, sigS, seS);
            case SUBR -> f.subtract(sigS, seS, sigD, seD);
            case DIV -> f.divide(sigD, seD, sigS, seS);
            default -> f.divide(sigS, seS, sigD, seD);
        }
    }

    /** A function of ST(0). */
    public interface Unary {
        void apply(SoftFloat80 f, long sig, int se);
    }

    public static void unary(X86Cpu cpu, Unary function) {
        if (isEmpty(cpu.slots, 0)) {
            emptyOperand(cpu, 0, false);
            return;
        }
        SoftFloat80 f = begin(cpu);
        function.apply(f, sig(cpu, 0), se(cpu, 0));
        finish(cpu, f, 0, false);
    }

    /** A function of ST(0) and ST(1). */
    public interface Binary {
        void apply(SoftFloat80 f, long sig0, int se0, long sig1, int se1);
    }

    /** FSCALE: into ST(0). */
    public static void scale(X86Cpu cpu) {
        binary(cpu, SoftFloat80::scale, 0, false);
    }

    /** FYL2X, FYL2XP1 and FPATAN: into ST(1), and ST(0) is popped. */
    public static void binaryAndPop(X86Cpu cpu, Binary function) {
        binary(cpu, function, 1, true);
    }

    private static void binary(X86Cpu cpu, Binary function, int d, boolean pop) {
        if (isEmpty(cpu.slots, 0) || isEmpty(cpu.slots, 1)) {
            emptyOperand(cpu, d, pop);
            return;
        }
        SoftFloat80 f = begin(cpu);
        function.apply(f, sig(cpu, 0), se(cpu, 0), sig(cpu, 1), se(cpu, 1));
        finish(cpu, f, d, pop);
    }

    /** FPREM and FPREM1: C2 when incomplete, and the quotient's low bits in C0, C3 and C1. */
    public static void remainder(X86Cpu cpu, boolean nearest) {
        condition(cpu, C1 | C2, false);
        if (isEmpty(cpu.slots, 0) || isEmpty(cpu.slots, 1)) {
            emptyOperand(cpu, 0, false);
            return;
        }
        SoftFloat80 f = begin(cpu);
        f.remainder(sig(cpu, 0), se(cpu, 0), sig(cpu, 1), se(cpu, 1), nearest);
        finish(cpu, f, 0, false);
        if (f.quotient < 0 || (f.flags & ~f.masks & BEFORE) != 0) {
            return;
        }
        condition(cpu, C2, f.incomplete);
        condition(cpu, C0, (f.quotient & 4) != 0);
        condition(cpu, C3, (f.quotient & 2) != 0);
        condition(cpu, C1, (f.quotient & 1) != 0);
    }

    /** FSIN and FCOS: C2 when the angle is too large. */
    public static void trigonometric(X86Cpu cpu, Unary function) {
        condition(cpu, C2, false);
        unary(cpu, function);
        condition(cpu, C2, cpu.x87.incomplete && !isEmpty(cpu.slots, 0));
    }

    /** FSINCOS and FPTAN. */
    public static void trigonometricAndPush(X86Cpu cpu, Unary function) {
        condition(cpu, C2, false);
        unaryAndPush(cpu, function);
    }

    /** FSINCOS, FPTAN and FXTRACT: the first result replaces ST(0), then the second is pushed. */
    private static void unaryAndPush(X86Cpu cpu, Unary function) {
        long[] r = cpu.slots;
        boolean empty = isEmpty(r, 0);
        if (empty || !isEmpty(r, 7)) {
            boolean answered = empty ? underflow(cpu) : overflow(cpu);
            if (answered) {
                set(r, 0, INDEFINITE_SIG, INDEFINITE_SE);
                push(r, INDEFINITE_SIG, INDEFINITE_SE);
            }
            return;
        }
        SoftFloat80 f = begin(cpu);
        function.apply(f, sig(cpu, 0), se(cpu, 0));
        if (f.incomplete) {
            condition(cpu, C2, true);
            condition(cpu, C1, false);
            return;
        }
        boolean stored = raise(cpu, f.flags, BEFORE);
        condition(cpu, C1, f.roundedUp);
        if (stored) {
            set(r, 0, f.sig, f.se);
            push(r, f.secondSig, f.secondSe);
        }
    }

    /** FXTRACT: as above, but ST(0) becomes the exponent, and the significand is pushed. */
    public static void extract(X86Cpu cpu) {
        unaryAndPush(cpu, (f, sig, se) -> {
            f.extract(sig, se);
            long significand = f.sig;
            int significandSe = f.se;
            f.sig = f.secondSig;
            f.se = f.secondSe;
            f.secondSig = significand;
            f.secondSe = significandSe;
        });
    }

    public static void changeSign(X86Cpu cpu) {
        signOnly(cpu, 0x8000, 0);
    }

    public static void absolute(X86Cpu cpu) {
        signOnly(cpu, 0, 0x8000);
    }

    private static void signOnly(X86Cpu cpu, int flip, int clear) {
        if (isEmpty(cpu.slots, 0)) {
            emptyOperand(cpu, 0, false);
            return;
        }
        set(cpu.slots, 0, sig(cpu, 0), (se(cpu, 0) ^ flip) & ~clear);
        condition(cpu, C1, false);
    }

    // Comparison

    /** FCOM and FUCOM with ST({@code i}). */
    public static void compare(X86Cpu cpu, int i, boolean quiet, int pops) {
        boolean empty = isEmpty(cpu.slots, 0) || isEmpty(cpu.slots, i);
        SoftFloat80 f = begin(cpu);
        int order = empty ? 2 : f.compare(sig(cpu, 0), se(cpu, 0), sig(cpu, i), se(cpu, i), quiet);
        compared(cpu, f, order, empty, pops);
    }

    public static void compareFloat32(X86Cpu cpu, long value, int pops) {
        SoftFloat80 f = begin(cpu);
        f.operand32((int) value);
        compareOperand(cpu, f, pops);
    }

    public static void compareFloat64(X86Cpu cpu, long value, int pops) {
        SoftFloat80 f = begin(cpu);
        f.operand64(value);
        compareOperand(cpu, f, pops);
    }

    public static void compareInteger(X86Cpu cpu, long value, int pops) {
        SoftFloat80 f = begin(cpu);
        f.fromInteger(value);
        compareOperand(cpu, f, pops);
    }

    /** FTST. */
    public static void test(X86Cpu cpu) {
        compareInteger(cpu, 0, 0);
    }

    private static void compareOperand(X86Cpu cpu, SoftFloat80 f, int pops) {
        boolean empty = isEmpty(cpu.slots, 0);
        int order = empty ? 2 : f.compare(sig(cpu, 0), se(cpu, 0), f.sig, f.se, false);
        compared(cpu, f, order, empty, pops);
    }

    private static void compared(X86Cpu cpu, SoftFloat80 f, int order, boolean empty, int pops) {
        if (!(empty ? underflow(cpu) : raise(cpu, f.flags, BEFORE))) {
            condition(cpu, C1, false);
            return;
        }
        long[] r = cpu.slots;
        r[FSW] = r[FSW] & ~CONDITIONS | switch (order) {
            case -1 -> C0;
            case 0 -> C3;
            case 1 -> 0;
            default -> C0 | C2 | C3;
        };
        for (int i = 0; i < pops; i++) {
            pop(r);
        }
    }

    /** FCOMI and FUCOMI: the six arithmetic flags of RFLAGS after it. */
    public static long compareToFlags(X86Cpu cpu, int i, boolean quiet, boolean pop) {
        long[] r = cpu.slots;
        boolean empty = isEmpty(r, 0) || isEmpty(r, i);
        SoftFloat80 f = begin(cpu);
        int order = empty ? 2 : f.compare(sig(cpu, 0), se(cpu, 0), sig(cpu, i), se(cpu, i), quiet);
        boolean answered = empty ? underflow(cpu) : raise(cpu, f.flags, BEFORE);
        condition(cpu, C1, false);
        if (!answered) {
            return LazyFlags.arithmeticFlags(r);
        }
        if (pop) {
            pop(r);
        }
        return switch (order) {
            case -1 -> Rflags.CF;
            case 0 -> Rflags.ZF;
            case 1 -> 0;
            default -> Rflags.ZF | Rflags.PF | Rflags.CF;
        };
    }

    /** FXAM. */
    public static void examine(X86Cpu cpu) {
        long[] r = cpu.slots;
        int se = se(cpu, 0);
        long sig = sig(cpu, 0);
        condition(cpu, CONDITIONS, false);
        r[FSW] |= (se & 0x8000) != 0 ? C1 : 0;
        int exponent = se & 0x7fff;
        if (isEmpty(r, 0)) {
            r[FSW] |= C3 | C0;
        } else if (exponent == 0) {
            r[FSW] |= sig == 0 ? C3 : C3 | C2;
        } else if (sig < 0) {
            r[FSW] |= exponent != 0x7fff ? C2 : sig << 1 == 0 ? C2 | C0 : C0;
        }
    }

    // Control

    /** FINCSTP (+1) and FDECSTP (−1). */
    public static void rotate(X86Cpu cpu, int by) {
        cpu.slots[FTOP] = cpu.slots[FTOP] + by & 7;
        condition(cpu, C1, false);
    }

    public static void free(X86Cpu cpu, int i, boolean pop) {
        long[] r = cpu.slots;
        r[FTAG] &= ~(1L << physical(r, i));
        condition(cpu, C1, false);
        if (pop) {
            pop(r);
        }
    }

    public static void clearExceptions(long[] r) {
        r[FSW] &= CONDITIONS;
    }

    public static void loadControlWord(long[] r, long value) {
        r[FCW] = controlWord(value);
        summarize(r);
    }

    // What all share

    private static SoftFloat80 begin(X86Cpu cpu) {
        cpu.x87.control((int) cpu.slots[FCW]);
        return cpu.x87;
    }

    private static int masks(X86Cpu cpu) {
        return (int) cpu.slots[FCW] & 0x3f;
    }

    private static long sig(X86Cpu cpu, int i) {
        return cpu.slots[significand(cpu.slots, i)];
    }

    private static int se(X86Cpu cpu, int i) {
        return (int) cpu.slots[exponent(cpu.slots, i)];
    }

    private static void set(long[] r, int i, long sig, int se) {
        r[significand(r, i)] = sig;
        r[exponent(r, i)] = se & 0xffff;
        r[FTAG] |= 1L << physical(r, i);
    }

    private static void push(long[] r, long sig, int se) {
        r[FTOP] = r[FTOP] - 1 & 7;
        set(r, 0, sig, se);
    }

    private static void pop(long[] r) {
        r[FTAG] &= ~(1L << physical(r, 0));
        r[FTOP] = r[FTOP] + 1 & 7;
    }

    private static void finish(X86Cpu cpu, SoftFloat80 f, int d, boolean pop) {
        boolean stored = raise(cpu, f.flags, BEFORE);
        condition(cpu, C1, f.roundedUp && stored);
        if (stored) {
            set(cpu.slots, d, f.sig, f.se);
            if (pop) {
                pop(cpu.slots);
            }
        }
    }

    private static void emptyOperand(X86Cpu cpu, int d, boolean pop) {
        if (underflow(cpu)) {
            set(cpu.slots, d, INDEFINITE_SIG, INDEFINITE_SE);
            if (pop) {
                pop(cpu.slots);
            }
        }
    }

    /** Stack underflow; true when the masked answer is due. */
    private static boolean underflow(X86Cpu cpu) {
        condition(cpu, C1, false);
        return raise(cpu, IE | SF, IE);
    }

    /** Stack overflow; true when the masked answer is due. */
    private static boolean overflow(X86Cpu cpu) {
        condition(cpu, C1, true);
        return raise(cpu, IE | SF, IE);
    }

    /** Makes {@code flags} sticky; false when one of {@code stopping} is unmasked. */
    private static boolean raise(X86Cpu cpu, int flags, int stopping) {
        long[] r = cpu.slots;
        r[FSW] |= flags;
        if ((flags & 0x3f & ~masks(cpu)) != 0) {
            r[FSW] |= ES | BUSY;
        }
        return (flags & stopping & ~masks(cpu)) == 0;
    }

    /** ES and B follow from the flags and the masks. */
    static void summarize(long[] r) {
        boolean pending = (r[FSW] & ~r[FCW] & 0x3f) != 0;
        r[FSW] = pending ? r[FSW] | ES | BUSY : r[FSW] & ~(ES | BUSY);
    }

    private static void condition(X86Cpu cpu, int bits, boolean set) {
        cpu.slots[FSW] = set ? cpu.slots[FSW] | bits : cpu.slots[FSW] & ~bits;
    }
}
