package dev.ringside.pv.kvm;

import dev.ringside.arch.x86.Vector;
import dev.ringside.arch.x86.cpu.X86Cpu;
import dev.ringside.device.StateReader;
import dev.ringside.device.StateWriter;
import dev.ringside.inspect.Inspector;
import dev.ringside.pv.PvVcpu;
import java.util.ArrayDeque;

/**
 * A page that the host must fetch first (msr.rst: MSR_KVM_ASYNC_PF_EN): the guest gets #PF with a token in CR2 and may run something else; when the page is back, it is
 * told the token by an interrupt (bit 3), or without that by a second #PF.
 *
 * <pre>
 * struct kvm_vcpu_pv_apf_data (64 bytes)
 *  0 u32 flags: 1 KVM_PV_REASON_PAGE_NOT_PRESENT, 2 KVM_PV_REASON_PAGE_READY (second #PF only)
 *  4 u32 token of the page that is back; the guest sets 0 and writes MSR_KVM_ASYNC_PF_ACK
 * </pre>
 */
final class AsyncPageFaults {
    private static final int ENABLED = 1, SEND_ALWAYS = 2, DELIVERY_AS_INT = 8;
    private static final int PAGE_NOT_PRESENT = 1, PAGE_READY = 2;
    private static final int TOKEN = 4, SIZE_BYTES = 64;
    private static final int IF = 1 << 9;

    private final Shared shared;
    private final PvVcpu vcpu;
    private long msr;
    private int vector;
    private int ids;
    /** Pages that the guest waits for: GPA and token in turn. */
    private final ArrayDeque<Long> waiting = new ArrayDeque<>();
    /** Tokens of pages that are back and not told yet. */
    private final ArrayDeque<Long> ready = new ArrayDeque<>();
    private long told;

    AsyncPageFaults(Shared shared, PvVcpu vcpu) {
        this.shared = shared;
        this.vcpu = vcpu;
    }

    void reset() {
        msr = told = 0;
        vector = ids = 0;
        waiting.clear();
        ready.clear();
    }

    long msr() {
        return msr;
    }

    int vector() {
        return vector;
    }

    void vector(long value) {
        vector = (int) value;
    }

    /** How many faults the guest was told of. */
    long told() {
        return told;
    }

    /** @return false for #GP */
    boolean msr(long value) {
        boolean enables = (value & ENABLED) != 0;
        if (enables && !shared.isRam(value & ~63L, SIZE_BYTES)) {
            return false;
        }
        msr = value;
        if (!enables) {
            waiting.clear();
            ready.clear();
        }
        return true;
    }

    private long area() {
        return msr & ~63L;
    }

    /**
     * Whether the guest can be told now: in user mode (or anywhere, when it allows that), with interrupts on, and with no earlier one in its page.
     *
     * @return true when #PF is in the processor's fault
     */
    boolean pageAbsent(long gpaInPage) {
        long gpa = gpaInPage & -4096;
        var cpu = (X86Cpu) vcpu.cpu();
        boolean can = (msr & ENABLED) != 0 && (cpu.rflags() & IF) != 0 && (cpu.cpl() != 0 || (msr & SEND_ALWAYS) != 0) && shared.get(area(), 4) == 0;
        if (!can) {
            return false;
        }
        long token = (long) ++ids << 12 & 0xfffff000L | vcpu.index();
        shared.put(area(), 4, PAGE_NOT_PRESENT);
        waiting.add(gpa);
        waiting.add(token);
        told++;
        cpu.fault.set(Vector.PF, 0, token);
        return true;
    }

    void pagePresent(long gpa) {
        for (int i = waiting.size() / 2; i > 0; i--) {
            long page = waiting.remove();
            long token = waiting.remove();
            if (page == gpa) {
                ready.add(token);
            } else {
                waiting.add(page);
                waiting.add(token);
            }
        }
        tellNext();
    }

    /** The guest has read the last token, or may be able to take a fault now. */
    void tellNext() {
        if (ready.isEmpty() || (msr & ENABLED) == 0) {
            return;
        }
        if ((msr & DELIVERY_AS_INT) != 0) {
            if (shared.get(area() + TOKEN, 4) == 0 && vector >= 16) {
                shared.put(area() + TOKEN, 4, ready.remove());
                vcpu.apic().request(vector);
            }
            return;
        }
        var cpu = (X86Cpu) vcpu.cpu();
        if (shared.get(area(), 4) == 0 && (cpu.rflags() & IF) != 0 && (cpu.cpl() != 0 || cpu.isHalted() || (msr & SEND_ALWAYS) != 0)) {
            shared.put(area(), 4, PAGE_READY);
            cpu.raise(cpu.fault.set(Vector.PF, 0, ready.remove()));
        }
    }

    boolean hasReady() {
        return !ready.isEmpty();
    }

    void save(StateWriter out) {
        out.putLong("apf", msr);
        out.putInt("apf vector", vector);
        out.putInt("apf ids", ids);
        out.putLong("apf told", told);
        put(out, "apf waiting", waiting);
        put(out, "apf ready", ready);
    }

    private static void put(StateWriter out, String name, ArrayDeque<Long> queue) {
        out.putInt(name, queue.size());
        queue.forEach(value -> out.putLong(name + "[]", value));
    }

    void restore(StateReader in) {
        msr = in.getLong("apf");
        vector = in.getInt("apf vector");
        ids = in.getInt("apf ids");
        told = in.getLong("apf told");
        get(in, "apf waiting", waiting);
        get(in, "apf ready", ready);
    }

    private static void get(StateReader in, String name, ArrayDeque<Long> queue) {
        queue.clear();
        for (int i = in.getInt(name); i > 0; i--) {
            queue.add(in.getLong(name + "[]"));
        }
    }

    void inspect(Inspector out) {
        out.hex("MSR_KVM_ASYNC_PF_EN", msr, 64).hex("MSR_KVM_ASYNC_PF_INT", vector, 8).decimal("told", told).decimal("waiting", waiting.size() / 2)
            .decimal("ready", ready.size());
        if ((msr & ENABLED) != 0) {
            out.hex("flags", shared.get(area(), 4), 32).hex("token", shared.get(area() + TOKEN, 4), 32);
        }
    }
}
