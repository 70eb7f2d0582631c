package dev.ringside.devices.pc;

import dev.ringside.device.StateReader;
import dev.ringside.device.StateWriter;
import dev.ringside.device.Timer;

/** A timer among the state of its device. */
final class TimerState {
    private TimerState() {
    }

    static void save(StateWriter out, String name, Timer timer) {
        out.putBoolean(name + "Armed", timer.isArmed());
        out.putLong(name + "Deadline", timer.isArmed() ? timer.deadlineNanos() : 0);
    }

    static void restore(StateReader in, String name, Timer timer) {
        boolean armed = in.getBoolean(name + "Armed");
        long deadline = in.getLong(name + "Deadline");
        if (armed) {
            timer.arm(deadline);
        } else {
            timer.cancel();
        }
    }
}
