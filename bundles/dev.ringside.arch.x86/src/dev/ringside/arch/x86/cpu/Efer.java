package dev.ringside.arch.x86.cpu;

/** Bits of IA32_EFER (SDM 4, table 2-2). */
public final class Efer {
    public static final long SCE = 1, LME = 1 << 8, LMA = 1 << 10, NXE = 1 << 11;

    private Efer() {
    }
}
