package dev.ringside.devices.pc;

import dev.ringside.device.DmaMemory;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The ACPI tables of this PC (ACPI 6.5 chapter 5): FACS, DSDT, FADT, MADT, HPET, RSDT and XSDT as one relocatable piece, and the RSDP that points to it.
 *
 * <p>Addresses inside the piece are offsets until it is placed: by {@link #place} for guests without firmware, or by the firmware, which gets a script of
 * what to patch ({@link #loaderScript}).
 */
final class AcpiTables {
    static final int SCI_IRQ = 9;
    static final String TABLES_FILE = "etc/acpi/tables";
    static final String RSDP_FILE = "etc/acpi/rsdp";
    static final String LOADER_FILE = "etc/table-loader";

    private static final String OEM_ID = "RNGSDE";
    private static final String OEM_TABLE_ID = "RINGSIDE";
    private static final int HEADER_BYTES = 36;
    private static final int CHECKSUM_AT = 9;
    private static final int RSDP_BYTES = 36;
    private static final int RSDP_V1_BYTES = 20;
    private static final int RSDP_CHECKSUM_AT = 8;
    private static final int RSDP_RSDT_AT = 16;
    private static final int RSDP_XSDT_AT = 24;
    private static final int RSDP_EXTENDED_CHECKSUM_AT = 32;

    private record Pointer(int at, int sizeBytes) {
    }

    private record Table(int at, int lengthBytes) {
    }

    private final ByteArrayOutputStream tables = new ByteArrayOutputStream();
    private final List<Pointer> pointers = new ArrayList<>();
    private final List<Table> checksummed = new ArrayList<>();
    private final int rsdt;
    private final int xsdt;

    /** @param pciMemoryFirst first address below 4 GiB that PCI devices may use */
    AcpiTables(int cpus, long pciMemoryFirst, List<String> furtherDevices) {
        int facs = facs();
        int dsdt = table("DSDT", 2, dsdt(cpus, pciMemoryFirst, furtherDevices));
        int fadt = fadt(facs, dsdt);
        int madt = table("APIC", 3, madt(cpus));
        int hpet = table("HPET", 1, hpet());
        int[] all = {fadt, madt, hpet};
        rsdt = pointerTable("RSDT", 4, all);
        xsdt = pointerTable("XSDT", 8, all);
    }

    // Layout

    private int align(int to) {
        while (tables.size() % to != 0) {
            tables.write(0);
        }
        return tables.size();
    }

    /** @return the table's offset */
    private int table(String signature, int revision, byte[] body) {
        int at = align(16);
        int length = HEADER_BYTES + body.length;
        text(signature, 4);
        number(4, length);
        number(1, revision);
        number(1, 0); // checksum
        text(OEM_ID, 6);
        text(OEM_TABLE_ID, 8);
        number(4, 1);
        text("RNGS", 4);
        number(4, 1);
        tables.writeBytes(body);
        checksummed.add(new Table(at, length));
        return at;
    }

    private void number(int sizeBytes, long value) {
        for (int i = 0; i < sizeBytes; i++) {
            tables.write((int) (value >>> 8 * i));
        }
    }

    private void text(String text, int lengthBytes) {
        tables.writeBytes(Arrays.copyOf(text.getBytes(StandardCharsets.US_ASCII), lengthBytes));
    }

    private int pointerTable(String signature, int pointerBytes, int[] targets) {
        var body = new FwCfg.Blob();
        for (int target : targets) {
            body.number(pointerBytes, target);
        }
        int at = table(signature, 1, body.toBytes());
        for (int i = 0; i < targets.length; i++) {
            pointers.add(new Pointer(at + HEADER_BYTES + i * pointerBytes, pointerBytes));
        }
        return at;
    }

    // Tables

    private int facs() {
        int at = align(64);
        text("FACS", 4);
        number(4, 64);
        tables.writeBytes(new byte[24]);
        number(1, 1); // version
        tables.writeBytes(new byte[31]);
        return at;
    }

    /** FADT revision 3 (ACPI 2.0, 5.2.8). */
    private int fadt(int facs, int dsdt) {
        int pm = Piix4Pm.FIRMWARE_PM_BASE;
        var body = new FwCfg.Blob()
                .number(4, facs).number(4, dsdt).number(1, 1).number(1, 0) // INT_MODEL, profile unspecified
                .number(2, SCI_IRQ).number(4, 0xb2).number(1, Piix4Pm.ACPI_ENABLE).number(1, Piix4Pm.ACPI_DISABLE).number(2, 0)
                .number(4, pm).number(4, 0).number(4, pm + 4).number(4, 0).number(4, 0).number(4, pm + 8).number(4, pm + 0xc).number(4, 0)
                .number(1, 4).number(1, 2).number(1, 0).number(1, 4).number(1, 4).number(1, 0).number(1, 0).number(1, 0)
                .number(2, 0xfff).number(2, 0xfff).number(2, 0).number(2, 0).number(1, 0).number(1, 0) // no C2, no C3
                .number(1, 0).number(1, 0).number(1, Mc146818.CENTURY)
                .number(2, 0x0003) // legacy devices and an 8042 are there
                .number(1, 0)
                // WBINVD, C1, no sleep button, RTC no fixed wake event, 32-bit timer, reset register
                .number(4, 1 | 1 << 2 | 1 << 5 | 1 << 6 | 1 << 8 | 1 << 10);
        address(body, 0xcf9, 8, 1);
        body.number(1, 0x06).number(3, 0).number(8, facs).number(8, dsdt);
        address(body, pm, 32, 2);
        address(body, 0, 0, 0);
        address(body, pm + 4, 16, 2);
        address(body, 0, 0, 0);
        address(body, 0, 0, 0);
        address(body, pm + 8, 32, 3);
        address(body, pm + 0xc, 32, 1);
        address(body, 0, 0, 0);
        int at = table("FACP", 3, body.toBytes());
        pointers.add(new Pointer(at + 36, 4));
        pointers.add(new Pointer(at + 40, 4));
        pointers.add(new Pointer(at + 132, 8));
        pointers.add(new Pointer(at + 140, 8));
        return at;
    }

    /** Generic address structure for a port; bits 0 for a block that is not there. */
    private static void address(FwCfg.Blob body, int port, int bits, int accessSize) {
        body.number(1, 1).number(1, bits).number(1, 0).number(1, accessSize).number(8, port);
    }

    private static byte[] madt(int cpus) {
        var body = new FwCfg.Blob().number(4, ApicBus.DEFAULT_BASE).number(4, 1); // PC-AT compatible: 8259As are there
        for (int i = 0; i < cpus; i++) {
            body.number(1, 0).number(1, 8).number(1, i).number(1, i).number(4, 1);
        }
        body.number(1, 1).number(1, 12).number(1, 0).number(1, 0).number(4, IoApic.DEFAULT_BASE).number(4, 0);
        interruptOverride(body, 0, 2, 0);
        interruptOverride(body, SCI_IRQ, SCI_IRQ, 0x000d); // active high, level
        body.number(1, 4).number(1, 6).number(1, 0xff).number(2, 0).number(1, 1); // NMI at LINT1 of all
        return body.toBytes();
    }

    private static void interruptOverride(FwCfg.Blob body, int irq, int gsi, int flags) {
        body.number(1, 2).number(1, 10).number(1, 0).number(1, irq).number(4, gsi).number(2, flags);
    }

    private static byte[] hpet() {
        return new FwCfg.Blob().number(4, Hpet.CAPABILITIES & 0xffffffffL)
                .number(1, 0).number(1, 64).number(1, 0).number(1, 0).number(8, Hpet.BASE)
                .number(1, 0).number(2, 128).number(1, 0).toBytes();
    }

    private static byte[] dsdt(int cpus, long pciMemoryFirst, List<String> furtherDevices) {
        return Aml.join(
                Aml.name("\\PICM", Aml.integer(0)),
                Aml.method("\\_PIC", 1, Aml.store(Aml.argument(0), Aml.path("\\PICM"))),
                Aml.name("\\_S5_", Aml.packageOf(Aml.integer(AcpiPm.SLEEP_TYPE_S5), Aml.integer(AcpiPm.SLEEP_TYPE_S5), Aml.integer(0), Aml.integer(0))),
                Aml.scope("\\_SB_", processors(cpus), pciRoot(pciMemoryFirst), hpetDevice(), furtherDevices(furtherDevices)));
    }

    private static byte[] processors(int cpus) {
        byte[] all = new byte[0];
        for (int i = 0; i < cpus; i++) {
            all = Aml.join(all, Aml.device("C%03X".formatted(i), Aml.name("_HID", Aml.string("ACPI0007")), Aml.name("_UID", Aml.integer(i))));
        }
        return all;
    }

    /** Devices without resources; others answer for them. */
    private static byte[] furtherDevices(List<String> hardwareIds) {
        byte[] all = new byte[0];
        for (int i = 0; i < hardwareIds.size(); i++) {
            all = Aml.join(all, Aml.device("X%03X".formatted(i), Aml.name("_HID", Aml.string(hardwareIds.get(i))), Aml.name("_UID", Aml.integer(i)),
                    Aml.name("_CRS", Aml.resources())));
        }
        return all;
    }

    private static byte[] hpetDevice() {
        return Aml.device("HPET", Aml.name("_HID", Aml.eisaId("PNP0103")), Aml.name("_UID", Aml.integer(0)),
                Aml.name("_CRS", Aml.resources(Aml.memory32(Hpet.BASE, 0x400))));
    }

    private static byte[] pciRoot(long pciMemoryFirst) {
        return Aml.device("PCI0",
                Aml.name("_HID", Aml.eisaId("PNP0A03")),
                Aml.name("_UID", Aml.integer(0)),
                Aml.name("_CRS", Aml.resources(
                        Aml.busRange(0, 0xff), Aml.io(0xcf8, 8), Aml.ioRange(0, 0xcf7), Aml.ioRange(0xd00, 0xffff),
                        Aml.memoryRange(0xa0000, 0xbffff, true), Aml.memoryRange(pciMemoryFirst, IoApic.DEFAULT_BASE - 1, false))),
                Aml.name("PRTP", interruptRoutes(false)),
                Aml.name("PRTA", interruptRoutes(true)),
                Aml.method("_PRT", 0, Aml.when(Aml.path("\\PICM"), Aml.returned(Aml.path("PRTA"))), Aml.returned(Aml.path("PRTP"))),
                isaBridge());
    }

    /** All pins of slots 1 to 31; see {@link PciBus#pirqOf}. */
    private static byte[] interruptRoutes(boolean ioApic) {
        byte[][] routes = new byte[31 * 4][];
        for (int slot = 1; slot < 32; slot++) {
            for (int pin = 0; pin < 4; pin++) {
                int pirq = PciBus.pirqOf(slot, pin + 1);
                int gsi = ioApic ? 16 + pirq : Piix3Isa.FIRMWARE_ROUTES[pirq];
                routes[(slot - 1) * 4 + pin] = Aml.packageOf(Aml.integer((long) slot << 16 | 0xffff), Aml.integer(pin), Aml.integer(0), Aml.integer(gsi));
            }
        }
        return Aml.packageOf(routes);
    }

    private static byte[] isaBridge() {
        return Aml.device("ISA_", Aml.name("_ADR", Aml.integer(0x10000)),
                isaDevice("RTC_", "PNP0B00", 0, Aml.io(0x70, 8), Aml.irq(8)),
                isaDevice("KBD_", "PNP0303", 0, Aml.io(0x60, 1), Aml.io(0x64, 1), Aml.irq(1)),
                isaDevice("MOU_", "PNP0F13", 0, Aml.irq(12)),
                isaDevice("COM1", "PNP0501", 1, Aml.io(0x3f8, 8), Aml.irq(4)),
                isaDevice("COM2", "PNP0501", 2, Aml.io(0x2f8, 8), Aml.irq(3)),
                Aml.device("PEVT", Aml.name("_HID", Aml.string("QEMU0001")), Aml.name("_STA", Aml.integer(0xf)),
                        Aml.name("_CRS", Aml.resources(Aml.io(PvPanic.PORT, 1)))));
    }

    private static byte[] isaDevice(String name, String id, int uid, byte[]... resources) {
        return Aml.device(name, Aml.name("_HID", Aml.eisaId(id)), Aml.name("_UID", Aml.integer(uid)), Aml.name("_STA", Aml.integer(0xf)),
                Aml.name("_CRS", Aml.resources(resources)));
    }

    // Placing

    int sizeBytes() {
        return tables.size();
    }

    /** Writes the tables at {@code tablesGpa} (a multiple of 64) and the RSDP at {@code rsdpGpa}. */
    void place(DmaMemory memory, long tablesGpa, long rsdpGpa) {
        byte[] placed = tables.toByteArray();
        for (Pointer pointer : pointers) {
            relocate(placed, pointer, tablesGpa);
        }
        for (Table table : checksummed) {
            placed[table.at + CHECKSUM_AT] = checksum(placed, table.at, table.lengthBytes);
        }
        byte[] rsdp = rsdp();
        relocate(rsdp, new Pointer(RSDP_RSDT_AT, 4), tablesGpa);
        relocate(rsdp, new Pointer(RSDP_XSDT_AT, 8), tablesGpa);
        rsdp[RSDP_CHECKSUM_AT] = checksum(rsdp, 0, RSDP_V1_BYTES);
        rsdp[RSDP_EXTENDED_CHECKSUM_AT] = checksum(rsdp, 0, RSDP_BYTES);
        memory.write(tablesGpa, placed, 0, placed.length);
        memory.write(rsdpGpa, rsdp, 0, rsdp.length);
    }

    /** With offsets for addresses and without checksums, as the loader script expects it. */
    byte[] unplaced() {
        return tables.toByteArray();
    }

    byte[] rsdp() {
        return new FwCfg.Blob().text("RSD PTR ", 8).number(1, 0).text(OEM_ID, 6).number(1, 2).number(4, rsdt).number(4, RSDP_BYTES).number(8, xsdt)
                .number(1, 0).number(3, 0).toBytes();
    }

    private static void relocate(byte[] bytes, Pointer pointer, long base) {
        long value = 0;
        for (int i = 0; i < pointer.sizeBytes; i++) {
            value |= (bytes[pointer.at + i] & 0xffL) << 8 * i;
        }
        value += base;
        for (int i = 0; i < pointer.sizeBytes; i++) {
            bytes[pointer.at + i] = (byte) (value >>> 8 * i);
        }
    }

    private static byte checksum(byte[] bytes, int from, int length) {
        int sum = 0;
        for (int i = from; i < from + length; i++) {
            sum += bytes[i];
        }
        return (byte) -sum;
    }

    /** What firmware does with the files (qemu.git hw/acpi/bios-linker-loader.c documents the commands): allocate, add addresses, add checksums. */
    byte[] loaderScript() {
        var script = new FwCfg.Blob();
        script.number(4, 1).text(RSDP_FILE, 56).number(4, 16).number(1, 2).text("", 63); // in the F segment
        script.number(4, 1).text(TABLES_FILE, 56).number(4, 64).number(1, 1).text("", 63); // in high memory
        for (Pointer pointer : pointers) {
            addPointer(script, TABLES_FILE, pointer);
        }
        for (Table table : checksummed) {
            addChecksum(script, TABLES_FILE, table.at + CHECKSUM_AT, table.at, table.lengthBytes);
        }
        addPointer(script, RSDP_FILE, new Pointer(RSDP_RSDT_AT, 4));
        addPointer(script, RSDP_FILE, new Pointer(RSDP_XSDT_AT, 8));
        addChecksum(script, RSDP_FILE, RSDP_CHECKSUM_AT, 0, RSDP_V1_BYTES);
        addChecksum(script, RSDP_FILE, RSDP_EXTENDED_CHECKSUM_AT, 0, RSDP_BYTES);
        return script.toBytes();
    }

    private static void addPointer(FwCfg.Blob script, String file, Pointer pointer) {
        script.number(4, 2).text(file, 56).text(TABLES_FILE, 56).number(4, pointer.at).number(1, pointer.sizeBytes).text("", 7);
    }

    private static void addChecksum(FwCfg.Blob script, String file, int at, int from, int length) {
        script.number(4, 3).text(file, 56).number(4, at).number(4, from).number(4, length).text("", 56);
    }
}
