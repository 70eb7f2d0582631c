package dev.ringside.machine;

/** A machine that cannot be built: one clear line that says what, which value and what would be right. */
public final class MachineException extends Exception {
    private static final long serialVersionUID = 1L;

    public MachineException(String message) {
        super(message);
    }

    public MachineException(String message, Throwable cause) {
        super(message, cause);
    }
}
