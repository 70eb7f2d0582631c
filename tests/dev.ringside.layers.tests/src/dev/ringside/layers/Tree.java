package dev.ringside.layers;

import dev.ringside.testkit.Repository;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The checked-out tree as files. */
final class Tree {
    static final Path ROOT = Repository.root();

    private Tree() {
    }

    static List<Bundle> bundles() {
        return list(ROOT.resolve("bundles")).stream().filter(folder -> Files.exists(folder.resolve("META-INF/MANIFEST.MF"))).map(Bundle::read).toList();
    }

    static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What is in a folder, sorted; nothing when there is no such folder. */
    static List<Path> list(Path folder) {
        return walk(folder, 1);
    }

    /** Every file under a folder, sorted, build output left out. */
    static List<Path> files(Path folder) {
        return walk(folder, Integer.MAX_VALUE).stream().filter(Files::isRegularFile).toList();
    }

    private static List<Path> walk(Path folder, int depth) {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> found = Files.walk(folder, depth)) {
            return found.filter(path -> !path.equals(folder)).filter(path -> !isBuildOutput(folder.relativize(path))).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean isBuildOutput(Path relative) {
        for (Path name : relative) {
            if (name.toString().equals("target") || name.toString().equals("bin") || name.toString().startsWith(".")) {
                return true;
            }
        }
        return false;
    }
}
