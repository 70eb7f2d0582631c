package dev.ringside.devices.pc;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/**
 * Encodes ACPI Machine Language (ACPI 6.5 chapter 20). Every method gives the bytes of one term; terms nest.
 *
 * <pre>{@code
 * Aml.scope("\\_SB_", Aml.device("PCI0", Aml.name("_HID", Aml.eisaId("PNP0A03"))))
 * }</pre>
 */
final class Aml {
    private Aml() {
    }

    static byte[] join(byte[]... parts) {
        var out = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }

    private static byte[] bytes(int... values) {
        byte[] result = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            result[i] = (byte) values[i];
        }
        return result;
    }

    private static byte[] little(int sizeBytes, long value) {
        byte[] result = new byte[sizeBytes];
        for (int i = 0; i < sizeBytes; i++) {
            result[i] = (byte) (value >>> 8 * i);
        }
        return result;
    }

    /** A path of four-letter segments, shorter ones filled with underscores: {@code \_SB_.PCI0}. */
    static byte[] path(String text) {
        String rest = text;
        byte[] prefix = new byte[0];
        if (rest.startsWith("\\")) {
            prefix = bytes('\\');
            rest = rest.substring(1);
        }
        String[] segments = rest.split("\\.");
        byte[] count = segments.length == 1 ? new byte[0] : segments.length == 2 ? bytes(0x2e) : bytes(0x2f, segments.length);
        byte[] names = new byte[segments.length * 4];
        for (int i = 0; i < segments.length; i++) {
            byte[] padded = (segments[i] + "____").substring(0, 4).getBytes(StandardCharsets.US_ASCII);
            System.arraycopy(padded, 0, names, 4 * i, 4);
        }
        return join(prefix, count, names);
    }

    // Objects

    static byte[] integer(long value) {
        if (value == 0 || value == 1) {
            return bytes((int) value);
        }
        if (value > 0 && value <= 0xff) {
            return join(bytes(0x0a), little(1, value));
        }
        if (value > 0 && value <= 0xffff) {
            return join(bytes(0x0b), little(2, value));
        }
        if (value > 0 && value <= 0xffffffffL) {
            return join(bytes(0x0c), little(4, value));
        }
        return join(bytes(0x0e), little(8, value));
    }

    static byte[] string(String text) {
        return join(bytes(0x0d), text.getBytes(StandardCharsets.US_ASCII), bytes(0));
    }

    /** A compressed EISA ID such as PNP0A03 (ACPI 6.5 19.6.36). */
    static byte[] eisaId(String id) {
        int vendor = (id.charAt(0) - '@' & 0x1f) << 10 | (id.charAt(1) - '@' & 0x1f) << 5 | id.charAt(2) - '@' & 0x1f;
        int product = Integer.parseInt(id.substring(3), 16);
        return join(bytes(0x0c, vendor >> 8, vendor, product >> 8, product));
    }

    static byte[] packageOf(byte[]... elements) {
        return sized(bytes(0x12), join(bytes(elements.length), join(elements)));
    }

    private static byte[] buffer(byte[] content) {
        return sized(bytes(0x11), join(integer(content.length), content));
    }

    // Named objects

    static byte[] name(String name, byte[] object) {
        return join(bytes(0x08), path(name), object);
    }

    static byte[] scope(String path, byte[]... terms) {
        return sized(bytes(0x10), join(path(path), join(terms)));
    }

    static byte[] device(String name, byte[]... terms) {
        return sized(bytes(0x5b, 0x82), join(path(name), join(terms)));
    }

    static byte[] method(String name, int arguments, byte[]... terms) {
        return sized(bytes(0x14), join(path(name), bytes(arguments), join(terms)));
    }

    // Statements

    /** {@code If (condition) { terms }} */
    static byte[] when(byte[] condition, byte[]... terms) {
        return sized(bytes(0xa0), join(condition, join(terms)));
    }

    static byte[] returned(byte[] object) {
        return join(bytes(0xa4), object);
    }

    static byte[] store(byte[] source, byte[] target) {
        return join(bytes(0x70), source, target);
    }

    static byte[] argument(int index) {
        return bytes(0x68 + index);
    }

    /** Opcode, PkgLength, content. The length counts itself: one byte up to 63, then a nibble and one to three bytes. */
    private static byte[] sized(byte[] opcode, byte[] content) {
        int length = content.length;
        if (length + 1 < 0x40) {
            return join(opcode, bytes(length + 1), content);
        }
        int more = length + 2 < 0x1000 ? 1 : length + 3 < 0x100000 ? 2 : 3;
        int total = length + 1 + more;
        return join(opcode, bytes(more << 6 | total & 0xf), little(more, total >> 4), content);
    }

    // Resource descriptors (ACPI 6.5 6.4)

    static byte[] resources(byte[]... descriptors) {
        return buffer(join(join(descriptors), bytes(0x79, 0)));
    }

    static byte[] io(int first, int count) {
        return join(bytes(0x47, 1), little(2, first), little(2, first), bytes(1, count));
    }

    /** Edge-triggered, active high, not shared. */
    static byte[] irq(int number) {
        return join(bytes(0x22), little(2, 1L << number));
    }

    static byte[] memory32(long base, long length) {
        return join(bytes(0x86, 9, 0, 1), little(4, base), little(4, length));
    }

    /** The buses behind a host bridge. */
    static byte[] busRange(int first, int last) {
        return wordSpace(2, 0x00, first, last);
    }

    static byte[] ioRange(int first, int last) {
        return wordSpace(1, 0x03, first, last);
    }

    private static byte[] wordSpace(int type, int typeFlags, int first, int last) {
        // general flags: minimum and maximum fixed, positive decode, produced for children
        return join(bytes(0x88, 13, 0, type, 0x0c, typeFlags), little(2, 0), little(2, first), little(2, last), little(2, 0),
                little(2, last - first + 1));
    }

    /** Memory that a bridge passes on. @param cacheable for frame buffers */
    static byte[] memoryRange(long first, long last, boolean cacheable) {
        return join(bytes(0x87, 23, 0, 0, 0x0c, cacheable ? 0x03 : 0x01), little(4, 0), little(4, first), little(4, last), little(4, 0),
                little(4, last - first + 1));
    }
}
