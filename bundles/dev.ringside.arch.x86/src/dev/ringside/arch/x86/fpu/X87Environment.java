package dev.ringside.arch.x86.fpu;

import dev.ringside.arch.x86.X86State;
import dev.ringside.arch.x86.cpu.X86Cpu;

/**
 * FNSTENV, FLDENV, FNSAVE and FRSTOR: the environment in the four layouts of SDM 1, 8.1.10.
 *
 * <pre>
 *            32-bit protected     32-bit real                  16-bit protected   16-bit real
 *   0  0     FCW                  FCW                          FCW                FCW
 *   4  2     FSW                  FSW                          FSW                FSW
 *   8  4     tags                 tags                         tags               tags
 *  12  6     FIP                  FIP 15:0                     FIP                FIP 15:0
 *  16  8     FCS, FOP above it    FOP, FIP 31:16 above bit 12  FCS                FOP, FIP 19:16 above bit 12
 *  20 10     FDP                  FDP 15:0                     FDP                FDP 15:0
 *  24 12     FDS                  FDP 31:16 above bit 12       FDS                FDP 19:16 above bit 12
 * </pre>
 */
public final class X87Environment {
    private static final int FCW = X86State.FCW.slot(), FOP = X86State.FOP.slot(), FIP = X86State.FIP.slot(), FDP = X86State.FDP.slot(),
        FCS = X86State.FCS.slot(), FDS = X86State.FDS.slot();

    private X87Environment() {
    }

    /** Bytes of the environment, or of the whole state. */
    public static int bytes(boolean wide, boolean registers) {
        return (wide ? 28 : 14) + (registers ? 80 : 0);
    }

    /** FNSTENV: afterwards all exceptions are masked. */
    public static void store(X86Cpu cpu, long address, int flags, boolean wide) {
        cpu.memory.probeWrite(address, bytes(wide, false), flags);
        write(cpu, address, flags, wide);
        cpu.slots[FCW] |= 0x3f;
        X87.summarize(cpu.slots);
    }

    public static void load(X86Cpu cpu, long address, int flags, boolean wide) {
        touch(cpu, address, bytes(wide, false), flags);
        read(cpu, address, flags, wide);
    }

    /** FNSAVE: afterwards the unit is initialized. */
    public static void save(X86Cpu cpu, long address, int flags, boolean wide) {
        long[] r = cpu.slots;
        cpu.memory.probeWrite(address, bytes(wide, true), flags);
        write(cpu, address, flags, wide);
        long at = address + bytes(wide, false);
        for (int i = 0; i < 8; i++, at += 10) {
            cpu.memory.store(at, 8, r[X87.significand(r, i)], flags);
            cpu.memory.store(at + 8, 2, r[X87.exponent(r, i)], flags);
        }
        X87.initialize(r);
    }

    public static void restore(X86Cpu cpu, long address, int flags, boolean wide) {
        long[] r = cpu.slots;
        touch(cpu, address, bytes(wide, true), flags);
        read(cpu, address, flags, wide);
        long at = address + bytes(wide, false);
        for (int i = 0; i < 8; i++, at += 10) {
            r[X87.significand(r, i)] = cpu.memory.load(at, 8, flags);
            r[X87.exponent(r, i)] = cpu.memory.load(at + 8, 2, flags);
        }
    }

    private static void write(X86Cpu cpu, long address, int flags, boolean wide) {
        long[] r = cpu.slots;
        int step = wide ? 4 : 2;
        boolean real = !cpu.isProtected() || cpu.isVm86();
        // The unused upper halves of the 32-bit layouts read as ones.
        long high = wide ? 0xffff0000L : 0;
        long[] fields = {r[FCW] | high, X87.statusWord(r) | high, X87.tagWord(r) | high, 0, 0, 0, 0};
        if (real) {
            long mask = wide ? 0xffff : 0xf;
            fields[3] = r[FIP] & 0xffff | high;
            fields[4] = (r[FIP] >> 16 & mask) << 12 | r[FOP];
            fields[5] = r[FDP] & 0xffff | high;
            fields[6] = (r[FDP] >> 16 & mask) << 12;
        } else {
            fields[3] = r[FIP];
            fields[4] = r[FCS] | (wide ? r[FOP] << 16 : 0);
            fields[5] = r[FDP];
            fields[6] = r[FDS] | high;
        }
        for (int i = 0; i < 7; i++) {
            cpu.memory.store(address + i * step, step, fields[i] & (wide ? 0xffffffffL : 0xffff), flags);
        }
    }

    private static void read(X86Cpu cpu, long address, int flags, boolean wide) {
        long[] r = cpu.slots;
        int step = wide ? 4 : 2;
        boolean real = !cpu.isProtected() || cpu.isVm86();
        long[] fields = new long[7];
        for (int i = 0; i < 7; i++) {
            fields[i] = cpu.memory.load(address + i * step, step, flags);
        }
        r[FCW] = X87.controlWord(fields[0]);
        X87.setStatusWord(r, fields[1]);
        X87.setTagWord(r, fields[2]);
        if (real) {
            r[FIP] = fields[3] & 0xffff | (fields[4] >> 12 & 0xffff) << 16;
            r[FOP] = fields[4] & 0x7ff;
            r[FDP] = fields[5] & 0xffff | (fields[6] >> 12 & 0xffff) << 16;
            r[FCS] = r[FDS] = 0;
        } else {
            r[FIP] = fields[3];
            r[FCS] = fields[4] & 0xffff;
            r[FOP] = wide ? fields[4] >> 16 & 0x7ff : 0;
            r[FDP] = fields[5];
            r[FDS] = fields[6] & 0xffff;
        }
    }

    /** Faults now rather than in the middle. */
    private static void touch(X86Cpu cpu, long address, int bytes, int flags) {
        cpu.memory.load(address, 1, flags);
        cpu.memory.load(address + bytes - 1, 1, flags);
    }
}
