package dev.ringside.pv;

import dev.ringside.device.Clock;
import dev.ringside.device.DeviceContext.EndRequest;
import dev.ringside.device.IoHandler;
import dev.ringside.memory.PhysicalMemory;
import dev.ringside.trace.TraceKind;
import java.util.List;

/** What a machine gives a paravirtual interface. */
public interface ParavirtContext {
    /** Virtual time and timers. */
    Clock clock();

    PhysicalMemory memory();

    /** By index. */
    List<PvVcpu> vcpus();

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

    /** Time passes without instructions, as when the host does something that takes long. */
    void stall(long nanos);

    /** Ends or resets the machine: the guest asked for it. */
    void end(EndRequest request);

    /**
     * The host takes the page of RAM at {@code gpa} away. When the guest touches it, {@link ParavirtInterface#pageAbsent} may tell the guest; it comes back
     * {@code nanos} later, and {@link ParavirtInterface#pagePresent} is called. Whoever else touches it has it at once.
     *
     * @return false when there is no RAM, or it is away already
     */
    boolean swapOut(long gpa, long nanos);

    /** Something a guest did that is not implemented; said once for each {@code what}. */
    void unimplemented(String what);
}
