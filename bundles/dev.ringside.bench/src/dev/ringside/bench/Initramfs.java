package dev.ringside.bench;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.zip.GZIPOutputStream;

/**
 * An initial RAM file system in the kernel's own format (Documentation/driver-api/early-userspace/buffer-format.rst: cpio newc, gzipped): busybox, and a
 * script as /init, which busybox runs. Same busybox and script, same bytes.
 */
final class Initramfs {
    private static final int DIRECTORY = 0040755;
    private static final int EXECUTABLE = 0100755;
    private static final int CHARACTER_DEVICE = 0020600;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private int inode;

    private Initramfs() {
    }

    static byte[] of(byte[] busybox, String init) {
        var fs = new Initramfs();
        for (String directory : new String[] {"bin", "dev", "proc", "sys"}) {
            fs.entry(directory, DIRECTORY, new byte[0], 0, 0);
        }
        fs.entry("dev/console", CHARACTER_DEVICE, new byte[0], 5, 1);
        fs.entry("bin/busybox", EXECUTABLE, busybox, 0, 0);
        fs.entry("init", EXECUTABLE, init.getBytes(StandardCharsets.UTF_8), 0, 0);
        fs.entry("TRAILER!!!", 0, new byte[0], 0, 0);
        var packed = new ByteArrayOutputStream();
        try (var gzip = new GZIPOutputStream(packed)) {
            fs.out.writeTo(gzip);
        } catch (IOException e) {
            throw new IllegalStateException("a byte array cannot be full", e);
        }
        return packed.toByteArray();
    }

    private void entry(String name, int mode, byte[] content, int deviceMajor, int deviceMinor) {
        byte[] zeroTerminated = (name + "\0").getBytes(StandardCharsets.US_ASCII);
        String header = "070701" + "%08X".repeat(13).formatted(++inode, mode, 0, 0, 1, 0, content.length, 0, 0, deviceMajor, deviceMinor,
            zeroTerminated.length, 0);
        out.writeBytes(header.getBytes(StandardCharsets.US_ASCII));
        out.writeBytes(zeroTerminated);
        pad();
        out.writeBytes(content);
        pad();
    }

    private void pad() {
        while (out.size() % 4 != 0) {
            out.write(0);
        }
    }
}
