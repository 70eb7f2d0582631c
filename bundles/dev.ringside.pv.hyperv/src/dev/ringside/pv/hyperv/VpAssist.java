package dev.ringside.pv.hyperv;

import dev.ringside.device.InterruptAssist;
import dev.ringside.device.IoHandler;
import dev.ringside.device.LocalInterrupts;
import dev.ringside.device.StateReader;
import dev.ringside.device.StateWriter;
import dev.ringside.inspect.Inspectable;
import dev.ringside.inspect.Inspector;
import dev.ringside.pv.ParavirtContext;
import dev.ringside.pv.PvVcpu;

/**
 * APIC registers as MSRs, and the VP assist page (TLFS 10.2, 7.8.7): bit 0 of its first word, "no EOI required", is set when an interrupt is delivered whose end
 * nobody waits for; a guest that finds it set clears it instead of writing EOI.
 */
final class VpAssist implements InterruptAssist, Inspectable {
    private static final int NO_EOI_REQUIRED = 1;
    private static final int X2APIC_ICR = 0x830, X2APIC_TPR = 0x808;
    private static final int ICR_LOW = 0x300, ICR_HIGH = 0x310, TPR = 0x80;

    private final PvVcpu vcpu;
    private final SharedPage page;
    private final Vp vp;
    private boolean offered;
    private long used;

    VpAssist(ParavirtContext context, PvVcpu vcpu, Vp vp) {
        this.vcpu = vcpu;
        this.vp = vp;
        page = new SharedPage(context.overlay("VP assist page " + vcpu.index()), "HV_X64_MSR_VP_ASSIST_PAGE", true);
    }

    SharedPage page() {
        return page;
    }

    /** @return false for #GP */
    boolean pageMsr(long value) {
        settle();
        return page.msr(value);
    }

    long used() {
        return used;
    }

    @Override
    public boolean taken(int vector, boolean ownEoiNeeded) {
        if (vp.synic().isAutoEoi(vector)) {
            return false;
        }
        if (page.isEnabled() && !ownEoiNeeded) {
            page.write(0, 4, page.read(0, 4) | NO_EOI_REQUIRED);
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
        long word = page.read(0, 4);
        if ((word & NO_EOI_REQUIRED) != 0) {
            page.write(0, 4, word & ~NO_EOI_REQUIRED);
        } else {
            used++;
            vcpu.apic().endOfInterrupt();
        }
    }

    @Override
    public void ended(int vector) {
        vp.ended(vector);
    }

    // APIC registers; in xAPIC mode they are memory, in x2APIC mode MSRs

    long icr() {
        LocalInterrupts apic = vcpu.apic();
        if (apic.canReadMsr(X2APIC_ICR)) {
            return apic.readMsr(X2APIC_ICR);
        }
        var registers = (IoHandler) apic;
        return registers.read(ICR_HIGH, 4) << 32 | registers.read(ICR_LOW, 4);
    }

    /** @return false for #GP */
    boolean icr(long value) {
        LocalInterrupts apic = vcpu.apic();
        if (apic.canReadMsr(X2APIC_ICR)) {
            return apic.writeMsr(X2APIC_ICR, value);
        }
        var registers = (IoHandler) apic;
        registers.write(ICR_HIGH, 4, value >>> 32);
        registers.write(ICR_LOW, 4, value & 0xffffffffL);
        return true;
    }

    long tpr() {
        LocalInterrupts apic = vcpu.apic();
        return apic.canReadMsr(X2APIC_TPR) ? apic.readMsr(X2APIC_TPR) : ((IoHandler) apic).read(TPR, 4);
    }

    boolean tpr(long value) {
        LocalInterrupts apic = vcpu.apic();
        if (apic.canReadMsr(X2APIC_TPR)) {
            return apic.writeMsr(X2APIC_TPR, value);
        }
        ((IoHandler) apic).write(TPR, 4, value);
        return true;
    }

    void reset() {
        offered = false;
        used = 0;
        page.reset();
    }

    void save(StateWriter out) {
        page.save(out);
        out.putBoolean("no EOI required", offered);
        out.putLong("ended by page", used);
    }

    void restore(StateReader in) {
        page.restore(in);
        offered = in.getBoolean("no EOI required");
        used = in.getLong("ended by page");
    }

    @Override
    public void inspect(Inspector out) {
        out.hex("HV_X64_MSR_VP_ASSIST_PAGE", page.msr(), 64).flag("no EOI required", (page.read(0, 4) & NO_EOI_REQUIRED) != 0).decimal("ended by page", used);
    }
}
