package dev.ringside.machine;

import static dev.ringside.machine.ExitTimes.STRIDE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ringside.trace.TraceKind;
import org.junit.jupiter.api.Test;

class ExitTimesTest {
    /** The host's clock, and how often somebody has looked at it. */
    private long now;
    private int looks;
    private final ExitTimes times = new ExitTimes(() -> {
        looks++;
        return now;
    });

    @Test
    void fewExitsAreTimedEach() {
        exits(TraceKind.PIO, 7, 10);
        exits(TraceKind.PIO, 1, 100);

        assertThat(times.nanos()).containsOnlyKeys("pio").containsEntry("pio", 170L);
    }

    @Test
    void ofManyOneStandsForTheOthersBeforeIt() {
        exits(TraceKind.MMIO, 100 * STRIDE, 3);

        assertThat(times.nanos()).containsEntry("mmio", 300L * STRIDE);
        assertThat(looks).as("looks at the clock").isEqualTo(2 * (STRIDE + 99));
    }

    @Test
    void kindsAreTimedApart() {
        exits(TraceKind.MMIO, 10 * STRIDE, 3);
        exits(TraceKind.CPUID, 1, 40);

        assertThat(times.nanos()).containsEntry("cpuid", 40L).containsEntry("mmio", 30L * STRIDE);
    }

    @Test
    void anExitMayTurnOutToBeAnother() {
        for (int i = 0; i < 2 * STRIDE; i++) {
            long began = times.begin(TraceKind.HYPERCALL);
            now += 5;
            times.end(TraceKind.HV_HYPERCALL, began);
        }

        assertThat(times.nanos()).containsOnlyKeys("hv_hypercall").containsEntry("hv_hypercall", 10L * STRIDE);
    }

    private void exits(TraceKind kind, int count, int nanosEach) {
        for (int i = 0; i < count; i++) {
            long began = times.begin(kind);
            now += nanosEach;
            times.end(kind, began);
        }
    }
}
