package dev.ringside.loader;

import dev.ringside.arch.EntryState;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * ELF executables: a Linux kernel with a PVH note, a Linux kernel without one, or a bare-metal program. ELF64 programs are entered in 64-bit mode with
 * the first 4 GiB mapped onto themselves; ELF32 programs in flat 32-bit protected mode without paging.
 */
public final class ElfFormat implements ImageFormat {
    private static final int XEN_ELFNOTE_PHYS32_ENTRY = 18;
    private static final long KERNEL_HALF = 0xffff_ffff_8000_0000L;
    private static final long GDT = 0x8000;
    private static final long PAGE_TABLES = 0x9000;

    @Override
    public String name() {
        return "ELF";
    }

    @Override
    public int priority() {
        return 50;
    }

    @Override
    public Optional<GuestImage> load(ImageBytes image) throws ImageException {
        if (!Elf.isElf(image)) {
            return Optional.empty();
        }
        var elf = new Elf(image);
        var segments = elf.segments();
        byte[] pvh = elf.note("Xen", XEN_ELFNOTE_PHYS32_ENTRY);
        if (pvh != null && pvh.length >= 4) {
            long entry = new ImageBytes(image.name(), pvh).u32(0);
            return Optional.of(new GuestImage("vmlinux (PVH)", segments, elf.symbols(segments), new PvhBoot(segments, entry)));
        }
        long entry = elf.physical(elf.entry);
        if (!elf.is64) {
            return Optional.of(new GuestImage("ELF32 program", segments, elf.symbols(segments), new Flat32(entry)));
        }
        if (elf.machine != Elf.EM_X86_64) {
            throw elf.bad("an ELF64 file must be for x86-64");
        }
        if (elf.programs.stream().anyMatch(p -> p.type() == 1 && Long.compareUnsigned(p.vaddr(), KERNEL_HALF) >= 0)) {
            long end = segments.stream().mapToLong(Segment::end).max().orElseThrow();
            return Optional.of(new GuestImage("vmlinux", segments, elf.symbols(segments), new LinuxBoot(end, entry)));
        }
        return Optional.of(new GuestImage("ELF64 program", segments, elf.symbols(segments), new Flat64(segments, entry)));
    }

    private record Flat32(long entry) implements BootProtocol {
        @Override
        public String name() {
            return "flat 32-bit entry";
        }

        @Override
        public EntryState prepare(BootEnvironment environment) {
            return EntryState.protected32(entry, Map.of());
        }
    }

    private record Flat64(List<Segment> segments, long entry) implements BootProtocol {
        @Override
        public String name() {
            return "flat 64-bit entry";
        }

        @Override
        public EntryState prepare(BootEnvironment environment) throws ImageException {
            var place = new Placement(environment.map(), segments);
            long tables = place.lowest(6 * 4096, 4096, PAGE_TABLES, 1L << 32);
            long gdt = place.lowest(32, 16, GDT, 1L << 32);
            if (tables < 0 || gdt < 0) {
                throw new ImageException("the image leaves no room for 24 KiB of page tables: give the machine more memory with --memory");
            }
            IdentityMap.write(environment.memory(), tables);
            environment.memory().write(gdt, new LittleEndian(32).u64(0x10, 0x00af9b000000ffffL).u64(0x18, 0x00cf93000000ffffL).toBytes());
            return new EntryState(EntryState.Mode.LONG_64, entry, Map.of(), tables, gdt, 31, 0x10, 0x18);
        }
    }
}
