package dev.ringside.devices.pc;

import dev.ringside.device.Device;
import dev.ringside.device.DeviceContext;
import dev.ringside.device.StateReader;
import dev.ringside.device.StateWriter;
import dev.ringside.inspect.Inspector;
import java.util.Arrays;

/** Two 8237A DMA controllers with their page registers, as registers that read back; no device here does ISA DMA. Page register 0x80 shows the POST code. */
public final class DmaController implements Device {
    private final String name;
    private final Dma8237 first;
    private final Dma8237 second;
    private final int[] pages = new int[16];

    public DmaController(String name, DeviceContext context) {
        this.name = name;
        this.first = new Dma8237();
        this.second = new Dma8237();
        reset();
        context.claimPorts(this, 0x00, 16, first);
        // The second controller's registers are on even addresses.
        context.claimPorts(this, 0xc0, 32, new ByteIo() {
            @Override
            public int readByte(int offset) {
                return second.readByte(offset >> 1);
            }

            @Override
            public void writeByte(int offset, int value) {
                second.writeByte(offset >> 1, value);
            }
        });
        // 0x92 apart, the page registers are 0x80 to 0x8F.
        context.claimPorts(this, 0x80, 16, new ByteIo() {
            @Override
            public int readByte(int offset) {
                return offset < 16 ? pages[offset] : 0xff;
            }

            @Override
            public void writeByte(int offset, int value) {
                if (offset < 16) {
                    pages[offset] = value;
                }
            }
        });
    }

    @Override
    public String name() {
        return name;
    }

    /** What the guest wrote to port 0x80 last. */
    public int postCode() {
        return pages[0];
    }

    @Override
    public void reset() {
        first.reset();
        second.reset();
        Arrays.fill(pages, 0);
    }

    @Override
    public void save(StateWriter out) {
        first.save(out, "first");
        second.save(out, "second");
        out.putInts("pages", pages);
    }

    @Override
    public void restore(StateReader in) {
        first.restore(in, "first");
        second.restore(in, "second");
        in.getInts("pages", pages);
    }

    @Override
    public void inspect(Inspector out) {
        out.hex("POST code", pages[0], 8).child("8237A channels 0-3", first).child("8237A channels 4-7", second);
        for (int i = 1; i < 16; i++) {
            out.hex("page %02x".formatted(0x80 + i), pages[i], 8);
        }
    }
}
