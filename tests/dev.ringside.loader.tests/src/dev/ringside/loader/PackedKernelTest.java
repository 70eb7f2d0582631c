package dev.ringside.loader;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.luben.zstd.ZstdOutputStream;
import dev.ringside.arch.EntryState;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.LZMAOutputStream;
import org.tukaani.xz.X86Options;
import org.tukaani.xz.XZOutputStream;

class PackedKernelTest {
    private static final long HALF = 0xffff_ffff_8000_0000L;
    private static final int PAYLOAD_OFFSET = 0x300;
    private static final byte[] CODE = "the kernel's first bytes, again and again ".repeat(300).getBytes();

    @ParameterizedTest
    @EnumSource
    void kernelPackedInEveryWayThatLinuxKnowsIsUnpacked(Packing packing) throws Exception {
        GuestImage unpacked = kernelOf(bzImage(packed(packing, kernel(0x1000000, 0x1000010)))).unpack();

        assertThat(unpacked.format()).isEqualTo("Linux bzImage, unpacked by the host");
        assertThat(unpacked.segments()).singleElement().satisfies(s -> {
            assertThat(s.gpa()).isEqualTo(0x1000000);
            assertThat(s.content().toBytes()).isEqualTo(CODE);
        });
        EntryState entry = unpacked.protocol().prepare(Images.environment(new Images.FakeMemory(), 512 << 20, "", null));
        assertThat(entry.mode()).isEqualTo(EntryState.Mode.LONG_64);
        assertThat(entry.pc()).isEqualTo(0x1000010);
    }

    @Test
    void zeroPageIsTheOneOfTheWholeImage() throws Exception {
        GuestImage whole = Images.load(bzImage(packed(Packing.GZIP, kernel(0x1000000, 0x1000000))));
        var ofWhole = new Images.FakeMemory();
        var ofUnpacked = new Images.FakeMemory();
        byte[] initrd = new byte[10_000];

        long page = whole.protocol().prepare(Images.environment(ofWhole, 512 << 20, "console=ttyS0", initrd)).registers().get("rsi");
        whole.packed().orElseThrow().unpack().protocol().prepare(Images.environment(ofUnpacked, 512 << 20, "console=ttyS0", initrd));

        assertThat(ofUnpacked.read(page, 4096)).isEqualTo(ofWhole.read(page, 4096));
    }

    @ParameterizedTest
    @EnumSource
    void damagedStreamsSaySoAndNeverMore(Packing packing) throws Exception {
        byte[] good = packed(packing, kernel(0x1000000, 0x1000000));
        var random = new Random(1);

        for (int i = 0; i < 100; i++) {
            byte[] bad = good.clone();
            for (int n = random.nextInt(1, 20); n > 0; n--) {
                bad[random.nextInt(bad.length)] = (byte) random.nextInt();
            }
            try {
                kernelOf(bzImage(bad)).unpack();
            } catch (ImageException e) {
                assertThat(e.getMessage()).isNotBlank().doesNotContain("\n");
            }
        }
    }

    @Test
    void codeIsFoundWhereItRunsAndWhereItIs() throws Exception {
        GuestImage inside = Images.load(bzImage(packed(Packing.GZIP, kernel(0x1000000, 0x1000000)))).inside();

        Segment code = inside.segments().getFirst();
        assertThat(code.offsetOf(HALF + 0x1000010)).isEqualTo(0x10);
        assertThat(code.offsetOf(0x1000010)).isEqualTo(0x10);
        assertThat(code.offsetOf(HALF + 0x1000000 + CODE.length)).isEqualTo(-1);
        assertThat(code.offsetOf(0x10)).isEqualTo(-1);
    }

    @Test
    void truncatedStreamNamesItsPacking() throws Exception {
        byte[] good = packed(Packing.XZ, kernel(0x1000000, 0x1000000));
        byte[] cut = new byte[good.length / 2];
        System.arraycopy(good, 0, cut, 0, cut.length - 4);
        System.arraycopy(good, good.length - 4, cut, cut.length - 4, 4);

        assertThatThrownBy(() -> kernelOf(bzImage(cut)).unpack()).isInstanceOf(ImageException.class)
            .hasMessageStartingWith("the kernel, packed with xz, cannot be unpacked: ");
    }

    @Test
    void kernelThatIsNotWhereTheHeaderSaysStaysPacked() throws Exception {
        byte[] elsewhere = packed(Packing.GZIP, kernel(0x2000000, 0x2000000));

        assertThatThrownBy(() -> kernelOf(bzImage(elsewhere)).unpack())
            .hasMessage("the kernel is for 0x2000000 to 0x2003238, the header announces 0x1000000 to 0x1400000");
    }

