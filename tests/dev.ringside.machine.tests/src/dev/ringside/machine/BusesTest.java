package dev.ringside.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringside.device.Device;
import dev.ringside.device.IoHandler;
import dev.ringside.device.StateReader;
import dev.ringside.device.StateWriter;
import dev.ringside.inspect.Inspector;
import dev.ringside.machine.MachineControl.PortRange;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class BusesTest {
    private final PortBus ports = new PortBus();
    private final MmioBus mmio = new MmioBus();

    @Test
    void portThatNobodyHasReadsAllOnes() {
        assertThat(ports.read(0x1234, 1)).isEqualTo(0xff);
        assertThat(ports.read(0x1234, 4)).isEqualTo(0xffffffffL);
    }

    @Test
    void accessAcrossTwoDevicesIsSplitIntoBytes() {
        var low = new Recording("low", 0x11);
        var high = new Recording("high", 0x22);
        ports.claim(low, 0x60, 1, low);
        ports.claim(high, 0x61, 1, high);

        assertThat(ports.read(0x60, 2)).isEqualTo(0x2211);
        ports.write(0x60, 2, 0xbbaa);

        assertThat(low.seen).containsExactly("r0/1", "w0/1=aa");
        assertThat(high.seen).containsExactly("r0/1", "w0/1=bb");
    }

    @Test
    void accessInsideOneDeviceIsPassedWhole() {
        var device = new Recording("d", 0x12345678);
        ports.claim(device, 0xcf8, 8, device);

        assertThat(ports.read(0xcfc, 4)).isEqualTo(0x12345678);
        assertThat(device.seen).containsExactly("r4/4");
    }

    @Test
    void portClaimedTwiceNamesBothDevices() {
        var first = new Recording("com1", 0);
        var second = new Recording("modem", 0);
        ports.claim(first, 0x3f8, 8, first);

        assertThatThrownBy(() -> ports.claim(second, 0x3fa, 1, second)).hasMessage("modem claims port 0x3fa, which com1 has");
    }

    @Test
    void aDebuggersWordIsOneAccessAndALongerRowOneForEachPort() {
        var device = new Recording("d", 0x12345678);
        ports.claim(device, 0xcf8, 8, device);
        var debugger = new PortAccess(ports);

        assertThat(debugger.read(0xcfc, 4)).containsExactly(0x78, 0x56, 0x34, 0x12);
        debugger.write(0xcf8, new byte[] {0x10, (byte) 0x80});
        assertThat(debugger.read(0xcf8, 3)).containsExactly(0x78, 0x78, 0x78);

        assertThat(device.seen).containsExactly("r4/4", "w0/2=8010", "r0/1", "r1/1", "r2/1");
    }

    @Test
    void aDebuggersRowOfPortsEndsWithThem() {
        var debugger = new PortAccess(ports);

        assertThat(debugger.read(0xffff, 1)).containsExactly(0xff);
        assertThatThrownBy(() -> debugger.read(0xffff, 2)).hasMessage("ports 0xffff to 0x10000: ports end at 0xffff");
    }

    @Test
    void thePortMapNamesWhoAnswersAndAsksNobody() {
        var low = new Recording("low", 0);
        var moved = new Recording("moved", 0);
        ports.claim(low, 0x20, 2, low);
        ports.claim(low, 0x22, 2, low);
        var region = ports.claimMovable(moved, 4, moved);
        region.move(0xfffc);
        region.enable(true);

        assertThat(new PortAccess(ports).map()).containsExactly(new PortRange(0x20, 4, "low"), new PortRange(0xfffc, 4, "moved"));
        assertThat(low.seen).isEmpty();
        assertThat(moved.seen).isEmpty();
    }

    @Test
    void laterRegionLiesOverTheEarlier() {
        var under = new Recording("under", 1);
        var over = new Recording("over", 2);
        mmio.claim(under, 0x1000, 0x1000, under);
        var region = mmio.claim(over, 0x1800, 0x100, over);

        assertThat(mmio.read(0x1810, 4)).isEqualTo(2);
        region.enable(false);
        assertThat(mmio.read(0x1810, 4)).isEqualTo(1);
        region.enable(true);
        region.move(0x9000);
        assertThat(mmio.read(0x9010, 4)).isEqualTo(2);
        assertThat(mmio.read(0x1810, 4)).isEqualTo(1);
    }

    /** Remembers accesses, answers a constant. */
    private static final class Recording implements Device, IoHandler {
        private final String name;
        private final long answer;
        final List<String> seen = new ArrayList<>();

        Recording(String name, long answer) {
            this.name = name;
            this.answer = answer;
        }

        @Override
        public long read(long offset, int sizeBytes) {
            seen.add("r" + offset + "/" + sizeBytes);
            return answer;
        }

        @Override
        public void write(long offset, int sizeBytes, long value) {
            seen.add("w" + offset + "/" + sizeBytes + "=" + Long.toHexString(value));
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public void reset() {
            seen.clear();
        }

        @Override
        public void save(StateWriter out) {
        }

        @Override
        public void restore(StateReader in) {
        }

        @Override
        public void inspect(Inspector out) {
            out.decimal("accesses", seen.size());
        }
    }
}
