package dev.ringside.devices.pc;

import dev.ringside.device.DmaMemory;

/** The tables of the MultiProcessor Specification 1.4, for kernels that do not read ACPI: floating pointer and configuration table. */
final class MpTables {
    private static final int FLOATING_BYTES = 16;
    private static final int HEADER_BYTES = 44;
    private static final int BUS_PCI = 0;
    private static final int BUS_ISA = 1;
    private static final int CPUID_FAMILY_6 = 0x0600;
    private static final int FEATURES_FPU_APIC = 0x0201;

    private final int cpus;
    private int entries;

    MpTables(int cpus) {
        this.cpus = cpus;
    }

    /** Writes the floating pointer at {@code gpa} (a multiple of 16) and the table behind it. */
    void place(DmaMemory memory, long gpa) {
        byte[] table = table();
        byte[] floating = new FwCfg.Blob().text("_MP_", 4).number(4, gpa + FLOATING_BYTES).number(1, 1).number(1, 4).number(1, 0).number(5, 0).toBytes();
        floating[10] = checksum(floating);
        memory.write(gpa, floating, 0, floating.length);
        memory.write(gpa + FLOATING_BYTES, table, 0, table.length);
    }

    private byte[] table() {
        var body = new FwCfg.Blob();
        entries = 0;
        for (int i = 0; i < cpus; i++) {
            entries++;
            body.number(1, 0).number(1, i).number(1, 0x14).number(1, i == 0 ? 3 : 1).number(4, CPUID_FAMILY_6).number(4, FEATURES_FPU_APIC).number(8, 0);
        }
        bus(body, BUS_PCI, "PCI   ");
        bus(body, BUS_ISA, "ISA   ");
        entries++;
        body.number(1, 2).number(1, 0).number(1, 0x20).number(1, 1).number(4, IoApic.DEFAULT_BASE);
        for (int irq = 0; irq < 16; irq++) {
            if (irq != 2) {
                interrupt(body, 3, 0, irq == AcpiTables.SCI_IRQ ? 0x000d : 0, BUS_ISA, irq, 0, irq == 0 ? 2 : irq);
            }
        }
        for (int slot = 1; slot < 32; slot++) {
            for (int pin = 0; pin < 4; pin++) {
                interrupt(body, 3, 0, 0x000f, BUS_PCI, slot << 2 | pin, 0, 16 + PciBus.pirqOf(slot, pin + 1)); // active low, level
            }
        }
        interrupt(body, 4, 3, 0, BUS_ISA, 0, 0xff, 0); // ExtINT at LINT0
        interrupt(body, 4, 1, 0, BUS_ISA, 0, 0xff, 1); // NMI at LINT1
        byte[] rest = body.toBytes();
        byte[] header = new FwCfg.Blob().text("PCMP", 4).number(2, HEADER_BYTES + rest.length).number(1, 4).number(1, 0).text("RINGSIDE", 8)
                .text("PC          ", 12).number(4, 0).number(2, 0).number(2, entries).number(4, ApicBus.DEFAULT_BASE).number(4, 0).toBytes();
        byte[] table = Aml.join(header, rest);
        table[7] = checksum(table);
        return table;
    }

    private void bus(FwCfg.Blob body, int id, String type) {
        entries++;
        body.number(1, 1).number(1, id).text(type, 6);
    }

    private void interrupt(FwCfg.Blob body, int entry, int type, int flags, int bus, int source, int destination, int pin) {
        entries++;
        body.number(1, entry).number(1, type).number(2, flags).number(1, bus).number(1, source).number(1, destination).number(1, pin);
    }

    private static byte checksum(byte[] bytes) {
        int sum = 0;
        for (byte b : bytes) {
            sum += b;
        }
        return (byte) -sum;
    }
}
