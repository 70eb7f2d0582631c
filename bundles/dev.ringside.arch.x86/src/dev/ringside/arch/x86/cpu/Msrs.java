package dev.ringside.arch.x86.cpu;

import static dev.ringside.arch.x86.X86State.FS;
import static dev.ringside.arch.x86.X86State.GS;

import dev.ringside.trace.TraceKind;

/**
 * RDMSR and WRMSR (SDM 4). Most registers are rows of {@code msr.table}; those that are more than a value are cases here; the rest belongs to
 * the machine.
 */
final class Msrs {
    static final int IA32_TIME_STAMP_COUNTER = 0x10, IA32_TSC_ADJUST = 0x3b, IA32_SYSENTER_CS = 0x174, IA32_SYSENTER_ESP = 0x175,
        IA32_SYSENTER_EIP = 0x176, IA32_EFER = 0xc0000080, IA32_STAR = 0xc0000081, IA32_LSTAR = 0xc0000082, IA32_CSTAR = 0xc0000083,
        IA32_FMASK = 0xc0000084, IA32_FS_BASE = 0xc0000100, IA32_GS_BASE = 0xc0000101, IA32_KERNEL_GS_BASE = 0xc0000102, IA32_TSC_AUX = 0xc0000103;

    private final X86Cpu cpu;
    private final long[] values = new long[MsrTable.ENTRIES.size()];
    private final int kernelGsBase = MsrTable.find(IA32_KERNEL_GS_BASE);
    /** TSC minus the machine's nanoseconds. */
    private long tscOffset;
    private long tscAdjust;

    Msrs(X86Cpu cpu) {
        this.cpu = cpu;
    }

    void reset() {
        for (int i = 0; i < values.length; i++) {
            values[i] = MsrTable.ENTRIES.get(i).reset();
        }
        tscOffset = tscAdjust = 0;
    }

    /** The time-stamp counter: one tick a nanosecond. */
    long tsc() {
        return cpu.bus.nanos() + tscOffset;
    }

    long tscOffset() {
        return tscOffset;
    }

    /** RDMSR at CPL 0. */
    long read(int index) {
        long value = peek(index);
        trace(0, index, value);
        return value;
    }

    private long peek(int index) {
        switch (index) {
            case IA32_TIME_STAMP_COUNTER:
                return tsc();
            case IA32_TSC_ADJUST:
                return tscAdjust;
            case IA32_EFER:
                return cpu.efer;
            case IA32_FS_BASE:
                return cpu.segments[FS].base();
            case IA32_GS_BASE:
                return cpu.segments[GS].base();
            default:
                int at = MsrTable.find(index);
                return at >= 0 ? values[at] : cpu.bus.readMsr(index);
        }
    }

    /** WRMSR at CPL 0. */
    void write(int index, long value) {
        switch (index) {
            case IA32_TIME_STAMP_COUNTER -> moveTsc(value - tsc());
            case IA32_TSC_ADJUST -> moveTsc(value - tscAdjust);
            case IA32_EFER -> cpu.control.efer(value);
            case IA32_FS_BASE -> segmentBase(FS, value);
            case IA32_GS_BASE -> segmentBase(GS, value);
            default -> {
                int at = MsrTable.find(index);
                if (at >= 0) {
                    store(at, value);
                } else {
                    cpu.bus.writeMsr(index, value);
                }
            }
        }
        trace(1, index, value);
    }

    private void trace(int write, int index, long value) {
        if (cpu.trace.wants(TraceKind.MSR)) {
            cpu.trace.emit(TraceKind.MSR, cpu.instructions, cpu.index(), write, index & 0xffffffffL, value, 0);
        }
    }

    /** A write of either register changes both by the same amount (SDM 3B 17.17.3). */
    private void moveTsc(long ticks) {
        tscOffset += ticks;
        tscAdjust += ticks;
        cpu.bus.tscOffset(tscOffset);
    }

    /** The host moved the counter; the guest's IA32_TSC_ADJUST does not show it. */
    void hostMovesTsc(long ticks) {
        tscOffset += ticks;
        cpu.bus.tscOffset(tscOffset);
    }

    /** WRMSR and WRFSBASE alike. */
    void segmentBase(int segment, long value) {
        requireCanonical(value);
        cpu.segments[segment].base(value);
    }

    private void store(int at, long value) {
        MsrTable.Entry entry = MsrTable.ENTRIES.get(at);
        switch (entry.kind()) {
            case RW -> {
                if ((value & ~entry.writable()) != 0) {
                    throw cpu.gp(0);
                }
                values[at] = value;
            }
            case SOFT -> values[at] = values[at] & ~entry.writable() | value & entry.writable();
            case LINEAR -> {
                requireCanonical(value);
                values[at] = value;
            }
            case TYPES -> {
                requireMemoryTypes(value);
                values[at] = value;
            }
            case RO -> throw cpu.gp(0);
            case NULL -> {
                // Microcode cannot be updated; the revision stays what it is.
            }
        }
    }

    private void requireCanonical(long value) {
        if (!Paging.isCanonical(value)) {
            throw cpu.gp(0);
        }
    }

    private void requireMemoryTypes(long value) {
        for (int i = 0; i < 64; i += 8) {
            int type = (int) (value >>> i) & 0xff;
            if (type > 7 || type == 2 || type == 3) {
                throw cpu.gp(0);
            }
        }
    }

    /** A register of the table, for instructions that use it. */
    long get(int index) {
        return values[MsrTable.find(index)];
    }

    /** Debugger's write: the rules of WRMSR without its effects elsewhere. */
    void poke(int at, long value) {
        values[at] = value;
    }

    long valueAt(int at) {
        return values[at];
    }

    void swapGs() {
        long gs = cpu.segments[GS].base();
        cpu.segments[GS].base(values[kernelGsBase]);
        values[kernelGsBase] = gs;
    }
}
