package dev.ringside.devices.pc;

import dev.ringside.device.Clock;
import dev.ringside.device.StateReader;
import dev.ringside.device.StateWriter;
import dev.ringside.device.Timer;
import dev.ringside.inspect.Inspectable;
import dev.ringside.inspect.Inspector;

/**
 * The timer of a local APIC (SDM 3A 11.5.4): one-shot, periodic, TSC-deadline. The divider's input is {@link PcClocks#APIC_TIMER_HZ}, one tick per nanosecond.
 *
 * <p>Switching between one-shot and periodic lets the counter run on; switching to or from TSC-deadline mode disarms the timer.
 */
final class LapicTimer implements Inspectable {
    private static final int ONE_SHOT = 0;
    private static final int PERIODIC = 1;
    private static final int TSC_DEADLINE = 2;

    private final Clock clock;
    private final Timer timer;
    private final Runnable onExpiry;

    private int mode;
    private int divideConfiguration;
    private long initialCount;
    /** Virtual time at which the counter held {@link #startCount}; meaningful while {@link #running}. */
    private long startNanos;
    private long startCount;
    private boolean running;
    private long deadline;
    private long tscOffset;

    LapicTimer(Clock clock, String name, Runnable onExpiry) {
        this.clock = clock;
        this.onExpiry = onExpiry;
        this.timer = clock.newTimer(name, this::expired);
    }

    private long divider() {
        int encoded = divideConfiguration & 3 | (divideConfiguration & 8) >> 1;
        return encoded == 7 ? 1 : 2L << encoded;
    }

    /** @param newMode bits 18:17 of the LVT entry; 3 is reserved and counts nothing */
    void mode(int newMode) {
        if (newMode == mode) {
            return;
        }
        boolean disarms = (newMode == TSC_DEADLINE) != (mode == TSC_DEADLINE);
        if (disarms) {
            disarm();
            initialCount = 0;
        } else if (running) {
            startCount = currentCount();
            startNanos = clock.nanos();
        }
        mode = newMode;
        arm();
    }

    private void disarm() {
        running = false;
        deadline = 0;
        timer.cancel();
    }

    void initialCount(long count) {
        if (mode == TSC_DEADLINE) {
            return;
        }
        initialCount = count;
        startCount = count;
        startNanos = clock.nanos();
        running = count != 0;
        arm();
    }

    long initialCount() {
        return initialCount;
    }

    /** The divider changes what is left, not what was counted. */
    void divideConfiguration(int value) {
        long left = currentCount();
        divideConfiguration = value;
        if (running) {
            startCount = left;
            startNanos = clock.nanos();
        }
        arm();
    }

    int divideConfiguration() {
        return divideConfiguration;
    }

    long currentCount() {
        if (!running || mode == TSC_DEADLINE) {
            return 0;
        }
        long counted = (clock.nanos() - startNanos) / divider();
        return Math.max(0, startCount - counted);
    }

    private void arm() {
        if (mode == TSC_DEADLINE) {
            armDeadline();
        } else if (running) {
            timer.arm(startNanos + startCount * divider());
        } else {
            timer.cancel();
        }
    }

    private void expired() {
        if (mode == TSC_DEADLINE) {
            deadline = 0;
        } else if (mode == PERIODIC && initialCount != 0) {
            startNanos += startCount * divider();
            startCount = initialCount;
            timer.arm(startNanos + startCount * divider());
        } else {
            running = false;
        }
        onExpiry.run();
    }

    /** IA32_TSC_DEADLINE; 0 when disarmed, and in the other modes. */
    long deadline() {
        return mode == TSC_DEADLINE ? deadline : 0;
    }

    void deadline(long tsc) {
        if (mode != TSC_DEADLINE) {
            return;
        }
        deadline = tsc;
        armDeadline();
    }

    void tscOffset(long ticks) {
        tscOffset = ticks;
        if (mode == TSC_DEADLINE) {
            armDeadline();
        }
    }

    private void armDeadline() {
        long now = clock.nanos();
        long tsc = now + tscOffset;
        long wait = deadline - tsc;
        if (deadline == 0) {
            timer.cancel();
        } else if (Long.compareUnsigned(tsc, deadline) >= 0) {
            timer.arm(now);
        } else if (wait < 0 || now + wait < 0) {
            timer.cancel(); // centuries away
        } else {
            timer.arm(now + wait);
        }
    }

    void reset() {
        mode = ONE_SHOT;
        divideConfiguration = 0;
        initialCount = 0;
        startNanos = 0;
        startCount = 0;
        disarm();
    }

    void save(StateWriter out) {
        out.putInt("timer.mode", mode);
        out.putInt("timer.divideConfiguration", divideConfiguration);
        out.putLong("timer.initialCount", initialCount);
        out.putLong("timer.startNanos", startNanos);
        out.putLong("timer.startCount", startCount);
        out.putBoolean("timer.running", running);
        out.putLong("timer.deadline", deadline);
        out.putLong("timer.tscOffset", tscOffset);
        TimerState.save(out, "timer", timer);
    }

    void restore(StateReader in) {
        mode = in.getInt("timer.mode");
        divideConfiguration = in.getInt("timer.divideConfiguration");
        initialCount = in.getLong("timer.initialCount");
        startNanos = in.getLong("timer.startNanos");
        startCount = in.getLong("timer.startCount");
        running = in.getBoolean("timer.running");
        deadline = in.getLong("timer.deadline");
        tscOffset = in.getLong("timer.tscOffset");
        TimerState.restore(in, "timer", timer);
    }

    @Override
    public void inspect(Inspector out) {
        out.text("mode", new String[] {"one-shot", "periodic", "TSC-deadline", "reserved"}[mode]).hex("initial count", initialCount, 32)
                .hex("current count", currentCount(), 32).hex("divide configuration", divideConfiguration, 32).hex("IA32_TSC_DEADLINE", deadline, 64);
    }
}
