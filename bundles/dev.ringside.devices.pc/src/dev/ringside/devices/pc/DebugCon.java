package dev.ringside.devices.pc;

import dev.ringside.device.CharSink;
import dev.ringside.device.Device;
import dev.ringside.device.DeviceContext;
import dev.ringside.device.StateReader;
import dev.ringside.device.StateWriter;
import dev.ringside.inspect.Inspector;

/** The debug console: bytes written to its port come out; reading it gives 0xE9, so that guests can tell it is there. */
public final class DebugCon implements Device, ByteIo {
    static final int READBACK = 0xe9;

    private final String name;
    private final int port;
    private CharSink sink = CharSink.NONE;

    public DebugCon(String name, DeviceContext context, int port) {
        this.name = name;
        this.port = port;
        context.claimPorts(this, port, 1, this);
    }

    public void connect(CharSink newSink) {
        sink = newSink;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public int readByte(int offset) {
        return READBACK;
    }

    @Override
    public void writeByte(int offset, int value) {
        sink.accept(value);
    }

    @Override
    public void reset() {
        // No state.
    }

    @Override
    public void save(StateWriter out) {
        // No state.
    }

    @Override
    public void restore(StateReader in) {
        // No state.
    }

    @Override
    public void inspect(Inspector out) {
        out.hex("port", port, 16);
    }
}
