package dev.ringside.pv.kvm;

import dev.ringside.device.StateReader;
import dev.ringside.device.StateWriter;
import dev.ringside.inspect.Inspector;
import dev.ringside.pv.ParavirtContext;
import dev.ringside.pv.PvVcpu;

/**
 * The clock (msr.rst: MSR_KVM_SYSTEM_TIME_NEW, MSR_KVM_WALL_CLOCK_NEW). System time is virtual time: nanoseconds since power-on.
 *
 * <pre>
 * struct pvclock_vcpu_time_info          struct pvclock_wall_clock
 *  0 u32 version (odd: being written)     0 u32 version
 *  8 u64 tsc_timestamp                    4 u32 sec, 8 u32 nsec: when system time was 0
 * 16 u64 system_time
 * 24 u32 tsc_to_system_mul
 * 28 s8  tsc_shift
 * 29 u8  flags: bit 0 TSC_STABLE, bit 1 GUEST_STOPPED
 *
 * time = system_time + ((tsc - tsc_timestamp) &lt;&lt; tsc_shift) * tsc_to_system_mul / 2^32
 * </pre>
 */
final class Kvmclock {
    private static final int TSC_TIMESTAMP = 8, SYSTEM_TIME = 16, MUL = 24, SHIFT = 28, FLAGS = 29;
    private static final int TSC_STABLE = 1, GUEST_STOPPED = 2;
    /** One nanosecond a tick: the multiplier has 32 fraction bits and so stays below 1; the shift makes up for it. */
    private static final long ONE_HALF = 0x80000000L;

    private final ParavirtContext context;
    private final Shared shared;
    private final boolean offersStable;
    private final long[] systemTime;
    private long wallClock;

    Kvmclock(ParavirtContext context, Shared shared, boolean offersStable) {
        this.context = context;
        this.shared = shared;
        this.offersStable = offersStable;
        systemTime = new long[context.vcpus().size()];
    }

    void reset() {
        java.util.Arrays.fill(systemTime, 0);
        wallClock = 0;
    }

    long systemTime(PvVcpu vcpu) {
        return systemTime[vcpu.index()];
    }

    long wallClock() {
        return wallClock;
    }

    /** GPA, and bit 0 to switch it on. */
    void systemTime(PvVcpu vcpu, long value) {
        systemTime[vcpu.index()] = value;
        update(vcpu, 0);
    }

    /** The guest adds system time itself, so what is written is the time of power-on. */
    void wallClock(long gpa) {
        wallClock = gpa;
        if (gpa != 0 && shared.isRam(gpa, 12)) {
            long version = shared.beginUpdate(gpa);
            shared.put(gpa + 4, 4, context.epochSeconds());
            shared.put(gpa + 8, 4, 0);
            shared.endUpdate(gpa, version);
        }
    }

    /** A time-stamp counter moved: all pages are written again, because whether they agree may have changed. */
    void updateAll() {
        context.vcpus().forEach(vcpu -> update(vcpu, 0));
    }

    /** As after a machine that was paused for long: watchdogs are to be patient once. */
    void tellStopped() {
        context.vcpus().forEach(vcpu -> update(vcpu, GUEST_STOPPED));
    }

    private void update(PvVcpu vcpu, int moreFlags) {
        long gpa = systemTime[vcpu.index()] & ~1L;
        if ((systemTime[vcpu.index()] & 1) == 0 || !shared.isRam(gpa, 32)) {
            return;
        }
        int kept = (int) shared.get(gpa + FLAGS, 1) & GUEST_STOPPED;
        long version = shared.beginUpdate(gpa);
        shared.put(gpa + TSC_TIMESTAMP, 8, vcpu.tsc());
        shared.put(gpa + SYSTEM_TIME, 8, context.clock().nanos());
        shared.put(gpa + MUL, 4, ONE_HALF);
        shared.put(gpa + SHIFT, 1, 1);
        shared.put(gpa + FLAGS, 1, kept | moreFlags | (offersStable && countersAgree() ? TSC_STABLE : 0));
        shared.endUpdate(gpa, version);
    }

    private boolean countersAgree() {
        long first = context.vcpus().getFirst().tscOffset();
        return context.vcpus().stream().allMatch(vcpu -> vcpu.tscOffset() == first);
    }

    void save(StateWriter out) {
        for (int i = 0; i < systemTime.length; i++) {
            out.putLong("system time[" + i + "]", systemTime[i]);
        }
        out.putLong("wall clock", wallClock);
    }

    void restore(StateReader in) {
        for (int i = 0; i < systemTime.length; i++) {
            systemTime[i] = in.getLong("system time[" + i + "]");
        }
        wallClock = in.getLong("wall clock");
    }

    void inspect(PvVcpu vcpu, Inspector out) {
        long msr = systemTime[vcpu.index()];
        long gpa = msr & ~1L;
        out.hex("MSR_KVM_SYSTEM_TIME", msr, 64).flag("enabled", (msr & 1) != 0);
        if ((msr & 1) == 0) {
            return;
        }
        long version = shared.get(gpa, 4);
        long timestamp = shared.get(gpa + TSC_TIMESTAMP, 8);
        long system = shared.get(gpa + SYSTEM_TIME, 8);
        long mul = shared.get(gpa + MUL, 4);
        int shift = (byte) shared.get(gpa + SHIFT, 1);
        int flags = (int) shared.get(gpa + FLAGS, 1);
        out.text("version", version + ((version & 1) != 0 ? " (odd: being written)" : " (even: consistent)")).decimal("tsc_timestamp", timestamp)
            .decimal("system_time (ns)", system).hex("tsc_to_system_mul", mul, 32).decimal("tsc_shift", shift)
            .flag("PVCLOCK_TSC_STABLE_BIT", (flags & TSC_STABLE) != 0).flag("PVCLOCK_GUEST_STOPPED", (flags & GUEST_STOPPED) != 0)
            .decimal("reads now (ns)", system + scale(vcpu.tsc() - timestamp, mul, shift));
    }

    /** What the guest computes. */
    static long scale(long ticks, long mul, int shift) {
        long shifted = shift < 0 ? ticks >>> -shift : ticks << shift;
        return Math.unsignedMultiplyHigh(shifted, mul) << 32 | shifted * mul >>> 32;
    }

    void inspectWallClock(Inspector out) {
        out.hex("MSR_KVM_WALL_CLOCK", wallClock, 64);
        if (wallClock != 0) {
            out.decimal("version", shared.get(wallClock, 4)).decimal("sec", shared.get(wallClock + 4, 4)).decimal("nsec", shared.get(wallClock + 8, 4));
        }
    }
}
