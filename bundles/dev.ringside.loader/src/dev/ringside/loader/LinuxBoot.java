package dev.ringside.loader;

import dev.ringside.arch.EntryState;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/**
 * The 32- and 64-bit Linux boot protocols (kernel Documentation/arch/x86/boot.rst): zero page, E820 map, command line, initrd; entered with the zero
 * page in RSI. Low memory:
 *
 * <pre>
 * 0x08000  GDT: null, null, flat code (0x10), flat data (0x18)
 * 0x09000  page tables, 64-bit entry only: PML4, PDPT, four page directories, identity for 4 GiB
 * 0x10000  zero page
 * 0x20000  command line
 * </pre>
 */
final class LinuxBoot implements BootProtocol {
    private static final long GDT = 0x8000;
    private static final long PAGE_TABLES = 0x9000;
    private static final long ZERO_PAGE = 0x10000;
    private static final long COMMAND_LINE = 0x20000;
    private static final int MAX_E820 = 128;

    private final LinuxHeader header;
    private final long load;
    private final long entry;
    private final boolean wide;

    /** A bzImage. */
    LinuxBoot(LinuxHeader header, long load) {
        this.header = header;
        this.load = load;
        this.wide = header.entry64();
        this.entry = wide ? load + 0x200 : load;
    }

    /**
     * The kernel out of a bzImage, in the state in which the bzImage's own code enters it. That code leaves in the zero page what is there already: the
     * address of the ACPI root table, the text screen, and KASLR_FLAG clear, because nothing was moved.
     *
     * @param load where the kernel is; up to {@code load + initSize} it may use memory before it reads the memory map
     * @param wide whether it is entered in 64-bit mode
     */
    LinuxBoot(LinuxHeader header, long load, long entry, boolean wide) {
        this.header = header;
        this.load = load;
        this.entry = entry;
        this.wide = wide;
    }

    /** An uncompressed kernel, entered at its 64-bit entry. */
    LinuxBoot(long kernelEnd, long entry) {
        this.header = null;
        this.load = kernelEnd;
        this.entry = entry;
        this.wide = true;
    }

    @Override
    public String name() {
        return header == null ? "Linux 64-bit entry"
            : "Linux %d-bit boot protocol %d.%02d".formatted(wide ? 64 : 32, header.version() >> 8, header.version() & 0xff);
    }

    @Override
    public EntryState prepare(BootEnvironment env) throws ImageException {
        var zeroPage = new LittleEndian(4096);
        if (header != null) {
            zeroPage.put(0x1f1, header.raw());
        } else {
            zeroPage.u16(0x1fe, 0xaa55).u32(0x202, 0x53726448).u16(0x206, 0x020f);
        }
        screen(zeroPage);
        zeroPage.u64(0x70, env.rootTable());
        zeroPage.u8(0x210, 0xff);
        memoryMap(zeroPage, env);
        commandLine(zeroPage, env);
        initrd(zeroPage, env);
        env.memory().write(ZERO_PAGE, zeroPage.toBytes());
        env.memory().write(GDT, gdt());
        if (!wide) {
            return new EntryState(EntryState.Mode.PROTECTED_32, entry, Map.of("rsi", ZERO_PAGE), 0, GDT, 31, 0x10, 0x18);
        }
        IdentityMap.write(env.memory(), PAGE_TABLES);
        return new EntryState(EntryState.Mode.LONG_64, entry, Map.of("rsi", ZERO_PAGE), PAGE_TABLES, GDT, 31, 0x10, 0x18);
    }

    /** struct screen_info: 80 by 25 colour text. */
    private static void screen(LittleEndian zeroPage) {
        zeroPage.u8(0x06, 3).u8(0x07, 80).u8(0x0e, 25).u8(0x0f, 1).u16(0x10, 16);
    }

    private static void memoryMap(LittleEndian zeroPage, BootEnvironment env) {
        int count = 0;
        for (var range : env.map()) {
            if (count == MAX_E820) {
                break;
            }
            int at = 0x2d0 + 20 * count++;
            zeroPage.u64(at, range.gpa()).u64(at + 8, range.sizeBytes()).u32(at + 16, range.type());
        }
        zeroPage.u8(0x1e8, count);
        long above = Math.max(0, env.usableEnd(0x100000) - 0x100000);
        zeroPage.u32(0x1e0, Math.min(above >> 10, 0xffff_ffffL));
    }

    private void commandLine(LittleEndian zeroPage, BootEnvironment env) throws ImageException {
        byte[] line = env.commandLine().getBytes(StandardCharsets.UTF_8);
        long max = header == null ? 2047 : Math.max(255, header.commandLineMax());
        if (line.length > max) {
            throw new ImageException("the command line has " + line.length + " bytes; this kernel takes at most " + max);
        }
        env.memory().write(COMMAND_LINE, LittleEndian.zeroTerminated(env.commandLine()));
        zeroPage.u32(0x228, COMMAND_LINE);
    }

    private void initrd(LittleEndian zeroPage, BootEnvironment env) throws ImageException {
        long kernelEnd = header == null ? load : load + header.initSize();
        long memoryEnd = Math.min(env.usableEnd(0x100000), 0xffff_ffffL);
        if (kernelEnd > memoryEnd) {
            throw new ImageException("the kernel needs memory up to " + mebibytes(kernelEnd) + "; the machine has only " + mebibytes(memoryEnd)
                + " in one piece: give it more with --memory");
        }
        if (env.initrd() == null) {
            return;
        }
        var place = new Placement(env.map(), List.of());
        place.take(0, kernelEnd);
        long max = header == null ? 0x7fff_ffffL : header.initrdMax();
        long at = place.highest(env.initrd().length, 4096, kernelEnd, Math.min(max == 0xffff_ffffL ? max : max + 1, 0x1_0000_0000L));
        if (at < 0) {
            throw new ImageException("initrd '" + env.initrdName() + "' has " + env.initrd().length + " bytes and does not fit between the kernel's end at "
                + mebibytes(kernelEnd) + " and the end of memory at " + mebibytes(memoryEnd) + ": give the machine more with --memory");
        }
        env.memory().write(at, env.initrd());
        zeroPage.u32(0x218, at).u32(0x21c, env.initrd().length);
    }

    private static String mebibytes(long bytes) {
        return (bytes + (1 << 20) - 1 >> 20) + " MiB";
    }

    /** Flat 4 GiB code (64-bit for the 64-bit entry) and data at selectors 0x10 and 0x18. */
    private byte[] gdt() {
        return new LittleEndian(32).u64(0x10, wide ? 0x00af9b000000ffffL : 0x00cf9b000000ffffL).u64(0x18, 0x00cf93000000ffffL).toBytes();
    }
}
