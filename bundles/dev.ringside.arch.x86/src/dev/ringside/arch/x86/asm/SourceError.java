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

    /** The value, where at most {@code bits} (below 64) are kept, read as signed or as unsigned. */
    static SourceError tooLarge(int column, String what, long value, int bits) {
        return tooLarge(column, what, value, bits + " bits (" + number(-1L << bits - 1) + " to " + number((1L << bits) - 1) + ")");
    }

    /** The value, where only its lower 32 bits are kept and the processor extends their sign. */
    static SourceError tooLargeExtended(int column, String what, long value) {
        return tooLarge(column, what, value, "32 sign-extended bits (-0x80000000 to 0x7fffffff)");
    }

    static SourceError tooLarge(int column, String what, long value, String where) {
        return new SourceError(column, "the " + what + " " + number(value) + " does not fit in " + where);
    }

    private static String number(long value) {
        long size = Math.abs(value);
        return (value < 0 ? "-" : "") + (size <= 0xff ? String.valueOf(size) : "0x" + Long.toHexString(size));
    }
}
