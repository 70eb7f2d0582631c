package dev.ringside.testkit.swtbot;

/** A condition did not become true in time. */
public final class TimeoutException extends RuntimeException {
    private static final long serialVersionUID = 1;

    TimeoutException(String condition) {
        super(condition);
    }
}
