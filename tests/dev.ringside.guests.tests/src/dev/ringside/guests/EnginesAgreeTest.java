package dev.ringside.guests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringside.arch.Architecture;
import dev.ringside.machine.MachineProviders;
import dev.ringside.samples.Sample;
import dev.ringside.testkit.guests.DebianPackages;
import dev.ringside.testkit.guests.Initramfs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The translator is the same machine as the interpreter: the same output after the same instructions, every exit and interrupt at the same count. */
class EnginesAgreeTest {
    private static final String INIT = """
        #!/bin/busybox sh
        /bin/busybox mount -t proc proc /proc
        /bin/busybox cat /proc/interrupts
        /bin/busybox dd if=/dev/zero bs=64k count=16 | /bin/busybox gzip | /bin/busybox sha256sum
        /bin/busybox sha256sum /bin/busybox
        /bin/busybox poweroff -f
        """;

    @TempDir
    Path folder;

    @Test
    void onTheSampleKernel() throws IOException {
        agreeOn(Files.write(folder.resolve("kernel.bin"), assembled(Sample.KERNEL_64)));
    }

    @Test
    void onFirmwareInRealModeAndAbove() throws IOException {
        Path disk = Files.write(folder.resolve("disk.img"), Arrays.copyOf(assembled(Sample.BOOT_SECTOR), 1 << 20));

        agreeOn("--firmware", DebianPackages.seaBios(), "--timeout", "240", disk);
    }

    @Test
    void onDebian() throws IOException {
        agreeOn("--memory", "512M", "--initrd", Initramfs.withInit(folder, INIT), "--append", "console=ttyS0 panic=-1", "--no-reboot",
            DebianPackages.kernel());
    }

    @Test
    void onDebianUnpackingItself() throws IOException {
        agreeOn("--no-fast-boot", "--memory", "512M", "--initrd", Initramfs.withInit(folder, INIT), "--append", "console=ttyS0 panic=-1", "--no-reboot",
            DebianPackages.kernel());
    }

    private static void agreeOn(Object... arguments) throws IOException {
        CommandLineRun translated = run("translator", arguments);
        CommandLineRun interpreted = run("interpreter", arguments);

        assertThat(translated.out()).as(translated.err()).isEqualTo(interpreted.out());
        assertThat(translated.status()).isEqualTo(interpreted.status());
        for (String counted : List.of("end", "instructions", "exits", "events", "eventHash")) {
            assertThat(translated.json().get(counted)).as(counted).isEqualTo(interpreted.json().get(counted));
        }
    }

    private static CommandLineRun run(String engine, Object... arguments) throws IOException {
        var all = new ArrayList<Object>(List.of("run", "--json", "--engine", engine));
        all.addAll(List.of(arguments));
        return CommandLineRun.of(all.toArray());
    }

    private static byte[] assembled(Sample sample) {
        Architecture x86 = MachineProviders.onClassPath().architectures().getFirst();
        return sample.assemble(x86.assembler()).bytes();
    }
}
