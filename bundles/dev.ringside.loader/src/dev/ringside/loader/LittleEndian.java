package dev.ringside.loader;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** A growing little-endian structure, written at offsets: what boot protocols hand to a guest. */
final class LittleEndian {
    private byte[] bytes;
    private int length;

    LittleEndian(int initialBytes) {
        bytes = new byte[Math.max(16, initialBytes)];
        length = initialBytes;
    }

    LittleEndian u8(int at, int value) {
        room(at + 1);
        bytes[at] = (byte) value;
        return this;
    }

    LittleEndian u16(int at, int value) {
        return u8(at, value).u8(at + 1, value >> 8);
    }

    LittleEndian u32(int at, long value) {
        return u16(at, (int) value).u16(at + 2, (int) (value >> 16));
    }

    LittleEndian u64(int at, long value) {
        return u32(at, value).u32(at + 4, value >>> 32);
    }

    LittleEndian put(int at, byte[] from) {
        room(at + from.length);
        System.arraycopy(from, 0, bytes, at, from.length);
        return this;
    }

    /** Zero-terminated. */
    LittleEndian string(int at, String text) {
        return put(at, zeroTerminated(text));
    }

    int length() {
        return length;
    }

    byte[] toBytes() {
        return Arrays.copyOf(bytes, length);
    }

    static byte[] zeroTerminated(String text) {
        byte[] plain = text.getBytes(StandardCharsets.UTF_8);
        return Arrays.copyOf(plain, plain.length + 1);
    }

    private void room(int needed) {
        length = Math.max(length, needed);
        if (length > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(length, bytes.length * 2));
        }
    }
}
