package dev.ringside.install;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/** A copy of the built product, started as its script starts it. */
final class Product {
    private static final String BUILT = "releng/dev.ringside.product/target/products/ringside/linux/gtk/x86_64";
    private static final long TIMEOUT_SECONDS = 240;

    private final Path root;
    private final Path folder;
    private final Path scratch;

    private Product(Path root, Path folder, Path scratch) {
        this.root = root;
        this.folder = folder;
        this.scratch = scratch;
    }

    /** The test is skipped where the product was not built. */
    static Product copiedTo(Path scratch) throws IOException {
        Path root = root();
        Path built = root.resolve(BUILT);
        if (!Files.isDirectory(built.resolve("plugins"))) {
            Assumptions.abort("the product is not built; ./ringside test without -pl builds it first");
        }
        Path copy = scratch.resolve("product");
        copy(built, copy);
        return new Product(root, copy, scratch);
    }

    static Path root() {
        Path at = Path.of("").toAbsolutePath();
        while (!Files.exists(at.resolve("ringside")) || !Files.isDirectory(at.resolve("bundles"))) {
            at = at.getParent();
        }
        return at;
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                Files.copy(file, to.resolve(from.relativize(file)));
            }
        }
    }

    /** How an application ended. @param said all of its output */
    record Outcome(int status, String said) {
    }

    /** Runs an application of the product and gives what it said. @throws AssertionError when it fails */
    String run(List<String> vmArguments, String... arguments) throws IOException, InterruptedException {
        Outcome outcome = start(vmArguments, arguments);
        assertThat(outcome.status()).as(outcome.said()).isZero();
        return outcome.said();
    }

    /** Runs an application of the product to its end. */
    Outcome start(List<String> vmArguments, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(System.getProperty("java.home") + "/bin/java", "@" + root.resolve("releng/jvm.flags")));
        command.addAll(vmArguments);
        command.addAll(List.of("-jar", launcher().toString(), "-nosplash", "-consoleLog", "-data", scratch.resolve("workspace").toString()));
        command.addAll(List.of(arguments));
        Path said = Files.createTempFile(scratch, "said", ".log");
        Process process = new ProcessBuilder(command).directory(scratch.toFile()).redirectErrorStream(true).redirectOutput(said.toFile()).start();
        try {
            boolean ended = process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS);
            String text = Files.readString(said);
            assertThat(ended).as("ended within %d s; it said:%n%s", TIMEOUT_SECONDS, text).isTrue();
            return new Outcome(process.exitValue(), text);
        } finally {
            process.destroyForcibly();
        }
    }

    private Path launcher() {
        try (Stream<Path> plugins = Files.list(folder.resolve("plugins"))) {
            return plugins.filter(plugin -> plugin.getFileName().toString().startsWith("org.eclipse.equinox.launcher_")).findFirst().orElseThrow();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    boolean hasPlugin(String name) throws IOException {
        return plugins().lines().anyMatch(line -> line.startsWith(name + ","));
    }

    /** What it starts with, one line for each bundle. */
    String plugins() throws IOException {
        return Files.readString(folder.resolve("configuration/org.eclipse.equinox.simpleconfigurator/bundles.info"));
    }
}
