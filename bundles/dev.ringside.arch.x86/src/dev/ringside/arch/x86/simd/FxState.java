package dev.ringside.arch.x86.simd;

import dev.ringside.arch.x86.X86State;
import dev.ringside.arch.x86.cpu.Cr0;
import dev.ringside.arch.x86.cpu.Cr4;
import dev.ringside.arch.x86.cpu.X86Cpu;
import dev.ringside.arch.x86.fpu.X87;

/**
 * FXSAVE, FXRSTOR, XSAVE, XSAVEOPT and XRSTOR (SDM 1, 10.5 and 13).
 *
 * <pre>
 *    0 FCW   2 FSW   4 FTW (a bit for each register)   6 FOP
 *    8 FIP (32 bits and FCS, or 64)   16 FDP (32 bits and FDS, or 64)
 *   24 MXCSR   28 MXCSR_MASK
 *   32 ST0 to ST7, 16 bytes each   160 XMM0 to XMM15 (XMM7 outside 64-bit mode)
 *  512 XSTATE_BV   520 XCOMP_BV   528 to 575 zero
 * </pre>
 *
 * <p>Every component counts as in use, so XSAVE always writes what it is asked for, and XSAVEOPT does the same as XSAVE. The compacted form is
 * not there (CPUID says so).
 */
public final class FxState {
    /** Bits of MXCSR that exist. */
    public static final long MXCSR_MASK = 0xffff;
    public static final int INITIAL_MXCSR = 0x1f80;
    /** State components of XCR0. */
    private static final int COMPONENT_X87 = 1, COMPONENT_SSE = 2;

    private static final int MXCSR = X86State.MXCSR.slot();
    private static final int XMM0 = X86State.XMM[0].slot();

    private FxState() {
    }

    /** @param wide the 64-bit format, of REX.W */
    public static void fxsave(X86Cpu cpu, long address, int flags, boolean wide) {
        checkFx(cpu, address);
        cpu.memory.probeWrite(address, 512, flags);
        saveX87(cpu, address, flags, wide);
        saveMxcsr(cpu, address, flags);
        saveXmm(cpu, address, flags);
    }

    public static void fxrstor(X86Cpu cpu, long address, int flags, boolean wide) {
        checkFx(cpu, address);
        touch(cpu, address, 512, flags);
        long mxcsr = loadMxcsr(cpu, address, flags);
        loadX87(cpu, address, flags, wide);
        cpu.slots[MXCSR] = mxcsr;
        loadXmm(cpu, address, flags);
    }

    public static void xsave(X86Cpu cpu, long address, int flags, boolean wide) {
        checkX(cpu, address);
        cpu.memory.probeWrite(address, 576, flags);
        long components = requested(cpu);
        if ((components & COMPONENT_X87) != 0) {
            saveX87(cpu, address, flags, wide);
        }
        if ((components & COMPONENT_SSE) != 0) {
            saveMxcsr(cpu, address, flags);
            saveXmm(cpu, address, flags);
        }
        long before = cpu.memory.load(address + 512, 8, flags);
        cpu.memory.store(address + 512, 8, before | components, flags);
    }

    public static void xrstor(X86Cpu cpu, long address, int flags, boolean wide) {
        checkX(cpu, address);
        touch(cpu, address, 576, flags);
        long present = cpu.memory.load(address + 512, 8, flags);
        boolean reserved = (present & ~cpu.xcr0()) != 0;
        for (int i = 8; i < 24; i += 8) {
            reserved |= cpu.memory.load(address + 512 + i, 8, flags) != 0;
        }
        if (reserved) {
            throw cpu.gp(0);
        }
        long components = requested(cpu);
        long mxcsr = (components & COMPONENT_SSE) != 0 ? loadMxcsr(cpu, address, flags) : cpu.slots[MXCSR];
        if ((components & COMPONENT_X87) != 0) {
            if ((present & COMPONENT_X87) != 0) {
                loadX87(cpu, address, flags, wide);
            } else {
                X87.clear(cpu.slots);
            }
        }
        cpu.slots[MXCSR] = mxcsr;
        if ((components & COMPONENT_SSE) != 0) {
            if ((present & COMPONENT_SSE) != 0) {
                loadXmm(cpu, address, flags);
            } else {
                java.util.Arrays.fill(cpu.slots, XMM0, XMM0 + 2 * xmmCount(cpu), 0);
            }
        }
    }

    private static void checkFx(X86Cpu cpu, long address) {
        if ((cpu.cr0() & (Cr0.EM | Cr0.TS)) != 0) {
            throw cpu.nm();
        }
        if ((address & 15) != 0) {
            throw cpu.gp(0);
        }
    }

