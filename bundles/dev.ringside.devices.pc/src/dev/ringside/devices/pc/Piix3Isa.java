package dev.ringside.devices.pc;

import dev.ringside.device.DeviceContext;

/** ISA bridge of the Intel 82371SB (PIIX3), function 00:01.0. Its registers 0x60 to 0x63 route the PCI interrupts to inputs of the 8259As. */
final class Piix3Isa extends PciFunction {
    private static final int PIRQRC_A = 0x60;
    /** What firmware chooses: IRQ 10 for PIRQA# and PIRQB#, 11 for the others. */
    static final int[] FIRMWARE_ROUTES = {10, 10, 11, 11};

    private final GsiRouter router;

    Piix3Isa(String name, DeviceContext context, GsiRouter router) {
        super(name, context, 0x8086, 0x7000, 0x060100, 0);
        this.router = router;
        preset(COMMAND, 2, 0x0007);
        preset(STATUS, 2, 0x0200);
        preset(HEADER_TYPE, 1, 0x80); // other functions follow
        preset(0x4c, 1, 0x4d);
        preset(0x4e, 1, 0x03);
        allowWrites(0x4c, 1, 0xff);
        allowWrites(0x4e, 2, 0xffff);
        for (int i = 0; i < 4; i++) {
            preset(PIRQRC_A + i, 1, 0x80);
            allowWrites(PIRQRC_A + i, 1, 0x8f);
        }
        preset(0x69, 1, 0x02);
        allowWrites(0x69, 1, 0xfe);
        allowWrites(0x70, 1, 0xff);
        allowWrites(0x82, 1, 0x0f);
        preset(0xa0, 1, 0x08);
        allowWrites(0xa0, 1, 0xff);
        reset();
    }

    @Override
    protected void configWritten(int at, int sizeBytes) {
        for (int i = Math.max(at, PIRQRC_A); i < Math.min(at + sizeBytes, PIRQRC_A + 4); i++) {
            router.routePirq(i - PIRQRC_A, get(i, 1));
        }
    }

    void enterFirmwareState() {
        for (int i = 0; i < 4; i++) {
            writeConfig(PIRQRC_A + i, 1, FIRMWARE_ROUTES[i]);
        }
    }
}
