package dev.ringside.device;

/** Virtual time: a function of retired instructions, and nothing else. */
public interface Clock {
    /** Nanoseconds since power-on, at the instruction that runs now. */
    long nanos();

    /** A timer that calls {@code onExpiry} on the machine's thread, between two instructions, exactly when its deadline is reached. */
    Timer newTimer(String name, Runnable onExpiry);
}
