package dev.ringside.devices.pc;

import dev.ringside.device.Device;
import dev.ringside.device.DeviceContext;
import dev.ringside.device.DeviceContext.EndRequest;
import dev.ringside.device.StateReader;
import dev.ringside.device.StateWriter;
import dev.ringside.inspect.Inspector;

/** pvpanic at port 0x505: reading tells the events it understands, writing one says that it happened. No state. */
public final class PvPanic implements Device, ByteIo {
    static final int PORT = 0x505;
    private static final int PANICKED = 1;

    private final String name;
    private final DeviceContext context;

    public PvPanic(String name, DeviceContext context) {
        this.name = name;
        this.context = context;
        context.claimPorts(this, PORT, 1, this);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public int readByte(int offset) {
        return PANICKED;
    }

    @Override
    public void writeByte(int offset, int value) {
        if ((value & PANICKED) != 0) {
            context.end(new EndRequest.Panicked(value));
        } else {
            context.unimplemented(this, "event 0x%02x".formatted(value));
        }
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
        out.hex("port", PORT, 16).hex("events", PANICKED, 8);
    }
}
