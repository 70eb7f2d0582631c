package dev.ringside.pv.kvm;

import dev.ringside.device.StateReader;
import dev.ringside.device.StateWriter;
import dev.ringside.inspect.Inspector;
import dev.ringside.pv.PvVcpu;

/**
 * How long a processor could have run and did not (msr.rst: MSR_KVM_STEAL_TIME), and whether it runs now. A guest that needs a TLB flush of a processor that does not
 * run sets a bit here instead of interrupting it (KVM_FEATURE_PV_TLB_FLUSH).
 *
 * <pre>
 * struct kvm_steal_time
 *  0 u64 steal (ns)   8 u32 version   12 u32 flags   16 u8 preempted: bit 0 KVM_VCPU_PREEMPTED, bit 1 KVM_VCPU_FLUSH_TLB
 * </pre>
 */
final class StealTime {
    private static final int VERSION = 8, PREEMPTED = 16, SIZE_BYTES = 64;
    private static final int KVM_VCPU_PREEMPTED = 1, KVM_VCPU_FLUSH_TLB = 2;

    private final Shared shared;
    private final boolean flushes;
    private final long[] msr;
    private final long[] told;
    private final long[] injected;
    private long flushed;

    StealTime(Shared shared, int vcpus, boolean flushes) {
        this.shared = shared;
        this.flushes = flushes;
        msr = new long[vcpus];
        told = new long[vcpus];
        injected = new long[vcpus];
    }

    void reset() {
        java.util.Arrays.fill(msr, 0);
        java.util.Arrays.fill(told, 0);
        java.util.Arrays.fill(injected, 0);
        flushed = 0;
    }

    long msr(PvVcpu vcpu) {
        return msr[vcpu.index()];
    }

    /** Time stolen before the guest switched it on is none of its business. */
    void msr(PvVcpu vcpu, long value) {
        msr[vcpu.index()] = value;
        if ((value & 1) != 0) {
            told[vcpu.index()] = stolen(vcpu);
            account(vcpu);
        }
    }

    /** How many flushes guests asked for by KVM_VCPU_FLUSH_TLB. */
    long flushed() {
        return flushed;
    }

    void steal(PvVcpu vcpu, long nanos) {
        injected[vcpu.index()] += nanos;
        account(vcpu);
    }

    private long stolen(PvVcpu vcpu) {
        return vcpu.stolenNanos() + injected[vcpu.index()];
    }

    private long page(PvVcpu vcpu) {
        long value = msr[vcpu.index()];
        long gpa = value & ~63L;
        return (value & 1) != 0 && shared.isRam(gpa, SIZE_BYTES) ? gpa : -1;
    }

    void scheduled(PvVcpu vcpu, boolean in) {
        long gpa = page(vcpu);
        if (gpa < 0) {
            return;
        }
        if (!in) {
            shared.put(gpa + PREEMPTED, 1, KVM_VCPU_PREEMPTED);
            return;
        }
        if (flushes && (shared.get(gpa + PREEMPTED, 1) & KVM_VCPU_FLUSH_TLB) != 0) {
            vcpu.flushTlb();
            flushed++;
        }
        shared.put(gpa + PREEMPTED, 1, 0);
        account(vcpu);
    }

    private void account(PvVcpu vcpu) {
        long gpa = page(vcpu);
        long more = stolen(vcpu) - told[vcpu.index()];
        if (gpa >= 0 && more != 0) {
            told[vcpu.index()] += more;
            long version = shared.beginUpdate(gpa + VERSION);
            shared.put(gpa, 8, shared.get(gpa, 8) + more);
            shared.endUpdate(gpa + VERSION, version);
        }
    }

    void save(StateWriter out) {
        for (int i = 0; i < msr.length; i++) {
            out.putLong("steal[" + i + "]", msr[i]);
            out.putLong("steal told[" + i + "]", told[i]);
            out.putLong("steal injected[" + i + "]", injected[i]);
        }
        out.putLong("flushed", flushed);
    }

    void restore(StateReader in) {
        for (int i = 0; i < msr.length; i++) {
            msr[i] = in.getLong("steal[" + i + "]");
            told[i] = in.getLong("steal told[" + i + "]");
            injected[i] = in.getLong("steal injected[" + i + "]");
        }
        flushed = in.getLong("flushed");
    }

    void inspect(PvVcpu vcpu, Inspector out) {
        out.hex("MSR_KVM_STEAL_TIME", msr(vcpu), 64);
        long gpa = page(vcpu);
        if (gpa >= 0) {
            long version = shared.get(gpa + VERSION, 4);
            long preempted = shared.get(gpa + PREEMPTED, 1);
            out.decimal("steal (ns)", shared.get(gpa, 8)).text("version", version + ((version & 1) != 0 ? " (odd: being written)" : " (even: consistent)"))
                .flag("KVM_VCPU_PREEMPTED", (preempted & KVM_VCPU_PREEMPTED) != 0).flag("KVM_VCPU_FLUSH_TLB", (preempted & KVM_VCPU_FLUSH_TLB) != 0);
        }
    }
}
