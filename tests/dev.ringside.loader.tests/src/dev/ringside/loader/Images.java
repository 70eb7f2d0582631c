package dev.ringside.loader;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Small images made by hand, and memory that remembers what was written. */
final class Images {
    private Images() {
    }

    /** An ELF64 executable for x86-64 with one segment of {@code code} at {@code paddr}. */
    static LittleEndian elf64(long vaddr, long paddr, long entry, byte[] code) {
        var elf = new LittleEndian(0x1000);
        elf.u32(0, 0x464c457f).u8(4, 2).u8(5, 1).u8(6, 1).u16(16, 2).u16(18, 62).u32(20, 1).u64(24, entry).u64(32, 64).u16(52, 64).u16(54, 56).u16(56, 1);
        program64(elf, 0, 1, 0x1000, vaddr, paddr, code.length, code.length + 0x100);
        return elf.put(0x1000, code);
    }

    static void program64(LittleEndian elf, int index, int type, long offset, long vaddr, long paddr, long fileBytes, long memoryBytes) {
        int at = 64 + 56 * index;
        elf.u32(at, type).u32(at + 4, 7).u64(at + 8, offset).u64(at + 16, vaddr).u64(at + 24, paddr).u64(at + 32, fileBytes).u64(at + 40, memoryBytes);
    }

    /** A bzImage of boot protocol 2.15 with a 64-bit entry that wants to be at 16 MiB. */
    static LittleEndian bzImage() {
        var image = new LittleEndian(512 * 5 + 0x1000);
        image.u8(0x1f1, 4).u32(0x1f4, 0x1000 / 16).u16(0x1fe, 0xaa55).u8(0x200, 0xeb).u8(0x201, 0x66).u32(0x202, 0x53726448).u16(0x206, 0x020f);
        image.u8(0x211, 1).u32(0x214, 0x100000).u32(0x22c, 0x7fffffff).u32(0x230, 0x200000).u8(0x234, 1).u16(0x236, 1).u32(0x238, 2047);
        return image.u64(0x258, 0x1000000).u32(0x260, 0x400000);
    }

    /** A flat Multiboot 1 image at 1 MiB. */
    static LittleEndian multiboot1() {
        long magic = 0x1badb002L;
        long flags = 1 << 16;
        return new LittleEndian(64).u32(0, magic).u32(4, flags).u32(8, -(magic + flags)).u32(12, 0x100000).u32(16, 0x100000).u32(20, 0).u32(24, 0x101000)
            .u32(28, 0x100020);
    }

    static ImageBytes bytes(LittleEndian image) {
        return new ImageBytes("test.img", image.toBytes());
    }

    static GuestImage load(LittleEndian image) throws ImageException {
        return new ImageLoader(formats()).load(bytes(image)).orElseThrow();
    }

    static List<ImageFormat> formats() {
        return List.of(new BzImageFormat(), new Multiboot1Format(), new Multiboot2Format(), new ElfFormat());
    }

    static BootEnvironment environment(FakeMemory memory, long memoryBytes, String commandLine, byte[] initrd) {
        var map = List.of(new BootEnvironment.Range(0, 0x9fc00, 1), new BootEnvironment.Range(0x9fc00, 0x400, 2),
            new BootEnvironment.Range(0xe0000, 0x20000, 2), new BootEnvironment.Range(0x100000, memoryBytes - 0x100000, 1));
        return new BootEnvironment(memory, map, commandLine, initrd, "initrd.gz", 0xe0000, "test.img");
    }

    /** Sparse memory. */
    static final class FakeMemory implements BootEnvironment.Memory {
        private final Map<Long, Byte> bytes = new HashMap<>();
        final List<Long> writes = new ArrayList<>();

        @Override
        public void write(long gpa, byte[] from) {
            writes.add(gpa);
            for (int i = 0; i < from.length; i++) {
                bytes.put(gpa + i, from[i]);
            }
        }

        @Override
        public byte[] read(long gpa, int lengthBytes) {
            var result = new byte[lengthBytes];
            for (int i = 0; i < lengthBytes; i++) {
                result[i] = bytes.getOrDefault(gpa + i, (byte) 0);
            }
            return result;
        }

        long u32(long gpa) {
            byte[] b = read(gpa, 4);
            return b[0] & 0xffL | (b[1] & 0xffL) << 8 | (b[2] & 0xffL) << 16 | (b[3] & 0xffL) << 24;
        }

        long u64(long gpa) {
            return u32(gpa) | u32(gpa + 4) << 32;
        }

        String string(long gpa) {
            var text = new StringBuilder();
            for (long at = gpa; bytes.getOrDefault(at, (byte) 0) != 0; at++) {
                text.append((char) bytes.get(at).byteValue());
            }
            return text.toString();
        }
    }
}
