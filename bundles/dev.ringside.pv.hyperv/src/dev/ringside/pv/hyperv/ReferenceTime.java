package dev.ringside.pv.hyperv;

import dev.ringside.device.StateReader;
import dev.ringside.device.StateWriter;
import dev.ringside.inspect.Inspectable;
import dev.ringside.inspect.Inspector;
import dev.ringside.pv.ParavirtContext;

/**
 * The partition's reference time in units of 100 ns (TLFS 12.3, 12.4): virtual time, as a counter and as a page from which a guest computes it.
 *
 * <pre>
 * HV_REFERENCE_TSC_PAGE: 0 u32 TscSequence, 8 u64 TscScale, 16 s64 TscOffset
 * time = (tsc * TscScale &gt;&gt; 64) + TscOffset; TscSequence 0: read HV_X64_MSR_TIME_REF_COUNT instead
 * </pre>
 */
final class ReferenceTime implements Inspectable {
    static final long NANOS_PER_TICK = 100;
    private static final int SEQUENCE = 0, SCALE = 8, OFFSET = 16;
    /** 2^64 / 100, rounded up: one tick is a hundred time-stamp counts, and what the page gives is the quotient, exactly, for the first seven years. */
    private static final long TSC_SCALE = Long.divideUnsigned(-1L, NANOS_PER_TICK) + 1;

    private final ParavirtContext context;
    private final SharedPage page;
    private int sequence;

    ReferenceTime(ParavirtContext context) {
        this.context = context;
        page = new SharedPage(context.overlay("reference TSC page"), "HV_X64_MSR_REFERENCE_TSC", false);
    }

    long now() {
        return context.clock().nanos() / NANOS_PER_TICK;
    }

    /** The first nanosecond at which {@link #now} is {@code ticks}; far in the future when it does not fit. */
    static long nanosAt(long ticks) {
        return Long.compareUnsigned(ticks, Long.MAX_VALUE / NANOS_PER_TICK) > 0 ? Long.MAX_VALUE : ticks * NANOS_PER_TICK;
    }

    long msr() {
        return page.msr();
    }

    boolean msr(long value) {
        if (!page.msr(value)) {
            return false;
        }
        if (page.isEnabled()) {
            update();
        }
        return true;
    }

    /** A time-stamp counter moved. */
    void update() {
        if (!page.isEnabled()) {
            return;
        }
        long offset = context.vcpus().getFirst().tscOffset();
        boolean agree = context.vcpus().stream().allMatch(vcpu -> vcpu.tscOffset() == offset);
        page.write(SEQUENCE, 4, 0);
        page.write(SCALE, 8, TSC_SCALE);
        long counts = context.vcpus().getFirst().tsc();
        page.write(OFFSET, 8, now() - Math.unsignedMultiplyHigh(counts, TSC_SCALE));
        if (agree) {
            sequence = sequence == -2 ? 1 : sequence + 1;
            page.write(SEQUENCE, 4, sequence);
        }
    }

    void reset() {
        sequence = 0;
        page.reset();
    }

    void save(StateWriter out) {
        page.save(out);
        out.putInt("TscSequence", sequence);
    }

    void restore(StateReader in) {
        page.restore(in);
        sequence = in.getInt("TscSequence");
    }

    @Override
    public void inspect(Inspector out) {
        out.hex("HV_X64_MSR_REFERENCE_TSC", page.msr(), 64).decimal("reference counter (100 ns)", now());
        if (page.isEnabled()) {
            long tsc = context.vcpus().getFirst().tsc();
            long value = Math.unsignedMultiplyHigh(tsc, page.read(SCALE, 8)) + page.read(OFFSET, 8);
            long sequenceNow = page.read(SEQUENCE, 4);
            out.text("TscSequence", sequenceNow + (sequenceNow == 0 ? " (page not valid: read the counter)" : "")).hex("TscScale", page.read(SCALE, 8), 64)
                .decimal("TscOffset", page.read(OFFSET, 8)).decimal("reads now (100 ns)", value);
        }
    }
}
