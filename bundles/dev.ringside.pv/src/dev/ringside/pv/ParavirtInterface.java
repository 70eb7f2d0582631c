package dev.ringside.pv;

import dev.ringside.device.InterruptAssist;
import dev.ringside.device.StateReader;
import dev.ringside.device.StateWriter;
import dev.ringside.inspect.Inspectable;
import dev.ringside.inspect.Inspector;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * One paravirtual interface of one machine, as the machine sees it. Everything runs on the machine's thread, at an exact instruction count.
 * What the guest does wrong becomes the {@link dev.ringside.arch.GuestFault} or the status that the interface's manual specifies.
 */
public interface ParavirtInterface extends Inspectable {
    /** {@link ParavirtProvider#name}, or several with plus signs. */
    String name();

    /** Changes a CPUID leaf in place: EAX, EBX, ECX, EDX. */
    void cpuid(PvVcpu vcpu, int leaf, int subleaf, int[] registers);

    /** Whether MSR {@code index} lies in this interface's ranges; an access may be #GP all the same. */
    boolean hasMsr(int index);

    /** RDMSR. @throws dev.ringside.arch.GuestFault #GP(0) */
    long readMsr(PvVcpu vcpu, int index);

    /** WRMSR. @throws dev.ringside.arch.GuestFault #GP(0) */
    void writeMsr(PvVcpu vcpu, int index, long value);

    /** VMCALL or VMMCALL. @return false when it is #UD */
    boolean hypercall(PvVcpu vcpu);

    /** Back to the state after power-on; shared pages are forgotten, not written. */
    void reset();

    void save(StateWriter out);

    void restore(StateReader in);

    /** The interface's part in the life of interrupts at {@code vcpu}, or null when it has none. */
    default InterruptAssist interruptAssist(PvVcpu vcpu) {
        return null;
    }

    /** Whether destinations of message-signalled interrupts have 15 bits instead of 8. */
    default boolean extendsDestinations() {
        return false;
    }

    /** {@code vcpu} got a processor of the host's, or lost it. @param waitedNanos how long it could have run before it got one; 0 when it lost it */
    default void scheduled(PvVcpu vcpu, boolean in, long waitedNanos) {
        // Nobody is told.
    }

    /** The guest moved the time-stamp counter of {@code vcpu}. */
    default void tscMoved(PvVcpu vcpu) {
        // No clock of this interface depends on it.
    }

    /**
     * An instruction of {@code vcpu} touched the page at {@code gpa}, which the host has taken away ({@link ParavirtContext#swapOut}).
     *
     * @return true to raise the exception that is then in {@code vcpu.cpu().fault} instead of the access; false to bring the page in at once
     */
    default boolean pageAbsent(PvVcpu vcpu, long gpa) {
        return false;
    }

    /** The page at {@code gpa}, for which {@link #pageAbsent} was answered with true, is back. */
    default void pagePresent(long gpa) {
        // Nobody waits for it.
    }

    /** Faults that can be injected here: name and what it does. */
    default Map<String, String> injectable() {
        return Map.of();
    }

    /** Those of {@link #injectable()} that meet the whole machine, whichever processor is named. */
    default Set<String> machineWide() {
        return Set.of();
    }

    /** Does one of {@link #injectable()} to a processor. */
    default void inject(PvVcpu vcpu, String event) {
        throw new IllegalArgumentException(name() + " has no fault '" + event + "'");
    }

    /** How often what was used, by the manual's names: hypercalls, deliveries. */
    default Map<String, Long> counts() {
        return Map.of();
    }

    /** The last hypercalls, oldest first. */
    default List<HypercallLog.Entry> hypercalls() {
        return List.of();
    }

    /** What the guest told of itself, line by line: that it crashed, and why. */
    default List<String> notices() {
        return List.of();
    }

    /** What was offered and never used, with what a guest would do with it. */
    default List<String> hints() {
        return List.of();
    }

    /** No interface: CPUID, MSRs and VMCALL are as on a bare processor. */
    ParavirtInterface NONE = new ParavirtInterface() {
        @Override
        public String name() {
            return "none";
        }

        @Override
        public void cpuid(PvVcpu vcpu, int leaf, int subleaf, int[] registers) {
            // The processor's own answer stands.
        }

        @Override
        public boolean hasMsr(int index) {
            return false;
        }

        @Override
        public long readMsr(PvVcpu vcpu, int index) {
            throw vcpu.gp();
        }

        @Override
        public void writeMsr(PvVcpu vcpu, int index, long value) {
            throw vcpu.gp();
        }

        @Override
        public boolean hypercall(PvVcpu vcpu) {
            return false;
        }

        @Override
        public void reset() {
            // No state.
        }

        @Override
        public void save(StateWriter out) {
            // No state.
        }

        @Override
        public void restore(StateReader in) {
            // No state.
        }

        @Override
        public void inspect(Inspector out) {
            out.text("interface", "none");
        }
    };
}
