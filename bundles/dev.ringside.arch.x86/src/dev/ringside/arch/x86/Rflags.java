package dev.ringside.arch.x86;

/** Bits of RFLAGS (SDM 1, 3.4.3). */
public final class Rflags {
    public static final int CF = 1, PF = 1 << 2, AF = 1 << 4, ZF = 1 << 6, SF = 1 << 7, TF = 1 << 8, IF = 1 << 9, DF = 1 << 10, OF = 1 << 11;
    public static final int IOPL = 3 << 12, NT = 1 << 14, RF = 1 << 16, VM = 1 << 17, AC = 1 << 18, VIF = 1 << 19, VIP = 1 << 20, ID = 1 << 21;
    public static final int IOPL_SHIFT = 12;
    /** Bit 1, which always reads 1. */
    public static final int ALWAYS_SET = 1 << 1;
    /** The flags that arithmetic writes. */
    public static final int ARITHMETIC = CF | PF | AF | ZF | SF | OF;
    /** Every bit that exists. */
    public static final int DEFINED = ARITHMETIC | TF | IF | DF | IOPL | NT | RF | VM | AC | VIF | VIP | ID;

    private Rflags() {
    }
}
