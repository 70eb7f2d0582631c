package dev.ringside.arch.x86.asm;

import dev.ringside.arch.x86.isa.Operand.Reg;

/** An operand as written. */
sealed interface SourceOperand {
    int column();

    /** @param written the word, which tells {@code st} from {@code st(0)} */
    record Register(Reg reg, String written, int column) implements SourceOperand {
    }

    /**
     * A number, a label: an immediate or a branch target.
     *
     * @param bits size told with it, or 0
     */
    record Number(Expression value, int bits, Distance distance, int column) implements SourceOperand {
    }

    /** How far a branch was said to go. */
    enum Distance { ANY, SHORT, NEAR }

    /** {@code 0x08:start}. */
    record FarAddress(Expression selector, Expression offset, int bits, int column) implements SourceOperand {
    }

    /**
     * Memory.
     *
     * @param bits size told with it, or 0
     * @param segment override as a segment register number, or −1
     * @param base register number, {@link dev.ringside.arch.x86.isa.Operand.Mem#RIP} or −1
     * @param index register number or −1
     * @param displacement null when none is written
     * @param addressBits from the registers, or told in the brackets, or 0
     * @param displacementBits told in the brackets, or 0
     * @param relative {@code rel}: relative to RIP
     * @param far {@code far} before it
     */
    record Memory(int bits, int segment, int base, int index, int scale, Expression displacement, int addressBits, int displacementBits,
            boolean relative, boolean far, int column) implements SourceOperand {
        boolean isAbsolute() {
            return base < 0 && index < 0;
        }
    }
}
