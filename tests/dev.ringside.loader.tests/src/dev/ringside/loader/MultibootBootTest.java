package dev.ringside.loader;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringside.arch.EntryState;
import org.junit.jupiter.api.Test;

class MultibootBootTest {
    private final Images.FakeMemory memory = new Images.FakeMemory();

    @Test
    void informationHoldsMemoryCommandLineModuleAndMap() throws ImageException {
        EntryState entry = Images.load(Images.multiboot1()).protocol().prepare(Images.environment(memory, 64 << 20, "a b", new byte[10]));

        long info = entry.registers().get("rbx");
        assertThat(entry.registers()).containsEntry("rax", 0x2badb002L);
        assertThat(memory.u32(info + 4)).as("mem_lower in KiB").isEqualTo(639);
        assertThat(memory.u32(info + 8)).as("mem_upper in KiB").isEqualTo(63 << 10);
        assertThat(memory.string(memory.u32(info + 16))).isEqualTo("test.img a b");
        long module = memory.u32(info + 24);
        assertThat(memory.u32(info + 20)).isEqualTo(1);
        assertThat(memory.u32(module) % 4096).as("modules are page-aligned").isZero();
        assertThat(memory.u32(module + 4) - memory.u32(module)).isEqualTo(10);
        assertThat(memory.string(memory.u32(module + 8))).isEqualTo("initrd.gz");
        assertThat(memory.u32(info + 44)).as("mmap_length").isEqualTo(4 * 24);
    }

    @Test
    void entersFlatProtectedModeWithoutPaging() throws ImageException {
        EntryState entry = Images.load(Images.multiboot1()).protocol().prepare(Images.environment(memory, 64 << 20, "", null));

        assertThat(entry.mode()).isEqualTo(EntryState.Mode.PROTECTED_32);
        assertThat(entry.pc()).isEqualTo(0x100020);
    }

    @Test
    void nothingIsPlacedOverTheImage() throws ImageException {
        Images.load(Images.multiboot1()).protocol().prepare(Images.environment(memory, 64 << 20, "x", new byte[5000]));

        assertThat(memory.writes).noneMatch(gpa -> gpa >= 0x100000 && gpa < 0x101000);
    }
}
