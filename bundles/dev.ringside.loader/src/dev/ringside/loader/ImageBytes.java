package dev.ringside.loader;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;

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
    private final int start;
    private final int length;

    public ImageBytes(String name, byte[] bytes) {
        this(name, bytes, 0, bytes.length);
    }

    private ImageBytes(String name, byte[] bytes, int start, int length) {
        this.name = name;
        this.bytes = bytes;
        this.start = start;
        this.length = length;
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
        return length;
    }

    public boolean has(long offset, long size) {
        return offset >= 0 && size >= 0 && offset <= length - size;
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
    public byte[] slice(long offset, long size) throws ImageException {
        return part(offset, size).toBytes();
    }

    /** Part of the file, without a copy: kernels have some 50 MB. */
    ImageBytes part(long offset, long size) throws ImageException {
        if (!has(offset, size)) {
            throw truncated(offset, size);
        }
        return new ImageBytes(name, bytes, start + (int) offset, (int) size);
    }

    /** A copy of everything. */
    public byte[] toBytes() {
        return Arrays.copyOfRange(bytes, start, start + length);
    }

    /** Takes bytes from an array, which it must not change. */
    @FunctionalInterface
    public interface Taker<R> {
        R take(byte[] from, int offset, int length);
    }

    /** Everything, without a copy. */
    public <R> R to(Taker<R> taker) {
        return taker.take(bytes, start, length);
    }

    /** The zero-terminated ISO 8859-1 string at {@code offset}, at most {@code limit} bytes long. */
    public String string(long offset, int limit) throws ImageException {
        int first = at(offset, 1);
        int end = first;
        while (end < start + length && end - first < limit && bytes[end] != 0) {
            end++;
        }
        return new String(bytes, first, end - first, java.nio.charset.StandardCharsets.ISO_8859_1);
    }

    /** Where {@code value} (32-bit little-endian, aligned to {@code step}) first occurs below {@code limit}, or −1. */
    public int find32(long value, int step, int limit) throws ImageException {
        for (int i = 0; i + 4 <= Math.min(limit, length); i += step) {
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
        return start + (int) offset;
    }

    private ImageException truncated(long offset, long size) {
        return new ImageException("image '" + name + "' is truncated or damaged: " + size + " bytes at offset " + Long.toUnsignedString(offset)
            + " are needed, the file has " + length);
    }
}
