package dev.ringside.devices.pc;

import dev.ringside.device.BlockBackend;
import dev.ringside.device.Board;
import dev.ringside.device.BoardConfig;
import dev.ringside.device.CharSink;
import dev.ringside.device.Device;
import dev.ringside.device.DeviceContext;
import dev.ringside.device.DmaMemory;
import dev.ringside.device.IrqLine;
import dev.ringside.device.Keyboard;
import dev.ringside.device.LocalInterrupts;
import dev.ringside.device.MemoryRange;
import dev.ringside.device.SerialPort;
import dev.ringside.device.TextScreen;
import dev.ringside.device.VcpuPins;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A PC of about 1997 with APICs, HPET and ACPI: every chip, and the wires between them.
 *
 * <pre>
 *   PCI 00:00.0 440FX   00:01.0 PIIX3 ISA bridge   00:01.1 IDE   00:01.3 PIIX4 power management
 *   IRQ 0 8254   1 keyboard   3 COM2   4 COM1   8 RTC   9 SCI   12 mouse   14, 15 IDE   PIRQ A-D: gsi 16-19, IRQ 10 and 11
 * </pre>
 */
public final class PcBoard implements Board {
    /** Where {@link #installFirmwareTables} puts things. */
    private static final long ACPI_TABLES_GPA = 0xe0000;
    private static final long RSDP_GPA = 0xf0000;
    private static final long MP_GPA = 0xf0040;

    private final BoardConfig config;
    private final I8259Pair pics;
    private final ApicBus apicBus;
    private final List<LocalApic> apics = new ArrayList<>();
    private final GsiRouter router;
    private final Mc146818 rtc;
    private final I8042 i8042;
    private final Ns16550a com1;
    private final Ns16550a com2;
    private final DebugCon debugCon;
    private final DebugCon firmwareLog;
    private final Piix3Isa isa;
    private final Piix4Pm pm;
    private final PciBus pci;
    private final Vga vga;
    private final FwCfg fwCfg;
    private final AcpiTables acpi;
    private final List<Device> devices = new ArrayList<>();
    private final Map<String, BlockBackend> disks = new LinkedHashMap<>();

    /** See {@link PcBoardProvider#create}. */
    public PcBoard(BoardConfig config, DeviceContext context, List<VcpuPins> pins) {
        this.config = config;
        apicBus = new ApicBus("apicbus", context);
        pics = new I8259Pair("pic", context, apicBus::externalInterrupt);
        for (int i = 0; i < config.cpus(); i++) {
            apics.add(new LocalApic("lapic" + i, context, apicBus, pics, pins.get(i), i));
        }
        var ioApic = new IoApic("ioapic", context, apicBus, 0);
        router = new GsiRouter("gsi", pics, ioApic);

        var pitLine = new GatedLine(router.gsi(0));
        var rtcLine = new GatedLine(router.gsi(8));
        var pit = new I8254("pit", context, pitLine);
        rtc = new Mc146818("rtc", context, rtcLine, config.rtcEpochSeconds());
        var hpet = new Hpet("hpet", context, router, pitLine, rtcLine);

        var a20 = new A20Gate(context);
        i8042 = new I8042("i8042", context, router.gsi(1), router.gsi(12), a20);
        var systemPorts = new SystemPorts("chipset", context, a20);
        com1 = new Ns16550a("com1", context, 0x3f8, router.gsi(4));
        com2 = new Ns16550a("com2", context, 0x2f8, router.gsi(3));
        debugCon = new DebugCon("debugcon", context, 0xe9);
        firmwareLog = new DebugCon("firmware log", context, 0x402);
        vga = new Vga("vga", context);
        var dma = new DmaController("dma", context);

        var ide0 = new IdeChannel("ide0", context, 0x1f0, 0x3f6, router.gsi(14), disk(0), disk(1));
        var ide1 = new IdeChannel("ide1", context, 0x170, 0x376, router.gsi(15), disk(2), disk(3));
        pci = new PciBus("pci", context, router, systemPorts);
        var host = new I440fx("i440fx", context);
        isa = new Piix3Isa("piix3", context, router);
        var ide = new Piix3Ide("piix3-ide", context, ide0, ide1);
        pm = new Piix4Pm("piix4-pm", context, router.gsi(AcpiTables.SCI_IRQ));
        pci.add(0, 0, host);
        pci.add(1, 0, isa);
        pci.add(1, 1, ide);
        pci.add(1, 3, pm);

        fwCfg = new FwCfg("fw_cfg", context);
        acpi = new AcpiTables(config.cpus(), PcMemoryMap.pciMemoryFirst(config.memoryBytes()), config.acpiDevices());
        fillFwCfg();
        fillCmos();

        // Wires first, then what they lead to: so devices that come back with the levels they had change nothing.
        devices.add(router);
        devices.add(apicBus);
        devices.addAll(apics);
        devices.addAll(List.of(ioApic, pics, pit, rtc, hpet, i8042, systemPorts, com1, com2, debugCon, firmwareLog, vga, dma, pci, host, isa, ide, pm, ide0, ide1, fwCfg));
        devices.add(new PvPanic("pvpanic", context));
        if (config.debugExitPort() != 0) {
            devices.add(new IsaDebugExit("isa-debug-exit", context, config.debugExitPort(), config.debugExitSizeBytes()));
        }
        if (config.testDevices()) {
            devices.add(new PcTestDevice("pc-testdev", context, router));
        }
    }

