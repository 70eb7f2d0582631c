package dev.ringside.machine;

import static dev.ringside.machine.ExitTimes.STRIDE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ringside.loader.RawFormat;
import dev.ringside.loader.SymbolTable;
import dev.ringside.trace.TraceKind;
import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

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
    void equalRunsAreEqualWhateverTheHostTookForThem() {
        assertThat(statistics(7, 1)).isEqualTo(statistics(7, 2)).hasSameHashCodeAs(statistics(7, 2));
        assertThat(statistics(7, 1)).isNotEqualTo(statistics(8, 1));
    }

    private static MachineStatistics statistics(long instructions, long nanos) {
        return new MachineStatistics(instructions, 0, new TreeMap<>(), new TreeMap<>(Map.of("pio", nanos)), new TreeMap<>(), "0123456789abcdef");
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

    /** A machine that can go on when somebody types lets the host wait; looks at it end one wait and begin the next, two of them sometimes the same. */
    @Test
    @Timeout(60)
    void ofAHaltTheWaitForSomebodyOutsideIsTimed() throws Exception {
        var program = MachineProviders.onClassPath().architectures().getFirst().assembler().assemble("guest.asm", """
            bits 32
            org 0x100000
                    sti
                    hlt
            """);
        Machine machine = new MachineBuilder(MachineProviders.onClassPath(), (file, writable) -> {
            throw new IOException("no disks here");
        }).build(MachineDescription.of(null), RawFormat.of(program.bytes(), program.origin(), SymbolTable.empty()));
        try (var control = new MachineThread(machine).start(false)) {
            long waited = longerThan(0, control);

            assertThat(longerThan(waited, control)).as("it waits on").isGreaterThan(waited);
        }
    }

    /** Comes back when it has waited longer than that; the test's time is over when it never does. */
    private static long longerThan(long nanos, MachineThread control) throws Exception {
        long waited = nanos;
        while (waited <= nanos) {
            waited = control.statistics().get().exitNanos().getOrDefault("halt", 0L);
        }
        return waited;
    }

    private void exits(TraceKind kind, int count, int nanosEach) {
        for (int i = 0; i < count; i++) {
            long began = times.begin(kind);
            now += nanosEach;
            times.end(kind, began);
        }
    }
}
