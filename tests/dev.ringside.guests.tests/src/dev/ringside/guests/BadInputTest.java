package dev.ringside.guests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a user gets wrong is answered in one line on stderr, with status 125 and nothing on stdout. */
class BadInputTest {
    @TempDir
    Path folder;

    @Test
    void imageThatIsNone() throws IOException {
        Path text = Files.writeString(folder.resolve("readme.txt"), "Not a kernel.\n".repeat(100));

        refused(CommandLineRun.of("run", text), "image '" + text + "' is nothing that can be booted", "--load-address");
    }

    @Test
    void missingImage() throws IOException {
        refused(CommandLineRun.of("run", folder.resolve("none")), "does not exist");
    }

    @Test
    void unknownOption() throws IOException {
        refused(CommandLineRun.of("run", "--memroy", "1G", "x"), "--memroy");
    }

    @Test
    void sizeThatIsNone() throws IOException {
        refused(CommandLineRun.of("run", "--memory", "lots", "x"), "'lots' is not a size", "512M");
    }

    @Test
    void tooManyProcessors() throws IOException {
        Path image = Files.write(folder.resolve("raw"), new byte[16]);

        refused(CommandLineRun.of("run", "--cpus", "1000", image), "cpus 1000", "1 to 64");
    }

    @Test
    void engineThatIsNotHere() throws IOException {
        Path image = Files.write(folder.resolve("raw"), new byte[16]);

        refused(CommandLineRun.of("run", "--engine", "kvm", "--load-address", "0x100000", image), "engine 'kvm' is not in this build", "translator");
    }

    @Test
    void laterWorkSaysSo() throws IOException {
        refused(CommandLineRun.of("run", "--gdb", "1234", "x"), "--gdb", "not in this build");
        refused(CommandLineRun.of("check", "x"), "check", "not in this build");
    }

    @Test
    void missingDisk() throws IOException {
        refused(CommandLineRun.of("run", "--disk", folder.resolve("none.img")), "none.img");
    }

    @Test
    void readerThatGoesAway() throws IOException {
        Path image = Files.write(folder.resolve("talker.bin"), HexFormat.of().parseHex("66baf803" + "b00a" + "ee" + "ebfd"));

        CommandLineRun run = CommandLineRun.withoutReader("run", "--load-address", "0x100000", image);

        assertThat(run.status()).isEqualTo(125);
        assertThat(run.err().strip()).isEqualTo("ringside: the guest's serial output cannot be written to stdout: Broken pipe");
    }

    @Test
    void fullDisk() throws IOException {
        if (!Files.isWritable(Path.of("/dev/full"))) {
            Assumptions.abort("no /dev/full here");
        }
        Path image = Files.write(folder.resolve("spin.bin"), HexFormat.of().parseHex("e460" + "ebfc"));

        refused(CommandLineRun.of("run", "--load-address", "0x100000", "--max-instructions", "100000", "--trace", "exit:/dev/full", image),
            "--trace: file '/dev/full' could not be written to its end");
        refused(CommandLineRun.of("run", "--load-address", "0x100000", "--serial", "file:/dev/full",
            Files.write(folder.resolve("talker.bin"), HexFormat.of().parseHex("66baf803" + "b00a" + "ee" + "ebfd"))), "'/dev/full'", "No space left on device");
    }

    private static void refused(CommandLineRun run, String... words) {
        assertThat(run.status()).as(run.err()).isEqualTo(125);
        assertThat(run.out()).isEmpty();
        assertThat(run.err().strip().lines()).hasSize(1);
        assertThat(run.err()).startsWith("ringside: ").contains(words);
    }
}
