package dev.ringside.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PhysicalMemoryTest {
    private final PhysicalMemory memory = new PhysicalMemory();

    @AfterEach
    void free() {
        memory.close();
    }

    @Test
    void nothingReadsAllOnesAndForgetsWrites() {
        memory.addRam("ram", 0, 0x1000);

        memory.write(0x1000, 4, 7);

        assertThat(memory.read(0x1000, 4)).isEqualTo(0xffff_ffffL);
        assertThat(memory.read(-8, 8)).isEqualTo(-1L);
        assertThat(memory.isBacked(0x1000)).isFalse();
        assertThat(memory.hostAddress(0x1000)).isZero();
        assertThat(memory.writesToBus(0x1000)).isTrue();
    }

    @Test
    void accessesCrossPagesAndSlots() {
        memory.addRam("low", 0, 0x1000);
        memory.addRam("high", 0x1000, 0x1000);

        memory.write(0xffc, 8, 0x1122334455667788L);

        assertThat(memory.read(0xffc, 8)).isEqualTo(0x1122334455667788L);
        assertThat(memory.read(0x1000, 4)).isEqualTo(0x11223344);
        byte[] bytes = new byte[8];
        memory.read(0xffc, bytes, 0, 8);
        assertThat(bytes).containsExactly(0x88, 0x77, 0x66, 0x55, 0x44, 0x33, 0x22, 0x11);
    }

    @Test
    void romKeepsItsContentsUnlessPoked() {
        memory.addRom("rom", 0xf0000, new byte[] {1, 2, 3}, Writes.IGNORED);
        memory.addRom("flash", 0xf1000, new byte[] {9}, Writes.TO_BUS);

        memory.write(0xf0000, 1, 0x55);
        memory.poke(0xf0001, new byte[] {0x66}, 0, 1);

        assertThat(memory.read(0xf0000, 4)).isEqualTo(0x036601);
        assertThat(memory.writesToBus(0xf0000)).isFalse();
        assertThat(memory.writesToBus(0xf1000)).isTrue();
        assertThat(memory.writableHostAddress(0xf0000)).isZero();
        assertThat(memory.hostAddress(0xf1000)).isNotZero();
    }

    @Test
    void overlayCanBeSwitchedBetweenRomAndRam() {
        Slot ram = memory.addRam("ram", 0, 1 << 20);
        Slot bios = memory.addRom("bios", 0xfffff000L, new byte[] {0x42}, Writes.IGNORED);
        Slot shadow = memory.alias("bios below 1 MiB", 0xff000, bios, 0, 0x1000, Writes.IGNORED);
        assertThat(memory.read(0xff000, 1)).isEqualTo(0x42);

        shadow.setEnabled(false);
        memory.write(0xff000, 1, 0x17);

        assertThat(memory.read(0xff000, 1)).isEqualTo(0x17);
        Slot locked = memory.alias("shadow, locked", 0xff000, ram, 0xff000, 0x1000, Writes.IGNORED);
        memory.write(0xff000, 1, 0x18);
        assertThat(memory.read(0xff000, 1)).isEqualTo(0x17);
        locked.setWrites(Writes.STORED);
        memory.write(0xff000, 1, 0x19);
        memory.remove(locked);
        assertThat(memory.read(0xff000, 1)).isEqualTo(0x19);
        shadow.setEnabled(true);
        assertThat(memory.read(0xff000, 1)).isEqualTo(0x42);
    }

    @Test
    void writeThroughAnAliasIsAWriteToItsCode() {
        Slot ram = memory.addRam("ram", 0, 0x10000);
        memory.alias("again", 0x100000, ram, 0x4000, 0x1000, Writes.STORED);
        List<Long> written = new ArrayList<>();
        List<Long> appeared = new ArrayList<>();
        memory.addCodeListener(new CodeListener() {
            @Override
            public void codeWritten(long hostAddress, int lengthBytes) {
                written.add(hostAddress);
            }

            @Override
            public void codeAppeared(long hostPage) {
                appeared.add(hostPage);
            }
        });
        long host = memory.hostAddress(0x4000);
        memory.markCode(0x4040, 65);

        memory.write(0x100000 + 0x3f, 1, 1);
        memory.write(0x100000 + 0x3f, 2, 1);
        memory.write(0x4000 + 0x80, new byte[] {1}, 0, 1);
        memory.write(0x4000 + 0xc0, 8, 1);

        assertThat(written).containsExactly(host + 0x3f, host + 0x80);
        assertThat(appeared).containsExactly(host);
        assertThat(memory.codeGranules(0x100000)).isEqualTo(0b110);
        assertThat(memory.writableHostAddress(0x100000)).isZero();
        memory.setCodeGranules(host, 0);
        assertThat(memory.writableHostAddress(0x100000)).isEqualTo(host);
    }

    @Test
    void granulesCoverEveryTouchedByte() {
        assertThat(PhysicalMemory.granules(0, 1)).isEqualTo(1);
        assertThat(PhysicalMemory.granules(63, 2)).isEqualTo(3);
        assertThat(PhysicalMemory.granules(4095, 1)).isEqualTo(1L << 63);
        assertThat(PhysicalMemory.granules(0, 4096)).isEqualTo(-1L);
    }

    @Test
    void mapListenersHearOfEveryChange() {
        List<String> heard = new ArrayList<>();
        memory.addMapListener((gpa, size) -> heard.add("%x+%x".formatted(gpa, size)));

        Slot ram = memory.addRam("ram", 0, 0x3000);
        ram.setWrites(Writes.IGNORED);
        ram.setWrites(Writes.IGNORED);
        memory.remove(ram);

        assertThat(heard).containsExactly("0+3000", "0+3000", "0+3000");
    }

    @Test
    void watchedPageReportsItsStoresAndIsNeverPlain() {
        memory.addRam("ram", 0, 0x3000);
        List<Long> seen = new ArrayList<>();
        memory.watchPage(0x1000, (gpa, size) -> seen.add(gpa));

        memory.write(0x1010, 4, 1);
        memory.write(0x2010, 4, 1);

        assertThat(seen).containsExactly(0x1010L);
        assertThat(memory.writableHostAddress(0x1000)).isZero();
        memory.watchPage(0x1000, null);
        assertThat(memory.writableHostAddress(0x1000)).isNotZero();
    }

    @Test
    void dirtyLogKnowsThePagesWrittenSinceItsStart() {
        memory.addRam("ram", 0, 0x5000);
        memory.write(0x1000, 1, 1);

        memory.startDirtyLog();
        memory.write(0x2fff, 2, 1);
        memory.writableHostAddress(0x4000);

        assertThat(memory.isDirty(0x1000)).isFalse();
        assertThat(memory.isDirty(0x2000)).isTrue();
        assertThat(memory.isDirty(0x3000)).isTrue();
        assertThat(memory.isDirty(0x4000)).isTrue();
    }

    @Test
    void ramIsReservedNotCommitted() {
        memory.addRam("ram", 0, 64L << 30);

        memory.write((64L << 30) - 8, 8, 5);

        assertThat(memory.read((64L << 30) - 8, 8)).isEqualTo(5);
        assertThat(memory.ramBytes()).isEqualTo(64L << 30);
    }

    @Test
    void slotsAreWholePages() {
        assertThatThrownBy(() -> memory.addRam("ram", 0x800, 0x1000)).hasMessageContaining("0x800").hasMessageContaining("whole pages");
        assertThatThrownBy(() -> memory.addRam("ram", 0, 0)).hasMessageContaining("whole pages");
    }

    @Test
    void hostAddressLeadsBackToTheGuests() {
        Slot ram = memory.addRam("ram", 0x10000, 0x4000);
        memory.alias("again", 0x100000, ram, 0x2000, 0x1000, Writes.STORED);

        assertThat(memory.gpaAtHost(memory.hostAddress(0x12345))).isEqualTo(0x12345);
        assertThat(memory.gpaAtHost(memory.hostAddress(0x100010))).isEqualTo(0x12010);
        long host = memory.hostAddress(0x10000);
        memory.remove(ram);
        assertThat(memory.gpaAtHost(host)).isEqualTo(-1);
    }
}
