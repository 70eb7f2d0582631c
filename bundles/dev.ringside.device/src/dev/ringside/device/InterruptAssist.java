package dev.ringside.device;

/**
 * What a paravirtual interface does for the interrupts of one processor: it may spare the guest the end-of-interrupt register. Called by the
 * {@link LocalInterrupts} on the machine's thread.
 */
public interface InterruptAssist {
    /**
     * Called before the controller uses or shows which interrupts are in service: an end that the guest has told through shared memory is to be passed on now with
     * {@link LocalInterrupts#endOfInterrupt}; an offer that the guest has not used yet is withdrawn.
     */
    void settle();

    /**
     * The processor takes {@code vector}.
     *
     * @param ownEoiNeeded whether the guest must write the register all the same, because others wait for that: the interrupt is a level, or another one is pending
     * @return false when the interrupt is to be ended at once (AutoEOI)
     */
    boolean taken(int vector, boolean ownEoiNeeded);

    /** Whether the guest may now end an interrupt through shared memory; another interface then must not offer the same. */
    boolean isOffering();

    /** {@code vector} is no longer in service. */
    void ended(int vector);
}
