package dev.ringside.guests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringside.arch.Architecture;
import dev.ringside.machine.MachineProviders;
import dev.ringside.samples.Sample;
import dev.ringside.testkit.guests.DebianPackages;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Debian's SeaBIOS, from the reset vector to a boot sector. */
class FirmwareBootTest {
    @TempDir
    Path folder;

    @Test
    void seaBiosFindsTheDiskAndStartsItsBootSector() throws IOException {
        Path bios = DebianPackages.seaBios();
        Architecture x86 = MachineProviders.onClassPath().architectures().getFirst();
        byte[] disk = java.util.Arrays.copyOf(Sample.BOOT_SECTOR.assemble(x86.assembler()).bytes(), 1 << 20);
        Path image = Files.write(folder.resolve("disk.img"), disk);

        CommandLineRun run = CommandLineRun.of("run", "--firmware", bios, "--timeout", "240", "--json", image);

        assertThat(run.out()).as(run.err()).contains("Hello from the boot sector.");
        assertThat(run.status()).isEqualTo(0x10 << 1 | 1);
        assertThat(Files.readAllBytes(image)).as("the user's disk is never written").isEqualTo(disk);
    }
}
