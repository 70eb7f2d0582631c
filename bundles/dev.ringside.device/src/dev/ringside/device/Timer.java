package dev.ringside.device;

/** One deadline in virtual time. Timers with equal deadlines expire in the order in which they were made. */
public interface Timer {
    /** Sets the deadline, in {@link Clock#nanos()}; one that has passed expires at once, before the next instruction. */
    void arm(long deadlineNanos);

    void cancel();

    boolean isArmed();

    /** The deadline; meaningful while armed. */
    long deadlineNanos();
}
