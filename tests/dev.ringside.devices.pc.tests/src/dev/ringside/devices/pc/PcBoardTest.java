package dev.ringside.devices.pc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringside.device.Board;
import dev.ringside.device.BoardConfig;
import dev.ringside.device.BoardProvider;
import dev.ringside.device.Device;
import dev.ringside.device.DeviceContext.EndRequest;
import dev.ringside.device.MemoryRange;
import dev.ringside.device.VcpuPins;
import dev.ringside.inspect.InspectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;

class PcBoardTest {
    private final FakeContext context = new FakeContext();
    private final List<FakePins> pins = new ArrayList<>();
    private final Board board = board(context, pins, 2);

    private static Board board(FakeContext context, List<FakePins> pins, int cpus) {
        var wires = new ArrayList<VcpuPins>();
        for (int i = 0; i < cpus; i++) {
            var wire = new FakePins();
            pins.add(wire);
            wires.add(wire);
        }
        return new PcBoardProvider().create(BoardConfig.of(cpus, 512L << 20, 1_000_000_000L), context, wires);
    }

    @Test
    void isFoundAsAService() {
        assertThat(ServiceLoader.load(BoardProvider.class).stream().map(p -> p.get().type())).contains("pc");
    }

    @Test
    void memoryMapHasNoOverlapsAndAllTheRam() {
        for (long bytes : new long[] {1L << 20, 512L << 20, 3L << 30, 8L << 30}) {
            List<MemoryRange> map = new PcBoardProvider().memoryMap(BoardConfig.of(1, bytes, 0));

            long end = 0;
            long ram = 0;
            for (MemoryRange range : map) {
                assertThat(range.gpa()).isGreaterThanOrEqualTo(end);
                end = range.end();
                ram += range.hasMemory() ? range.sizeBytes() : 0;
            }
            assertThat(ram).isEqualTo(bytes - 0x20000);
        }
    }

    @Test
    void impossibleConfigurationsAreRefusedInOneLine() {
        assertThatThrownBy(() -> new PcBoardProvider().memoryMap(BoardConfig.of(1, 4096, 0))).hasMessage(
                "memory of 4096 bytes; a PC has 1 MiB to 512 GiB, in multiples of 4096 bytes");
        assertThatThrownBy(() -> new PcBoardProvider().memoryMap(BoardConfig.of(256, 1 << 20, 0))).hasMessage(
                "number of processors: 256; a PC has at most 255");
    }

    @Test
    void deviceNamesAreUnique() {
        assertThat(board.devices().stream().map(Device::name)).doesNotHaveDuplicates();
    }

    @Test
    void everyDeviceDescribesItselfWithoutChangingAnything() {
        List<String> before = board.devices().stream().flatMap(d -> SavedState.of(d).text().stream()).toList();

        for (int i = 0; i < 2; i++) {
            for (Device device : board.devices()) {
                open(InspectNode.of(device));
            }
        }

        assertThat(board.devices().stream().flatMap(d -> SavedState.of(d).text().stream()).toList()).isEqualTo(before);
        assertThat(pins.getFirst().intr).isFalse();
    }

    private static void open(List<InspectNode> lines) {
        for (InspectNode line : lines) {
            if (line.part() != null) {
                open(InspectNode.of(line.part()));
            }
        }
    }

    /** A guest's worth of programming, the same on every board. */
    private static void exercise(FakeContext context) {
        int[][] writes = {{0x20, 0x11}, {0x21, 0x20}, {0x21, 4}, {0x21, 1}, {0xa0, 0x11}, {0xa1, 0x28}, {0xa1, 2}, {0xa1, 1}, {0x43, 0x34}, {0x40, 0x9c},
            {0x40, 0x2e}, {0x70, 0x0b}, {0x71, 0x42}, {0x3fc, 0x0b}, {0x3f9, 0x03}, {0x64, 0x60}, {0x60, 0x43}, {0x60, 0xf2}, {0x3d4, 0x0e}, {0x3d5, 0x01}, {0x80, 0x55}};
        for (int[] write : writes) {
            context.out(write[0], write[1]);
        }
        context.out(0xcf8, 4, 0x8000_0b40L);
        context.out(0xcfc, 4, 0x601);
        context.store(0xb8000, 2, 0x1f41);
        context.store(0xfee000f0L, 4, 0x1ff);
        context.store(0xfee00350L, 4, 0x700);
        context.store(0xfed00010L, 8, 1);
        context.advance(12_345_678);
    }