    private BlockBackend disk(int place) {
        BlockBackend backend = place < config.disks().size() ? config.disks().get(place) : null;
        if (backend != null) {
            disks.put("ide%d-%d".formatted(place / 2, place % 2), backend);
        }
        return backend;
    }

    private void fillFwCfg() {
        fwCfg.item(FwCfg.RAM_SIZE, 8, config.memoryBytes());
        fwCfg.item(FwCfg.NOGRAPHIC, 2, 0);
        fwCfg.item(FwCfg.NB_CPUS, 2, config.cpus());
        fwCfg.item(FwCfg.MAX_CPUS, 2, config.cpus());
        fwCfg.item(FwCfg.BOOT_DEVICE, 2, 'c');
        fwCfg.item(FwCfg.BOOT_MENU, 2, 0);
        fwCfg.item(FwCfg.NUMA, new byte[8 * (1 + config.cpus())]);
        fwCfg.item(FwCfg.IRQ0_OVERRIDE, 4, 1);
        fwCfg.file("etc/e820", e820());
        fwCfg.file(AcpiTables.TABLES_FILE, acpi.unplaced());
        fwCfg.file(AcpiTables.RSDP_FILE, acpi.rsdp());
        fwCfg.file(AcpiTables.LOADER_FILE, acpi.loaderScript());
    }

    /** RAM only: firmware reserves what it uses itself. */
    private byte[] e820() {
        long low = PcMemoryMap.lowBytes(config.memoryBytes());
        var entries = new FwCfg.Blob().number(8, 0).number(8, low).number(4, MemoryRange.Type.USABLE.e820());
        if (config.memoryBytes() > low) {
            entries.number(8, PcMemoryMap.HIGH_RAM).number(8, config.memoryBytes() - low).number(4, MemoryRange.Type.USABLE.e820());
        }
        return entries.toBytes();
    }

