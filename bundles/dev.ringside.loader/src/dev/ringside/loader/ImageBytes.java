package dev.ringside.loader;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * An image file in memory, read with bounds: whatever a hostile file says, an access outside ends in an {@link ImageException}, never in another
 * exception. Little-endian.
 */
public final class ImageBytes {
    /** Larger images are refused: they are disks, not kernels. */
    public static final long MAX_BYTES = 1L << 30;
    private static final int MAX_STREAM_BYTES = 1 << 28;

    private final String name;
    private final byte[] bytes;

    public ImageBytes(String name, byte[] bytes) {
        this.name = name;
        this.bytes = bytes;
    }

    /** Reads a whole file. @throws ImageException when it cannot be read, is a directory, empty or larger than {@link #MAX_BYTES} */
    public static ImageBytes read(Path file, String role) throws ImageException {
        try {
            if (Files.isDirectory(file)) {
                throw new ImageException(role + " '" + file + "' is a directory; a file is needed");
            }
            long size = Files.size(file);
            if (size > MAX_BYTES) {
                throw new ImageException(role + " '" + file + "' has " + size + " bytes; at most " + MAX_BYTES + " can be loaded");
            }
            if (size == 0 && Files.isRegularFile(file)) {
                throw new ImageException(role + " '" + file + "' is empty");
            }
            byte[] bytes = Files.isRegularFile(file) ? Files.readAllBytes(file) : readStream(file, role);
            return new ImageBytes(file.toString(), bytes);
        } catch (NoSuchFileException e) {
            throw new ImageException(role + " '" + file + "' does not exist");
        } catch (IOException e) {
            throw new ImageException(role + " '" + file + "' cannot be read: " + reason(e));
        }
    }

    /** A pipe or a device, whose length nobody knows before. */
    private static byte[] readStream(Path file, String role) throws IOException, ImageException {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(MAX_STREAM_BYTES + 1);
            if (bytes.length > MAX_STREAM_BYTES) {
                throw new ImageException(role + " '" + file + "' is no file and gives more than " + MAX_STREAM_BYTES + " bytes; a file is needed");
            }
            if (bytes.length == 0) {
                throw new ImageException(role + " '" + file + "' is empty");
            }
            return bytes;
        }
    }

    private static String reason(IOException e) {
        return e instanceof java.nio.file.AccessDeniedException ? "permission denied" : String.valueOf(e.getMessage());
    }

    /** The file's name, for messages. */
    public String name() {
        return name;
    }

    public int length() {
        return bytes.length;
    }

    public boolean has(long offset, long length) {
        return offset >= 0 && length >= 0 && offset <= bytes.length - length;
    }

    public int u8(long offset) throws ImageException {
        return bytes[at(offset, 1)] & 0xff;
    }

    public int u16(long offset) throws ImageException {
        int i = at(offset, 2);
        return bytes[i] & 0xff | (bytes[i + 1] & 0xff) << 8;
    }

    public long u32(long offset) throws ImageException {
        return u16(offset) | (long) u16(offset + 2) << 16;
    }

    public long u64(long offset) throws ImageException {
        return u32(offset) | u32(offset + 4) << 32;
    }

    /** A copy of part of the file. */
    public byte[] slice(long offset, long length) throws ImageException {
        if (!has(offset, length)) {
            throw truncated(offset, length);
        }
        return java.util.Arrays.copyOfRange(bytes, (int) offset, (int) (offset + length));
    }

    /** The zero-terminated ISO 8859-1 string at {@code offset}, at most {@code limit} bytes long. */
    public String string(long offset, int limit) throws ImageException {
        int start = at(offset, 1);
        int end = start;
        while (end < bytes.length && end - start < limit && bytes[end] != 0) {
            end++;
        }
        return new String(bytes, start, end - start, java.nio.charset.StandardCharsets.ISO_8859_1);
    }

    /** Where {@code value} (32-bit little-endian, aligned to {@code step}) first occurs below {@code limit}, or −1. */
    public int find32(long value, int step, int limit) throws ImageException {
        for (int i = 0; i + 4 <= Math.min(limit, bytes.length); i += step) {
            if (u32(i) == value) {
                return i;
            }
        }
        return -1;
    }

    private int at(long offset, int size) throws ImageException {
        if (!has(offset, size)) {
            throw truncated(offset, size);
        }
        return (int) offset;
    }

    private ImageException truncated(long offset, long length) {
        return new ImageException("image '" + name + "' is truncated or damaged: " + length + " bytes at offset " + Long.toUnsignedString(offset)
            + " are needed, the file has " + bytes.length);
    }
}
