package dev.ringside.guests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringside.device.TextScreen;
import dev.ringside.machine.Machine;
import dev.ringside.machine.MachineBuilder;
import dev.ringside.machine.MachineDescription;
import dev.ringside.machine.MachineProviders;
import dev.ringside.testkit.guests.DebianPackages;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** memtest86+ draws its screen: VGA text, without serial line or operating system. */
class MemtestTest {
    private static final long PART = 20_000_000;
    private static final int PARTS = 200;

    @Test
    void reachesItsFirstScreen() throws Exception {
        var description = MachineDescription.of(DebianPackages.memtest()).withMemoryBytes(64L << 20);
        try (Machine machine = new MachineBuilder(MachineProviders.onClassPath(), (file, writable) -> {
            throw new IOException("no disks here");
        }).build(description)) {
            String screen = "";
            for (int i = 0; i < PARTS && !screen.contains("Press <F1>"); i++) {
                machine.run(PART);
                TextScreen shown = machine.board().screen();
                screen = shown == null ? "" : shown.text();
            }

            assertThat(screen).contains("Memtest86+", "CPU:", "Press <F1> to configure");
        }
    }
}
