package dev.ringside.loader;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImageFormatsTest {
    @TempDir
    Path folder;

    @Test
    void bzImageIsLoadedAtItsPreferredAddressWithRoomToDecompress() throws ImageException {
        GuestImage image = Images.load(Images.bzImage());

        assertThat(image.segments()).singleElement().satisfies(s -> {
            assertThat(s.gpa()).isEqualTo(0x1000000);
            assertThat(s.memoryBytes()).isEqualTo(0x400000);
        });
        assertThat(image.protocol().name()).isEqualTo("Linux 64-bit boot protocol 2.15");
    }

    @Test
    void truncatedBzImageIsRefusedWithTheNumbers() {
        byte[] whole = Images.bzImage().toBytes();
        var half = new ImageBytes("half", java.util.Arrays.copyOf(whole, 512 * 5 + 0x800));

        assertThatThrownBy(() -> new BzImageFormat().load(half)).isInstanceOf(ImageException.class)
            .hasMessage("image 'half' is truncated: its kernel takes 4096 bytes from offset 2560, the file has 4608");
    }

    @Test
    void elf64ProgramIsEnteredAtThePhysicalPlaceOfItsEntry() throws ImageException {
        var elf = Images.elf64(0x40100000, 0x100000, 0x40100010, new byte[32]);

        GuestImage image = Images.load(elf);

        assertThat(image.format()).isEqualTo("ELF64 program");
        var entry = image.protocol().prepare(Images.environment(new Images.FakeMemory(), 64 << 20, "", null));
        assertThat(entry.pc()).isEqualTo(0x100010);
        assertThat(image.segments().getFirst().memoryBytes()).isEqualTo(32 + 0x100);
    }

    @Test
    void kernelHalfElfIsTakenForVmlinux() throws ImageException {
        GuestImage image = Images.load(Images.elf64(0xffffffff81000000L, 0x1000000, 0xffffffff81000040L, new byte[64]));

        assertThat(image.format()).isEqualTo("vmlinux");
    }

    @Test
    void elfWithPvhNoteIsEnteredThere() throws ImageException {
        var elf = Images.elf64(0xffffffff81000000L, 0x1000000, 0xffffffff81000040L, new byte[64]).u16(56, 2);
        Images.program64(elf, 1, 4, 0x800, 0, 0, 20, 20);
        elf.u32(0x800, 4).u32(0x804, 4).u32(0x808, 18).string(0x80c, "Xen").u32(0x810, 0x1000100);

        GuestImage image = Images.load(elf);

        var entry = image.protocol().prepare(Images.environment(new Images.FakeMemory(), 64 << 20, "", null));
        assertThat(image.format()).isEqualTo("vmlinux (PVH)");
        assertThat(entry.pc()).isEqualTo(0x1000100);
    }

    @Test
    void armElfIsRefusedByName() {
        var elf = Images.elf64(0x100000, 0x100000, 0x100000, new byte[16]).u16(18, 183);

        assertThatThrownBy(() -> Images.load(elf)).isInstanceOf(ImageException.class)
            .hasMessage("image 'test.img' cannot be booted: it is for ELF machine 183 (AArch64); x86 (3) or x86-64 (62) is needed");
    }

    @Test
    void dynamicallyLinkedProgramIsRefused() {
        var elf = Images.elf64(0x100000, 0x100000, 0x100000, new byte[16]).u16(56, 2);
        Images.program64(elf, 1, 3, 0x1000, 0, 0, 1, 1);

        assertThatThrownBy(() -> Images.load(elf)).hasMessageContaining("dynamically linked user program");
    }

    @Test
    void segmentBeyondTheFileIsTruncation() {
        var elf = Images.elf64(0x100000, 0x100000, 0x100000, new byte[16]);
        Images.program64(elf, 0, 1, 0x1000, 0x100000, 0x100000, 1 << 20, 1 << 20);

        assertThatThrownBy(() -> Images.load(elf)).hasMessageContaining("is truncated or damaged: 1048576 bytes at offset 4096 are needed");
    }

    @Test
    void multibootImageWithAddressesGoesWhereItSays() throws ImageException {
        GuestImage image = Images.load(Images.multiboot1());

        assertThat(image.segments().getFirst().gpa()).isEqualTo(0x100000);
        assertThat(image.segments().getFirst().memoryBytes()).isEqualTo(0x1000);
    }

    @Test
    void multibootHeaderWithUnknownRequirementIsRefused() {
        long magic = 0x1badb002L;
        long flags = 1 << 16 | 1 << 5;
        var image = Images.multiboot1().u32(4, flags).u32(8, -(magic + flags));

        assertThatThrownBy(() -> Images.load(image)).hasMessageContaining("requires unknown features 0x20");
    }

    @Test
    void multiboot2ImageIsEnteredAtItsEntryTag() throws ImageException {
        var image = new LittleEndian(128);
        long magic = 0xe85250d6L;
        image.u32(0, magic).u32(4, 0).u32(8, 64).u32(12, -(magic + 64));
        image.u16(16, 2).u32(20, 24).u32(24, 0x100000).u32(28, 0x100000).u32(32, 0).u32(36, 0);
        image.u16(40, 3).u32(44, 12).u32(48, 0x100040);
        image.u16(56, 0).u32(60, 8);

        GuestImage loaded = Images.load(image);

        var memory = new Images.FakeMemory();
        var entry = loaded.protocol().prepare(Images.environment(memory, 64 << 20, "root=none", null));
        assertThat(entry.pc()).isEqualTo(0x100040);
        assertThat(entry.registers()).containsEntry("rax", 0x36d76289L);
        long info = entry.registers().get("rbx");
        assertThat(memory.u32(info + 8)).as("first tag: command line").isEqualTo(1);
        assertThat(memory.string(info + 16)).isEqualTo("root=none");
    }

    @Test
    void aTextFileIsNoImage() throws ImageException {
        assertThat(new ImageLoader(Images.formats()).load(new ImageBytes("readme", "# Hello".repeat(100).getBytes()))).isEmpty();
    }

    @Test
    void missingEmptyAndDirectoryAreToldApart() throws Exception {
        Path empty = Files.createFile(folder.resolve("empty"));

        assertThatThrownBy(() -> ImageBytes.read(folder.resolve("none"), "image")).hasMessageEndingWith("does not exist");
        assertThatThrownBy(() -> ImageBytes.read(empty, "image")).hasMessageEndingWith("is empty");
        assertThatThrownBy(() -> ImageBytes.read(folder, "image")).hasMessageEndingWith("is a directory; a file is needed");
    }

    @Test
    void endlessDeviceIsRefused() {
        Path zeros = Path.of("/dev/zero");
        org.junit.jupiter.api.Assumptions.assumeTrue(Files.isReadable(zeros), "this system has no /dev/zero");

        assertThatThrownBy(() -> ImageBytes.read(zeros, "image")).hasMessage("image '/dev/zero' is no file and gives more than 268435456 bytes; a file is needed");
    }

    @Test
    void hostileHeadersEndInAMessageNeverInAnotherException() {
        byte[][] seeds = {Images.bzImage().toBytes(), Images.elf64(0x100000, 0x100000, 0x100000, new byte[64]).toBytes(), Images.multiboot1().toBytes(),
            Images.elf64(0xffffffff81000000L, 0x1000000, 0xffffffff81000040L, new byte[64]).toBytes()};
        var random = new Random(20261120);
        var loader = new ImageLoader(Images.formats());
        int refused = 0;
        for (int round = 0; round < 20_000; round++) {
            byte[] image = seeds[round % seeds.length].clone();
            for (int i = 0; i < 1 + round % 4; i++) {
                image[random.nextInt(Math.min(image.length, 0x300))] = (byte) random.nextInt();
            }
            try {
                var loaded = loader.load(new ImageBytes("hostile", image));
                if (loaded.isPresent()) {
                    loaded.get().protocol().prepare(Images.environment(new Images.FakeMemory(), 128 << 20, "x", new byte[100]));
                }
            } catch (ImageException e) {
                refused++;
                assertThat(e.getMessage()).doesNotContain("\n").isNotBlank();
            }
        }
        assertThat(refused).as("some of the damaged images must have been refused").isGreaterThan(1000);
    }
}
