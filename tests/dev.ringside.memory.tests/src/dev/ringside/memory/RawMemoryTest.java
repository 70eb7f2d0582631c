package dev.ringside.memory;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

class RawMemoryTest {

    @Test
    void segmentAccessIsLittleEndianUnalignedAndZeroExtended() {
        try (var memory = HostMemory.allocate(4096)) {
            long at = memory.address + 3;

            SegmentAccess.putLong(at, 0x8899aabbccddeeffL);

            assertThat(SegmentAccess.getByte(at)).isEqualTo(0xff);
            assertThat(SegmentAccess.getByte(at + 7)).isEqualTo(0x88);
            assertThat(SegmentAccess.getShort(at + 1)).isEqualTo(0xddee);
            assertThat(SegmentAccess.getInt(at + 4)).isEqualTo(0x8899aabb);
            SegmentAccess.putByte(at, 0x11);
            SegmentAccess.putShort(at + 1, 0x2233);
            SegmentAccess.putInt(at + 3, 0x44556677);
            assertThat(SegmentAccess.getLong(at)).isEqualTo(0x8844556677223311L);
        }
    }

    @Test
    void unsafeAccessAgreesWithSegmentAccess() {
        Assumptions.assumeTrue(UnsafeAccess.AVAILABLE, "needs --add-exports java.base/jdk.internal.misc=ALL-UNNAMED");
        try (var memory = HostMemory.allocate(4096)) {
            long at = memory.address + 5;

            UnsafeAccess.putLong(at, 0x8899aabbccddeeffL);
            UnsafeAccess.putByte(at, 0x11);
            UnsafeAccess.putShort(at + 1, 0x8233);
            UnsafeAccess.putInt(at + 3, 0x84556677);

            assertThat(SegmentAccess.getLong(at)).isEqualTo(0x8884556677823311L);
            assertThat(UnsafeAccess.getByte(at + 7)).isEqualTo(SegmentAccess.getByte(at + 7));
            assertThat(UnsafeAccess.getShort(at + 1)).isEqualTo(SegmentAccess.getShort(at + 1));
            assertThat(UnsafeAccess.getInt(at + 3)).isEqualTo(SegmentAccess.getInt(at + 3));
            assertThat(UnsafeAccess.getLong(at)).isEqualTo(SegmentAccess.getLong(at));
        }
    }

    @Test
    void accessBySizeTouchesExactlyItsBytes() {
        try (var memory = HostMemory.allocate(4096)) {
            for (int size : new int[] {1, 2, 4, 8}) {
                RawMemory.fill(memory.address, 32, (byte) 0x5a);

                RawMemory.put(memory.address + 8, size, -1L);

                assertThat(RawMemory.getByte(memory.address + 7)).isEqualTo(0x5a);
                assertThat(RawMemory.getByte(memory.address + 8 + size)).isEqualTo(0x5a);
                assertThat(RawMemory.get(memory.address + 8, size)).isEqualTo(-1L >>> 64 - 8 * size);
            }
        }
    }

    @Test
    void arenaMemoryServesWhereThereIsNoMmap() {
        try (var memory = HostMemory.fromArena(1 << 20)) {
            assertThat(memory.address & 4095).isZero();
            RawMemory.putLong(memory.address + (1 << 20) - 8, 42);
            assertThat(RawMemory.getLong(memory.address + (1 << 20) - 8)).isEqualTo(42);
        }
    }

    @Test
    void copyAllowsOverlap() {
        try (var memory = HostMemory.allocate(4096)) {
            RawMemory.putLong(memory.address, 0x0807060504030201L);

            RawMemory.copy(memory.address, memory.address + 1, 8);

            assertThat(RawMemory.getLong(memory.address + 1)).isEqualTo(0x0807060504030201L);
        }
    }
}
