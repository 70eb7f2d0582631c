package dev.ringside.ir;

import java.util.List;

/**
 * A straight run of guest instructions as IR: side exits may leave it in the middle, one terminator ends it.
 *
 * @param pc program counter of the first instruction, in the architecture's own address form (x86: RIP)
 * @param lengthBytes guest bytes covered, from the first to behind the last
 * @param guestInstructions how many {@link Op#INSN} markers it has: what a full run retires
 * @param insns the operations, terminator last
 * @param valueCount one more than the highest value number
 */
public record IrBlock(long pc, int lengthBytes, int guestInstructions, List<IrInsn> insns, int valueCount) {

    public IrInsn terminator() {
        return insns.getLast();
    }
}
