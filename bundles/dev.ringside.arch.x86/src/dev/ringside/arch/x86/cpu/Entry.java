package dev.ringside.arch.x86.cpu;

import static dev.ringside.arch.x86.X86State.CS;

import dev.ringside.arch.EntryState;
import dev.ringside.arch.x86.X86State;
import dev.ringside.ir.StateField;

/** Puts a processor into the state in which a boot protocol starts a guest. */
final class Entry {
    private static final int FLAT_32_CODE = SegmentRegister.P | SegmentRegister.S | SegmentRegister.CODE | SegmentRegister.READABLE
        | SegmentRegister.ACCESSED | SegmentRegister.DB | SegmentRegister.G;
    private static final int FLAT_64_CODE = FLAT_32_CODE & ~SegmentRegister.DB | SegmentRegister.L;
    private static final int FLAT_DATA = SegmentRegister.P | SegmentRegister.S | SegmentRegister.WRITABLE | SegmentRegister.ACCESSED | SegmentRegister.DB
        | SegmentRegister.G;

    private Entry() {
    }

    static void enter(X86Cpu cpu, EntryState entry) {
        cpu.reset();
        switch (entry.mode()) {
            case RESET -> {
                return;
            }
            case REAL_16 -> real(cpu, entry);
            case PROTECTED_32 -> flat(cpu, entry, FLAT_32_CODE);
            case LONG_64 -> {
                flat(cpu, entry, FLAT_64_CODE);
                cpu.cr4 = Cr4.PAE;
                cpu.cr3 = entry.pageTableRoot();
                cpu.efer = Efer.LME | Efer.LMA;
                cpu.cr0 |= Cr0.PG;
            }
        }
        cpu.slots[X86State.RDX] = 0;
        entry.registers().forEach((name, value) -> {
            StateField field = X86State.LAYOUT.find(name);
            if (field == null) {
                throw new IllegalArgumentException("x86 has no register '" + name + "'");
            }
            cpu.slots[field.slot()] = value;
        });
        cpu.modeChanged();
        if (cpu.memory != null) {
            cpu.memory.flushTlb(true);
        }
    }

    private static void real(X86Cpu cpu, EntryState entry) {
        int selector = (int) (entry.pc() >>> 16) & 0xffff;
        cpu.segments[CS].set(selector, (long) selector << 4, 0xffff, X86Cpu.REAL_DATA);
        cpu.idtLimit = 0x3ff;
        cpu.pc(entry.pc() & 0xffff);
    }

    private static void flat(X86Cpu cpu, EntryState entry, int codeAttributes) {
        for (SegmentRegister s : cpu.segments) {
            s.set(entry.dataSelector(), 0, -1, FLAT_DATA);
        }
        cpu.segments[CS].set(entry.codeSelector(), 0, -1, codeAttributes);
        cpu.tr.set(0, 0, 0xffff, SegmentRegister.P | 0xb);
        cpu.gdtBase = entry.gdtBase();
        cpu.gdtLimit = entry.gdtLimit();
        cpu.cr0 = Cr0.PE | Cr0.ET;
        cpu.pc(entry.pc());
    }
}
