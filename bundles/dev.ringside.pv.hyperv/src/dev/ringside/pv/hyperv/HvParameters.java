package dev.ringside.pv.hyperv;

import static dev.ringside.arch.x86.X86State.RAX;
import static dev.ringside.arch.x86.X86State.RBX;
import static dev.ringside.arch.x86.X86State.RCX;
import static dev.ringside.arch.x86.X86State.RDI;
import static dev.ringside.arch.x86.X86State.RDX;
import static dev.ringside.arch.x86.X86State.RSI;

import dev.ringside.arch.x86.X86State;
import dev.ringside.arch.x86.cpu.X86Cpu;
import dev.ringside.memory.PhysicalMemory;
import dev.ringside.pv.HypercallLog;

/**
 * How input and output of one hypercall pass (TLFS 3.7): in 64-bit mode the control word is in RCX, the addresses in RDX and R8; else in EDX:EAX, EBX:ECX, EDI:ESI.
 * A fast call has its input in the two latter, and what does not fit there in XMM0 to XMM5; its output goes to the registers behind its input.
 */
final class HvParameters {
    static final int PAGE_BYTES = 4096;
    private static final int R8 = 8;
    private static final int GENERAL_BYTES = 16, XMM_REGISTERS = 6;
    /** RDX, R8, XMM0 to XMM5. */
    static final int FAST_BYTES = GENERAL_BYTES + 16 * XMM_REGISTERS;

    private final PhysicalMemory memory;
    private final long[] input = new long[PAGE_BYTES / 8];
    private final long[] output = new long[PAGE_BYTES / 8];

    X86Cpu cpu;
    boolean wide;
    long control;
    long inputGpa;
    long outputGpa;
    int code;
    boolean fast;
    int variableWords;
    int repCount;
    int repStart;

    HvParameters(PhysicalMemory memory) {
        this.memory = memory;
    }

    void take(X86Cpu from) {
        cpu = from;
        wide = from.is64BitCode();
        control = wide ? from.gpr(RCX) : pair(RDX, RAX);
        inputGpa = wide ? from.gpr(RDX) : pair(RBX, RCX);
        outputGpa = wide ? from.gpr(R8) : pair(RDI, RSI);
        code = (int) control & 0xffff;
        fast = (control >> 16 & 1) != 0;
        variableWords = (int) (control >> 17) & 0x3ff;
        repCount = (int) (control >> 32) & 0xfff;
        repStart = (int) (control >> 48) & 0xfff;
    }

    private long pair(int high, int low) {
        return cpu.gpr(high) << 32 | cpu.gpr(low) & 0xffffffffL;
    }

    /** Bits 31:27, 47:44 and 63:60. */
    boolean hasReservedBits() {
        return (control & 0xf000f000f8000000L) != 0;
    }

    /** Whether {@code bytes} at {@code gpa} are aligned, inside one page and memory. */
    boolean isProper(long gpa, int bytes) {
        return (gpa & 7) == 0 && (gpa & PAGE_BYTES - 1) + bytes <= PAGE_BYTES && memory.isBacked(gpa);
    }

    boolean isWritable(long gpa) {
        return memory.isRam(gpa);
    }

    /** Nothing has been read yet, and what is never read is 0. */
    void forget() {
        java.util.Arrays.fill(input, 0, HypercallLog.ARGUMENTS, 0);
    }

    /** Fills the input with {@code bytes} from memory or registers. */
    void read(int bytes) {
        for (int i = 0; i * 8 < bytes; i++) {
            input[i] = fast ? register(i) : memory.read(inputGpa + 8 * i, 8);
        }
    }

    private long register(int word) {
        return switch (word) {
            case 0 -> inputGpa;
            case 1 -> outputGpa;
            default -> cpu.slots[X86State.XMM[0].slot() + word - 2];
        };
    }

    long in(int word) {
        return input[word];
    }

    int in32(int offsetBytes) {
        return (int) (input[offsetBytes / 8] >>> 8 * (offsetBytes & 4));
    }

    void out(int word, long value) {
        output[word] = value;
    }

    long out(int word) {
        return output[word];
    }

    /** @param from first byte that changed, a multiple of 8 @param inputBytes after which a fast call's output begins, at the next XMM register */
    void write(int from, int bytes, int inputBytes) {
        int firstRegister = (inputBytes + 15 & -16) / 8;
        for (int i = from / 8; i * 8 < bytes; i++) {
            if (!fast) {
                memory.write(outputGpa + 8 * i, 8, output[i]);
            } else {
                register(firstRegister + i, output[i]);
            }
        }
    }

    private void register(int word, long value) {
        switch (word) {
            case 0 -> general(RDX, RBX, RCX, value);
            case 1 -> general(R8, RDI, RSI, value);
            default -> cpu.slots[X86State.XMM[0].slot() + word - 2] = value;
        }
    }

    private void general(int wideRegister, int high, int low, long value) {
        if (wide) {
            cpu.gpr(wideRegister, value);
        } else {
            cpu.gpr(high, value >>> 32);
            cpu.gpr(low, value & 0xffffffffL);
        }
    }

    /** Status in bits 15:0, elements done in 43:32. */
    void result(long value) {
        if (wide) {
            cpu.gpr(RAX, value);
        } else {
            cpu.gpr(RDX, value >>> 32);
            cpu.gpr(RAX, value & 0xffffffffL);
        }
    }
}