    @Test
    void packingWithoutALibraryIsNamedByItsFirstBytes() throws Exception {
        byte[] lzo = new byte[64];
        ByteBuffer.wrap(lzo).putInt(0x894c5a4f).order(ByteOrder.LITTLE_ENDIAN).putInt(60, 4096);

        assertThatThrownBy(() -> kernelOf(bzImage(lzo)).unpack()).hasMessage("no library for a kernel packed like this (89 4c 5a 4f)");
    }

    @Test
    void enormousSizesAreRefusedBeforeAnythingIsUnpacked() throws Exception {
        byte[] packed = packed(Packing.GZIP, kernel(0x1000000, 0x1000000));
        ByteBuffer.wrap(packed).order(ByteOrder.LITTLE_ENDIAN).putInt(packed.length - 4, -1);

        assertThatThrownBy(() -> kernelOf(bzImage(packed)).unpack()).hasMessage("the packed kernel announces 4294967295 bytes; 64 to 268435456 are possible");
    }

    @Test
    void imageThatDoesNotTellWhereItsKernelIsStaysPacked() throws Exception {
        assertThatThrownBy(() -> kernelOf(Images.bzImage()).unpack()).hasMessage("the header does not tell where the packed kernel is");
    }

    private static PackedKernel kernelOf(LittleEndian image) throws ImageException {
        return Images.load(image).packed().orElseThrow();
    }

    private static byte[] kernel(long physical, long entry) {
        return Images.elf64(HALF + physical, physical, entry, CODE).toBytes();
    }

    private static LittleEndian bzImage(byte[] payload) {
        LittleEndian image = Images.bzImage().u32(0x248, PAYLOAD_OFFSET).u32(0x24c, payload.length);
        return image.put(5 * 512 + PAYLOAD_OFFSET, payload);
    }

    /** The stream, then the size of what was packed; gzip ends with it anyway. */
    private static byte[] packed(Packing packing, byte[] kernel) throws IOException {
        var into = new ByteArrayOutputStream();
        if (packing == Packing.LZ4) {
            lz4(kernel, into);
        } else {
            try (OutputStream packer = packer(packing, into)) {
                packer.write(kernel);
            }
        }
        if (packing != Packing.GZIP) {
            into.writeBytes(littleEndian(kernel.length));
        }
        return into.toByteArray();
    }

    private static OutputStream packer(Packing packing, OutputStream into) throws IOException {
        return switch (packing) {
            case GZIP -> new GZIPOutputStream(into);
            case BZIP2 -> new BZip2CompressorOutputStream(into);
            case LZMA -> new LZMAOutputStream(into, new LZMA2Options(), -1);
            case XZ -> new XZOutputStream(into, new org.tukaani.xz.FilterOptions[] {new X86Options(), new LZMA2Options()}, org.tukaani.xz.XZ.CHECK_CRC32);
            case ZSTD -> new ZstdOutputStream(into);
            case LZ4 -> throw new AssertionError("has no frame of its own");
        };
    }

    /** As {@code lz4 -l}: two blocks, of which the first is told with a repetition (LZ4 block format), the other as it is. */
    private static void lz4(byte[] kernel, ByteArrayOutputStream into) {
        int zeros = 0x100;
        int behind = 0xf00;
        assertThat(kernel).startsWith(0x7f, 'E').containsSequence(new byte[behind - zeros + 1]);
        into.writeBytes(littleEndian(0x184c2102));
        var first = new ByteArrayOutputStream();
        literals(kernel, 0, zeros, 0xf, first);
        first.writeBytes(new byte[] {1, 0});
        more(behind - zeros - 4 - 15, first);
        literals(kernel, behind, 0x2000, 0, first);
        var second = new ByteArrayOutputStream();
        literals(kernel, 0x2000, kernel.length, 0, second);
        for (ByteArrayOutputStream block : new ByteArrayOutputStream[] {first, second}) {
            into.writeBytes(littleEndian(block.size()));
            into.writeBytes(block.toByteArray());
        }
    }

    private static void literals(byte[] kernel, int from, int to, int match, ByteArrayOutputStream block) {
        block.write(0xf0 | match);
        more(to - from - 15, block);
        block.write(kernel, from, to - from);
    }

    private static void more(int length, ByteArrayOutputStream block) {
        for (; length >= 255; length -= 255) {
            block.write(255);
        }
        block.write(length);
    }

    private static byte[] littleEndian(int value) {
        return ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(value).array();
    }
}