    /** What the BIOS set-up would have stored. */
    private void fillCmos() {
        long low = PcMemoryMap.lowBytes(config.memoryBytes());
        cmosWord(0x15, 640); // base memory, KiB
        long extendedKib = Math.min(0xffff, (low - PcMemoryMap.MEBI) / 1024);
        cmosWord(0x17, extendedKib);
        cmosWord(0x30, extendedKib);
        cmosWord(0x34, Math.clamp((low - 16 * PcMemoryMap.MEBI) / 0x10000, 0, 0xffff)); // above 16 MiB, in 64 KiB
        long high = (config.memoryBytes() - low) / 0x10000;
        cmosWord(0x5b, high);
        rtc.setCmos(0x5d, (int) (high >> 16));
        rtc.setCmos(0x5f, config.cpus() - 1);
        rtc.setCmos(0x10, 0x00); // no floppy drives
        rtc.setCmos(0x12, (disks.containsKey("ide0-0") ? 0xf0 : 0) | (disks.containsKey("ide0-1") ? 0x0f : 0));
        rtc.setCmos(0x19, disks.containsKey("ide0-0") ? 47 : 0);
        rtc.setCmos(0x1a, disks.containsKey("ide0-1") ? 47 : 0);
        rtc.setCmos(0x14, 0x06); // equipment: coprocessor, PS/2 mouse, colour display
        rtc.setCmos(0x38, 0x01); // no floppy signature check; third boot device: none
        rtc.setCmos(0x3d, 0x02); // boot from the first hard disk
        rtc.setCmos(0x39, 0xaa); // disk translation: LBA for all
    }

    private void cmosWord(int at, long value) {
        rtc.setCmos(at, (int) value & 0xff);
        rtc.setCmos(at + 1, (int) (value >> 8) & 0xff);
    }

    @Override
    public String type() {
        return "pc";
    }

    @Override
    public List<Device> devices() {
        return List.copyOf(devices);
    }

    @Override
    public LocalInterrupts local(int vcpu) {
        return apics.get(vcpu);
    }

    @Override
    public IrqLine gsi(int gsi) {
        return router.gsi(gsi);
    }

    @Override
    public void msi(long address, int data) {
        apicBus.deliver(InterruptMessage.ofMsi(address, data, apicBus.hasExtendedDestinations()));
    }

    @Override
    public void extendDestinations(boolean extended) {
        apicBus.extendDestinations(extended);
    }

    @Override
    public void nmi() {
        if (!rtc.isNmiMasked()) {
            apicBus.nmi();
        }
    }

    /** For devices that plug into the PCI bus. */
    public PciBus pci() {
        return pci;
    }

    @Override
    public List<SerialPort> serialPorts() {
        return List.of(com1, com2);
    }

    @Override
    public Keyboard keyboard() {
        return i8042.keyboard();
    }

    @Override
    public TextScreen screen() {
        return vga.screen();
    }

    @Override
    public void debugConsole(CharSink sink) {
        debugCon.connect(sink);
    }

    /** What SeaBIOS says about itself, at port 0x402. */
    @Override
    public void firmwareLog(CharSink sink) {
        firmwareLog.connect(sink);
    }

    @Override
    public long installFirmwareTables(DmaMemory memory) {
        acpi.place(memory, ACPI_TABLES_GPA, RSDP_GPA);
        new MpTables(config.cpus()).place(memory, MP_GPA);
        writeBiosDataArea(memory);
        isa.enterFirmwareState();
        pm.enterFirmwareState();
        apics.getFirst().enterVirtualWireMode();
        return RSDP_GPA;
    }

    private static void writeBiosDataArea(DmaMemory memory) {
        memory.write(0x400, 2, 0x3f8);
        memory.write(0x402, 2, 0x2f8);
        memory.write(0x40e, 2, PcMemoryMap.EBDA >> 4);
        memory.write(0x410, 2, 0x0426); // two serial ports, mouse, 80x25 colour, coprocessor
        memory.write(0x413, 2, PcMemoryMap.EBDA / 1024);
        memory.write(0x449, 1, 3); // video mode
        memory.write(0x44a, 2, 80);
        memory.write(0x463, 2, 0x3d4);
        memory.write(0x484, 1, 24);
        memory.write(0x485, 2, 16);
        memory.write(PcMemoryMap.EBDA, 1, 1); // size of the EBDA in KiB
    }

    @Override
    public void addFwCfgItem(int key, byte[] content) {
        fwCfg.item(key, content);
    }

    @Override
    public void addFwCfgFile(String name, byte[] content) {
        fwCfg.file(name, content);
    }

    @Override
    public Map<String, BlockBackend> disks() {
        return java.util.Collections.unmodifiableMap(disks);
    }
}
