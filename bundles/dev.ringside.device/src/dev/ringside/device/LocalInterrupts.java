package dev.ringside.device;

/** The interrupt controller that belongs to one processor (a PC's local APIC), as that processor sees it. */
public interface LocalInterrupts {
    /**
     * The processor takes the interrupt that {@link VcpuPins#intr} requested: the acknowledge cycle.
     *
     * @return the vector, or -1 when nothing is requested any more (the processor then goes on as if it had not been asked)
     */
    int acknowledge();

    /** Whether {@link VcpuPins#intr} is high now. */
    boolean requested();

    /** Whether MSR {@code index} is answered here: 0x1B, 0x6E0, 0x800 to 0x8FF. */
    boolean hasMsr(int index);

    /** Whether RDMSR of {@code index} is allowed now; if not, it is #GP(0). */
    boolean canReadMsr(int index);

    /** RDMSR, after {@link #canReadMsr} said yes. */
    long readMsr(int index);

    /** WRMSR. @return false when the write is #GP(0) and nothing was changed */
    boolean writeMsr(int index, long value);

    /** CR8: bits 7:4 of the task-priority register. */
    int cr8();

    /** MOV to CR8. @param value 0 to 15 */
    void cr8(int value);

    /** The processor's TSC is {@link Clock#nanos()} plus {@code ticks} from now on: the guest wrote IA32_TIME_STAMP_COUNTER or IA32_TSC_ADJUST. */
    void tscOffset(long ticks);

    /** MAXPHYADDR as CPUID reports it; bits above are reserved in IA32_APIC_BASE. */
    default void physicalAddressBits(int bits) {
        // A controller without a movable base.
    }

    /** The APIC ID (32 bits). */
    int id();

    /** End of interrupt, for paravirtual interfaces that do without the register. */
    void endOfInterrupt();

    /** Requests {@code vector} as an edge-triggered fixed interrupt at this processor, for paravirtual interfaces. */
    void request(int vector);

    /** Lets a paravirtual interface take part. @param assist null to end that */
    default void assist(InterruptAssist assist) {
        // A controller that knows no such help.
    }
}
