package dev.ringside.testkit.guests;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;

/**
 * Files out of Debian's packages, fetched once into a cache ({@code ~/.cache/ringside/packages}). Where there is no apt, or no way to a package, the test
 * that asked is skipped and says so.
 */
public final class DebianPackages {
    private static final Path CACHE = Path.of(System.getProperty("user.home"), ".cache", "ringside", "packages");

    private DebianPackages() {
    }

    /** The stock cloud kernel, its version chosen by Debian's metapackage. */
    public static Path kernel() {
        String version = firstDependency("linux-image-cloud-amd64", "linux-image-");
        return file(version, "boot", "vmlinuz-");
    }

    /** A module of {@link #kernel()}. @param path under the kernel's own modules, such as {@code drivers/hv/hv_vmbus.ko} */
    public static Path kernelModule(String path) {
        String version = firstDependency("linux-image-cloud-amd64", "linux-image-");
        return unpacked(version).resolve("lib/modules").resolve(version.substring("linux-image-".length())).resolve("kernel").resolve(path);
    }

    public static Path busybox() {
        return file("busybox-static", "bin", "busybox");
    }

    public static Path seaBios() {
        return file("seabios", "usr/share/seabios", "bios-256k.bin");
    }

    public static Path memtest() {
        return file("memtest86+", "boot", "memtest86+x64.bin");
    }

    private static Path file(String packageName, String folder, String prefix) {
        Path root = unpacked(packageName);
        try (var files = Files.list(root.resolve(folder))) {
            return files.filter(f -> f.getFileName().toString().startsWith(prefix)).min(Comparator.naturalOrder())
                .orElseGet(() -> Assumptions.abort("package " + packageName + " has no file " + folder + "/" + prefix + "*"));
        } catch (IOException e) {
            return Assumptions.abort("package " + packageName + " has no folder " + folder + ": " + e.getMessage());
        }
    }

    private static synchronized Path unpacked(String packageName) {
        Path root = CACHE.resolve(packageName);
        Path complete = root.resolve(".complete");
        if (Files.exists(complete)) {
            return root;
        }
        try {
            Files.createDirectories(root);
            apt(root, "apt-get", "download", packageName);
            try (var files = Files.list(root)) {
                for (Path deb : files.filter(f -> f.toString().endsWith(".deb")).toList()) {
                    run(root, List.of("dpkg-deb", "-x", deb.getFileName().toString(), "."));
                    Files.delete(deb);
                }
            }
            Files.createFile(complete);
            return root;
        } catch (IOException e) {
            return Assumptions.abort("Debian package " + packageName + " cannot be had: " + e.getMessage());
        }
    }

    private static synchronized String firstDependency(String metapackage, String prefix) {
        Path remembered = CACHE.resolve(metapackage + ".depends");
        try {
            if (Files.exists(remembered)) {
                return Files.readString(remembered).strip();
            }
            Files.createDirectories(CACHE);
            String printed = apt(CACHE, "apt-cache", "depends", metapackage);
            String found = printed.lines().map(String::strip).filter(l -> l.startsWith("Depends: " + prefix)).map(l -> l.substring("Depends: ".length()))
                .findFirst().orElseGet(() -> Assumptions.abort("apt-cache names no kernel for " + metapackage));
            Files.writeString(remembered, found);
            return found;
        } catch (IOException e) {
            return Assumptions.abort("Debian package " + metapackage + " cannot be looked up: " + e.getMessage());
        }
    }

    /** Runs an apt command; when it fails, once more with fresh package lists. */
    private static String apt(Path folder, String... command) throws IOException {
        try {
            return run(folder, List.of(command));
        } catch (IOException e) {
            run(folder, List.of("apt-get", "update", "-qq"));
            return run(folder, List.of(command));
        }
    }

    private static String run(Path folder, List<String> command) throws IOException {
        Process process = new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true).start();
        String printed = new String(process.getInputStream().readAllBytes());
        try {
            if (!process.waitFor(5, TimeUnit.MINUTES) || process.exitValue() != 0) {
                throw new IOException(String.join(" ", command) + ": " + printed.lines().reduce((a, b) -> b).orElse("failed"));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
        return printed;
    }
}
