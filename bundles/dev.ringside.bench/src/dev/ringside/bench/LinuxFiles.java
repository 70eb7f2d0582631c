package dev.ringside.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Debian's stock kernel and its static busybox.
 *
 * @param kernel null when there is none
 * @param busybox null when there is none
 */
public record LinuxFiles(Path kernel, Path busybox) {
    /** How to get them; the tests fetch the same packages into the same folder. */
    private static final String HOW = "give --kernel and --busybox; Debian has them in linux-image-cloud-amd64's dependency and in busybox-static"
        + " (apt-get download PACKAGE; dpkg-deb -x FILE.deb FOLDER)";

    /** What is given, else what the tests have fetched into {@code ~/.cache/ringside/packages}. */
    public static LinuxFiles find(Path kernel, Path busybox) {
        Path packages = Path.of(System.getProperty("user.home"), ".cache", "ringside", "packages");
        return new LinuxFiles(kernel != null ? kernel : newest(packages), busybox != null ? busybox : existing(packages.resolve("busybox-static/bin/busybox")));
    }

    /** Why Linux cannot be booted; empty when it can. */
    Optional<String> absence() {
        if (kernel != null && busybox != null) {
            return Optional.empty();
        }
        return Optional.of((kernel == null ? busybox == null ? "no kernel and no busybox" : "no kernel" : "no busybox") + " found: " + HOW);
    }

    byte[] busyboxBytes() throws BenchException {
        try {
            return Files.readAllBytes(busybox);
        } catch (IOException e) {
            throw new BenchException("busybox '" + busybox + "' cannot be read: " + e.getMessage());
        }
    }

    private static Path newest(Path packages) {
        try (Stream<Path> folders = Files.list(packages)) {
            return folders.filter(f -> f.getFileName().toString().startsWith("linux-image-")).map(f -> f.resolve("boot")).filter(Files::isDirectory)
                .flatMap(LinuxFiles::kernels).max(Comparator.naturalOrder()).orElse(null);
        } catch (IOException e) {
            return null;
        }
    }

    private static Stream<Path> kernels(Path boot) {
        try (Stream<Path> files = Files.list(boot)) {
            return files.filter(f -> f.getFileName().toString().startsWith("vmlinuz-")).toList().stream();
        } catch (IOException e) {
            return Stream.empty();
        }
    }

    private static Path existing(Path file) {
        return Files.exists(file) ? file : null;
    }
}
