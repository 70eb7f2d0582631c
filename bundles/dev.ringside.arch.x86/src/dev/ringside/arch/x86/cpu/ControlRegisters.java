package dev.ringside.arch.x86.cpu;

import static dev.ringside.arch.x86.X86State.CS;

import dev.ringside.trace.TraceKind;

/** Writing CR0, CR3, CR4, EFER and XCR0 (SDM 2B:MOV—Move to/from Control Registers; 3A 2.5, 9.8), and forgetting translations (3A 4.10.4). */
final class ControlRegisters {
    /** First operand of the {@code tlb_flush} trace event. */
    static final int BY_CR3 = 0, BY_INVLPG = 1, BY_MODE = 2, BY_INVPCID = 3;

    private static final long CR3_NO_FLUSH = 1L << 63;
    private static final long CR3_RESERVED = -1L << X86Cpu.PHYSICAL_ADDRESS_BITS;
    /** A change of these makes remembered translations wrong. */
    private static final long CR0_FLUSHING = Cr0.PG | Cr0.WP | Cr0.PE;
    private static final long CR4_FLUSHING = Cr4.PGE | Cr4.PSE | Cr4.PAE | Cr4.PCIDE | Cr4.SMEP | Cr4.SMAP;

    private final X86Cpu cpu;

    ControlRegisters(X86Cpu cpu) {
        this.cpu = cpu;
    }

    long read(int n) {
        long value = switch (n) {
            case 0 -> cpu.cr0;
            case 2 -> cpu.cr2;
            case 3 -> cpu.cr3;
            case 4 -> cpu.cr4;
            case 8 -> cpu.bus.taskPriority();
            default -> throw cpu.ud();
        };
        trace(0, n, value);
        return value;
    }

    /** MOV to CRn at CPL 0. */
    void write(int n, long value) {
        switch (n) {
            case 0 -> cr0(value);
            case 2 -> cpu.cr2 = value;
            case 3 -> cr3(value);
            case 4 -> cr4(value);
            case 8 -> {
                require(value >>> 4 == 0);
                cpu.bus.taskPriority((int) value);
            }
            default -> throw cpu.ud();
        }
        trace(1, n, value);
    }

    private void trace(int rw, int n, long value) {
        if (cpu.trace.wants(TraceKind.CR)) {
            cpu.trace.emit(TraceKind.CR, cpu.instructions, cpu.index(), rw, n, value, 0);
        }
    }

    void cr0(long value) {
        require(value >>> 32 == 0);
        boolean pg = (value & Cr0.PG) != 0;
        boolean pgWas = (cpu.cr0 & Cr0.PG) != 0;
        require(!pg || (value & Cr0.PE) != 0);
        require((value & Cr0.NW) == 0 || (value & Cr0.CD) != 0);
        if (!pg && pgWas) {
            require(!cpu.is64BitCode() && (cpu.cr4 & Cr4.PCIDE) == 0);
        }
        boolean entersLong = pg && !pgWas && (cpu.efer & Efer.LME) != 0;
        if (entersLong) {
            require((cpu.cr4 & Cr4.PAE) != 0 && (cpu.segments[CS].attributes & SegmentRegister.L) == 0);
            require(cpu.tr.isUnusable() || (cpu.tr.attributes & 8) != 0);
        }
        boolean pae = pg && (cpu.cr4 & Cr4.PAE) != 0 && (cpu.efer & Efer.LME) == 0;
        if (pae && ((cpu.cr0 ^ value) & (Cr0.PG | Cr0.CD | Cr0.NW)) != 0) {
            require(cpu.paging.loadPointers(cpu.cr3));
        }
        long changed = cpu.cr0 ^ value;
        cpu.cr0 = value & Cr0.DEFINED | Cr0.ET;
        if (entersLong) {
            cpu.efer |= Efer.LMA;
        } else if (!pg) {
            cpu.efer &= ~Efer.LMA;
        }
        if ((changed & Cr0.PE) != 0) {
            cpu.cpl = 0;
        }
        if ((changed & CR0_FLUSHING) != 0) {
            flushAll();
        }
        cpu.modeChanged();
    }

    private void cr3(long value) {
        if ((cpu.cr4 & Cr4.PCIDE) != 0) {
            // Translations are not kept by PCID, so there is nothing that bit 63 could preserve.
            value &= ~CR3_NO_FLUSH;
        }
        require((value & CR3_RESERVED) == 0);
        switchAddressSpace(value);
    }

