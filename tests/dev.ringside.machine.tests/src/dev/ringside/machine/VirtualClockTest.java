package dev.ringside.machine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class VirtualClockTest {
    private long instructions;
    private int nearer;
    private final VirtualClock clock = new VirtualClock(() -> instructions, () -> nearer++);

    @Test
    void oneInstructionIsOneNanosecond() {
        instructions = 1234;

        assertThat(clock.nanos()).isEqualTo(1234);
    }

    @Test
    void skippingAddsToInstructions() {
        instructions = 100;
        clock.skipTo(5000);
        instructions = 110;

        assertThat(clock.nanos()).isEqualTo(5010);
    }

    @Test
    void skippingNeverGoesBack() {
        instructions = 100;
        clock.skipTo(50);

        assertThat(clock.nanos()).isEqualTo(100);
    }

    @Test
    void timersExpireInOrderOfDeadlineThenOfAge() {
        List<String> expired = new ArrayList<>();
        var a = clock.newTimer("a", () -> expired.add("a"));
        var b = clock.newTimer("b", () -> expired.add("b"));
        var c = clock.newTimer("c", () -> expired.add("c"));
        c.arm(10);
        b.arm(20);
        a.arm(20);
        instructions = 20;

        clock.expireDue();

        assertThat(expired).containsExactly("c", "a", "b");
    }

    @Test
    void timerThatRearmsItselfInThePastExpiresAtOnceButDoesNotLoopForEver() {
        int[] times = {0};
        dev.ringside.device.Timer[] self = new dev.ringside.device.Timer[1];
        self[0] = clock.newTimer("t", () -> {
            if (++times[0] < 3) {
                self[0].arm(0);
            }
        });
        self[0].arm(0);

        clock.expireDue();

        assertThat(times[0]).isEqualTo(3);
        assertThat(self[0].isArmed()).isFalse();
    }

    @Test
    void onlyADeadlineBeforeAllOthersEndsTheSlice() {
        clock.newTimer("far", () -> { }).arm(1000);
        clock.newTimer("farther", () -> { }).arm(2000);
        assertThat(nearer).isEqualTo(1);

        clock.newTimer("near", () -> { }).arm(500);

        assertThat(nearer).isEqualTo(2);
        assertThat(clock.nextDeadlineNanos()).isEqualTo(500);
    }
}
