package dev.ringside.devices.pc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringside.device.BoardConfig;
import dev.ringside.device.IoHandler;
import dev.ringside.device.VcpuPins;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PciTest {
    private final FakeContext context = new FakeContext();
    private final FakePins pins = new FakePins();
    private PcBoard board;

    @BeforeEach
    void plugIn() {
        board = new PcBoard(BoardConfig.of(1, 64 << 20, 0), context, List.<VcpuPins>of(pins));
    }

    private void address(int slot, int function, int register) {
        context.out(0xcf8, 4, 0x8000_0000L | slot << 11 | function << 8 | register & 0xfc);
    }

    private long read(int slot, int function, int register, int sizeBytes) {
        address(slot, function, register);
        return context.in(0xcfc + (register & 3), sizeBytes);
    }

    private void write(int slot, int function, int register, int sizeBytes, long value) {
        address(slot, function, register);
        context.out(0xcfc + (register & 3), sizeBytes, value);
    }

    @Test
    void chipsetIsWhereGuestsExpectIt() {
        assertThat(read(0, 0, 0, 4)).isEqualTo(0x12378086L);
        assertThat(read(0, 0, 0x2c, 4)).isEqualTo(0x11001af4L);
        assertThat(read(1, 0, 0, 4)).isEqualTo(0x70008086L);
        assertThat(read(1, 0, 0x0e, 1)).as("multifunction").isEqualTo(0x80);
        assertThat(read(1, 1, 0, 4)).isEqualTo(0x70108086L);
        assertThat(read(1, 3, 0, 4)).isEqualTo(0x71138086L);
        assertThat(read(1, 3, 0x0a, 2)).as("class").isEqualTo(0x0680);
    }

    @Test
    void absentFunctionsReadAllOnes() {
        assertThat(read(1, 2, 0, 4)).isEqualTo(0xffffffffL);
        assertThat(read(9, 0, 0, 2)).isEqualTo(0xffff);
    }

    @Test
    void addressRegisterNeedsTheEnableBitAndWholeAccesses() {
        address(0, 0, 0);
        assertThat(context.in(0xcf8, 4)).isEqualTo(0x80000000L);
        context.out(0xcf8, 1, 0x44);
        assertThat(context.in(0xcf8, 4)).isEqualTo(0x80000000L);

        context.out(0xcf8, 4, 0);

        assertThat(context.in(0xcfc, 4)).isEqualTo(0xffffffffL);
    }

    @Test
    void otherBusesAreEmpty() {
        context.out(0xcf8, 4, 0x8001_0000L);

        assertThat(context.in(0xcfc, 2)).isEqualTo(0xffff);
    }

    @Test
    void readOnlyRegistersStay() {
        write(0, 0, 0, 4, 0xdeadbeefL);
        write(1, 0, 0x08, 4, 0xffffffffL);

        assertThat(read(0, 0, 0, 4)).isEqualTo(0x12378086L);
        assertThat(read(1, 0, 0x08, 4)).isEqualTo(0x06010000L);
    }

    @Test
    void pamRegistersSwitchTheShadowRam() {
        context.shadow.clear();

        write(0, 0, 0x59, 1, 0x30);
        write(0, 0, 0x5a, 1, 0x12);

        assertThat(context.shadow).containsExactly("f0000+10000 rw", "c0000+4000 -w", "c4000+4000 r-");
    }

    @Test
    void pmBaseMovesTheAcpiRegisters() {
        assertThat(context.hasPort(0x608)).isFalse();
        write(1, 3, 0x40, 4, 0x600);
        write(1, 3, 0x80, 1, 1);
        assertThat(context.hasPort(0x608)).isTrue();

        write(1, 3, 0x40, 4, 0xb000);

        assertThat(context.hasPort(0x608)).isFalse();
        assertThat(context.in(0xb004, 2)).isZero();
        assertThat(read(1, 3, 0x40, 4)).isEqualTo(0xb001);
    }

    @Test
    void firmwareNeedNotWaitForASystemManagementHandler() {
        assertThat(read(1, 3, 0x58, 4) & 0x0200_0000L).isNotZero();
    }

    @Test
    void baseAddressRegistersTellTheirSizeAndDecodeWhenEnabled() {
        var device = new Probe(context);
        board.pci().add(5, 0, device);
        write(5, 0, 0x10, 4, 0xffffffffL);
        write(5, 0, 0x14, 4, 0xffffffffL);
        assertThat(read(5, 0, 0x10, 4)).isEqualTo(0xffe1);
        assertThat(read(5, 0, 0x14, 4)).isEqualTo(0xfffff000L);

        write(5, 0, 0x10, 4, 0xc000);
        write(5, 0, 0x14, 4, 0xe0000000L);
        assertThat(context.hasPort(0xc004)).isFalse();
        write(5, 0, 0x04, 2, 3);

        assertThat(context.in(0xc004, 4)).isEqualTo(0x1004);
        assertThat(context.load(0xe0000010L, 4)).isEqualTo(0x1010);
        write(5, 0, 0x04, 2, 0);
        assertThat(context.hasPort(0xc004)).isFalse();
    }

    @Test
    void interruptPinReachesItsIoApicInputAndCanBeDisabled() {
        var device = new Probe(context);
        board.pci().add(5, 0, device);
        context.store(0xfee000f0L, 4, 0x1ff);
        int pin = 16 + PciBus.pirqOf(5, 1);
        context.store(0xfec00000L, 4, 0x10 + 2 * pin);
        context.store(0xfec00010L, 4, 0x66 | 0xa000);

        device.ask(true);
        assertThat(board.local(0).acknowledge()).isEqualTo(0x66);
        assertThat(read(5, 0, 0x06, 2) & 8).isEqualTo(8);
        write(5, 0, 0x04, 2, 0x400);
        board.local(0).endOfInterrupt();

        assertThat(pins.intr).isFalse();
    }

    private static final class Probe extends PciFunction {
        Probe(FakeContext context) {
            super("probe", context, 0x1234, 0x5678, 0xff0000, 0);
            interruptPin(1);
            IoHandler echo = new IoHandler() {
                @Override
                public long read(long offset, int sizeBytes) {
                    return 0x1000 + offset;
                }

                @Override
                public void write(long offset, int sizeBytes, long value) {
                    // only read
                }
            };
            ioBar(0, 32, echo);
            memoryBar(1, 4096, echo);
        }

        void ask(boolean on) {
            interrupt(on);
        }
    }
}
