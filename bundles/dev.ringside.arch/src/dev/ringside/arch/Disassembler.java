package dev.ringside.arch;

/** Bytes to text. Thread-safe. */
public interface Disassembler {
    /**
     * One instruction.
     *
     * @param code bytes from {@code pc} on
     * @param bits code size: 16, 32 or 64
     * @param pc address of the first byte, for relative targets
     * @param symbols names for addresses, {@link Symbolizer#NONE} for numbers only
     * @return never null; undefined bytes become {@code (bad)} of length 1
     */
    DisassembledInstruction disassemble(CodeSource code, int bits, long pc, Symbolizer symbols);
}