    private static void checkX(X86Cpu cpu, long address) {
        if ((cpu.cr4() & Cr4.OSXSAVE) == 0) {
            throw cpu.ud();
        }
        if ((cpu.cr0() & Cr0.TS) != 0) {
            throw cpu.nm();
        }
        if ((address & 63) != 0) {
            throw cpu.gp(0);
        }
    }

    private static long requested(X86Cpu cpu) {
        return cpu.xcr0() & (cpu.slots[X86State.RDX] << 32 | cpu.slots[X86State.RAX] & 0xffffffffL);
    }

    /** Faults now rather than in the middle: the area spans two pages at most. */
    private static void touch(X86Cpu cpu, long address, int bytes, int flags) {
        cpu.memory.load(address, 1, flags);
        cpu.memory.load(address + bytes - 1, 1, flags);
    }

    private static void saveX87(X86Cpu cpu, long address, int flags, boolean wide) {
        long[] r = cpu.slots;
        store(cpu, address, 2, r[X86State.FCW.slot()], flags);
        store(cpu, address + 2, 2, X87.statusWord(r), flags);
        store(cpu, address + 4, 2, r[X86State.FTAG.slot()], flags);
        store(cpu, address + 6, 2, r[X86State.FOP.slot()], flags);
        if (wide) {
            store(cpu, address + 8, 8, r[X86State.FIP.slot()], flags);
            store(cpu, address + 16, 8, r[X86State.FDP.slot()], flags);
        } else {
            store(cpu, address + 8, 8, r[X86State.FIP.slot()] & 0xffffffffL | r[X86State.FCS.slot()] << 32, flags);
            store(cpu, address + 16, 8, r[X86State.FDP.slot()] & 0xffffffffL | r[X86State.FDS.slot()] << 32, flags);
        }
        for (int i = 0; i < 8; i++) {
            store(cpu, address + 32 + i * 16, 8, r[X87.significand(r, i)], flags);
            store(cpu, address + 40 + i * 16, 8, r[X87.exponent(r, i)], flags);
        }
    }

    private static void loadX87(X86Cpu cpu, long address, int flags, boolean wide) {
        long[] r = cpu.slots;
        r[X86State.FCW.slot()] = X87.controlWord(load(cpu, address, 2, flags));
        X87.setStatusWord(r, load(cpu, address + 2, 2, flags));
        r[X86State.FTAG.slot()] = load(cpu, address + 4, 1, flags);
        r[X86State.FOP.slot()] = load(cpu, address + 6, 2, flags) & 0x7ff;
        r[X86State.FIP.slot()] = load(cpu, address + 8, wide ? 8 : 4, flags);
        r[X86State.FDP.slot()] = load(cpu, address + 16, wide ? 8 : 4, flags);
        r[X86State.FCS.slot()] = wide ? 0 : load(cpu, address + 12, 2, flags);
        r[X86State.FDS.slot()] = wide ? 0 : load(cpu, address + 20, 2, flags);
        for (int i = 0; i < 8; i++) {
            r[X87.significand(r, i)] = load(cpu, address + 32 + i * 16, 8, flags);
            r[X87.exponent(r, i)] = load(cpu, address + 40 + i * 16, 2, flags);
        }
    }

    private static void saveMxcsr(X86Cpu cpu, long address, int flags) {
        store(cpu, address + 24, 8, cpu.slots[MXCSR] | MXCSR_MASK << 32, flags);
    }

    private static long loadMxcsr(X86Cpu cpu, long address, int flags) {
        long mxcsr = load(cpu, address + 24, 4, flags);
        if ((mxcsr & ~MXCSR_MASK) != 0) {
            throw cpu.gp(0);
        }
        return mxcsr;
    }

    private static void saveXmm(X86Cpu cpu, long address, int flags) {
        for (int i = 0; i < 2 * xmmCount(cpu); i++) {
            store(cpu, address + 160 + i * 8, 8, cpu.slots[XMM0 + i], flags);
        }
    }

    private static void loadXmm(X86Cpu cpu, long address, int flags) {
        for (int i = 0; i < 2 * xmmCount(cpu); i++) {
            cpu.slots[XMM0 + i] = load(cpu, address + 160 + i * 8, 8, flags);
        }
    }

    private static int xmmCount(X86Cpu cpu) {
        return cpu.is64BitCode() ? 16 : 8;
    }

    private static void store(X86Cpu cpu, long address, int bytes, long value, int flags) {
        cpu.memory.store(address, bytes, value, flags);
    }

    private static long load(X86Cpu cpu, long address, int bytes, int flags) {
        return cpu.memory.load(address, bytes, flags);
    }
}
