package dev.ringside.install;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Starts the product with its script, as a user does, and steps the sample kernel over the accessibility bus: no code of the test is in the product. */
class BlackBoxTest {
    /** The distribution's: the accessibility library is installed for it, not for others on the path. */
    private static final String PYTHON = "/usr/bin/python3";
    private static final long TIMEOUT_SECONDS = 400;

    @TempDir
    private Path scratch;

    @Test
    void theSampleIsSteppedThroughWhatAScreenReaderSees() throws Exception {
        skipWithout();
        Path root = Product.root();
        ProcessBuilder ringside = new ProcessBuilder(root.resolve("ringside").toString()).redirectErrorStream(true)
            .redirectOutput(scratch.resolve("ringside.log").toFile());
        ringside.environment().put("RINGSIDE_NO_BUILD", "1"); // this build is being tested
        ringside.environment().put("RINGSIDE_WORKSPACE", scratch.resolve("workspace").toString());
        ringside.environment().remove("NO_AT_BRIDGE");
        Process product = ringside.start();
        try {
            Process user = new ProcessBuilder(PYTHON, root.resolve("tests/dev.ringside.install.tests/src/dev/ringside/install/step_the_sample.py").toString())
                .redirectErrorStream(true).redirectOutput(scratch.resolve("user.log").toFile()).start();
            boolean ended = user.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS);
            user.destroyForcibly();

            assertThat(ended && user.exitValue() == 0).as("the user says: %s%nringside says: %s", said("user.log"), said("ringside.log")).isTrue();
            assertThat(said("user.log")).contains("RIP went 0000000000100020 0000000000100021");
        } finally {
            try (Stream<ProcessHandle> children = product.descendants()) {
                children.forEach(ProcessHandle::destroy);
            }
            product.destroy();
            product.onExit().get(30, TimeUnit.SECONDS);
        }
    }

    private String said(String log) throws IOException {
        return Files.readString(scratch.resolve(log));
    }

    private static void skipWithout() throws Exception {
        if (System.getenv("DISPLAY") == null || System.getenv("DBUS_SESSION_BUS_ADDRESS") == null) {
            Assumptions.abort("there is no display with a session bus; ./ringside test starts both");
        }
        if (!Files.isExecutable(Path.of(PYTHON))
                || new ProcessBuilder(PYTHON, "-c", "import pyatspi").redirectErrorStream(true).start().waitFor() != 0) {
            Assumptions.abort("Python has no AT-SPI here (Debian: python3-pyatspi)");
        }
        if (!Files.isDirectory(Product.root().resolve("releng/dev.ringside.product/target/products/ringside"))) {
            Assumptions.abort("the product is not built; ./ringside test without -pl builds it first");
        }
    }
}
