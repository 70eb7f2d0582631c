package dev.ringside.devices.pc;

import dev.ringside.device.DeviceContext;
import dev.ringside.device.DeviceContext.Region;
import dev.ringside.device.IrqLine;
import dev.ringside.device.StateReader;
import dev.ringside.device.StateWriter;
import dev.ringside.inspect.Inspector;

/**
 * Power-management function of the Intel 82371AB (PIIX4), 00:01.3: places the ACPI registers ({@link AcpiPm}) at PMBA (0x40) when PMIOSE (0x80) is set, and
 * answers the SMI command and status ports 0xB2 and 0xB3. The SMBus controller is absent; its registers (0x90, 0xD2) only read back.
 */
final class Piix4Pm extends PciFunction {
    /** Where firmware puts the ACPI registers. */
    static final int FIRMWARE_PM_BASE = 0x600;
    static final int ACPI_ENABLE = 0xf1;
    static final int ACPI_DISABLE = 0xf0;
    private static final int PMBA = 0x40;
    private static final int PMREGMISC = 0x80;

    private final AcpiPm pm;
    private final Region ports;
    private int smiCommand;
    private int smiStatus;

    Piix4Pm(String name, DeviceContext context, IrqLine sci) {
        super(name, context, 0x8086, 0x7113, 0x068000, 3);
        this.pm = new AcpiPm(this, context, sci);
        this.ports = context.claimMovablePorts(this, AcpiPm.PORTS, pm);
        preset(STATUS, 2, 0x0280);
        preset(INTERRUPT_LINE, 1, 9);
        preset(PMBA, 4, 1);
        allowWrites(PMBA, 4, 0xffc0);
        // DEVACTB with APMC_EN set: the SMI handler counts as installed, so firmware does not wait for one.
        preset(0x58, 4, 0x0200_0000);
        allowWrites(0x58, 4, -1);
        allowWrites(PMREGMISC, 1, 0x01);
        preset(0x90, 4, 1);
        allowWrites(0x90, 4, 0xfff0);
        allowWrites(0xd2, 1, 0x0f);
        context.claimPorts(this, 0xb2, 2, new ByteIo() {
            @Override
            public int readByte(int offset) {
                return offset == 0 ? smiCommand : smiStatus;
            }

            @Override
            public void writeByte(int offset, int value) {
                if (offset == 0) {
                    command(value);
                } else {
                    smiStatus = value;
                }
            }
        });
        reset();
    }

    AcpiPm pm() {
        return pm;
    }

    private void command(int value) {
        smiCommand = value;
        if (value == ACPI_ENABLE) {
            pm.acpiMode(true);
        } else if (value == ACPI_DISABLE) {
            pm.acpiMode(false);
        }
    }

    @Override
    protected void configWritten(int at, int sizeBytes) {
        int base = get(PMBA, 2) & 0xffc0;
        ports.move(base);
        ports.enable(base != 0 && (get(PMREGMISC, 1) & 1) != 0);
    }

    void enterFirmwareState() {
        writeConfig(PMBA, 4, FIRMWARE_PM_BASE | 1);
        writeConfig(PMREGMISC, 1, 1);
    }

    @Override
    public void reset() {
        super.reset();
        pm.reset();
        smiCommand = 0;
        smiStatus = 0;
    }

    @Override
    public void save(StateWriter out) {
        super.save(out);
        pm.save(out);
        out.putInt("APMC", smiCommand);
        out.putInt("APMS", smiStatus);
    }

    @Override
    public void restore(StateReader in) {
        super.restore(in);
        pm.restore(in);
        smiCommand = in.getInt("APMC");
        smiStatus = in.getInt("APMS");
    }

    @Override
    public void inspect(Inspector out) {
        super.inspect(out);
        out.hex("PMBA", get(PMBA, 4) & 0xffffffffL, 32).hex("PMREGMISC", get(PMREGMISC, 1), 8).hex("APMC", smiCommand, 8).hex("APMS", smiStatus, 8)
                .child("ACPI registers", pm);
    }
}
