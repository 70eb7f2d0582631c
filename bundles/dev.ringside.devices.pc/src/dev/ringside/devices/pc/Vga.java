package dev.ringside.devices.pc;

import dev.ringside.device.Device;
import dev.ringside.device.DeviceContext;
import dev.ringside.device.IoHandler;
import dev.ringside.device.StateReader;
import dev.ringside.device.StateWriter;
import dev.ringside.device.TextScreen;
import dev.ringside.inspect.Inspector;
import java.util.Arrays;

/**
 * IBM VGA: the register files of the CRT controller, sequencer, graphics and attribute controllers and the DAC, and four planes of 64 KiB behind
 * 0xA0000 to 0xBFFFF. At power-on it stands in text mode 3, so that guests without a video BIOS can write to 0xB8000.
 *
 * <p>Graphics modes keep their memory but are not drawn: {@link #screen} shows text modes.
 */
public final class Vga implements Device {
    private static final long WINDOW = 0xa0000;
    private static final int WINDOW_BYTES = 0x20000;
    private static final int PLANE_BYTES = 0x10000;
    /** 70 frames a second of 449 lines, 400 of them shown. */
    private static final long LINE_NANOS = 31_778;
    private static final int TOTAL_LINES = 449;
    private static final int SHOWN_LINES = 400;
    private static final int RETRACE_FIRST = 412;
    private static final int RETRACE_LAST = 413;

    private static final int[] MODE3_SEQUENCER = {0x03, 0x00, 0x03, 0x00, 0x02};
    private static final int[] MODE3_CRTC = {0x5f, 0x4f, 0x50, 0x82, 0x55, 0x81, 0xbf, 0x1f, 0x00, 0x4f, 0x0d, 0x0e, 0x00, 0x00, 0x00, 0x00, 0x9c, 0x8e, 0x8f, 0x28,
        0x1f, 0x96, 0xb9, 0xa3, 0xff};
    private static final int[] MODE3_GRAPHICS = {0x00, 0x00, 0x00, 0x00, 0x00, 0x10, 0x0e, 0x00, 0xff};
    private static final int[] MODE3_ATTRIBUTE = {0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x14, 0x07, 0x38, 0x39, 0x3a, 0x3b, 0x3c, 0x3d, 0x3e, 0x3f, 0x0c, 0x00,
        0x0f, 0x08, 0x00};
    private static final int MODE3_MISC = 0x67;

    private final String name;
    private final DeviceContext context;
    private final byte[][] planes = new byte[4][PLANE_BYTES];
    private final int[] latches = new int[4];

    private final int[] sequencer = new int[8];
    private final int[] crtc = new int[32];
    private final int[] graphics = new int[16];
    private final int[] attribute = new int[32];
    private final byte[] palette = new byte[768];
    private int sequencerIndex;
    private int crtcIndex;
    private int graphicsIndex;
    private int attributeIndex;
    private boolean attributeData;
    private int misc;
    private int feature;
    private int enable;
    private int dacMask;
    private int dacReadIndex;
    private int dacWriteIndex;
    private int dacComponent;
    private boolean dacReading;

    public Vga(String name, DeviceContext context) {
        this.name = name;
        this.context = context;
        reset();
        context.claimPorts(this, 0x3c0, 16, ports(0x3c0));
        context.claimPorts(this, 0x3b4, 2, ports(0x3b4));
        context.claimPorts(this, 0x3ba, 1, ports(0x3ba));
        context.claimPorts(this, 0x3d4, 2, ports(0x3d4));
        context.claimPorts(this, 0x3da, 1, ports(0x3da));
        context.claimMmio(this, WINDOW, WINDOW_BYTES, new IoHandler() {
            @Override
            public long read(long offset, int sizeBytes) {
                long value = 0;
                for (int i = 0; i < sizeBytes; i++) {
                    value |= (readMemory((int) offset + i) & 0xffL) << 8 * i;
                }
                return value;
            }

            @Override
            public void write(long offset, int sizeBytes, long value) {
                for (int i = 0; i < sizeBytes; i++) {
                    writeMemory((int) offset + i, (int) (value >>> 8 * i) & 0xff);
                }
            }
        });
    }

    private ByteIo ports(int first) {
        return new ByteIo() {
            @Override
            public int readByte(int offset) {
                return readPort(first + offset);
            }

            @Override
            public void writeByte(int offset, int value) {
                writePort(first + offset, value);
            }
        };
    }

