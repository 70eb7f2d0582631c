package dev.ringside.arch.x86.cpu;

/** Bits of CR4 (SDM 3A 2.5). */
public final class Cr4 {
    public static final long VME = 1, PVI = 1 << 1, TSD = 1 << 2, DE = 1 << 3, PSE = 1 << 4, PAE = 1 << 5, MCE = 1 << 6, PGE = 1 << 7, PCE = 1 << 8,
        OSFXSR = 1 << 9, OSXMMEXCPT = 1 << 10, UMIP = 1 << 11, FSGSBASE = 1 << 16, PCIDE = 1 << 17, OSXSAVE = 1 << 18, SMEP = 1 << 20,
        SMAP = 1 << 21;
    /** Bits that may be set: those whose feature CPUID advertises. Setting any other is #GP(0). VME, PVI and UMIP are not implemented. */
    public static final long ALLOWED = TSD | DE | PSE | PAE | MCE | PGE | PCE | OSFXSR | OSXMMEXCPT | FSGSBASE | PCIDE | OSXSAVE | SMEP | SMAP;

    private Cr4() {
    }
}
