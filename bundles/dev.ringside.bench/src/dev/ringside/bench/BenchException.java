package dev.ringside.bench;

/** A run that gave no measurement: one clear line why. */
public final class BenchException extends Exception {
    private static final long serialVersionUID = 1L;

    public BenchException(String message) {
        super(message);
    }
}
