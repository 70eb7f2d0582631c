package dev.ringside.devices.pc;

import dev.ringside.device.Device;
import dev.ringside.device.DeviceContext;
import dev.ringside.device.IoHandler;
import dev.ringside.device.IrqLine;
import dev.ringside.device.StateReader;
import dev.ringside.device.StateWriter;
import dev.ringside.inspect.Inspector;
import java.util.Arrays;

/**
 * The device that hypervisor test suites drive.
 *
 * <pre>
 *   port E0h      4 bytes that read back, in any size       E8h  the same bytes, answered one by one
 *   port E4h      a page's address: its mapping is forgotten
 *   port 2000h+n  the level of interrupt line n
 *   FF000000h     64 KiB of memory behind MMIO
 * </pre>
 */
public final class PcTestDevice implements Device {
    private static final long MMIO = 0xff000000L;
    private static final int MMIO_BYTES = 0x10000;

    private final String name;
    private final byte[] latch = new byte[4];
    private final byte[] memory = new byte[MMIO_BYTES];
    private final IrqLine[] lines = new IrqLine[IoApic.PINS];
    private final boolean[] levels = new boolean[IoApic.PINS];

    PcTestDevice(String name, DeviceContext context, GsiRouter router) {
        this.name = name;
        for (int i = 0; i < lines.length; i++) {
            lines[i] = router.gsi(i);
        }
        ByteIo latched = new ByteIo() {
            @Override
            public int readByte(int offset) {
                return latch[offset & 3] & 0xff;
            }

            @Override
            public void writeByte(int offset, int value) {
                latch[offset & 3] = (byte) value;
            }
        };
        context.claimPorts(this, 0xe0, 4, latched);
        // E9h in the middle of the four is the debug console's.
        context.claimPorts(this, 0xe8, 1, latched);
        context.claimPorts(this, 0xe4, 4, new IoHandler() {
            @Override
            public long read(long offset, int sizeBytes) {
                return -1;
            }

            @Override
            public void write(long offset, int sizeBytes, long value) {
                context.forgetMapping(value & ~0xfffL);
            }
        });
        context.claimPorts(this, 0x2000, lines.length, new IoHandler() {
            @Override
            public long read(long offset, int sizeBytes) {
                return -1;
            }

            @Override
            public void write(long offset, int sizeBytes, long value) {
                levels[(int) offset] = value != 0;
                lines[(int) offset].set(value != 0);
            }
        });
        context.claimMmio(this, MMIO, MMIO_BYTES, new ByteIo() {
            @Override
            public int readByte(int offset) {
                return offset < MMIO_BYTES ? memory[offset] & 0xff : 0xff;
            }

            @Override
            public void writeByte(int offset, int value) {
                if (offset < MMIO_BYTES) {
                    memory[offset] = (byte) value;
                }
            }
        });
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public void reset() {
        Arrays.fill(latch, (byte) 0);
        Arrays.fill(memory, (byte) 0);
        for (int i = 0; i < lines.length; i++) {
            levels[i] = false;
            lines[i].set(false);
        }
    }

    @Override
    public void save(StateWriter out) {
        out.putBytes("latch", latch);
        out.putBytes("memory", memory);
        for (int i = 0; i < lines.length; i++) {
            out.putBoolean("line" + i, levels[i]);
        }
    }

    @Override
    public void restore(StateReader in) {
        System.arraycopy(in.getBytes("latch"), 0, latch, 0, latch.length);
        System.arraycopy(in.getBytes("memory"), 0, memory, 0, memory.length);
        for (int i = 0; i < lines.length; i++) {
            levels[i] = in.getBoolean("line" + i);
            lines[i].set(levels[i]);
        }
    }

    @Override
    public void inspect(Inspector out) {
        for (int i = 0; i < 4; i++) {
            out.hex("latch " + i, latch[i], 8);
        }
        for (int i = 0; i < lines.length; i++) {
            out.flag("line " + i, levels[i]);
        }
    }
}
