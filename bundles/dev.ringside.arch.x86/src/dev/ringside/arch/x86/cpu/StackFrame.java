package dev.ringside.arch.x86.cpu;

import static dev.ringside.arch.x86.X86State.RSP;
import static dev.ringside.arch.x86.X86State.SS;

import dev.ringside.ir.MemFlags;

/**
 * Pushes and pops of one far transfer. Memory is written at once; RSP changes only at {@link #commit()}, so a fault in between leaves the
 * processor as it was. One instance serves one transfer after the other.
 */
final class StackFrame {
    private final X86Cpu cpu;
    private final SegmentRegister candidate = new SegmentRegister(new long[1], 0);
    private SegmentRegister segment;
    private boolean is64;
    private int flags;
    private int errorCode;
    long pointer;

    StackFrame(X86Cpu cpu) {
        this.cpu = cpu;
    }

    /** The stack in use. */
    StackFrame current() {
        segment = cpu.segments[SS];
        is64 = cpu.is64BitCode();
        flags = X86Cpu.flags(SS);
        errorCode = cpu.segmentation.ext;
        pointer = cpu.slots[RSP];
        return this;
    }

    /** The stack that a TSS names for privilege level {@code newCpl}: SS from {@code selector} and its descriptor {@code d}. */
    StackFrame inner(int selector, long d, long newPointer, int newCpl) {
        candidate.set(selector, Descriptor.base(d), Descriptor.limit(d), Descriptor.attributes(d));
        segment = candidate;
        is64 = false;
        flags = X86Cpu.flags(SS) | rights(newCpl);
        errorCode = cpu.segmentation.error(selector);
        pointer = newPointer;
        return this;
    }

    /** A stack of 64-bit mode, used with the rights of {@code newCpl}. */
    StackFrame flat(long newPointer, int newCpl) {
        is64 = true;
        flags = X86Cpu.flags(SS) | (newCpl == cpu.cpl ? 0 : rights(newCpl));
        pointer = newPointer;
        return this;
    }

    private static int rights(int cpl) {
        return cpl == 3 ? MemFlags.USER : MemFlags.SUPERVISOR;
    }

    private long mask() {
        return is64 ? -1L : segment.isBig() ? 0xffffffffL : 0xffff;
    }

    void push(long value, int sizeBytes) {
        long to = pointer - sizeBytes & mask();
        cpu.memory.store(linear(to, sizeBytes), sizeBytes, value, flags);
        pointer = pointer & ~mask() | to;
    }

    long pop(int sizeBytes) {
        long value = peek(0, sizeBytes);
        skip(sizeBytes);
        return value;
    }

    /** The value {@code distance} bytes above the pointer. */
    long peek(int distance, int sizeBytes) {
        return cpu.memory.load(linear(pointer + distance & mask(), sizeBytes), sizeBytes, flags);
    }

    void skip(int bytes) {
        pointer = pointer & ~mask() | pointer + bytes & mask();
    }

    private long linear(long offset, int sizeBytes) {
        if (is64) {
            return offset;
        }
        if (!Segmentation.isWithin(segment, offset, sizeBytes)) {
            throw cpu.ss(errorCode);
        }
        return segment.base() + offset & 0xffffffffL;
    }

    /** RSP becomes the pointer, as wide as the stack. */
    void commit() {
        if (is64) {
            cpu.slots[RSP] = pointer;
        } else {
            setPointer(cpu, segment, pointer);
        }
    }

    /** Writes ESP or SP as {@code stack} says. */
    static void setPointer(X86Cpu cpu, SegmentRegister stack, long value) {
        if (stack.isBig()) {
            cpu.slots[RSP] = value & 0xffffffffL;
        } else {
            cpu.slots[RSP] = cpu.slots[RSP] & ~0xffffL | value & 0xffff;
        }
    }
}
