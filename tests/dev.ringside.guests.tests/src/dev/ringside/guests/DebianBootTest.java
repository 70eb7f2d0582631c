package dev.ringside.guests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringside.testkit.guests.DebianPackages;
import dev.ringside.testkit.guests.Initramfs;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
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

    @Test
    void hostUnpacksTheKernelAndTheGuestSeesTheSameMachine() throws IOException {
        CommandLineRun own = CommandLineRun.of("run", "--no-fast-boot", "--memory", "512M", "--initrd", initrd, "--append", "console=ttyS0 panic=-1",
            "--no-reboot", "--json", kernel);

        assertThat(first.json().get("guest").getAsString()).contains(", unpacked by the host, ");
        assertThat(own.json().get("guest").getAsString()).doesNotContain("unpacked");
        assertThat(withoutTimes(own.out())).isEqualTo(withoutTimes(first.out()));
        assertThat(own.json().get("instructions").getAsLong() - first.json().get("instructions").getAsLong())
            .as("instructions that the decompressor takes").isGreaterThan(50_000_000);
    }

    /** A kernel that cannot be unpacked here is left to its own code, which knows best what to say. */
    @Test
    void damagedKernelReportsItself() throws IOException {
        byte[] image = Files.readAllBytes(kernel);
        var header = ByteBuffer.wrap(image).order(ByteOrder.LITTLE_ENDIAN);
        int payload = (image[0x1f1] + 1) * 512 + header.getInt(0x248);
        Arrays.fill(image, payload + 4, payload + 12, (byte) 0xff);
        Path damaged = Files.write(folder.resolve("damaged"), image);

        CommandLineRun run = CommandLineRun.of("run", "--memory", "512M", "--append", "earlyprintk=serial,ttyS0", "--max-instructions", "3000000000", "--json",
            damaged);

        assertThat(run.json().get("guest").getAsString()).contains("; no fast boot: the kernel, packed with ", " cannot be unpacked: ");
        assertThat(run.out()).contains("-- System halted");
    }

    /** Times differ, and with them how much memory was free when the kernel looked. */
    private static List<String> withoutTimes(String out) {
        return out.lines().map(l -> l.replaceFirst("^\\[ *[0-9.]+\\] ", "")).filter(l -> !l.startsWith("Memory: ") && !l.contains("sched_clock: Marking"))
            .toList();
    }

    private static CommandLineRun run(int cpus) throws IOException {
        return CommandLineRun.of("run", "--memory", "512M", "--cpus", cpus, "--initrd", initrd, "--append", "console=ttyS0 panic=-1", "--no-reboot", "--json",
            kernel);
    }

    private static String sha256(Path file) throws Exception {
        byte[] digest = java.security.MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file));
        return java.util.HexFormat.of().formatHex(digest);
    }
}