    @Override
    public String name() {
        return name;
    }

    // Registers

    /** The CRT controller answers at 0x3B4 or at 0x3D4: miscellaneous output bit 0. */
    private boolean decodes(int port) {
        boolean mono = port < 0x3c0;
        boolean crtcPort = mono || port >= 0x3d0;
        return !crtcPort || mono == ((misc & 1) == 0);
    }

    private int readPort(int port) {
        if (!decodes(port)) {
            return 0xff;
        }
        return switch (port) {
            case 0x3c0 -> attributeData ? attribute[attributeIndex & 0x1f] : attributeIndex;
            case 0x3c1 -> attribute[attributeIndex & 0x1f];
            case 0x3c2 -> 0x10; // a colour monitor is there
            case 0x3c3 -> enable;
            case 0x3c4 -> sequencerIndex;
            case 0x3c5 -> sequencer[sequencerIndex];
            case 0x3c6 -> dacMask;
            case 0x3c7 -> dacReading ? 3 : 0;
            case 0x3c8 -> dacWriteIndex;
            case 0x3c9 -> readDac();
            case 0x3ca -> feature;
            case 0x3cc -> misc;
            case 0x3ce -> graphicsIndex;
            case 0x3cf -> graphics[graphicsIndex];
            case 0x3b4, 0x3d4 -> crtcIndex;
            case 0x3b5, 0x3d5 -> crtc[crtcIndex];
            case 0x3ba, 0x3da -> inputStatus();
            default -> 0xff;
        };
    }

    private void writePort(int port, int value) {
        if (!decodes(port)) {
            return;
        }
        switch (port) {
            case 0x3c0 -> writeAttribute(value);
            case 0x3c2 -> misc = value;
            case 0x3c3 -> enable = value & 1;
            case 0x3c4 -> sequencerIndex = value & 7;
            case 0x3c5 -> sequencer[sequencerIndex] = value;
            case 0x3c6 -> dacMask = value;
            case 0x3c7 -> {
                dacReadIndex = value;
                dacComponent = 0;
                dacReading = true;
            }
            case 0x3c8 -> {
                dacWriteIndex = value;
                dacComponent = 0;
                dacReading = false;
            }
            case 0x3c9 -> writeDac(value & 0x3f);
            case 0x3ce -> graphicsIndex = value & 0xf;
            case 0x3cf -> graphics[graphicsIndex] = value;
            case 0x3b4, 0x3d4 -> crtcIndex = value & 0x1f;
            case 0x3b5, 0x3d5 -> writeCrtc(value);
            case 0x3ba, 0x3da -> feature = value;
            default -> {
                // read-only
            }
        }
    }

    private void writeAttribute(int value) {
        if (attributeData) {
            attribute[attributeIndex & 0x1f] = value;
        } else {
            attributeIndex = value & 0x3f;
        }
        attributeData = !attributeData;
    }

    /** Bit 7 of register 0x11 protects registers 0 to 7, except the line-compare bit of register 7. */
    private void writeCrtc(int value) {
        boolean isProtected = (crtc[0x11] & 0x80) != 0 && crtcIndex <= 7;
        if (!isProtected) {
            crtc[crtcIndex] = value;
        } else if (crtcIndex == 7) {
            crtc[7] = crtc[7] & ~0x10 | value & 0x10;
        }
    }

    private int readDac() {
        int value = palette[dacReadIndex * 3 + dacComponent];
        if (++dacComponent == 3) {
            dacComponent = 0;
            dacReadIndex = dacReadIndex + 1 & 0xff;
        }
        return value;
    }

    private void writeDac(int value) {
        palette[dacWriteIndex * 3 + dacComponent] = (byte) value;
        if (++dacComponent == 3) {
            dacComponent = 0;
            dacWriteIndex = dacWriteIndex + 1 & 0xff;
        }
    }

    /** Input status 1: bit 0 blanked, bit 3 vertical retrace; reading it makes the next write to 0x3C0 an index. */
    private int inputStatus() {
        attributeData = false;
        long nanos = context.clock().nanos();
        long line = nanos / LINE_NANOS % TOTAL_LINES;
        boolean blanked = line >= SHOWN_LINES || nanos % LINE_NANOS >= LINE_NANOS * 4 / 5;
        boolean retrace = line >= RETRACE_FIRST && line <= RETRACE_LAST;
        return (blanked ? 1 : 0) | (retrace ? 8 : 0);
    }

    // Memory

