package dev.ringside.arch.x86.isa;

import java.util.List;

/**
 * A decoded instruction.
 *
 * @param lengthBytes 1 to 15
 * @param operandBits effective operand size: 16, 32 or 64
 * @param addressBits effective address size: 16, 32 or 64
 * @param rep 0 none, 0xF3 REP/REPE, 0xF2 REPNE: the last such prefix unless it is mandatory in {@code form}
 * @param segmentOverride number of the segment register of the last segment prefix that counts, or −1
 * @param rex the REX byte, or 0
 */
public record X86Instruction(Form form, int lengthBytes, int operandBits, int addressBits, boolean lock, int rep, int segmentOverride, int rex,
        List<Operand> operands) {

    public Operand operand(int index) {
        return operands.get(index);
    }

    /** Whether a LOCK prefix would raise no #UD: the form allows it and the destination is memory (SDM 2A LOCK). */
    public boolean lockIsLegal() {
        return form.is("lock") && operands.get(0) instanceof Operand.Mem;
    }

    public String means() {
        return form.insn().means();
    }
}
