package dev.ringside.pv.kvm;

import dev.ringside.device.InterruptAssist;
import dev.ringside.device.StateReader;
import dev.ringside.device.StateWriter;
import dev.ringside.inspect.Inspector;
import dev.ringside.pv.PvVcpu;

/**
 * End of interrupt without the register (msr.rst: MSR_KVM_PV_EOI_EN): bit 0 of a word of the guest's is set when an interrupt is delivered that nobody waits for, and a
 * guest that finds it set clears it instead of writing EOI.
 */
final class PvEoi implements InterruptAssist {
    private static final int OFFERED = 1;

    private final Shared shared;
    private final PvVcpu vcpu;
    private long msr;
    private boolean offered;
    private long used;

    PvEoi(Shared shared, PvVcpu vcpu) {
        this.shared = shared;
        this.vcpu = vcpu;
    }

    void reset() {
        msr = used = 0;
        offered = false;
    }

    long msr() {
        return msr;
    }

    /** GPA, and bit 0 to switch it on. @return false when there is no memory */
    boolean msr(long value) {
        if ((value & 1) != 0 && !shared.isRam(value & ~1L, 4)) {
            return false;
        }
        settle();
        msr = value;
        return true;
    }

    /** How many interrupts ended this way. */
    long used() {
        return used;
    }

    @Override
    public boolean taken(int vector, boolean ownEoiNeeded) {
        if ((msr & 1) != 0 && !ownEoiNeeded) {
            shared.put(msr & ~1L, 1, shared.get(msr & ~1L, 1) | OFFERED);
            offered = true;
        }
        return true;
    }

    @Override
    public boolean isOffering() {
        return offered;
    }

    @Override
    public void settle() {
        if (!offered) {
            return;
        }
        offered = false;
        long gpa = msr & ~1L;
        long word = shared.get(gpa, 1);
        if ((word & OFFERED) != 0) {
            shared.put(gpa, 1, word & ~OFFERED);
        } else {
            used++;
            vcpu.apic().endOfInterrupt();
        }
    }

    @Override
    public void ended(int vector) {
        // Nobody here waits for it.
    }

    void save(StateWriter out) {
        out.putLong("pv eoi", msr);
        out.putBoolean("pv eoi offered", offered);
        out.putLong("pv eoi used", used);
    }

    void restore(StateReader in) {
        msr = in.getLong("pv eoi");
        offered = in.getBoolean("pv eoi offered");
        used = in.getLong("pv eoi used");
    }

    void inspect(Inspector out) {
        out.hex("MSR_KVM_PV_EOI_EN", msr, 64).flag("offered", offered).decimal("ended by memory", used);
        if ((msr & 1) != 0) {
            out.flag("KVM_PV_EOI bit", (shared.get(msr & ~1L, 1) & OFFERED) != 0);
        }
    }
}
