package dev.ringside.testkit.guests;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.GZIPOutputStream;

/** An initial RAM file system in the kernel's own format (Documentation/driver-api/early-userspace/buffer-format.rst): cpio newc, gzipped. */
public final class Initramfs {
    private static final int DIRECTORY = 0040755;
    private static final int EXECUTABLE = 0100755;
    private static final int CHARACTER_DEVICE = 0020600;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private int inode;

    /** Busybox as the only program, and {@code script} as /init, which it runs. */
    public static Path withInit(Path folder, String script) throws IOException {
        return withInit(folder, script, Map.of());
    }

    /** As {@link #withInit(Path, String)}, with further programs under /bin. */
    public static Path withInit(Path folder, String script, Map<String, byte[]> programs) throws IOException {
        var fs = new Initramfs();
        for (String directory : new String[] {"bin", "dev", "proc", "sys"}) {
            fs.entry(directory, DIRECTORY, new byte[0], 0, 0);
        }
        fs.entry("dev/console", CHARACTER_DEVICE, new byte[0], 5, 1);
        fs.entry("bin/busybox", EXECUTABLE, Files.readAllBytes(DebianPackages.busybox()), 0, 0);
        for (var program : new TreeMap<>(programs).entrySet()) {
            fs.entry("bin/" + program.getKey(), EXECUTABLE, program.getValue(), 0, 0);
        }
        fs.entry("init", EXECUTABLE, script.getBytes(StandardCharsets.UTF_8), 0, 0);
        fs.entry("TRAILER!!!", 0, new byte[0], 0, 0);
        Path file = folder.resolve("initrd.gz");
        try (var gzip = new GZIPOutputStream(Files.newOutputStream(file))) {
            fs.out.writeTo(gzip);
        }
        return file;
    }

    private void entry(String name, int mode, byte[] content, int deviceMajor, int deviceMinor) throws IOException {
        byte[] zeroTerminated = (name + "\0").getBytes(StandardCharsets.US_ASCII);
        String header = "070701" + "%08X".repeat(13).formatted(++inode, mode, 0, 0, 1, 0, content.length, 0, 0, deviceMajor, deviceMinor,
            zeroTerminated.length, 0);
        out.write(header.getBytes(StandardCharsets.US_ASCII));
        out.write(zeroTerminated);
        pad();
        out.write(content);
        pad();
    }

    private void pad() {
        while (out.size() % 4 != 0) {
            out.write(0);
        }
    }
}
