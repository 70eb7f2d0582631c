package dev.ringside.devices.pc;

import dev.ringside.device.DeviceContext;

/**
 * IDE function of the PIIX3, 00:01.1: both channels at their legacy ports, programmed I/O only. There is no bus master (no BAR4), which drivers take as
 * "no DMA".
 */
final class Piix3Ide extends PciFunction {
    /** Timing registers of the two channels; bit 15 enables decoding. */
    private static final int IDETIM = 0x40;
    private static final int DECODE_ENABLE = 0x8000;

    private final IdeChannel[] channels;

    Piix3Ide(String name, DeviceContext context, IdeChannel... channels) {
        super(name, context, 0x8086, 0x7010, 0x010100, 0);
        this.channels = channels;
        preset(STATUS, 2, 0x0280);
        allowWrites(IDETIM, 4, -1);
        // Firmware would enable the channels; guests that start without any expect them.
        preset(IDETIM, 4, DECODE_ENABLE << 16 | DECODE_ENABLE);
        preset(COMMAND, 2, 0x0001);
        reset();
    }

    @Override
    protected void configWritten(int at, int sizeBytes) {
        for (int i = 0; i < channels.length; i++) {
            channels[i].decode((get(COMMAND, 2) & 1) != 0 && (get(IDETIM + 2 * i, 2) & DECODE_ENABLE) != 0);
        }
    }
}
