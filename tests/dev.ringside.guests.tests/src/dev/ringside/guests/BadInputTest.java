package dev.ringside.guests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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

        refused(CommandLineRun.of("run", "--engine", "kvm", "--load-address", "0x100000", image), "engine 'kvm' is not in this build", "interpreter");
    }

    @Test
    void laterWorkSaysSo() throws IOException {
        refused(CommandLineRun.of("run", "--gdb", "1234", "x"), "--gdb", "not in this build");
        refused(CommandLineRun.of("translate", "x"), "translate", "not in this build");
    }

    @Test
    void missingDisk() throws IOException {
        refused(CommandLineRun.of("run", "--disk", folder.resolve("none.img")), "none.img");
    }

    private static void refused(CommandLineRun run, String... words) {
        assertThat(run.status()).as(run.err()).isEqualTo(125);
        assertThat(run.out()).isEmpty();
        assertThat(run.err().strip().lines()).hasSize(1);
        assertThat(run.err()).startsWith("ringside: ").contains(words);
    }
}
