package dev.ringside.arch.x86.simd;

import static dev.ringside.ir.Type.I32;
import static dev.ringside.ir.Type.I64;

import dev.ringside.arch.x86.Rflags;
import dev.ringside.arch.x86.X86State;
import dev.ringside.arch.x86.cpu.X86Cpu;
import dev.ringside.ir.GuestState;
import dev.ringside.ir.Helper;
import dev.ringside.ir.Helper.Effect;
import dev.ringside.ir.StateField;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The helpers of MMX and SSE, by the mnemonic they carry out. Those on XMM registers take register numbers, 0 to 15 or
 * {@link X86State#XMM_SCRATCH_INDEX} for a memory operand that lifted code has put there; those of MMX are functions of values.
 */
public final class SseOperations {
    private static final int XMM0 = X86State.XMM[0].slot();
    private static final Set<Effect> STATE = Set.of(Effect.READS_STATE, Effect.WRITES_STATE);
    private static final Set<Effect> MAY_RAISE = Set.of(Effect.READS_STATE, Effect.WRITES_STATE, Effect.MAY_RAISE);

    /** All that helpers here look at, unless they say more. */
    private static final List<StateField> VECTORS = Stream.concat(Arrays.stream(X86State.XMM), Stream.of(X86State.XMM_SCRATCH, X86State.MXCSR)).toList();
    private static final List<StateField> VECTORS_AND_LENGTHS = Stream.concat(VECTORS.stream(),
        Stream.of(X86State.GPR[X86State.RAX], X86State.GPR[X86State.RCX], X86State.GPR[X86State.RDX])).toList();

    private static final List<Helper> ALL = new ArrayList<>();
    /** {@code (destination, source)}. */
    public static final Map<String, Helper> TWO = new LinkedHashMap<>();
    /** {@code (destination, source, immediate)}. */
    public static final Map<String, Helper> THREE = new LinkedHashMap<>();
    /** The same instructions' MMX forms: {@code (destination's value, source's value)} → value. */
    public static final Map<String, Helper> MMX = new LinkedHashMap<>();
    /** {@code (destination, value)}: conversions from a float or an integer that is no vector. */
    public static final Map<String, Helper> FROM_VALUE = new LinkedHashMap<>();
    /** {@code (value)} → value: conversions of one float to an integer of 32 bits; with 64 appended to the name, of 64. */
    public static final Map<String, Helper> TO_VALUE = new LinkedHashMap<>();

    // How a helper's body gets at its registers. Every operation is a class of its own, so engines can inline it where the helper is constant.

    interface Two extends Helper.Body {
        void apply(long[] r, int d, int s);

        @Override
        default long call(GuestState state, long a, long b, long c, long d) {
            apply(state.slots, XMM0 + ((int) a << 1), XMM0 + ((int) b << 1));
            return 0;
        }
    }

    /** The same on both halves. */
    interface Halves extends Two {
        long half(long a, long b);

        @Override
        default void apply(long[] r, int d, int s) {
            r[d] = half(r[d], r[s]);
            r[d + 1] = half(r[d + 1], r[s + 1]);
        }
    }

    /** A function of the source alone. */
    interface Unary extends Two {
        long half(long a);

        @Override
        default void apply(long[] r, int d, int s) {
            r[d] = half(r[s]);
            r[d + 1] = half(r[s + 1]);
        }
    }

    /** The low result from both halves of the destination, the high one from those of the source. */
    interface Across extends Two {
        long half(long a, long b);

        @Override
        default void apply(long[] r, int d, int s) {
            long low = half(r[d], r[d + 1]);
            r[d + 1] = half(r[s], r[s + 1]);
            r[d] = low;
        }
    }

    /** Both halves shifted by the source's low quadword. */
    interface Shift extends Two {
        long half(long a, long count);

        @Override
        default void apply(long[] r, int d, int s) {
            long count = r[s];
            r[d] = half(r[d], count);
            r[d + 1] = half(r[d + 1], count);
        }
    }

    interface Three extends Helper.Body {
        void apply(long[] r, int d, int s, int immediate);

        @Override
        default long call(GuestState state, long a, long b, long c, long d) {
            apply(state.slots, XMM0 + ((int) a << 1), XMM0 + ((int) b << 1), (int) c);
            return 0;
        }
    }

    interface Float extends Helper.Body {
        void apply(X86Cpu cpu, int d, int s);

        @Override
        default long call(GuestState state, long a, long b, long c, long d) {
            apply((X86Cpu) state, XMM0 + ((int) a << 1), XMM0 + ((int) b << 1));
            return 0;
        }
    }

    interface FloatThree extends Helper.Body {
        void apply(X86Cpu cpu, int d, int s, int immediate);

        @Override
        default long call(GuestState state, long a, long b, long c, long d) {
            apply((X86Cpu) state, XMM0 + ((int) a << 1), XMM0 + ((int) b << 1), (int) c);
            return 0;
        }
    }

    interface FromValue extends Helper.Body {
        void apply(X86Cpu cpu, int d, long value);

        @Override
        default long call(GuestState state, long a, long b, long c, long d) {
            apply((X86Cpu) state, XMM0 + ((int) a << 1), b);
            return 0;
        }
    }

    interface Pure extends Helper.Body {
        long apply(long a, long b);

        @Override
        default long call(GuestState state, long a, long b, long c, long d) {
            return apply(a, b);
        }
    }

    static {
        halves("paddb", Lanes::paddb, Lanes::paddb);
        halves("paddw", Lanes::paddw, Lanes::paddw);
        halves("paddd", Lanes::paddd, Lanes::paddd);
        halves("paddq", Lanes::paddq, Lanes::paddq);
        halves("paddsb", Lanes::paddsb, Lanes::paddsb);
        halves("paddsw", Lanes::paddsw, Lanes::paddsw);
        halves("paddusb", Lanes::paddusb, Lanes::paddusb);
        halves("paddusw", Lanes::paddusw, Lanes::paddusw);
        halves("psubb", Lanes::psubb, Lanes::psubb);
        halves("psubw", Lanes::psubw, Lanes::psubw);
        halves("psubd", Lanes::psubd, Lanes::psubd);
        halves("psubq", Lanes::psubq, Lanes::psubq);
        halves("psubsb", Lanes::psubsb, Lanes::psubsb);
        halves("psubsw", Lanes::psubsw, Lanes::psubsw);
        halves("psubusb", Lanes::psubusb, Lanes::psubusb);
        halves("psubusw", Lanes::psubusw, Lanes::psubusw);
        halves("pcmpeqb", Lanes::pcmpeqb, Lanes::pcmpeqb);
        halves("pcmpeqw", Lanes::pcmpeqw, Lanes::pcmpeqw);
        halves("pcmpeqd", Lanes::pcmpeqd, Lanes::pcmpeqd);
        halves("pcmpeqq", Lanes::pcmpeqq, null);
        halves("pcmpgtb", Lanes::pcmpgtb, Lanes::pcmpgtb);
        halves("pcmpgtw", Lanes::pcmpgtw, Lanes::pcmpgtw);
        halves("pcmpgtd", Lanes::pcmpgtd, Lanes::pcmpgtd);
        halves("pcmpgtq", Lanes::pcmpgtq, null);
        halves("pminub", Lanes::pminub, Lanes::pminub);
        halves("pminuw", Lanes::pminuw, null);
        halves("pminud", Lanes::pminud, null);
        halves("pminsb", Lanes::pminsb, null);
        halves("pminsw", Lanes::pminsw, Lanes::pminsw);
        halves("pminsd", Lanes::pminsd, null);
        halves("pmaxub", Lanes::pmaxub, Lanes::pmaxub);
        halves("pmaxuw", Lanes::pmaxuw, null);
        halves("pmaxud", Lanes::pmaxud, null);
        halves("pmaxsb", Lanes::pmaxsb, null);
        halves("pmaxsw", Lanes::pmaxsw, Lanes::pmaxsw);
        halves("pmaxsd", Lanes::pmaxsd, null);
        halves("pavgb", Lanes::pavgb, Lanes::pavgb);
        halves("pavgw", Lanes::pavgw, Lanes::pavgw);
        halves("psignb", Lanes::psignb, Lanes::psignb);
        halves("psignw", Lanes::psignw, Lanes::psignw);
        halves("psignd", Lanes::psignd, Lanes::psignd);
        halves("pmullw", Lanes::pmullw, Lanes::pmullw);
        halves("pmulhw", Lanes::pmulhw, Lanes::pmulhw);
        halves("pmulhuw", Lanes::pmulhuw, Lanes::pmulhuw);
        halves("pmulhrsw", Lanes::pmulhrsw, Lanes::pmulhrsw);
        halves("pmulld", Lanes::pmulld, null);
        halves("pmuludq", Lanes::pmuludq, Lanes::pmuludq);
        halves("pmuldq", Lanes::pmuldq, null);
        halves("pmaddwd", Lanes::pmaddwd, Lanes::pmaddwd);
        halves("pmaddubsw", Lanes::pmaddubsw, Lanes::pmaddubsw);
        halves("psadbw", Lanes::psadbw, Lanes::psadbw);

        shift("psllw", Lanes::psllw, Lanes::psllw);
        shift("pslld", Lanes::pslld, Lanes::pslld);
        shift("psllq", Lanes::psllq, Lanes::psllq);
        shift("psrlw", Lanes::psrlw, Lanes::psrlw);
        shift("psrld", Lanes::psrld, Lanes::psrld);
        shift("psrlq", Lanes::psrlq, Lanes::psrlq);
        shift("psraw", Lanes::psraw, Lanes::psraw);
        shift("psrad", Lanes::psrad, Lanes::psrad);

        // What string functions of C libraries spend their time in: one call and no further dispatch.
        direct("pcmpeqb", (state, a, b, c, e) -> {
            long[] r = state.slots;
            int d = XMM0 + ((int) a << 1);
            int s = XMM0 + ((int) b << 1);
            r[d] = Lanes.pcmpeqb(r[d], r[s]);
            r[d + 1] = Lanes.pcmpeqb(r[d + 1], r[s + 1]);
            return 0;
        });
        direct("pcmpgtb", (state, a, b, c, e) -> {
            long[] r = state.slots;
            int d = XMM0 + ((int) a << 1);
            int s = XMM0 + ((int) b << 1);
            r[d] = Lanes.pcmpgtb(r[d], r[s]);
            r[d + 1] = Lanes.pcmpgtb(r[d + 1], r[s + 1]);
            return 0;
        });
        direct("pminub", (state, a, b, c, e) -> {
            long[] r = state.slots;
            int d = XMM0 + ((int) a << 1);
            int s = XMM0 + ((int) b << 1);
            r[d] = Lanes.pminub(r[d], r[s]);
            r[d + 1] = Lanes.pminub(r[d + 1], r[s + 1]);
            return 0;
        });
        direct("psubb", (state, a, b, c, e) -> {
            long[] r = state.slots;
            int d = XMM0 + ((int) a << 1);
            int s = XMM0 + ((int) b << 1);
            r[d] = Lanes.psubb(r[d], r[s]);
            r[d + 1] = Lanes.psubb(r[d + 1], r[s + 1]);
            return 0;
        });

        across("packsswb", Lanes::packsswb, Lanes::packsswb);
        across("packssdw", Lanes::packssdw, Lanes::packssdw);
        across("packuswb", Lanes::packuswb, Lanes::packuswb);
        across("packusdw", Lanes::packusdw, null);
        across("phaddw", Lanes::phaddw, Lanes::phaddw);
        across("phaddd", Lanes::phaddd, Lanes::phaddd);
        across("phaddsw", Lanes::phaddsw, Lanes::phaddsw);
        across("phsubw", Lanes::phsubw, Lanes::phsubw);
        across("phsubd", Lanes::phsubd, Lanes::phsubd);
        across("phsubsw", Lanes::phsubsw, Lanes::phsubsw);

        unary("pabsb", Lanes::pabsb, (a, b) -> Lanes.pabsb(b));
        unary("pabsw", Lanes::pabsw, (a, b) -> Lanes.pabsw(b));
        unary("pabsd", Lanes::pabsd, (a, b) -> Lanes.pabsd(b));

        two("punpcklbw", Shuffles::punpcklbw, Lanes::punpcklbw);
        two("punpcklwd", Shuffles::punpcklwd, Lanes::punpcklwd);
        two("punpckldq", Shuffles::punpckldq, Lanes::punpckldq);
        two("punpckhbw", Shuffles::punpckhbw, Lanes::punpckhbw);
        two("punpckhwd", Shuffles::punpckhwd, Lanes::punpckhwd);
        two("punpckhdq", Shuffles::punpckhdq, Lanes::punpckhdq);
        two("unpcklps", Shuffles::punpckldq, null);
        two("unpckhps", Shuffles::punpckhdq, null);
        two("pshufb", Shuffles::pshufb, Lanes::pshufb);
        two("phminposuw", Shuffles::phminposuw, null);
        two("pmovsxbw", (r, d, s) -> Shuffles.widen(r, d, s, 8, 16, true), null);
        two("pmovsxbd", (r, d, s) -> Shuffles.widen(r, d, s, 8, 32, true), null);
        two("pmovsxbq", (r, d, s) -> Shuffles.widen(r, d, s, 8, 64, true), null);
        two("pmovsxwd", (r, d, s) -> Shuffles.widen(r, d, s, 16, 32, true), null);
        two("pmovsxwq", (r, d, s) -> Shuffles.widen(r, d, s, 16, 64, true), null);
        two("pmovsxdq", (r, d, s) -> Shuffles.widen(r, d, s, 32, 64, true), null);
        two("pmovzxbw", (r, d, s) -> Shuffles.widen(r, d, s, 8, 16, false), null);
        two("pmovzxbd", (r, d, s) -> Shuffles.widen(r, d, s, 8, 32, false), null);
        two("pmovzxbq", (r, d, s) -> Shuffles.widen(r, d, s, 8, 64, false), null);
        two("pmovzxwd", (r, d, s) -> Shuffles.widen(r, d, s, 16, 32, false), null);
        two("pmovzxwq", (r, d, s) -> Shuffles.widen(r, d, s, 16, 64, false), null);
        two("pmovzxdq", (r, d, s) -> Shuffles.widen(r, d, s, 32, 64, false), null);
        two("pblendvb", (r, d, s) -> Shuffles.pblendvb(r, d, s, XMM0), null);
        two("blendvps", (r, d, s) -> Shuffles.blendvps(r, d, s, XMM0), null);
        two("blendvpd", (r, d, s) -> Shuffles.blendvpd(r, d, s, XMM0), null);
        two("movshdup", (r, d, s) -> Shuffles.pshufd(r, d, s, 0xf5), null);
        two("movsldup", (r, d, s) -> Shuffles.pshufd(r, d, s, 0xa0), null);

        three("pshufd", Shuffles::pshufd);
        three("pshuflw", Shuffles::pshuflw);
        three("pshufhw", Shuffles::pshufhw);
        three("shufps", Shuffles::shufps);
        three("shufpd", Shuffles::shufpd);
        three("palignr", Shuffles::palignr);
        three("pblendw", Shuffles::pblendw);
        three("blendps", Shuffles::blendps);
        three("blendpd", Shuffles::blendpd);
        three("mpsadbw", Shuffles::mpsadbw);
        three("pslldq", (r, d, s, bytes) -> Shuffles.pslldq(r, d, bytes));
        three("psrldq", (r, d, s, bytes) -> Shuffles.psrldq(r, d, bytes));

        arithmetic("add", SseFloat.ADD);
        arithmetic("sub", SseFloat.SUB);
        arithmetic("mul", SseFloat.MUL);
        arithmetic("div", SseFloat.DIV);
        arithmetic("sqrt", SseFloat.SQRT);
        arithmetic("min", SseFloat.MIN);
        arithmetic("max", SseFloat.MAX);
        number("rcpps", (cpu, d, s) -> SseFloat.approximate(cpu, true, true, d, s));
        number("rcpss", (cpu, d, s) -> SseFloat.approximate(cpu, true, false, d, s));
        number("rsqrtps", (cpu, d, s) -> SseFloat.approximate(cpu, false, true, d, s));
        number("rsqrtss", (cpu, d, s) -> SseFloat.approximate(cpu, false, false, d, s));
        number("addsubps", (cpu, d, s) -> SseFloat.addsub(cpu, true, d, s));
        number("addsubpd", (cpu, d, s) -> SseFloat.addsub(cpu, false, d, s));
        number("haddps", (cpu, d, s) -> SseFloat.horizontal(cpu, SseFloat.ADD, true, d, s));
        number("haddpd", (cpu, d, s) -> SseFloat.horizontal(cpu, SseFloat.ADD, false, d, s));
        number("hsubps", (cpu, d, s) -> SseFloat.horizontal(cpu, SseFloat.SUB, true, d, s));
        number("hsubpd", (cpu, d, s) -> SseFloat.horizontal(cpu, SseFloat.SUB, false, d, s));
        number("cvtps2pd", SseFloat::cvtps2pd);
        number("cvtpd2ps", SseFloat::cvtpd2ps);
        number("cvtdq2ps", SseFloat::cvtdq2ps);
        number("cvtdq2pd", (cpu, d, s) -> SseFloat.cvtdq2pd(cpu, d, cpu.slots[s]));
        number("cvtps2dq", (cpu, d, s) -> SseFloat.cvtps2dq(cpu, d, s, false));
        number("cvttps2dq", (cpu, d, s) -> SseFloat.cvtps2dq(cpu, d, s, true));
        number("cvtpd2dq", (cpu, d, s) -> SseFloat.cvtpd2dq(cpu, d, s, false));
        number("cvttpd2dq", (cpu, d, s) -> SseFloat.cvtpd2dq(cpu, d, s, true));

        numberThree("cmpps", (cpu, d, s, predicate) -> SseFloat.compare(cpu, SseFloat.PS, d, s, predicate & 7));
        numberThree("cmppd", (cpu, d, s, predicate) -> SseFloat.compare(cpu, SseFloat.PD, d, s, predicate & 7));
        numberThree("cmpss", (cpu, d, s, predicate) -> SseFloat.compare(cpu, SseFloat.SS, d, s, predicate & 7));
        numberThree("cmpsd", (cpu, d, s, predicate) -> SseFloat.compare(cpu, SseFloat.SD, d, s, predicate & 7));
        numberThree("roundps", (cpu, d, s, control) -> SseFloat.round(cpu, SseFloat.PS, d, s, control));
        numberThree("roundpd", (cpu, d, s, control) -> SseFloat.round(cpu, SseFloat.PD, d, s, control));
        numberThree("roundss", (cpu, d, s, control) -> SseFloat.round(cpu, SseFloat.SS, d, s, control));
        numberThree("roundsd", (cpu, d, s, control) -> SseFloat.round(cpu, SseFloat.SD, d, s, control));
        numberThree("dpps", SseFloat::dpps);
        numberThree("dppd", SseFloat::dppd);

        fromValue("cvtss2sd", SseFloat::cvtss2sd);
        fromValue("cvtsd2ss", SseFloat::cvtsd2ss);
        fromValue("cvtsi2ss", SseFloat::cvtsi2ss);
        fromValue("cvtsi2sd", SseFloat::cvtsi2sd);
        fromValue("cvtpi2ps", SseFloat::cvtpi2ps);
        fromValue("cvtpi2pd", SseFloat::cvtdq2pd);

        toValue("cvtss2si", true, false);
        toValue("cvttss2si", true, true);
        toValue("cvtsd2si", false, false);
        toValue("cvttsd2si", false, true);
        pair("cvtps2pi", (cpu, s) -> SseFloat.cvtps2pi(cpu, s, false));
        pair("cvttps2pi", (cpu, s) -> SseFloat.cvtps2pi(cpu, s, true));
        pair("cvtpd2pi", (cpu, s) -> SseFloat.cvtpd2pi(cpu, s, false));
        pair("cvttpd2pi", (cpu, s) -> SseFloat.cvtpd2pi(cpu, s, true));

        MMX.put("pshufw", pure("pshufw", (a, order) -> Lanes.pshufw(a, (int) order)));
    }

    /** {@code (value)} → the top bits of its bytes. */
    public static final Helper PMOVMSKB = add(new Helper("x86.pmovmskb", I32, List.of(I64), Set.of(),
            (state, a, x, y, z) -> Lanes.pmovmskb(a)));

    /** {@code (register)} → the top bits of its 16 bytes. */
    public static final Helper PMOVMSKB_XMM = add(new Helper("x86.pmovmskb_xmm", I32, List.of(I32), Set.of(Effect.READS_STATE),
            (state, s, x, y, z) -> {
                int slot = XMM0 + ((int) s << 1);
                return Lanes.pmovmskb(state.slots[slot]) | Lanes.pmovmskb(state.slots[slot + 1]) << 8;
            }));

    /** {@code (high, low, shift)} → bytes of the pair. */
    public static final Helper PALIGNR_MMX = add(new Helper("x86.palignr_mmx", I64, List.of(I64, I64, I32), Set.of(),
            (state, high, low, shift, z) -> Lanes.palignr(high, low, (int) shift)));

    /** {@code (register, control, value)}. */
    public static final Helper INSERTPS = add(new Helper("x86.insertps", null, List.of(I32, I32, I64), STATE, (state, d, control, value, z) -> {
        Shuffles.insertps(state.slots, XMM0 + ((int) d << 1), (int) value, (int) control);
        return 0;
    }));

    /** {@code (address, flags, data, mask)}: stores the bytes whose top bit is set in the mask. */
    public static final Helper MASKED_STORE = add(new Helper("x86.masked_store", null, List.of(I64, I32, I64, I64),
            Set.of(Effect.ACCESSES_WORLD, Effect.MAY_RAISE), (state, address, flags, data, mask) -> {
                maskedStore((X86Cpu) state, address, (int) flags, data, mask);
                return 0;
            }));

    /** {@code (address, flags, wide)}: the state areas of FXSAVE and XSAVE. */
    public static final Helper FXSAVE = area("fxsave", FxState::fxsave), FXRSTOR = area("fxrstor", FxState::fxrstor),
            XSAVE = area("xsave", FxState::xsave), XRSTOR = area("xrstor", FxState::xrstor);

    /** {@code (d, s)} → ZF and CF in their RFLAGS positions. */
    public static final Helper PTEST = add(new Helper("x86.ptest", I64, List.of(I32, I32), Set.of(Effect.READS_STATE), (state, a, b, y, z) -> {
        long[] r = state.slots;
        int d = XMM0 + ((int) a << 1);
        int s = XMM0 + ((int) b << 1);
        boolean zero = (r[d] & r[s] | r[d + 1] & r[s + 1]) == 0;
        boolean carry = (~r[d] & r[s] | ~r[d + 1] & r[s + 1]) == 0;
        return (zero ? Rflags.ZF : 0) | (carry ? Rflags.CF : 0);
    }));

    /** {@code (x, y)} → ZF, PF and CF in their RFLAGS positions. */
    public static final Helper COMISS = comis("comiss", true, false), UCOMISS = comis("ucomiss", true, true), COMISD = comis("comisd", false, false),
            UCOMISD = comis("ucomisd", false, true);

    /**
     * {@code (d, s, control, form)} → the flags in their RFLAGS positions; writes ECX or XMM0. Bit 0 of the form: explicit lengths in rAX
     * and rDX; bit 1: mask instead of index; bit 2: the lengths are RAX and RDX.
     */
    public static final Helper PCMPSTR = add(new Helper("x86.pcmpstr", I64, List.of(I32, I32, I32, I32), STATE,
            (state, a, b, control, form) -> compareStrings(state.slots, XMM0 + ((int) a << 1), XMM0 + ((int) b << 1), (int) control, (int) form))
            .touching(VECTORS_AND_LENGTHS));

    /** {@code (value)}: LDMXCSR. #GP(0) for reserved bits. */
    public static final Helper LDMXCSR = add(new Helper("x86.ldmxcsr", null, List.of(I32), MAY_RAISE, (state, value, x, y, z) -> {
        if ((value & ~FxState.MXCSR_MASK) != 0) {
            throw ((X86Cpu) state).gp(0);
        }
        state.slots[X86State.MXCSR.slot()] = value;
        return 0;
    }));

    private SseOperations() {
    }

    public static void collect(Collection<Helper> to) {
        to.addAll(ALL);
    }

    private static long compareStrings(long[] r, int d, int s, int control, int form) {
        int dLength;
        int sLength;
        if ((form & 1) != 0) {
            boolean wide = (form & 4) != 0;
            dLength = StringCompare.explicitLength(wide ? r[X86State.RAX] : (int) r[X86State.RAX], control);
            sLength = StringCompare.explicitLength(wide ? r[X86State.RDX] : (int) r[X86State.RDX], control);
        } else {
            dLength = StringCompare.implicitLength(r, d, control);
            sLength = StringCompare.implicitLength(r, s, control);
        }
        int result = StringCompare.compare(r, d, dLength, s, sLength, control);
        int lanes = StringCompare.lanes(control);
        if ((form & 2) != 0) {
            StringCompare.mask(r, XMM0, result, control);
        } else {
            r[X86State.RCX] = StringCompare.index(result, control);
        }
        return (result != 0 ? Rflags.CF : 0) | (sLength < lanes ? Rflags.ZF : 0) | (dLength < lanes ? Rflags.SF : 0)
                | ((result & 1) != 0 ? Rflags.OF : 0);
    }

    private static void maskedStore(X86Cpu cpu, long address, int flags, long data, long mask) {
        for (int i = 0; i < 8; i++) {
            if ((mask >>> i * 8 & 0x80) != 0) {
                cpu.memory.probeWrite(address + i, 1, flags);
            }
        }
        for (int i = 0; i < 8; i++) {
            if ((mask >>> i * 8 & 0x80) != 0) {
                cpu.memory.store(address + i, 1, data >>> i * 8 & 0xff, flags);
            }
        }
    }

    // How the tables above are filled

    private static void halves(String name, Halves body, Pure mmx) {
        two(name, body, mmx);
    }

    /** Gives an instruction that has a helper a body with less indirection. */
    private static void direct(String name, Helper.Body body) {
        Helper plain = TWO.get(name);
        ALL.remove(plain);
        TWO.put(name, add(new Helper(plain.name(), null, plain.parameters(), plain.effects(), body)));
    }

    private static void shift(String name, Shift body, Pure mmx) {
        two(name, body, mmx);
    }

    private static void across(String name, Across body, Pure mmx) {
        two(name, body, mmx);
    }

    private static void unary(String name, Unary body, Pure mmx) {
        two(name, body, mmx);
    }

    private static void two(String name, Two body, Pure mmx) {
        TWO.put(name, add(new Helper("x86." + name, null, List.of(I32, I32), STATE, body)));
        if (mmx != null) {
            MMX.put(name, pure(name + "_mmx", mmx));
        }
    }

    private static void three(String name, Three body) {
        THREE.put(name, add(new Helper("x86." + name, null, List.of(I32, I32, I32), STATE, body)));
    }

    private static void arithmetic(String name, int op) {
        number(name + "ps", (cpu, d, s) -> SseFloat.arithmetic(cpu, op, SseFloat.PS, d, s));
        number(name + "pd", (cpu, d, s) -> SseFloat.arithmetic(cpu, op, SseFloat.PD, d, s));
        number(name + "ss", (cpu, d, s) -> SseFloat.arithmetic(cpu, op, SseFloat.SS, d, s));
        number(name + "sd", (cpu, d, s) -> SseFloat.arithmetic(cpu, op, SseFloat.SD, d, s));
    }

    private static void number(String name, Float body) {
        TWO.put(name, add(new Helper("x86." + name, null, List.of(I32, I32), MAY_RAISE, body)));
    }

    private static void numberThree(String name, FloatThree body) {
        THREE.put(name, add(new Helper("x86." + name, null, List.of(I32, I32, I32), MAY_RAISE, body)));
    }

    private static void fromValue(String name, FromValue body) {
        FROM_VALUE.put(name, add(new Helper("x86." + name, null, List.of(I32, I64), MAY_RAISE, body)));
    }

    private static void toValue(String name, boolean single, boolean truncate) {
        TO_VALUE.put(name, add(new Helper("x86." + name, I32, List.of(I64), MAY_RAISE,
                (state, value, x, y, z) -> SseFloat.toInteger((X86Cpu) state, value, single, 32, truncate))));
        TO_VALUE.put(name + "64", add(new Helper("x86." + name + "64", I64, List.of(I64), MAY_RAISE,
                (state, value, x, y, z) -> SseFloat.toInteger((X86Cpu) state, value, single, 64, truncate))));
    }

    private interface Pair {
        long apply(X86Cpu cpu, int s);
    }

    /** {@code (register)} → two integers. */
    private static void pair(String name, Pair body) {
        TO_VALUE.put(name, add(new Helper("x86." + name, I64, List.of(I32), MAY_RAISE,
                (state, s, x, y, z) -> body.apply((X86Cpu) state, XMM0 + ((int) s << 1)))));
    }

    private static Helper comis(String name, boolean single, boolean quiet) {
        return add(new Helper("x86." + name, I64, List.of(I64, I64), MAY_RAISE,
                (state, a, b, y, z) -> SseFloat.comis((X86Cpu) state, single, quiet, a, b)));
    }

    private interface Area {
        void apply(X86Cpu cpu, long address, int flags, boolean wide);
    }

    private static Helper area(String name, Area body) {
        return add(new Helper("x86." + name, null, List.of(I64, I32, I32),
                Set.of(Effect.READS_STATE, Effect.WRITES_STATE, Effect.ACCESSES_WORLD, Effect.MAY_RAISE), (state, address, flags, wide, z) -> {
                    body.apply((X86Cpu) state, address, (int) flags, wide != 0);
                    return 0;
                }));
    }

    private static Helper pure(String name, Pure body) {
        return add(new Helper("x86." + name, I64, List.of(I64, I64), Set.of(), body));
    }

    private static Helper add(Helper helper) {
        boolean stays = helper.fields().isEmpty() && !helper.effects().isEmpty() && !helper.has(Effect.ACCESSES_WORLD);
        Helper added = stays ? helper.touching(VECTORS) : helper;
        ALL.add(added);
        return added;
    }
}
