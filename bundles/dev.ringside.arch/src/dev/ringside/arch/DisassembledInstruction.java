package dev.ringside.arch;

/**
 * An instruction for people.
 *
 * @param pc address of its first byte
 * @param lengthBytes 1 or more
 * @param mnemonic with prefixes that are printed: {@code rep movsb}
 * @param operands Intel syntax, empty when there are none
 * @param kind how control goes on, for step-over and call graphs
 * @param target branch target when it is known from the bytes, else −1
 * @param valid false for {@code (bad)}
 */
public record DisassembledInstruction(long pc, int lengthBytes, String mnemonic, String operands, FlowKind kind, long target, boolean valid) {

    /** What an instruction does to control flow. */
    public enum FlowKind { NEXT, JUMP, CONDITIONAL, CALL, RETURN, INTERRUPT, REPEAT, HALT }

    /** Mnemonic and operands with one space between. */
    public String text() {
        return operands.isEmpty() ? mnemonic : mnemonic + " " + operands;
    }
}
