package dev.ringside.arch.x86.asm;

/** What is wrong with a line; becomes an {@link dev.ringside.arch.AssemblyResult.AssemblyError} and never leaves the assembler. */
final class SourceError extends Exception {
    private static final long serialVersionUID = 1L;

    /** From 1. */
    final int column;

    SourceError(int column, String message) {
        super(message, null, false, false);
        this.column = column;
    }
}
