package dev.ringside.arch;

import dev.ringside.ir.IrBlock;

/** Bytes to IR. Thread-safe: all state is in the arguments. */
public interface Lifter {
    /**
     * Lifts a block that starts at {@code pc}. It ends at the first control transfer, before an instruction that must stand alone (it reads
     * time or touches the outside), behind {@code maxInstructions}, or before a byte that {@code code} cannot give. Bytes that are no
     * instruction are lifted as the raising of the undefined-opcode exception.
     *
     * @param code bytes from {@code pc} on
     * @param modeKey as {@link Cpu#modeKey()}
     * @param pc program counter of the first byte
     * @param maxInstructions at least 1
     * @return null when not even one whole instruction could be read and the reason is that {@code code} gave −1: the engine then raises the fetch fault
     */
    IrBlock lift(CodeSource code, int modeKey, long pc, int maxInstructions);
}
