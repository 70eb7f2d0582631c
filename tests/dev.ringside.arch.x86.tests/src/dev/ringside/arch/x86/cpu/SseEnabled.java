package dev.ringside.arch.x86.cpu;

/** Sets what an operating system sets before SSE can be used. */
public final class SseEnabled {
    private SseEnabled() {
    }

    /** CR4.OSFXSR, OSXMMEXCPT and OSXSAVE, CR0.NE, and both states in XCR0. */
    public static void in(X86Cpu cpu) {
        cpu.cr0 |= Cr0.NE | Cr0.MP;
        cpu.cr4 |= Cr4.OSFXSR | Cr4.OSXMMEXCPT | Cr4.OSXSAVE;
        cpu.xcr0 = 3;
        cpu.modeChanged();
    }

    public static void cr0(X86Cpu cpu, long value) {
        cpu.cr0 = value;
        cpu.modeChanged();
    }

    public static void cr4(X86Cpu cpu, long value) {
        cpu.cr4 = value;
        cpu.modeChanged();
    }
}