    /** Offset in the window that the memory map select field leaves, or -1 outside of it. */
    private int mapped(int offset) {
        return switch (graphics[6] >> 2 & 3) {
            case 0 -> offset & 0xffff;
            case 1 -> offset < 0x10000 ? offset : -1;
            case 2 -> offset >= 0x10000 && offset < 0x18000 ? offset - 0x10000 : -1;
            default -> offset >= 0x18000 ? offset - 0x18000 : -1;
        };
    }

    private boolean chainFour() {
        return (sequencer[4] & 8) != 0;
    }

    private boolean oddEven() {
        return (graphics[5] & 0x10) != 0;
    }

    private int readMemory(int windowOffset) {
        int at = mapped(windowOffset);
        if (at < 0) {
            return 0xff;
        }
        if (chainFour()) {
            return planes[at & 3][at >> 2];
        }
        if (oddEven()) {
            return planes[graphics[4] & 2 | at & 1][at >> 1];
        }
        for (int plane = 0; plane < 4; plane++) {
            latches[plane] = planes[plane][at] & 0xff;
        }
        if ((graphics[5] & 8) == 0) {
            return latches[graphics[4] & 3];
        }
        int equal = 0xff;
        for (int plane = 0; plane < 4; plane++) {
            if ((graphics[7] >> plane & 1) != 0) {
                int wanted = (graphics[2] >> plane & 1) != 0 ? 0xff : 0;
                equal &= ~(latches[plane] ^ wanted);
            }
        }
        return equal;
    }

    private void writeMemory(int windowOffset, int value) {
        int at = mapped(windowOffset);
        if (at < 0) {
            return;
        }
        if (chainFour()) {
            writePlane(at & 3, at >> 2, value);
        } else if (oddEven()) {
            writePlane(graphics[4] & 2 | at & 1, at >> 1, value);
        } else {
            writePlanes(at, value);
        }
    }

    private void writePlane(int plane, int at, int value) {
        if ((sequencer[2] >> plane & 1) != 0) {
            planes[plane][at] = (byte) value;
        }
    }

    private void writePlanes(int at, int value) {
        int mode = graphics[5] & 3;
        int rotated = (value >> (graphics[3] & 7) | value << 8 - (graphics[3] & 7)) & 0xff;
        for (int plane = 0; plane < 4; plane++) {
            int result = switch (mode) {
                case 0 -> combine((graphics[1] >> plane & 1) != 0 ? fill(graphics[0] >> plane) : rotated, plane, graphics[8]);
                case 1 -> latches[plane];
                case 2 -> combine(fill(value >> plane), plane, graphics[8]);
                default -> combine(fill(graphics[0] >> plane), plane, graphics[8] & rotated);
            };
            writePlane(plane, at, result);
        }
    }

    private static int fill(int bit) {
        return (bit & 1) != 0 ? 0xff : 0;
    }

    /** The logical function with the latch, then the bit mask. */
    private int combine(int value, int plane, int mask) {
        int latch = latches[plane];
        int combined = switch (graphics[3] >> 3 & 3) {
            case 1 -> value & latch;
            case 2 -> value | latch;
            case 3 -> value ^ latch;
            default -> value;
        };
        return combined & mask | latch & ~mask;
    }

    // Display

    /** What a text mode shows now; in a graphics mode an empty screen of 80 by 25. */
    public TextScreen screen() {
        boolean text = (graphics[6] & 1) == 0;
        int columns = text ? crtc[1] + 1 : 80;
        int rows = text ? rows() : 25;
        byte[] characters = new byte[columns * rows];
        byte[] attributes = new byte[columns * rows];
        Arrays.fill(characters, (byte) ' ');
        Arrays.fill(attributes, (byte) 7);
        int start = crtc[0x0c] << 8 | crtc[0x0d];
        int pitch = crtc[0x13] * 2;
        if (text) {
            for (int row = 0; row < rows; row++) {
                for (int column = 0; column < columns; column++) {
                    int cell = start + row * pitch + column & PLANE_BYTES - 1;
                    characters[row * columns + column] = planes[0][cell];
                    attributes[row * columns + column] = planes[1][cell];
                }
            }
        }
        int cursor = (crtc[0x0e] << 8 | crtc[0x0f]) - start;
        int cursorRow = pitch == 0 ? 0 : cursor / pitch;
        int cursorColumn = pitch == 0 ? 0 : cursor % pitch;
        boolean visible = text && (crtc[0x0a] & 0x20) == 0 && cursor >= 0 && cursorRow < rows && cursorColumn < columns;
        return new TextScreen(columns, rows, characters, attributes, Math.max(0, cursorColumn), Math.max(0, cursorRow), visible);
    }

