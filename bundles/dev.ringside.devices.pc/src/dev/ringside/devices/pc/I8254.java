package dev.ringside.devices.pc;

import dev.ringside.device.Device;
import dev.ringside.device.DeviceContext;
import dev.ringside.device.IrqLine;
import dev.ringside.device.StateReader;
import dev.ringside.device.StateWriter;
import dev.ringside.inspect.Inspector;

/**
 * Intel 8254 Programmable Interval Timer at ports 0x40 to 0x43, and the part of port 0x61 that belongs to it.
 *
 * <p>Channel 0 drives IRQ 0, channel 1 once refreshed memory, channel 2 drives the speaker and can be read back at port 0x61. No counter is ever
 * counted: every reading is computed from virtual time.
 */
public final class I8254 implements Device, ByteIo {
    /** Half a period of the refresh signal that port 0x61 shows in bit 4. */
    private static final long REFRESH_NANOS = 15_085;

    private final String name;
    private final DeviceContext context;
    private final PitChannel[] channels = new PitChannel[3];
    private boolean speakerEnabled;
    private int nmiDisables;

    /** @param irq0 driven by OUT of channel 0 */
    public I8254(String name, DeviceContext context, IrqLine irq0) {
        this.name = name;
        this.context = context;
        channels[0] = new PitChannel(context.clock(), name + " channel 0", irq0);
        channels[1] = new PitChannel(context.clock(), name + " channel 1", IrqLine.UNCONNECTED);
        channels[2] = new PitChannel(context.clock(), name + " channel 2", IrqLine.UNCONNECTED);
        reset();
        context.claimPorts(this, 0x40, 4, this);
        context.claimPorts(this, 0x61, 1, new ByteIo() {
            @Override
            public int readByte(int offset) {
                return readSystemControl();
            }

            @Override
            public void writeByte(int offset, int value) {
                writeSystemControl(value);
            }
        });
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public int readByte(int offset) {
        return offset < 3 ? channels[offset].read() : 0xff;
    }

    @Override
    public void writeByte(int offset, int value) {
        if (offset < 3) {
            channels[offset].write(value);
        } else if (value >> 6 == 3) {
            readBack(value);
        } else if ((value & 0x30) == 0) {
            channels[value >> 6].latchCount();
        } else {
            channels[value >> 6].control(value);
        }
    }

    /** Read-back command: bit 5 clear latches counts, bit 4 clear latches status, bits 3:1 select channels. */
    private void readBack(int value) {
        for (int i = 0; i < 3; i++) {
            if ((value >> i + 1 & 1) != 0) {
                if ((value & 0x20) == 0) {
                    channels[i].latchCount();
                }
                if ((value & 0x10) == 0) {
                    channels[i].latchStatus();
                }
            }
        }
    }

    private int readSystemControl() {
        long refresh = context.clock().nanos() / REFRESH_NANOS & 1;
        return (channels[2].gate() ? 1 : 0) | (speakerEnabled ? 2 : 0) | nmiDisables | (int) refresh << 4 | (channels[2].out() ? 0x20 : 0);
    }

    private void writeSystemControl(int value) {
        speakerEnabled = (value & 2) != 0;
        nmiDisables = value & 0x0c;
        channels[2].gate((value & 1) != 0);
    }

    @Override
    public void reset() {
        for (PitChannel channel : channels) {
            channel.reset();
        }
        channels[2].gate(false);
        speakerEnabled = false;
        nmiDisables = 0;
    }

    @Override
    public void save(StateWriter out) {
        for (int i = 0; i < 3; i++) {
            channels[i].save(out, "channel" + i);
        }
        out.putBoolean("speakerEnabled", speakerEnabled);
        out.putInt("nmiDisables", nmiDisables);
    }

    @Override
    public void restore(StateReader in) {
        for (int i = 0; i < 3; i++) {
            channels[i].restore(in, "channel" + i);
        }
        speakerEnabled = in.getBoolean("speakerEnabled");
        nmiDisables = in.getInt("nmiDisables");
    }

    @Override
    public void inspect(Inspector out) {
        out.child("counter 0", channels[0]).child("counter 1", channels[1]).child("counter 2", channels[2]).flag("speaker data", speakerEnabled)
                .hex("port 61h", readSystemControl(), 8);
    }
}
