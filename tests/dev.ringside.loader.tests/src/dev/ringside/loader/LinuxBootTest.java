package dev.ringside.loader;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringside.arch.EntryState;
import org.junit.jupiter.api.Test;

class LinuxBootTest {
    private final Images.FakeMemory memory = new Images.FakeMemory();

    @Test
    void zeroPageHoldsCommandLineMapAndRootTable() throws ImageException {
        EntryState entry = Images.load(Images.bzImage()).protocol().prepare(Images.environment(memory, 512 << 20, "console=ttyS0", null));

        long zeroPage = entry.registers().get("rsi");
        assertThat(memory.string(memory.u32(zeroPage + 0x228))).isEqualTo("console=ttyS0");
        assertThat(memory.read(zeroPage + 0x1e8, 1)[0]).as("E820 entries").isEqualTo((byte) 4);
        assertThat(memory.u64(zeroPage + 0x2d0 + 3 * 20)).isEqualTo(0x100000);
        assertThat(memory.u64(zeroPage + 0x70)).as("RSDP").isEqualTo(0xe0000);
        assertThat(memory.u32(zeroPage + 0x202)).as("setup header was copied").isEqualTo(0x53726448);
    }

    @Test
    void entersTheSixtyFourBitEntryWithIdentityPageTables() throws ImageException {
        EntryState entry = Images.load(Images.bzImage()).protocol().prepare(Images.environment(memory, 512 << 20, "", null));

        assertThat(entry.mode()).isEqualTo(EntryState.Mode.LONG_64);
        assertThat(entry.pc()).isEqualTo(0x1000200);
        long pdpt = memory.u64(entry.pageTableRoot()) & ~0xfffL;
        long thirdDirectory = memory.u64(pdpt + 3 * 8) & ~0xfffL;
        assertThat(memory.u64(thirdDirectory + 511 * 8)).as("last 2 MiB below 4 GiB").isEqualTo(0xffe00000L | 0x83);
    }

    @Test
    void initrdLiesAsHighAsTheKernelAllows() throws ImageException {
        EntryState entry = Images.load(Images.bzImage()).protocol().prepare(Images.environment(memory, 64 << 20, "", new byte[5000]));

        long zeroPage = entry.registers().get("rsi");
        assertThat(memory.u32(zeroPage + 0x218)).isEqualTo((64 << 20) - 8192);
        assertThat(memory.u32(zeroPage + 0x21c)).isEqualTo(5000);
    }

    @Test
    void initrdThatDoesNotFitIsNamedWithItsSize() {
        byte[] initrd = new byte[60 << 20];

        assertThatThrownBy(() -> Images.load(Images.bzImage()).protocol().prepare(Images.environment(memory, 64 << 20, "", initrd)))
            .isInstanceOf(ImageException.class).hasMessageStartingWith("initrd 'initrd.gz' has 62914560 bytes and does not fit between the kernel's end at 20 MiB");
    }

    @Test
    void tooLittleMemoryForTheKernelSaysHowMuchItNeeds() {
        assertThatThrownBy(() -> Images.load(Images.bzImage()).protocol().prepare(Images.environment(memory, 18 << 20, "", null)))
            .hasMessage("the kernel needs memory up to 20 MiB; the machine has only 18 MiB in one piece: give it more with --memory");
    }

    @Test
    void commandLineLongerThanTheKernelTakesIsRefused() {
        String line = "x".repeat(3000);

        assertThatThrownBy(() -> Images.load(Images.bzImage()).protocol().prepare(Images.environment(memory, 64 << 20, line, null)))
            .hasMessage("the command line has 3000 bytes; this kernel takes at most 2047");
    }
}
