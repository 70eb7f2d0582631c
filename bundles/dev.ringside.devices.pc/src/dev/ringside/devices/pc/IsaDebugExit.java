package dev.ringside.devices.pc;

import dev.ringside.device.Device;
import dev.ringside.device.DeviceContext;
import dev.ringside.device.DeviceContext.EndRequest;
import dev.ringside.device.IoHandler;
import dev.ringside.device.StateReader;
import dev.ringside.device.StateWriter;
import dev.ringside.inspect.Inspector;

/** isa-debug-exit: a write ends the run with status {@code value << 1 | 1}. Reads give 0. No state. */
public final class IsaDebugExit implements Device, IoHandler {
    private final String name;
    private final DeviceContext context;
    private final int port;

    /** @param sizeBytes 1, 2 or 4 ports */
    public IsaDebugExit(String name, DeviceContext context, int port, int sizeBytes) {
        this.name = name;
        this.context = context;
        this.port = port;
        context.claimPorts(this, port, sizeBytes, this);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public long read(long offset, int sizeBytes) {
        return 0;
    }

    @Override
    public void write(long offset, int sizeBytes, long value) {
        context.end(new EndRequest.DebugExit(value & (1L << 8 * sizeBytes) - 1));
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
