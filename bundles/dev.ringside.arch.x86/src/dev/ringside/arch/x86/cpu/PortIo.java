package dev.ringside.arch.x86.cpu;

import static dev.ringside.arch.x86.X86State.ES;
import static dev.ringside.arch.x86.X86State.RCX;
import static dev.ringside.arch.x86.X86State.RDI;
import static dev.ringside.arch.x86.X86State.RDX;
import static dev.ringside.arch.x86.X86State.RSI;

import dev.ringside.arch.x86.Rflags;
import dev.ringside.ir.MemFlags;

/** IN, OUT, INS and OUTS with their permission checks (SDM 1 19.5). */
final class PortIo {
    private final X86Cpu cpu;

    PortIo(X86Cpu cpu) {
        this.cpu = cpu;
    }

    long in(int port, int sizeBytes) {
        check(port, sizeBytes);
        long value = cpu.bus.portRead(port, sizeBytes);
        breakpoint(port, sizeBytes);
        return value;
    }

    void out(int port, int sizeBytes, long value) {
        check(port, sizeBytes);
        cpu.bus.portWrite(port, sizeBytes, value);
        breakpoint(port, sizeBytes);
    }

    private void breakpoint(int port, int sizeBytes) {
        if (cpu.debug.watchesPorts()) {
            cpu.events.debugTrap(cpu.debug.portAccessed(port, sizeBytes));
        }
    }

    /** #GP(0) unless IOPL or the I/O permission bit map of the TSS allows the access. */
    void check(int port, int sizeBytes) {
        if (!cpu.isProtected() || !cpu.isVm86() && cpu.cpl <= cpu.iopl()) {
            return;
        }
        boolean hasMap = !cpu.tr.isUnusable() && (cpu.tr.attributes & 0xd) == 9 && Integer.compareUnsigned(cpu.tr.limit, 103) >= 0;
        if (!hasMap) {
            throw cpu.gp(0);
        }
        long at = cpu.memory.load(cpu.tr.base() + 0x66, 2, MemFlags.SUPERVISOR) + (port >> 3);
        if (at + 1 > (cpu.tr.limit & 0xffffffffL)) {
            throw cpu.gp(0);
        }
        long bits = cpu.memory.load(cpu.tr.base() + at, 2, MemFlags.SUPERVISOR) >> (port & 7);
        if ((bits & (1 << sizeBytes) - 1) != 0) {
            throw cpu.gp(0);
        }
    }

    // Strings. One call is one iteration; the instruction pointer stays where it is while repetitions are left.

    /** Bits of {@code shape}: size in bytes 3:0, address bits 15:8, source segment 19:16, repeated 20. */
    static int shape(int sizeBytes, int addressBits, int segment, boolean repeated) {
        return sizeBytes | addressBits << 8 | segment << 16 | (repeated ? 1 << 20 : 0);
    }

    void ins(int shape, long thisIp, long nextIp) {
        long mask = mask(shape);
        if (isDone(shape, mask, nextIp)) {
            return;
        }
        int size = shape & 0xf;
        int port = (int) cpu.slots[RDX] & 0xffff;
        check(port, size);
        long to = cpu.segmentation.check(ES, cpu.slots[RDI] & mask, size, true);
        // The port is read only when the store cannot fault: reading it may change the device.
        cpu.memory.probeWrite(to, size, X86Cpu.flags(ES));
        long value = cpu.bus.portRead(port, size);
        cpu.memory.store(to, size, value, X86Cpu.flags(ES));
        breakpoint(port, size);
        advance(RDI, size, mask);
        finish(shape, mask, thisIp, nextIp);
    }

    void outs(int shape, long thisIp, long nextIp) {
        long mask = mask(shape);
        if (isDone(shape, mask, nextIp)) {
            return;
        }
        int size = shape & 0xf;
        int segment = shape >> 16 & 0xf;
        int port = (int) cpu.slots[RDX] & 0xffff;
        check(port, size);
        long from = cpu.segmentation.check(segment, cpu.slots[RSI] & mask, size, false);
        long value = cpu.memory.load(from, size, X86Cpu.flags(segment));
        cpu.bus.portWrite(port, size, value);
        breakpoint(port, size);
        advance(RSI, size, mask);
        finish(shape, mask, thisIp, nextIp);
    }

    private static long mask(int shape) {
        int bits = shape >> 8 & 0xff;
        return bits == 64 ? -1L : (1L << bits) - 1;
    }

    private static boolean isRepeated(int shape) {
        return (shape & 1 << 20) != 0;
    }

    private boolean isDone(int shape, long mask, long nextIp) {
        if (isRepeated(shape) && (cpu.slots[RCX] & mask) == 0) {
            cpu.repeating = false;
            cpu.pc(nextIp);
            return true;
        }
        return false;
    }

    private void advance(int register, int size, long mask) {
        write(register, cpu.slots[register] + (cpu.flag(Rflags.DF) ? -size : size), mask);
    }

    private void finish(int shape, long mask, long thisIp, long nextIp) {
        boolean again = false;
        if (isRepeated(shape)) {
            write(RCX, cpu.slots[RCX] - 1, mask);
            again = (cpu.slots[RCX] & mask) != 0;
        }
        cpu.repeating = again;
        cpu.pc(again ? thisIp : nextIp);
    }

    /** 16-bit addressing keeps the rest of a register, 32-bit clears the upper half. */
    private void write(int register, long value, long mask) {
        cpu.slots[register] = mask == 0xffff ? cpu.slots[register] & ~mask | value & mask : value & mask;
    }
}
