package dev.ringside.devices.pc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.ringside.device.BlockBackend;
import dev.ringside.device.BoardConfig;
import dev.ringside.device.FileBackend;
import dev.ringside.device.LocalInterrupts;
import dev.ringside.device.VcpuPins;
import dev.ringside.inspect.InspectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever a guest does to ports, registers and MSRs, no Java exception escapes, and the board can still be saved and looked at. */
class HostileGuestTest {
    private static final int ACTIONS = 60_000;
    private static final int[] SIZES = {1, 1, 1, 2, 4};
    /** Everything that answers, so that random accesses find it. */
    private static final int[][] PORTS = {{0x00, 0x10}, {0x20, 2}, {0x40, 4}, {0x60, 1}, {0x61, 1}, {0x64, 1}, {0x70, 4}, {0x80, 16}, {0x92, 1}, {0xa0, 2}, {0xb2, 2},
        {0xc0, 32}, {0xe0, 12}, {0xf4, 4}, {0x170, 8}, {0x1f0, 8}, {0x2f8, 8}, {0x376, 1}, {0x3b0, 48}, {0x3f6, 10}, {0x402, 1}, {0x4d0, 2}, {0x505, 1}, {0x510, 12},
        {0x600, 64}, {0xcf8, 8}, {0x2000, 24}};
    private static final long[][] MMIO = {{0xa0000, 0x20000}, {0xfec00000L, 0x50}, {0xfed00000L, 0x200}, {0xfee00000L, 0x400}, {0xff000000L, 0x10000}};

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 20260101})
    void neverCausesAJavaException(long seed) throws IOException {
        Path file = Files.write(folder.resolve("disk.img"), new byte[64 * 512]);
        try (BlockBackend disk = FileBackend.open(file, false)) {
            var context = new FakeContext();
            var pins = List.<VcpuPins>of(new FakePins(), new FakePins());
            var board = new PcBoard(BoardConfig.of(2, 64 << 20, 0).withDisks(new ArrayList<>(List.of(disk))), context, pins);
            board.installFirmwareTables(context);
            var random = new Random(seed);

            assertThatCode(() -> {
                for (int i = 0; i < ACTIONS; i++) {
                    act(context, board.local(random.nextInt(2)), random);
                    if (i % 5000 == 0) {
                        lookEverywhere(board);
                    }
                }
            }).as("seed %d", seed).doesNotThrowAnyException();

            var saved = new SavedState();
            board.save(saved);
            board.restore(saved.reader());
            var again = new SavedState();
            board.save(again);
            assertThat(again.text()).isEqualTo(saved.text());
        }
    }

    private static void act(FakeContext context, LocalInterrupts local, Random random) {
        context.currentVcpu = random.nextInt(2);
        int size = SIZES[random.nextInt(SIZES.length)];
        long value = random.nextInt(3) == 0 ? random.nextLong() : random.nextInt(256);
        switch (random.nextInt(16)) {
            case 0, 1, 2, 3, 4, 5 -> context.out(port(random), size, value & (1L << 8 * size) - 1);
            case 6, 7, 8, 9 -> context.in(port(random), size);
            case 10 -> context.store(address(random), random.nextInt(8) == 0 ? 8 : size, value);
            case 11 -> context.load(address(random), random.nextInt(8) == 0 ? 8 : size);
            case 12 -> context.advance(random.nextInt(100_000));
            case 13 -> {
                int index = random.nextInt(20) == 0 ? 0x1b : 0x800 + random.nextInt(0x40);
                if (random.nextBoolean()) {
                    local.writeMsr(index, index == 0x1b ? value & 0xc00 | 0xfee00000L : value);
                } else if (local.canReadMsr(index)) {
                    local.readMsr(index);
                }
            }
            case 14 -> local.acknowledge();
            default -> local.endOfInterrupt();
        }
    }

    private static int port(Random random) {
        int[] range = PORTS[random.nextInt(PORTS.length)];
        return range[0] + random.nextInt(range[1]);
    }

    private static long address(Random random) {
        long[] range = MMIO[random.nextInt(MMIO.length)];
        return range[0] + random.nextInt((int) range[1]);
    }

    private static void lookEverywhere(PcBoard board) {
        board.devices().forEach(device -> open(InspectNode.of(device)));
        board.screen().text();
    }

    private static void open(List<InspectNode> lines) {
        lines.stream().filter(line -> line.part() != null).forEach(line -> open(InspectNode.of(line.part())));
    }
}
