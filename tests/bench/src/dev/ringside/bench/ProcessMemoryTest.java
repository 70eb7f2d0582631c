package dev.ringside.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringside.memory.PhysicalMemory;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** Guest memory is told apart from what the process needs for itself: measured on this process. */
class ProcessMemoryTest {
    private static final long SIZE = 96L << 20;
    private static final long TOUCHED = 40L << 20;

    @Test
    void touchedGuestMemoryIsTheGuestsAndTheRestIsNot() {
        if (!Files.exists(Path.of("/proc/self/smaps"))) {
            Assumptions.abort("no /proc/PID/smaps here");
        }
        try (var memory = new PhysicalMemory()) {
            memory.addRam("ram", 0, SIZE);
            for (long gpa = 0; gpa < TOUCHED; gpa += 4096) {
                memory.write(gpa, 8, 1);
            }

            ProcessMemory seen = ProcessMemory.of(ProcessHandle.current().pid(), SIZE);

            assertThat(seen.guestBytes()).isBetween(TOUCHED, TOUCHED + (8 << 20));
            assertThat(seen.overheadBytes()).isEqualTo(seen.peakBytes() - seen.guestBytes()).isGreaterThan(20 << 20);
        }
    }
}
