package dev.ringside.pv.hyperv;

import dev.ringside.device.StateReader;
import dev.ringside.device.StateWriter;
import dev.ringside.inspect.Inspectable;
import dev.ringside.inspect.Inspector;
import dev.ringside.pv.ParavirtContext;
import dev.ringside.pv.PvVcpu;
import java.util.ArrayList;
import java.util.List;

/** What one virtual processor has: interrupt controller, timers, assist page. */
final class Vp implements Inspectable {
    static final int STIMERS = 4;

    private final PvVcpu vcpu;
    private final Synic synic;
    private final VpAssist assist;
    private final List<Stimer> stimers = new ArrayList<>();
    private Runnable slotMayBeFree = () -> {
    };

    Vp(ParavirtContext context, PvVcpu vcpu, ReferenceTime time, boolean directTimers) {
        this.vcpu = vcpu;
        synic = new Synic(context, vcpu);
        assist = new VpAssist(context, vcpu, this);
        for (int i = 0; i < STIMERS; i++) {
            stimers.add(new Stimer(context, vcpu, i, synic, time, directTimers));
        }
    }

    PvVcpu vcpu() {
        return vcpu;
    }

    Synic synic() {
        return synic;
    }

    VpAssist assist() {
        return assist;
    }

    Stimer stimer(int index) {
        return stimers.get(index);
    }

    /** Ticks of the reference time during which it ran. */
    long runtime() {
        return vcpu.ranNanos() / ReferenceTime.NANOS_PER_TICK;
    }

    /** {@code vector} is no longer in service: messages of its source may find their slot free. */
    void ended(int vector) {
        for (int i = 0; i < Synic.SINTS; i++) {
            if ((synic.sint(i) & 0xff) == vector) {
                int sint = i;
                stimers.stream().filter(stimer -> stimer.uses(sint)).forEach(Stimer::retry);
                slotMayBeFree.run();
            }
        }
    }

    /** Who else has messages that wait. */
    void whenSlotMayBeFree(Runnable action) {
        slotMayBeFree = action;
    }

    /** HV_X64_MSR_EOM. */
    void endOfMessage() {
        stimers.forEach(Stimer::retry);
        slotMayBeFree.run();
    }

    void reset() {
        synic.reset();
        assist.reset();
        stimers.forEach(Stimer::reset);
    }

    void save(StateWriter out) {
        synic.save(out);
        assist.save(out);
        stimers.forEach(stimer -> stimer.save(out));
    }

    void restore(StateReader in) {
        synic.restore(in);
        assist.restore(in);
        stimers.forEach(stimer -> stimer.restore(in));
    }

    @Override
    public void inspect(Inspector out) {
        out.decimal("HV_X64_MSR_VP_INDEX", vcpu.index()).decimal("HV_X64_MSR_VP_RUNTIME (100 ns)", runtime()).child("SynIC", synic).child("VP assist page", assist);
        for (int i = 0; i < STIMERS; i++) {
            out.child("STIMER" + i, stimers.get(i));
        }
    }
}
