package dev.ringside.testkit;

import java.nio.file.Files;
import java.nio.file.Path;

/** The working copy that the tests belong to. */
public final class Repository {
    private Repository() {
    }

    /** The folder that holds {@code bundles} and {@code tests}. */
    public static Path root() {
        for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
            if (Files.isDirectory(at.resolve("bundles")) && Files.isDirectory(at.resolve("tests"))) {
                return at;
            }
        }
        throw new AssertionError("no folder above " + Path.of("").toAbsolutePath() + " holds bundles and tests");
    }

    /** A file of {@code tests/corpora}. */
    public static Path corpus(String name) {
        return root().resolve("tests/corpora").resolve(name);
    }
}
