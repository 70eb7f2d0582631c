package dev.ringside.loader;

import java.util.ArrayList;
import java.util.List;

/**
 * An ELF file for x86 (System V ABI, gABI chapters 4 and 5): header, loadable segments, notes and symbols. Everything is checked against the
 * file's length before it is believed.
 */
final class Elf {
    static final int EM_386 = 3;
    static final int EM_X86_64 = 62;
    private static final int PT_LOAD = 1;
    private static final int PT_INTERP = 3;
    private static final int PT_NOTE = 4;
    private static final int SHT_SYMTAB = 2;
    private static final int MAX_SYMBOLS = 2_000_000;

    final ImageBytes image;
    final boolean is64;
    final int machine;
    final long entry;
    final List<Program> programs = new ArrayList<>();

    /** A program header. */
    record Program(int type, long offset, long vaddr, long paddr, long fileBytes, long memoryBytes) {
    }

    static boolean isElf(ImageBytes image) throws ImageException {
        return image.has(0, 16) && image.u32(0) == 0x464c457fL;
    }

    Elf(ImageBytes image) throws ImageException {
        this.image = image;
        int elfClass = image.u8(4);
        if (elfClass != 1 && elfClass != 2) {
            throw bad("ELF class " + elfClass + " is neither 1 (32-bit) nor 2 (64-bit)");
        }
        if (image.u8(5) != 1) {
            throw bad("it is a big-endian ELF file; x86 needs a little-endian one");
        }
        is64 = elfClass == 2;
        machine = image.u16(18);
        if (machine != EM_386 && machine != EM_X86_64) {
            throw bad("it is for ELF machine " + machine + machineName(machine) + "; x86 (3) or x86-64 (62) is needed");
        }
        int type = image.u16(16);
        if (type != 2 && type != 3) {
            throw bad("ELF type " + type + (type == 1 ? " (relocatable object)" : "") + " cannot be booted; an executable (2) is needed");
        }
        entry = is64 ? image.u64(24) : image.u32(24);
        long tableOffset = is64 ? image.u64(32) : image.u32(28);
        int entryBytes = image.u16(is64 ? 54 : 42);
        int count = image.u16(is64 ? 56 : 44);
        if (count > 0 && entryBytes < (is64 ? 56 : 32)) {
            throw bad("program header size " + entryBytes + " is too small");
        }
        for (int i = 0; i < count; i++) {
            programs.add(program(tableOffset + (long) i * entryBytes));
        }
    }

    private Program program(long at) throws ImageException {
        int type = (int) image.u32(at);
        return is64
            ? new Program(type, image.u64(at + 8), image.u64(at + 16), image.u64(at + 24), image.u64(at + 32), image.u64(at + 40))
            : new Program(type, image.u32(at + 4), image.u32(at + 8), image.u32(at + 12), image.u32(at + 16), image.u32(at + 20));
    }

    private static String machineName(int machine) {
        return switch (machine) {
            case 40 -> " (ARM)";
            case 183 -> " (AArch64)";
            case 243 -> " (RISC-V)";
            case 8 -> " (MIPS)";
            case 21 -> " (PowerPC64)";
            default -> "";
        };
    }

    /** Loadable segments at their physical addresses. */
    List<Segment> segments() throws ImageException {
        var result = new ArrayList<Segment>();
        for (Program p : programs) {
            if (p.type() == PT_INTERP) {
                throw bad("it is a dynamically linked user program; a kernel or a free-standing program is needed");
            }
            if (p.type() != PT_LOAD || p.memoryBytes() == 0) {
                continue;
            }
            if (Long.compareUnsigned(p.fileBytes(), p.memoryBytes()) > 0) {
                throw bad("a segment has " + p.fileBytes() + " bytes in the file but only " + p.memoryBytes() + " in memory");
            }
            if (p.memoryBytes() < 0 || p.paddr() < 0 || p.paddr() + p.memoryBytes() < 0) {
                throw bad("a segment wants " + Long.toUnsignedString(p.memoryBytes()) + " bytes at %#x, which is no physical address".formatted(p.paddr()));
            }
            // Linux's per-CPU variables say 0: they are copied, and found through a segment.
            long linear = p.vaddr() == 0 ? p.paddr() : p.vaddr();
            result.add(new Segment(p.paddr(), linear, image.part(p.offset(), p.fileBytes()), p.memoryBytes()));
        }
        if (result.isEmpty()) {
            throw bad("it has no loadable segment");
        }
        return result;
    }

