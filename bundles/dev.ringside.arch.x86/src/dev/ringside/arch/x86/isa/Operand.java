package dev.ringside.arch.x86.isa;

/** A decoded operand. {@code bits} is its width in bits (8 to 128; 80 for x87; other sizes for FXSAVE areas and pseudo-descriptors). */
public sealed interface Operand {
    int bits();

    /** Register classes. */
    enum RegisterClass {
        /** General; {@code index} 0 to 15. */
        GENERAL,
        /** AH, CH, DH, BH: {@code index} 0 to 3. */
        HIGH_BYTE, SEGMENT, CONTROL, DEBUG, X87, MMX, XMM
    }

    /** @param index number in the encoding, with REX applied */
    record Reg(RegisterClass registerClass, int index, int bits) implements Operand {
    }

    /**
     * Memory at {@code segment:[base + index * scale + displacement]}.
     *
     * @param segment effective segment register number (ES, CS, SS, DS, FS, GS = 0 to 5)
     * @param base register number or −1; {@link #RIP} for RIP-relative
     * @param index register number or −1
     * @param scale 1, 2, 4 or 8
     * @param displacement sign-extended
     * @param addressBits 16, 32 or 64: the sum wraps there
     * @param bits 0 when nothing is accessed by size (LEA, INVLPG)
     */
    record Mem(int segment, int base, int index, int scale, long displacement, int addressBits, int bits) implements Operand {
        /** The {@link #base} of RIP-relative addressing: the displacement counts from behind the instruction. */
        public static final int RIP = 16;
    }

    /** @param value sign- or zero-extended to 64 bits as the form says; the operation uses its low {@code bits} */
    record Imm(long value, int bits) implements Operand {
    }

    /** Branch target relative to the end of the instruction; {@code bits} is the operand size. */
    record Rel(long displacement, int bits) implements Operand {
    }

    /** {@code selector:offset} in the instruction. */
    record Far(int selector, long offset, int bits) implements Operand {
    }
}
