package dev.ringside.pv;

import dev.ringside.device.Clock;
import dev.ringside.device.DeviceContext.EndRequest;
import dev.ringside.device.IoHandler;
import dev.ringside.memory.PhysicalMemory;
import dev.ringside.trace.TraceKind;

/** What a machine gives a paravirtual interface. */
public interface ParavirtContext {
    /** Virtual time and timers. */
    Clock clock();

    PhysicalMemory memory();

    int vcpuCount();

    PvVcpu vcpu(int index);

    /** Seconds from 1970 UTC at virtual time 0. */
    long epochSeconds();

    /** Records an event at the current instruction of {@code vcpu}. */
    void trace(TraceKind kind, PvVcpu vcpu, long a, long b, long c, long d);

    /** A page of the interface's own that can lie over guest memory; not mapped yet, zeroed. */
    OverlayPage overlay(String name);

    /** Answers I/O ports. */
    void claimPorts(String owner, int first, int count, IoHandler handler);

    /** The turn of the processor that runs ends here; the next one is {@code vcpu}'s, if it can run. */
    void yieldTo(int vcpu);

    /** Ends or resets the machine: the guest asked for it. */
    void end(EndRequest request);

    /** The host takes the page at {@code gpa} away until {@code nanos} after the guest has touched it. @return false when nothing is there to be taken */
    boolean swapOut(long gpa, long nanos);

    /** Something a guest did that is not implemented; said once for each {@code what}. */
    void unimplemented(String what);
}