    private int rows() {
        int lines = (crtc[0x12] | (crtc[7] & 2) << 7 | (crtc[7] & 0x40) << 3) + 1;
        int height = (crtc[9] & 0x1f) + 1;
        return Math.clamp(lines / height, 1, 128);
    }

    @Override
    public void reset() {
        Arrays.fill(sequencer, 0);
        Arrays.fill(crtc, 0);
        Arrays.fill(graphics, 0);
        Arrays.fill(attribute, 0);
        System.arraycopy(MODE3_SEQUENCER, 0, sequencer, 0, MODE3_SEQUENCER.length);
        System.arraycopy(MODE3_CRTC, 0, crtc, 0, MODE3_CRTC.length);
        System.arraycopy(MODE3_GRAPHICS, 0, graphics, 0, MODE3_GRAPHICS.length);
        System.arraycopy(MODE3_ATTRIBUTE, 0, attribute, 0, MODE3_ATTRIBUTE.length);
        misc = MODE3_MISC;
        sequencerIndex = 0;
        crtcIndex = 0;
        graphicsIndex = 0;
        attributeIndex = 0x20;
        attributeData = false;
        feature = 0;
        enable = 1;
        dacMask = 0xff;
        dacReadIndex = 0;
        dacWriteIndex = 0;
        dacComponent = 0;
        dacReading = false;
        Arrays.fill(palette, (byte) 0);
        Arrays.fill(latches, 0);
        Arrays.fill(planes[0], (byte) ' ');
        Arrays.fill(planes[1], (byte) 7);
        Arrays.fill(planes[2], (byte) 0);
        Arrays.fill(planes[3], (byte) 0);
    }

    @Override
    public void save(StateWriter out) {
        for (int plane = 0; plane < 4; plane++) {
            out.putBytes("plane" + plane, planes[plane]);
        }
        out.putInts("latches", latches);
        out.putInts("sequencer", sequencer);
        out.putInts("crtc", crtc);
        out.putInts("graphics", graphics);
        out.putInts("attribute", attribute);
        out.putBytes("palette", palette);
        out.putInts("vga", new int[] {sequencerIndex, crtcIndex, graphicsIndex, attributeIndex, attributeData ? 1 : 0, misc, feature, enable, dacMask,
            dacReadIndex, dacWriteIndex, dacComponent, dacReading ? 1 : 0});
    }

    @Override
    public void restore(StateReader in) {
        for (int plane = 0; plane < 4; plane++) {
            System.arraycopy(in.getBytes("plane" + plane), 0, planes[plane], 0, PLANE_BYTES);
        }
        in.getInts("latches", latches);
        in.getInts("sequencer", sequencer);
        in.getInts("crtc", crtc);
        in.getInts("graphics", graphics);
        in.getInts("attribute", attribute);
        System.arraycopy(in.getBytes("palette"), 0, palette, 0, palette.length);
        int[] state = new int[13];
        in.getInts("vga", state);
        sequencerIndex = state[0];
        crtcIndex = state[1];
        graphicsIndex = state[2];
        attributeIndex = state[3];
        attributeData = state[4] != 0;
        misc = state[5];
        feature = state[6];
        enable = state[7];
        dacMask = state[8];
        dacReadIndex = state[9];
        dacWriteIndex = state[10];
        dacComponent = state[11];
        dacReading = state[12] != 0;
    }

    @Override
    public void inspect(Inspector out) {
        out.hex("miscellaneous output", misc, 8).text("mode", (graphics[6] & 1) == 0 ? "text " + (crtc[1] + 1) + "x" + rows() : "graphics")
                .hex("start address", crtc[0x0c] << 8 | crtc[0x0d], 16).hex("cursor location", crtc[0x0e] << 8 | crtc[0x0f], 16)
                .child("sequencer", table("SR", sequencer, 5)).child("CRT controller", table("CR", crtc, 25))
                .child("graphics controller", table("GR", graphics, 9)).child("attribute controller", table("AR", attribute, 21));
    }

    private static dev.ringside.inspect.Inspectable table(String prefix, int[] registers, int count) {
        return out -> {
            for (int i = 0; i < count; i++) {
                out.hex("%s%02X".formatted(prefix, i), registers[i], 8);
            }
        };
    }
}