    @Test
    void savedBoardGoesOnLikeTheOriginal() {
        exercise(context);
        var saved = new SavedState();
        board.save(saved);
        var otherContext = new FakeContext();
        var otherPins = new ArrayList<FakePins>();
        Board other = board(otherContext, otherPins, 2);

        otherContext.nanos = context.nanos;
        other.restore(saved.reader());
        context.advance(50_000_000);
        otherContext.advance(50_000_000);

        var first = new SavedState();
        board.save(first);
        var second = new SavedState();
        other.save(second);
        assertThat(second.text()).isEqualTo(first.text());
        assertThat(otherPins.getFirst().intr).isEqualTo(pins.getFirst().intr).isTrue();
    }

    @Test
    void resetBoardIsLikeANewOneExceptForTheClocks() {
        exercise(context);

        board.reset();
        context.nanos = 0;
        board.reset();

        Board fresh = board(new FakeContext(), new ArrayList<>(), 2);
        for (int i = 0; i < board.devices().size(); i++) {
            Device device = board.devices().get(i);
            if (!(device instanceof Mc146818) && !(device instanceof GsiRouter)) { // a battery keeps the time; wires keep levels
                assertThat(SavedState.of(device).text()).as(device.name()).isEqualTo(SavedState.of(fresh.devices().get(i)).text());
            }
        }
    }

    @Test
    void nmiButtonIsMaskedByPort70() {
        context.store(0xfee00360L, 4, 0x400);
        context.store(0xfee000f0L, 4, 0x1ff);
        context.store(0xfee00360L, 4, 0x400);

        context.out(0x70, 0x80);
        board.nmi();
        assertThat(pins.getFirst().events).isEmpty();
        context.out(0x70, 0x00);
        board.nmi();

        assertThat(pins.getFirst().events).containsExactly("nmi");
    }

    @Test
    void timerInterruptReachesTheProcessorThroughVirtualWireMode() {
        exercise(context);

        assertThat(pins.getFirst().intr).isTrue();
        assertThat(board.local(0).acknowledge()).isEqualTo(0x20);
    }

    @Test
    void debugPortsAnswer() {
        var said = new StringBuilder();
        board.debugConsole(octet -> said.append((char) octet));
        context.out(0xe9, 'k');

        assertThat(said).hasToString("k");
        assertThat(context.in(0xe9)).isEqualTo(0xe9);
        context.out(0xf4, 4, 0x2a);
        context.out(0x505, 1);
        assertThat(context.ends).containsExactly(new EndRequest.DebugExit(0x2a), new EndRequest.Panicked(1));
    }

    @Test
    void resetAndPowerOffPortsEndTheRun() {
        context.out(0x92, 0x01);
        context.out(0xcf9, 0x02);
        context.out(0xcf9, 0x06);
        context.out(0x64, 0xfe);
        board.installFirmwareTables(context);
        context.out(0x604, 2, 0x2000);

        assertThat(context.ends).containsExactly(new EndRequest.Reset("port 0x92"), new EndRequest.Reset("port 0xcf9"), new EndRequest.Reset("i8042"),
                new EndRequest.PowerOff());
    }

    @Test
    void a20FollowsWhoeverSwitchedItLast() {
        context.out(0x92, 0x00);
        assertThat(context.a20).isFalse();

        context.out(0x64, 0xd1);
        context.out(0x60, 0xdf);

        assertThat(context.a20).isTrue();
        assertThat(context.in(0x92) & 2).isEqualTo(2);
    }

    @Test
    void testDeviceDrivesLinesAndKeepsItsLatch() {
        context.out(0xe0, 4, 0x12345678);
        assertThat(context.in(0xe1)).isEqualTo(0x56);
        assertThat(context.in(0xe2, 2)).isEqualTo(0x1234);

        context.store(0xff000ffcL, 4, 0xcafebabeL);
        assertThat(context.load(0xff000ffeL, 2)).isEqualTo(0xcafe);
        context.out(0xe4, 4, 0x123456);

        assertThat(context.forgotten).containsExactly(0x123000L);
        exercise(context);
        context.out(0x21, 0xdf);
        context.out(0x2005, 1);
        assertThat(board.local(0).acknowledge()).isEqualTo(0x25);
    }

    @Test
    void cmosTellsFirmwareTheMemorySize() {
        context.out(0x70, 0x34);
        int low = context.in(0x71);
        context.out(0x70, 0x35);
        int high = context.in(0x71);

        assertThat(((high << 8 | low) * 65536L + (16 << 20))).isEqualTo(512L << 20);
        context.out(0x70, 0x5f);
        assertThat(context.in(0x71)).isEqualTo(1);
    }

    @Test
    void dmaControllerReadsBackThroughItsFlipFlop() {
        context.out(0x0c, 0);
        context.out(0x02, 0x34);
        context.out(0x02, 0x12);

        assertThat(context.in(0x02) | context.in(0x02) << 8).isEqualTo(0x1234);
        context.out(0x81, 0x77);
        assertThat(context.in(0x81)).isEqualTo(0x77);
    }
}
