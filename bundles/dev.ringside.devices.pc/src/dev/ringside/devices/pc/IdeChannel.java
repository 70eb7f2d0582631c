package dev.ringside.devices.pc;

import dev.ringside.device.BlockBackend;
import dev.ringside.device.Device;
import dev.ringside.device.DeviceContext;
import dev.ringside.device.IoHandler;
import dev.ringside.device.IrqLine;
import dev.ringside.device.StateReader;
import dev.ringside.device.StateWriter;
import dev.ringside.inspect.Inspector;

/**
 * One ATA channel with up to two disks (ATA/ATAPI-6): command block at 0x1F0 or 0x170, control block at 0x3F6 or 0x376.
 *
 * <p>An empty channel reads 0x7F, as a bus with a pulled-down DD7 does. A missing second disk reads status 0, which the first one answers for it.
 */
public final class IdeChannel implements Device {
    private static final int CONTROL_NIEN = 2;
    private static final int CONTROL_SRST = 4;
    private static final int EMPTY = 0x7f;

    private final String name;
    private final IrqLine irq;
    private final AtaDisk[] disks = new AtaDisk[2];
    private boolean decoding = true;
    private int selected;
    private int control;

    /**
     * @param commandPort 0x1F0 or 0x170
     * @param controlPort 0x3F6 or 0x376
     * @param first backing of device 0, or null
     * @param second backing of device 1, or null
     */
    public IdeChannel(String name, DeviceContext context, int commandPort, int controlPort, IrqLine irq, BlockBackend first, BlockBackend second) {
        this.name = name;
        this.irq = irq;
        disks[0] = first == null ? null : new AtaDisk(first, 0, this::update, what -> context.unimplemented(this, what));
        disks[1] = second == null ? null : new AtaDisk(second, 1, this::update, what -> context.unimplemented(this, what));
        context.claimPorts(this, commandPort, 8, new IoHandler() {
            @Override
            public long read(long offset, int sizeBytes) {
                return readCommandBlock((int) offset, sizeBytes);
            }

            @Override
            public void write(long offset, int sizeBytes, long value) {
                writeCommandBlock((int) offset, sizeBytes, value);
            }
        });
        context.claimPorts(this, controlPort, 1, new ByteIo() {
            @Override
            public int readByte(int offset) {
                return !present() ? EMPTY : disks[selected] == null ? 0 : disks[selected].status();
            }

            @Override
            public void writeByte(int offset, int value) {
                if (present()) {
                    writeControl(value);
                }
            }
        });
    }

    @Override
    public String name() {
        return name;
    }

    /** Whether the PCI function lets the channel answer its ports. */
    void decode(boolean on) {
        decoding = on;
    }

    private boolean present() {
        return decoding && (disks[0] != null || disks[1] != null);
    }

    /** Whose registers are read: the selected disk's, or those of the other that answers for a missing one. */
    private AtaDisk answering() {
        return disks[selected] != null ? disks[selected] : disks[1 - selected];
    }

    private long readCommandBlock(int offset, int sizeBytes) {
        if (!present()) {
            return EMPTY | 0xffffff00L;
        }
        if (offset == 0) {
            return disks[selected] == null ? 0 : disks[selected].readData(sizeBytes);
        }
        if (offset == 7) {
            return disks[selected] == null ? 0 : disks[selected].readStatus();
        }
        return answering().readRegister(offset, (control & 0x80) != 0);
    }

    private void writeCommandBlock(int offset, int sizeBytes, long value) {
        if (!present()) {
            return;
        }
        control &= ~0x80; // any write to the command block clears HOB
        switch (offset) {
            case 0 -> {
                if (disks[selected] != null) {
                    disks[selected].writeData(sizeBytes, value);
                }
            }
            case 7 -> command((int) value & 0xff);
            default -> {
                if (offset == 6) {
                    selected = (int) value >> 4 & 1;
                }
                for (AtaDisk disk : disks) {
                    if (disk != null) {
                        disk.writeRegister(offset, (int) value & 0xff);
                    }
                }
            }
        }
        update();
    }

    private void command(int code) {
        if (code == AtaDisk.EXECUTE_DEVICE_DIAGNOSTIC) {
            selected = 0;
            for (AtaDisk disk : disks) {
                if (disk != null) {
                    disk.diagnose();
                }
            }
        } else if (disks[selected] != null) {
            disks[selected].command(code);
        }
    }

    private void writeControl(int value) {
        boolean resetStarts = (value & ~control & CONTROL_SRST) != 0;
        boolean resetEnds = (control & ~value & CONTROL_SRST) != 0;
        control = value;
        for (AtaDisk disk : disks) {
            if (disk != null && resetStarts) {
                disk.softwareReset();
            }
            if (disk != null && resetEnds) {
                disk.softwareResetDone();
            }
        }
        if (resetEnds) {
            selected = 0;
        }
        update();
    }

    private void update() {
        AtaDisk disk = disks[selected];
        irq.set(disk != null && disk.interrupting() && (control & CONTROL_NIEN) == 0);
    }

    @Override
    public void reset() {
        selected = 0;
        control = 0;
        for (AtaDisk disk : disks) {
            if (disk != null) {
                disk.reset();
            }
        }
        update();
    }

    @Override
    public void save(StateWriter out) {
        out.putInt("selected", selected);
        out.putInt("control", control);
        out.putBoolean("decoding", decoding);
        for (AtaDisk disk : disks) {
            if (disk != null) {
                disk.save(out);
            }
        }
    }

    @Override
    public void restore(StateReader in) {
        selected = in.getInt("selected");
        control = in.getInt("control");
        decoding = in.getBoolean("decoding");
        for (AtaDisk disk : disks) {
            if (disk != null) {
                disk.restore(in);
            }
        }
        update();
    }

    @Override
    public void inspect(Inspector out) {
        out.decimal("selected device", selected).hex("device control", control, 8).flag("decoding", decoding);
        for (AtaDisk disk : disks) {
            if (disk != null) {
                out.child(disk.backend().name(), disk);
            }
        }
    }
}
