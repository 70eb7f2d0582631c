package dev.ringside.devices.pc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringside.device.FileBackend;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AtaDiskTest {
    private static final int SECTORS = 2048;

    @TempDir
    Path folder;
    private Path file;
    private FileBackend backend;
    private final FakeContext context = new FakeContext();
    private IdeChannel channel;

    /** Sector n is filled with n, low byte first. */
    @BeforeEach
    void plugIn() throws IOException {
        byte[] image = new byte[SECTORS * 512];
        for (int i = 0; i < image.length; i += 2) {
            image[i] = (byte) (i / 512);
            image[i + 1] = (byte) (i / 512 >> 8);
        }
        file = folder.resolve("disk.img");
        Files.write(file, image);
        backend = FileBackend.open(file, false);
        channel = new IdeChannel("ide0", context, 0x1f0, 0x3f6, context.gsi(14), backend, null);
        context.out(0x1f6, 0xe0);
    }

    @AfterEach
    void close() throws IOException {
        backend.close();
    }

    private void lba28(long sector, int count) {
        context.out(0x1f2, count & 0xff);
        context.out(0x1f3, (int) sector & 0xff);
        context.out(0x1f4, (int) (sector >> 8) & 0xff);
        context.out(0x1f5, (int) (sector >> 16) & 0xff);
        context.out(0x1f6, 0xe0 | (int) (sector >> 24) & 0xf);
    }

    private int status() {
        return context.in(0x1f7);
    }

    private int[] words(int count) {
        int[] words = new int[count];
        for (int i = 0; i < count; i++) {
            words[i] = (int) context.in(0x1f0, 2);
        }
        return words;
    }

    private void fill(int word, int count) {
        for (int i = 0; i < count; i++) {
            context.out(0x1f0, 2, word);
        }
    }

    @Test
    void identifyTellsSizeAndModel() {
        context.out(0x1f7, 0xec);

        assertThat(status()).isEqualTo(0x58);
        int[] id = words(256);
        assertThat(id[60] | id[61] << 16).isEqualTo(SECTORS);
        assertThat(id[100]).isEqualTo(SECTORS);
        assertThat(id[1] * id[3] * id[6]).isEqualTo(SECTORS / 1008 * 1008);
        var model = new StringBuilder();
        for (int i = 27; i < 47; i++) {
            model.append((char) (id[i] >> 8)).append((char) (id[i] & 0xff));
        }
        assertThat(model.toString().strip()).isEqualTo("Ringside disk");
        assertThat(status()).isEqualTo(0x50);
    }

    @Test
    void readsSectorsWithAnInterruptForEach() {
        lba28(5, 2);
        context.out(0x1f7, 0x20);

        assertThat(context.gsi[14]).isTrue();
        assertThat(status()).isEqualTo(0x58);
        assertThat(context.gsi[14]).as("reading status clears it").isFalse();
        assertThat(words(256)).containsOnly(5);
        assertThat(context.gsi[14]).isTrue();
        assertThat(words(256)).containsOnly(6);
        assertThat(context.in(0x3f6)).isEqualTo(0x50);
    }

    @Test
    void alternateStatusLeavesTheInterrupt() {
        lba28(0, 1);
        context.out(0x1f7, 0x20);

        context.in(0x3f6);

        assertThat(context.gsi[14]).isTrue();
    }

    @Test
    void wideDataAccessesMoveTwoWords() {
        lba28(7, 1);
        context.out(0x1f7, 0x20);

        assertThat(context.in(0x1f0, 4)).isEqualTo(0x00070007);
    }

    @Test
    void readsByCylinderHeadSector() {
        context.out(0x1f2, 1);
        context.out(0x1f3, 2);
        context.out(0x1f4, 1);
        context.out(0x1f5, 0);
        context.out(0x1f6, 0xa1); // head 1
        context.out(0x1f7, 0x20);

        assertThat(words(1)[0]).isEqualTo((1 * 16 + 1) * 63 + 1);
    }

    @Test
    void readsWith48BitAddresses() {
        for (int high : new int[] {1, 0}) {
            context.out(0x1f2, high == 1 ? 0 : 1);
            context.out(0x1f3, high == 1 ? 0 : 0x03);
            context.out(0x1f4, high == 1 ? 0 : 0x02);
            context.out(0x1f5, 0);
        }
        context.out(0x1f6, 0x40);
        context.out(0x1f7, 0x24);

        assertThat(words(256)).containsOnly(0x203);
    }

    @Test
    void multipleMovesBlocks() {
        context.out(0x1f2, 4);
        context.out(0x1f7, 0xc6);
        assertThat(status()).isEqualTo(0x50);
        lba28(10, 6);
        context.out(0x1f7, 0xc4);
        status();

        words(4 * 256 - 1);
        assertThat(context.gsi[14]).isFalse();
        words(1);
        assertThat(context.gsi[14]).isTrue();
        assertThat(words(512)).contains(14, 15);

        assertThat(status()).isEqualTo(0x50);
    }

    @Test
    void writesGoToTheOverlayAndTheFileStays() throws IOException {
        byte[] before = Files.readAllBytes(file);
        lba28(9, 2);
        context.out(0x1f7, 0x30);
        assertThat(context.gsi[14]).as("no interrupt before the first block").isFalse();
        fill(0xbeef, 256);
        assertThat(context.gsi[14]).isTrue();
        fill(0xcafe, 256);
        context.out(0x1f7, 0xe7);

        lba28(9, 2);
        context.out(0x1f7, 0x20);
        assertThat(words(256)).containsOnly(0xbeef);
        assertThat(words(256)).containsOnly(0xcafe);
        assertThat(Files.readAllBytes(file)).isEqualTo(before);
        assertThat(backend.overlaySectors()).isEqualTo(2);
    }

    @Test
    void directWritesReachTheFile() throws IOException {
        try (FileBackend direct = FileBackend.open(file, true)) {
            byte[] sector = new byte[512];
            sector[0] = 42;

            direct.write(3, sector, 0, 1);
            direct.flush();
        }

        assertThat(Files.readAllBytes(file)[3 * 512]).isEqualTo((byte) 42);
    }

    @Test
    void sectorsBeyondTheEndAreNotFound() {
        lba28(SECTORS - 1, 2);
        context.out(0x1f7, 0x20);

        assertThat(status()).isEqualTo(0x51);
        assertThat(context.in(0x1f1)).isEqualTo(0x10);
    }

    @Test
    void commandsThatAreLeftOutAreAbortedAndSaid() {
        context.out(0x1f7, 0xb0);

        assertThat(status()).isEqualTo(0x51);
        assertThat(context.in(0x1f1)).isEqualTo(0x04);
        assertThat(context.unimplemented).containsExactly("ATA command 0xb0");
    }

    @Test
    void identifyPacketDeviceIsAbortedWithTheDiskSignature() {
        context.out(0x1f7, 0xa1);

        assertThat(status() & 1).isEqualTo(1);
        assertThat(context.in(0x1f4)).isZero();
        assertThat(context.in(0x1f5)).isZero();
    }

    @Test
    void nIenKeepsTheInterruptBack() {
        context.out(0x3f6, 0x02);
        lba28(0, 1);
        context.out(0x1f7, 0x20);
        assertThat(context.gsi[14]).isFalse();

        context.out(0x3f6, 0x00);

        assertThat(context.gsi[14]).isTrue();
    }

    @Test
    void softwareResetIsBusyAndLeavesTheSignature() {
        context.out(0x3f6, 0x04);
        assertThat(status()).isEqualTo(0x80);

        context.out(0x3f6, 0x00);

        assertThat(status()).isEqualTo(0x50);
        assertThat(context.in(0x1f1)).isEqualTo(1);
        assertThat(context.in(0x1f2)).isEqualTo(1);
        assertThat(context.in(0x1f3)).isEqualTo(1);
        assertThat(context.in(0x1f4)).isZero();
    }

    @Test
    void missingSecondDiskHasStatusZero() {
        context.out(0x1f6, 0xf0);

        assertThat(status()).isZero();
        context.out(0x1f7, 0xec);
        assertThat(status()).isZero();
    }

    @Test
    void emptyChannelFloats() {
        new IdeChannel("ide1", context, 0x170, 0x376, context.gsi(15), null, null);

        context.out(0x172, 0x55);

        assertThat(context.in(0x177)).isEqualTo(0x7f);
        assertThat(context.in(0x172)).isNotEqualTo(0x55);
    }

    @Test
    void stateComesBackInTheMiddleOfATransfer() {
        lba28(5, 2);
        context.out(0x1f7, 0x20);
        words(100);
        SavedState saved = SavedState.of(channel);
        words(412);

        saved.into(channel);

        assertThat(words(156)).containsOnly(5);
        assertThat(words(256)).containsOnly(6);
    }

    @Test
    void badFilesAreRefusedInOneLine() throws IOException {
        Path empty = Files.createFile(folder.resolve("empty.img"));
        Path odd = Files.write(folder.resolve("odd.img"), new byte[700]);

        assertThatThrownBy(() -> FileBackend.open(folder.resolve("none.img"), false)).isInstanceOf(IOException.class).hasMessageEndingWith("none.img' does not exist");
        assertThatThrownBy(() -> FileBackend.open(folder, false)).hasMessageContaining("is a directory");
        assertThatThrownBy(() -> FileBackend.open(empty, false)).hasMessageContaining("is empty");
        assertThatThrownBy(() -> FileBackend.open(odd, true)).hasMessageContaining("700 bytes, which is no multiple of 512");
        try (FileBackend padded = FileBackend.open(odd, false)) {
            byte[] sector = new byte[512];
            padded.read(1, sector, 0, 1);
            assertThat(padded.sectors()).isEqualTo(2);
        }
    }
}
