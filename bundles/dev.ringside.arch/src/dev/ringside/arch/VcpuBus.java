package dev.ringside.arch;

/**
 * Where the processor meets the rest of the machine; every call is an event and may take devices' time. Called on the vCPU's thread, at an
 * exact instruction count ({@link Cpu#instructions}). Sizes are 1, 2, 4 or 8 bytes, values zero-extended.
 */
public interface VcpuBus {
    long portRead(int port, int sizeBytes);

    void portWrite(int port, int sizeBytes, long value);

    long mmioRead(long gpa, int sizeBytes);

    void mmioWrite(long gpa, int sizeBytes, long value);

    /** An MSR that the processor does not implement itself (APIC, paravirtual). @throws GuestFault the processor's own, #GP, when there is none */
    long readMsr(int msrIndex);

    void writeMsr(int msrIndex, long value);

    /** The machine's last word on a CPUID leaf: {@code registers} holds EAX, EBX, ECX, EDX and may be changed in place. */
    void cpuid(int leaf, int subleaf, int[] registers);

    /** VMCALL or VMMCALL. @return false when no interface answers, and then the processor raises #UD */
    boolean hypercall();

    /** The vector to deliver now, which becomes in service; −1 when the request went away (spurious). */
    int acknowledgeInterrupt();

    /** CR8: the task priority class, 0 to 15, of the local APIC. */
    int taskPriority();

    void taskPriority(int priorityClass);

    /** Virtual time: nanoseconds since power-on at {@link Cpu#instructions}. */
    long nanos();

    /**
     * An instruction touches a page that the host has taken away. @return true when {@link Cpu#fault} is to be raised instead; false when the page is to
     * come back at once
     */
    default boolean pageAbsent(long gpa) {
        return false;
    }

    /** The guest wrote its time-stamp counter: from now on it is {@link #nanos()} plus {@code ticks}. For timers that compare with it. */
    default void tscOffset(long ticks) {
        // A machine without such a timer has nothing to do.
    }
}
