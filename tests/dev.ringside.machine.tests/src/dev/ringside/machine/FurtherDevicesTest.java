package dev.ringside.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringside.arch.AssemblyResult;
import dev.ringside.device.Device;
import dev.ringside.device.DeviceContext;
import dev.ringside.device.DeviceProvider;
import dev.ringside.device.FileBackend;
import dev.ringside.device.IoHandler;
import dev.ringside.device.StateReader;
import dev.ringside.device.StateWriter;
import dev.ringside.inspect.InspectNode;
import dev.ringside.inspect.Inspector;
import dev.ringside.loader.RawFormat;
import dev.ringside.loader.SymbolTable;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Devices that plug-ins bring: in every machine when they say so, and never the machine's undoing. */
class FurtherDevicesTest {
    private static final int PORT = 0x5a0;
    private static final String WRITE_AND_EXIT_WITH_WHAT_IS_READ = """
            bits 32
            org 0x100000
            mov dx, 0x5a0
            mov eax, 0x15
            out dx, eax
            in eax, dx
            mov dx, 0xf4
            out dx, eax
            hlt
            """;

    @Test
    void theGuestTalksToADeviceThatIsInEveryMachine() throws Exception {
        try (Machine machine = machine(new Doubler(true, PORT))) {
            StopReason stop = machine.run(1000);

            assertThat(stop).isEqualTo(new StopReason.Ended(new EndReason.DebugExit(0x2a)));
            assertThat(InspectNode.of(machine)).extracting(InspectNode::name).contains("doubler");
            assertThat(machine.devices()).extracting(Device::name).endsWith("doubler");
        }
    }

    @Test
    void aProviderThatDoesNotAskForItIsNotInTheMachine() throws Exception {
        try (Machine machine = machine(new Doubler(false, PORT))) {
            StopReason stop = machine.run(1000);

            assertThat(stop).isEqualTo(new StopReason.Ended(new EndReason.DebugExit(0xffff_ffffL)));
        }
    }

    @Test
    void aDeviceThatThrowsEndsTheRunWithItsName() throws Exception {
        try (Machine machine = machine(new Doubler(true, PORT) {
            @Override
            public void write(long offset, int sizeBytes, long value) {
                throw new IllegalStateException("never thought of " + value);
            }
        })) {
            StopReason stop = machine.run(1000);

            assertThat(stop).isInstanceOfSatisfying(StopReason.Ended.class, ended -> assertThat(ended.reason().describe())
                .startsWith("device 'doubler' failed: java.lang.IllegalStateException: never thought of 21 at ").endsWith("update or uninstall its plug-in"));
        }
    }

    @Test
    void portsOfAnotherDeviceAreRefusedInOneLine() {
        assertThatThrownBy(() -> machine(new Doubler(true, 0x3f8))).isInstanceOf(MachineException.class)
            .hasMessageStartingWith("device 'doubler' (doubles what is written) cannot be made: ").hasMessageNotContaining("\n");
    }

    private static Machine machine(DeviceProvider provider) throws MachineException {
        MachineProviders providers = MachineProviders.onClassPath().withDevices(List.of(provider));
        AssemblyResult program = providers.architectures().getFirst().assembler().assemble("guest.asm", WRITE_AND_EXIT_WITH_WHAT_IS_READ);
        return new MachineBuilder(providers, FileBackend::open)
            .build(MachineDescription.of(null).withMemoryBytes(4 << 20), RawFormat.of(program.bytes(), 0x100000, SymbolTable.empty()));
    }

    /** Answers a read of its port with twice what was written. */
    private static class Doubler implements DeviceProvider, Device, IoHandler {
        private final boolean everywhere;
        private final int port;
        private long written;

        Doubler(boolean everywhere, int port) {
            this.everywhere = everywhere;
            this.port = port;
        }

        @Override
        public String type() {
            return "doubler";
        }

        @Override
        public String description() {
            return "doubles what is written";
        }

        @Override
        public boolean inEveryMachine() {
            return everywhere;
        }

        @Override
        public Device create(String name, Map<String, String> options, DeviceContext context) {
            context.claimPorts(this, port, 4, this);
            return this;
        }

        @Override
        public long read(long offset, int sizeBytes) {
            return 2 * written;
        }

        @Override
        public void write(long offset, int sizeBytes, long value) {
            written = value;
        }

        @Override
        public String name() {
            return "doubler";
        }

        @Override
        public void reset() {
            written = 0;
        }

        @Override
        public void save(StateWriter out) {
            out.putLong("written", written);
        }

        @Override
        public void restore(StateReader in) {
            written = in.getLong("written");
        }

        @Override
        public void inspect(Inspector out) {
            out.hex("WRITTEN", written, 32);
        }
    }
}
