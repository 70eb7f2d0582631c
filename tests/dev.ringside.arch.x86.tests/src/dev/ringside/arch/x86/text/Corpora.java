package dev.ringside.arch.x86.text;

import java.nio.file.Files;
import java.nio.file.Path;

/** Where the golden texts are. */
public final class Corpora {
    private Corpora() {
    }

    /** {@code tests/corpora}, found from wherever the tests are run. */
    public static Path folder() {
        Path at = Path.of("").toAbsolutePath();
        while (at != null && !Files.isDirectory(at.resolve("tests/corpora"))) {
            at = at.getParent();
        }
        if (at == null) {
            throw new AssertionError("no tests/corpora above " + Path.of("").toAbsolutePath());
        }
        return at.resolve("tests/corpora");
    }
}
