package dev.ringside.arch.x86.isa;

/** A table row that cannot be understood; prints as {@code file:line:column: what is wrong}. */
public final class IsaSyntaxException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    IsaSyntaxException(String file, int line, int column, String message) {
        super(file + ":" + line + ":" + column + ": " + message);
    }
}