    /** CR3 becomes {@code value}; #GP(0) for reserved bits in PAE pointers. */
    void switchAddressSpace(long value) {
        if ((cpu.cr0 & Cr0.PG) != 0 && (cpu.cr4 & Cr4.PAE) != 0 && !cpu.isLongMode()) {
            require(cpu.paging.loadPointers(value));
        }
        cpu.cr3 = value;
        cpu.memory.flushTlb(false);
        traceFlush(BY_CR3, value);
    }

    void cr4(long value) {
        require((value & ~Cr4.ALLOWED) == 0);
        boolean pg = (cpu.cr0 & Cr0.PG) != 0;
        long changed = cpu.cr4 ^ value;
        if (cpu.isLongMode()) {
            require((value & Cr4.PAE) != 0);
        }
        if ((changed & value & Cr4.PCIDE) != 0) {
            require(cpu.isLongMode() && (cpu.cr3 & 0xfff) == 0);
        }
        if (pg && !cpu.isLongMode() && (value & Cr4.PAE) != 0 && (changed & (Cr4.PAE | Cr4.PGE | Cr4.PSE | Cr4.SMEP)) != 0) {
            require(cpu.paging.loadPointers(cpu.cr3));
        }
        cpu.cr4 = value;
        if ((changed & CR4_FLUSHING) != 0) {
            flushAll();
        }
        cpu.debug.armed();
        cpu.modeChanged();
    }

    void efer(long value) {
        require((value & ~(Efer.SCE | Efer.LME | Efer.LMA | Efer.NXE)) == 0);
        if (((cpu.efer ^ value) & Efer.LME) != 0) {
            require((cpu.cr0 & Cr0.PG) == 0);
        }
        boolean flush = ((cpu.efer ^ value) & Efer.NXE) != 0;
        cpu.efer = value & ~Efer.LMA | cpu.efer & Efer.LMA;
        if (flush) {
            flushAll();
        }
        cpu.modeChanged();
    }

    /** XSETBV (SDM 2D:XSETBV). */
    void xsetbv(int index, long value) {
        if ((cpu.cr4 & Cr4.OSXSAVE) == 0) {
            throw cpu.ud();
        }
        require(cpu.cpl == 0 && index == 0 && (value & 1) != 0 && (value & ~3L) == 0);
        cpu.xcr0 = value;
    }

    long xgetbv(int index) {
        if ((cpu.cr4 & Cr4.OSXSAVE) == 0) {
            throw cpu.ud();
        }
        require(index == 0);
        return cpu.xcr0;
    }

    void invlpg(long linear) {
        if (Paging.isCanonical(linear)) {
            cpu.memory.flushTlbPage(linear);
            traceFlush(BY_INVLPG, linear);
        }
    }

    /** INVPCID with its descriptor at {@code linear}. Translations carry no PCID, so an answer for all of them is the answer for one. */
    void invpcid(long type, long linear, int segment) {
        long pcid = cpu.memory.load(linear, 8, X86Cpu.flags(segment));
        long address = cpu.memory.load(linear + 8, 8, X86Cpu.flags(segment));
        require(Long.compareUnsigned(type, 3) <= 0);
        if (type < 2) {
            require(pcid >>> 12 == 0 && ((cpu.cr4 & Cr4.PCIDE) != 0 || pcid == 0));
        }
        if (type == 0) {
            require(Paging.isCanonical(address));
            cpu.memory.flushTlbPage(address);
        } else {
            cpu.memory.flushTlb(type == 2);
        }
        traceFlush(BY_INVPCID, type == 0 ? address : 0);
    }

    void flushAll() {
        if (cpu.memory != null) {
            cpu.memory.flushTlb(true);
        }
        traceFlush(BY_MODE, 0);
    }

    private void traceFlush(int reason, long address) {
        if (cpu.trace.wants(TraceKind.TLB_FLUSH)) {
            cpu.trace.emit(TraceKind.TLB_FLUSH, cpu.instructions, cpu.index(), reason, address, 0, 0);
        }
    }

    private void require(boolean holds) {
        if (!holds) {
            throw cpu.gp(0);
        }
    }
}
