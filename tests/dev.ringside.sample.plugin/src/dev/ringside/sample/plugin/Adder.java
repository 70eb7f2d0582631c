package dev.ringside.sample.plugin;

import dev.ringside.device.Device;
import dev.ringside.device.DeviceContext;
import dev.ringside.device.IoHandler;
import dev.ringside.device.StateReader;
import dev.ringside.device.StateWriter;
import dev.ringside.inspect.Inspector;

/**
 * Two 32-bit registers in port space. {@code ADDEND} (0x5a0): what is written is added. {@code SUM} (0x5a4): reads the sum; a write of any value clears it.
 *
 * <p>It runs on the machine's thread only, takes no wall-clock time into account, and can be saved and restored, so runs with it can be repeated.
 */
final class Adder implements Device, IoHandler {
    private static final int FIRST_PORT = 0x5a0;
    private static final int PORTS = 8;
    private static final int ADDEND = 0;
    private static final int SUM = 4;

    private final String name;
    private int addend;
    private int sum;

    Adder(String name, DeviceContext context) {
        this.name = name;
        context.claimPorts(this, FIRST_PORT, PORTS, this);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public long read(long offset, int sizeBytes) {
        return switch ((int) offset) {
            case ADDEND -> addend & 0xffffffffL;
            case SUM -> sum & 0xffffffffL;
            default -> 0;
        };
    }

    @Override
    public void write(long offset, int sizeBytes, long value) {
        switch ((int) offset) {
            case ADDEND -> {
                addend = (int) value;
                sum += addend;
            }
            case SUM -> sum = 0;
            default -> {
                // Nothing is there; hardware ignores it, too.
            }
        }
    }

    @Override
    public void reset() {
        addend = 0;
        sum = 0;
    }

    @Override
    public void save(StateWriter out) {
        out.putInt("ADDEND", addend);
        out.putInt("SUM", sum);
    }

    @Override
    public void restore(StateReader in) {
        addend = in.getInt("ADDEND");
        sum = in.getInt("SUM");
    }

    @Override
    public void inspect(Inspector out) {
        out.hex("ADDEND", addend & 0xffffffffL, 32).hex("SUM", sum & 0xffffffffL, 32);
    }
}
