package dev.ringside.guests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringside.testkit.guests.DebianPackages;
import dev.ringside.testkit.guests.Initramfs;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Debian's stock cloud kernel with busybox, from the command line. */
class DebianBootTest {
    private static final String INIT = """
        #!/bin/busybox sh
        /bin/busybox mount -t proc proc /proc
        echo "init: reached"
        /bin/busybox grep -c ^processor /proc/cpuinfo
        /bin/busybox sha256sum /bin/busybox
        /bin/busybox poweroff -f
        """;

    @TempDir
    static Path folder;
    private static Path kernel;
    private static Path initrd;
    private static CommandLineRun first;

    @BeforeAll
    static void boot() throws IOException {
        kernel = DebianPackages.kernel();
        initrd = Initramfs.withInit(folder, INIT);
        first = run(1);
    }

    @Test
    void reachesInitRunsCommandsAndPowersOff() throws Exception {
        assertThat(first.out()).contains("Linux version", "init: reached", sha256(DebianPackages.busybox()) + "  /bin/busybox");
        assertThat(first.status()).as(first.err()).isZero();
        assertThat(first.json().get("end").getAsString()).isEqualTo("power-off");
    }

    @Test
    void kernelFindsNothingToComplainAbout() {
        assertThat(first.out()).doesNotContainIgnoringCase("bug:").doesNotContain("WARNING:", "Oops", "Call Trace", "Kernel panic");
    }

    @Test
    void secondRunPrintsTheSameBytesAndTakesTheSamePath() throws IOException {
        CommandLineRun second = run(1);

        assertThat(second.out()).isEqualTo(first.out());
        assertThat(second.json().get("instructions")).isEqualTo(first.json().get("instructions"));
        assertThat(second.json().get("eventHash")).isEqualTo(first.json().get("eventHash"));
    }

    @Test
    void twoProcessorsAreBothOnline() throws IOException {
        CommandLineRun two = run(2);

        assertThat(two.out()).contains("init: reached\r\n2\r\n");
        assertThat(two.status()).isZero();
    }

    private static CommandLineRun run(int cpus) throws IOException {
        return CommandLineRun.of("run", "--memory", "512M", "--cpus", cpus, "--initrd", initrd, "--append", "console=ttyS0 panic=-1", "--no-reboot", "--json",
            kernel);
    }

    private static String sha256(Path file) throws Exception {
        byte[] digest = java.security.MessageDigest.getInstance("SHA-256").digest(java.nio.file.Files.readAllBytes(file));
        return java.util.HexFormat.of().formatHex(digest);
    }
}