    /** The same at their virtual addresses. */
    List<Kallsyms.Part> parts(List<Segment> segments) {
        var result = new ArrayList<Kallsyms.Part>();
        for (Program p : programs) {
            if (p.type() == PT_LOAD && p.memoryBytes() != 0) {
                result.add(new Kallsyms.Part(p.vaddr(), segments.get(result.size()).content(), p.memoryBytes()));
            }
        }
        return result;
    }

    /** The physical address of a virtual one, through the segment that holds it; the address itself when none does. */
    long physical(long vaddr) {
        for (Program p : programs) {
            if (p.type() == PT_LOAD && Long.compareUnsigned(vaddr - p.vaddr(), p.memoryBytes()) < 0) {
                return vaddr - p.vaddr() + p.paddr();
            }
        }
        return vaddr;
    }

    /** The descriptor bytes of the note of that name and type, or null. */
    byte[] note(String name, int type) throws ImageException {
        for (Program p : programs) {
            if (p.type() != PT_NOTE) {
                continue;
            }
            long at = p.offset();
            long end = at + Math.min(p.fileBytes(), image.length());
            while (at + 12 <= end && image.has(at, 12)) {
                long nameBytes = image.u32(at);
                long descBytes = image.u32(at + 4);
                long desc = at + 12 + (nameBytes + 3 & ~3L);
                if (image.u32(at + 8) == type && image.string(at + 12, 16).equals(name)) {
                    return image.slice(desc, descBytes);
                }
                at = desc + (descBytes + 3 & ~3L);
            }
        }
        return null;
    }

    /** The file's symbols; those that a Linux kernel carries for itself when there are none. */
    SymbolTable symbols(List<Segment> segments) throws ImageException {
        SymbolTable own = symbols();
        if (own.size() > 0) {
            return own;
        }
        List<Kallsyms.Part> parts = parts(segments);
        return SymbolTable.lazily(() -> Kallsyms.read(parts, is64 ? 8 : 4));
    }

    /** Function, object and untyped symbols of the symbol table; none when the file was stripped or the table is damaged. */
    SymbolTable symbols() throws ImageException {
        long sections = is64 ? image.u64(40) : image.u32(32);
        int entryBytes = image.u16(is64 ? 58 : 46);
        int count = image.u16(is64 ? 60 : 48);
        var result = new ArrayList<SymbolTable.Symbol>();
        for (int i = 0; i < count && sections != 0; i++) {
            long at = sections + (long) i * entryBytes;
            if (!image.has(at, is64 ? 64 : 40) || image.u32(at + 4) != SHT_SYMTAB) {
                continue;
            }
            long offset = is64 ? image.u64(at + 24) : image.u32(at + 16);
            long size = is64 ? image.u64(at + 32) : image.u32(at + 20);
            long link = image.u32(at + (is64 ? 40 : 24));
            long strings = sections + link * entryBytes;
            if (!image.has(offset, size) || !image.has(strings, is64 ? 64 : 40)) {
                continue;
            }
            long stringsOffset = is64 ? image.u64(strings + 24) : image.u32(strings + 16);
            readSymbols(offset, size, stringsOffset, result);
        }
        return new SymbolTable(result);
    }

    private void readSymbols(long offset, long size, long strings, List<SymbolTable.Symbol> into) throws ImageException {
        int step = is64 ? 24 : 16;
        for (long at = offset; at + step <= offset + size && into.size() < MAX_SYMBOLS; at += step) {
            int info = image.u8(at + (is64 ? 4 : 12));
            int section = image.u16(at + (is64 ? 6 : 14));
            int type = info & 15;
            long nameAt = strings + image.u32(at);
            if (section == 0 || type > 2 || !image.has(nameAt, 1)) {
                continue;
            }
            String name = image.string(nameAt, 256);
            if (!name.isEmpty()) {
                into.add(new SymbolTable.Symbol(name, is64 ? image.u64(at + 8) : image.u32(at + 4), is64 ? image.u64(at + 16) : image.u32(at + 8)));
            }
        }
    }

    ImageException bad(String what) {
        return new ImageException("image '" + image.name() + "' cannot be booted: " + what);
    }
}
