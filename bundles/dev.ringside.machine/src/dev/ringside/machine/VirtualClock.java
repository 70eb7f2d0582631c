package dev.ringside.machine;

import dev.ringside.device.Clock;
import dev.ringside.device.Timer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.function.LongSupplier;

/**
 * Virtual time: one nanosecond for each retired instruction, plus what was skipped while every processor waited. Nothing else moves it.
 */
final class VirtualClock implements Clock {
    /** Retired instructions up to now, also in the middle of a run. */
    private final LongSupplier instructions;
    private final Runnable deadlineCameNearer;
    private final PriorityQueue<Alarm> armed = new PriorityQueue<>(Comparator.comparingLong(Alarm::deadlineNanos).thenComparingInt(a -> a.order));
    private final List<Alarm> all = new ArrayList<>();
    private long skippedNanos;

    /** @param deadlineCameNearer told when a timer is armed to expire before every other: a running slice may have to end sooner */
    VirtualClock(LongSupplier instructions, Runnable deadlineCameNearer) {
        this.instructions = instructions;
        this.deadlineCameNearer = deadlineCameNearer;
    }

    @Override
    public long nanos() {
        return instructions.getAsLong() + skippedNanos;
    }

    @Override
    public Timer newTimer(String name, Runnable onExpiry) {
        var timer = new Alarm(name, onExpiry, all.size());
        all.add(timer);
        return timer;
    }

    /** The next deadline, or {@link Long#MAX_VALUE}. */
    long nextDeadlineNanos() {
        return armed.isEmpty() ? Long.MAX_VALUE : armed.peek().deadline;
    }

    /** Runs every timer whose deadline has come. */
    void expireDue() {
        while (!armed.isEmpty() && armed.peek().deadline <= nanos()) {
            Alarm due = armed.poll();
            due.armed = false;
            due.onExpiry.run();
        }
    }

    /** Lets time pass without instructions up to {@code nanos}, if that is in the future. */
    void skipTo(long nanos) {
        skippedNanos += Math.max(0, nanos - nanos());
    }

    private final class Alarm implements Timer {
        private final String name;
        private final Runnable onExpiry;
        private final int order;
        private long deadline;
        private boolean armed;

        Alarm(String name, Runnable onExpiry, int order) {
            this.name = name;
            this.onExpiry = onExpiry;
            this.order = order;
        }

        @Override
        public void arm(long deadlineNanos) {
            cancel();
            boolean nearest = deadlineNanos < nextDeadlineNanos();
            deadline = deadlineNanos;
            armed = true;
            VirtualClock.this.armed.add(this);
            if (nearest) {
                deadlineCameNearer.run();
            }
        }

        @Override
        public void cancel() {
            if (armed) {
                VirtualClock.this.armed.remove(this);
                armed = false;
            }
        }

        @Override
        public boolean isArmed() {
            return armed;
        }

        @Override
        public long deadlineNanos() {
            return deadline;
        }

        @Override
        public String toString() {
            return name;
        }
    }
}
