package dev.ringside.devices.pc;

import dev.ringside.device.Device;
import dev.ringside.device.DeviceContext;
import dev.ringside.device.DeviceContext.EndRequest;
import dev.ringside.device.StateReader;
import dev.ringside.device.StateWriter;
import dev.ringside.inspect.Inspector;

/**
 * The small ports of a chipset: system control port A at 0x92 (fast A20 and fast reset) and the reset control register at 0xCF9 (PIIX3 2.5.4).
 */
public final class SystemPorts implements Device {
    private final String name;
    private final DeviceContext context;
    private final A20Gate a20;
    private int portA;
    private int resetControl;

    SystemPorts(String name, DeviceContext context, A20Gate a20) {
        this.name = name;
        this.context = context;
        this.a20 = a20;
        context.claimPorts(this, 0x92, 1, new ByteIo() {
            @Override
            public int readByte(int offset) {
                return portA & 0xfc | (a20.isOpen() ? 2 : 0);
            }

            @Override
            public void writeByte(int offset, int value) {
                writePortA(value);
            }
        });
    }

    private void writePortA(int value) {
        boolean resets = (value & ~portA & 1) != 0;
        portA = value;
        a20.set((value & 2) != 0);
        if (resets) {
            context.end(new EndRequest.Reset("port 0x92"));
        }
    }

    /** Port 0xCF9, which lies among the PCI configuration ports. */
    int readResetControl() {
        return resetControl;
    }

    /** Bit 1 chooses a hard reset; bit 2 going from 0 to 1 does it. */
    void writeResetControl(int value) {
        boolean resets = (value & ~resetControl & 4) != 0;
        resetControl = value & 0x06;
        if (resets) {
            context.end(new EndRequest.Reset("port 0xcf9"));
        }
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public void reset() {
        portA = 0;
        resetControl = 0;
    }

    @Override
    public void save(StateWriter out) {
        out.putInt("portA", portA);
        out.putInt("resetControl", resetControl);
    }

    @Override
    public void restore(StateReader in) {
        portA = in.getInt("portA");
        resetControl = in.getInt("resetControl");
    }

    @Override
    public void inspect(Inspector out) {
        out.hex("port 92h", portA & 0xfc | (a20.isOpen() ? 2 : 0), 8).hex("RST_CNT (cf9h)", resetControl, 8);
    }
}
