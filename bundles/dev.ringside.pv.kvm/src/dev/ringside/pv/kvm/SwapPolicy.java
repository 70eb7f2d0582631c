package dev.ringside.pv.kvm;

import dev.ringside.device.StateReader;
import dev.ringside.device.StateWriter;
import dev.ringside.device.Timer;
import dev.ringside.memory.Slot;
import dev.ringside.memory.Writes;
import dev.ringside.pv.ParavirtContext;

/** A host that is short of memory: every so often it takes some pages away, in the order of a clock's hand. So asynchronous page faults happen, the same in every run. */
final class SwapPolicy {
    /** How long the host needs for a page. */
    static final long FETCH_NANOS = 1_000_000;
    private static final long MILLISECOND = 1_000_000;
    private static final int PAGE_BYTES = 4096;
    /** The hand's step in pages: prime, so that it comes everywhere. */
    private static final int STEP = 4099;

    private final ParavirtContext context;
    private final int pages;
    private final long periodNanos;
    private final Timer timer;
    private long hand;

    /** @param setting {@code PAGES} or {@code PAGES/MS}, or null for none */
    SwapPolicy(ParavirtContext context, String setting) {
        this.context = context;
        String[] parts = setting == null ? new String[] {"0"} : setting.split("/", 2);
        try {
            pages = Integer.parseUnsignedInt(parts[0]);
            periodNanos = (parts.length > 1 ? Integer.parseUnsignedInt(parts[1]) : 1) * MILLISECOND;
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("paravirtual setting swap='" + setting + "'; PAGES or PAGES/MILLISECONDS is needed, such as swap=16/10", e);
        }
        if (periodNanos == 0) {
            throw new IllegalArgumentException("paravirtual setting swap='" + setting + "'; the period is at least 1 millisecond");
        }
        timer = context.clock().newTimer("swap", this::expired);
    }

    /** Begins when the guest can be told. */
    void start() {
        if (pages > 0 && !timer.isArmed()) {
            timer.arm(context.clock().nanos() + periodNanos);
        }
    }

    void reset() {
        timer.cancel();
        hand = 0;
    }

    void save(StateWriter out) {
        out.putLong("swap hand", hand);
        out.putLong("swap deadline", timer.isArmed() ? timer.deadlineNanos() : -1);
    }

    void restore(StateReader in) {
        hand = in.getLong("swap hand");
        long deadline = in.getLong("swap deadline");
        timer.cancel();
        if (deadline >= 0) {
            timer.arm(deadline);
        }
    }

    private void expired() {
        takeAway(pages);
        timer.arm(context.clock().nanos() + periodNanos);
    }

    /** Takes {@code count} pages of RAM away. */
    void takeAway(int count) {
        Slot ram = largest();
        long total = ram.sizeBytes() / PAGE_BYTES;
        for (int i = 0; i < count; i++) {
            hand = (hand + STEP) % total;
            context.swapOut(ram.gpa() + hand * PAGE_BYTES, FETCH_NANOS);
        }
    }

    private Slot largest() {
        return context.memory().slots().stream().filter(s -> s.writes() == Writes.STORED && s.isEnabled())
            .max(java.util.Comparator.comparingLong(Slot::sizeBytes)).orElseThrow();
    }
}
