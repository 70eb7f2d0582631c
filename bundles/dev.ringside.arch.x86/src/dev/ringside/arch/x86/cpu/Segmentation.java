package dev.ringside.arch.x86.cpu;

import static dev.ringside.arch.x86.X86State.CS;
import static dev.ringside.arch.x86.X86State.FS;
import static dev.ringside.arch.x86.X86State.SS;

import dev.ringside.arch.GuestFault;
import dev.ringside.arch.x86.Vector;
import dev.ringside.ir.MemFlags;

/** Logical to linear addresses, and loading of segment registers (SDM 3A chapters 3 and 5). */
final class Segmentation {
    private final X86Cpu cpu;
    /**
     * EXT: 1 while an event that the program did not ask for is being delivered; part of every selector error code (SDM 3A 6.13).
     */
    int ext;

    Segmentation(X86Cpu cpu) {
        this.cpu = cpu;
    }

    /** The linear address of {@code sizeBytes} bytes at {@code segment:offset}, after the checks of SDM 3A 5.3 and 5.5. */
    long check(int segment, long offset, int sizeBytes, boolean write) {
        SegmentRegister s = cpu.segments[segment];
        if (cpu.is64BitCode()) {
            return segment >= FS ? s.base() + offset : offset;
        }
        long first = offset & 0xffffffffL;
        // Real-address mode knows no rights: even CS is written, whatever its cache says since protected mode.
        if (!isWithin(s, first, sizeBytes) || !cpu.isRealOrVm86() && !allows(s, write)) {
            throw segment == SS ? cpu.ss(0) : cpu.gp(0);
        }
        return s.base() + first & 0xffffffffL;
    }

    private static boolean allows(SegmentRegister s, boolean write) {
        if ((s.attributes & (SegmentRegister.UNUSABLE | SegmentRegister.P)) != SegmentRegister.P) {
            return false;
        }
        if (write) {
            return !s.isReadOnly();
        }
        return (s.attributes & SegmentRegister.CODE) == 0 || (s.attributes & SegmentRegister.READABLE) != 0;
    }

    static boolean isWithin(SegmentRegister s, long first, int sizeBytes) {
        long last = first + sizeBytes - 1;
        long limit = s.limit & 0xffffffffL;
        if (s.isExpandDown()) {
            return first > limit && last <= (s.isBig() ? 0xffffffffL : 0xffff);
        }
        return last <= limit;
    }

    // Descriptor tables

    static boolean isNull(int selector) {
        return (selector & 0xfffc) == 0;
    }

    /** An error code that names {@code selector}. */
    int error(int selector) {
        return selector & 0xfffc | ext;
    }

    GuestFault fault(int vector, int selector) {
        return cpu.fault.set(vector, error(selector));
    }

    /** The descriptor that {@code selector} names; raises {@code vector}(selector) when it lies outside its table. */
    long read(int selector, int vector) {
        if (!isInTable(selector, 8)) {
            throw fault(vector, selector);
        }
        return cpu.memory.load(address(selector), 8, MemFlags.SUPERVISOR);
    }

    /** The second half of a 16-byte system descriptor of long mode. */
    long readUpper(int selector, int vector) {
        if (!isInTable(selector, 16)) {
            throw fault(vector, selector);
        }
        return cpu.memory.load(address(selector) + 8, 8, MemFlags.SUPERVISOR);
    }

    boolean isInTable(int selector, int bytes) {
        int last = (selector & 0xfff8) + bytes - 1;
        if ((selector & 4) == 0) {
            return last <= cpu.gdtLimit;
        }
        return !cpu.ldtr.isUnusable() && Integer.compareUnsigned(last, cpu.ldtr.limit) <= 0;
    }

    long address(int selector) {
        return ((selector & 4) == 0 ? cpu.gdtBase : cpu.ldtr.base()) + (selector & 0xfff8);
    }

    /** Sets the accessed bit of a code or data descriptor in memory when it is clear. @return the attributes with it */
    int markAccessed(int selector, long d) {
        int attributes = Descriptor.attributes(d);
        if ((attributes & SegmentRegister.ACCESSED) == 0) {
            cpu.memory.store(address(selector) + 5, 1, attributes & 0xff | SegmentRegister.ACCESSED, MemFlags.SUPERVISOR);
        }
        return attributes | SegmentRegister.ACCESSED;
    }

    /** Sets or clears the busy bit of a TSS descriptor. */
    void markBusy(int selector, boolean busy) {
        long at = address(selector) + 5;
        long access = cpu.memory.load(at, 1, MemFlags.SUPERVISOR | MemFlags.WRITE_INTENT);
        cpu.memory.store(at, 1, busy ? access | Descriptor.BUSY : access & ~Descriptor.BUSY, MemFlags.SUPERVISOR);
    }

    // Loading: MOV, POP, LDS and their kind

    /** MOV to a segment register other than CS (SDM 2B:MOV). */
    void load(int segment, int selector) {
        if (cpu.isRealOrVm86()) {
            loadParagraph(segment, selector);
        } else if (segment == SS) {
            loadStack(selector, cpu.cpl, Vector.GP);
        } else {
            loadData(segment, selector, Vector.GP);
        }
        cpu.modeChanged();
    }

    /** Real-address mode keeps limit and attributes (which is how "unreal" mode survives); virtual-8086 mode sets them (SDM 3B 21.1.1, 21.2). */
    void loadParagraph(int segment, int selector) {
        SegmentRegister s = cpu.segments[segment];
        if (cpu.isVm86()) {
            s.set(selector, (long) selector << 4, 0xffff, VM86_ATTRIBUTES);
        } else if (s.isUnusable()) {
            // Protected mode left a null selector here; it has no limit that could survive.
            s.set(selector, (long) selector << 4, 0xffff, X86Cpu.REAL_DATA);
        } else {
            s.set(selector, (long) selector << 4, s.limit, s.attributes);
        }
    }

    static final int VM86_ATTRIBUTES = X86Cpu.REAL_DATA | SegmentRegister.DPL;

    /** ES, DS, FS or GS in protected mode. {@code vector} is #GP, or #TS during a task switch. */
    void loadData(int segment, int selector, int vector) {
        if (isNull(selector)) {
            cpu.segments[segment].set(selector, 0, 0, SegmentRegister.UNUSABLE);
            return;
        }
        long d = read(selector, vector);
        if (!Descriptor.isReadable(d)) {
            throw fault(vector, selector);
        }
        if (!Descriptor.isConforming(d) && (Descriptor.dpl(d) < (selector & 3) || Descriptor.dpl(d) < cpu.cpl)) {
            throw fault(vector, selector);
        }
        if (!Descriptor.isPresent(d)) {
            throw fault(Vector.NP, selector);
        }
        cache(cpu.segments[segment], selector, d);
    }

    /** SS in protected mode, for privilege level {@code cpl}. {@code vector} is #GP, or #TS when the selector comes from a TSS. */
    void loadStack(int selector, int cpl, int vector) {
        if (isNull(selector)) {
            if (vector == Vector.GP && cpu.is64BitCode() && cpl != 3 && (selector & 3) == cpl) {
                loadNullStack(selector, cpl);
                return;
            }
            throw cpu.fault.set(vector, ext);
        }
        long d = stackDescriptor(selector, cpl, vector);
        cache(cpu.segments[SS], selector, d);
    }

    void loadNullStack(int selector, int cpl) {
        cpu.segments[SS].set(selector, 0, 0, SegmentRegister.UNUSABLE | cpl << SegmentRegister.DPL_SHIFT);
    }

    /** The descriptor of a stack segment after all checks; loads nothing. */
    long stackDescriptor(int selector, int cpl, int vector) {
        long d = read(selector, vector);
        if ((selector & 3) != cpl || !Descriptor.isWritableData(d) || Descriptor.dpl(d) != cpl) {
            throw fault(vector, selector);
        }
        if (!Descriptor.isPresent(d)) {
            throw fault(Vector.SS, selector);
        }
        return d;
    }

    void cache(SegmentRegister into, int selector, long d) {
        int attributes = markAccessed(selector, d);
        into.set(selector, Descriptor.base(d), Descriptor.limit(d), attributes);
    }

    /** CS, for privilege level {@code cpl}, which becomes current. All checks have been made. */
    void loadCode(int selector, long d, int cpl) {
        int attributes = markAccessed(selector, d);
        cpu.segments[CS].set(selector & 0xfffc | cpl, Descriptor.base(d), Descriptor.limit(d), attributes);
        cpu.cpl = cpl;
    }

    /** Whether {@code ip} may be jumped to in the code segment {@code d}. */
    boolean isTarget(long d, long ip) {
        if (cpu.isLongMode() && Descriptor.isLong(d)) {
            return Paging.isCanonical(ip);
        }
        return (ip & 0xffffffffL) <= (Descriptor.limit(d) & 0xffffffffL);
    }

    // LLDT, LTR, LAR, LSL, VERR, VERW

    void loadLdt(int selector, int vector) {
        if (isNull(selector)) {
            cpu.ldtr.set(selector, 0, 0, SegmentRegister.UNUSABLE);
            return;
        }
        if ((selector & 4) != 0) {
            throw fault(vector, selector);
        }
        long d = read(selector, vector);
        if (Descriptor.isSegment(d) || Descriptor.type(d) != Descriptor.LDT) {
            throw fault(vector, selector);
        }
        long base = systemBase(selector, d, vector);
        if (!Descriptor.isPresent(d)) {
            throw fault(vector == Vector.GP ? Vector.NP : vector, selector);
        }
        cpu.ldtr.set(selector, base, Descriptor.limit(d), Descriptor.attributes(d));
    }

    void loadTaskRegister(int selector) {
        if (isNull(selector)) {
            throw cpu.gp(0);
        }
        if ((selector & 4) != 0) {
            throw fault(Vector.GP, selector);
        }
        long d = read(selector, Vector.GP);
        int type = Descriptor.type(d);
        if (Descriptor.isSegment(d) || type != Descriptor.TSS32 && (type != Descriptor.TSS16 || cpu.isLongMode())) {
            throw fault(Vector.GP, selector);
        }
        long base = systemBase(selector, d, Vector.GP);
        if (!Descriptor.isPresent(d)) {
            throw fault(Vector.NP, selector);
        }
        markBusy(selector, true);
        cpu.tr.set(selector, base, Descriptor.limit(d), Descriptor.attributes(d) | Descriptor.BUSY);
    }

    /** The base of an LDT or TSS descriptor, which has 16 bytes in long mode. */
    private long systemBase(int selector, long d, int vector) {
        if (!cpu.isLongMode()) {
            return Descriptor.base(d);
        }
        long upper = readUpper(selector, vector);
        long base = Descriptor.base(d) | upper << 32;
        if ((upper >>> 40 & 0x1f) != 0 || !Paging.isCanonical(base)) {
            throw fault(vector, selector);
        }
        return base;
    }

    /** LAR (SDM 2A:LAR). @return the access rights as the instruction stores them, or −1 when ZF becomes 0 */
    long accessRights(int selector) {
        long d = visible(selector, LAR_TYPES_LONG, LAR_TYPES);
        return d == 0 ? -1 : d >>> 32 & 0x00ffff00L;
    }

    /** LSL. @return the limit in bytes, or −1 when ZF becomes 0 */
    long segmentLimit(int selector) {
        long d = visible(selector, LSL_TYPES_LONG, LSL_TYPES);
        return d == 0 ? -1 : Descriptor.limit(d) & 0xffffffffL;
    }

    /** System types that LAR and LSL accept, one bit each. */
    private static final int LAR_TYPES = 1 << 1 | 1 << 2 | 1 << 3 | 1 << 4 | 1 << 5 | 1 << 9 | 1 << 11 | 1 << 12;
    private static final int LAR_TYPES_LONG = 1 << 2 | 1 << 9 | 1 << 11 | 1 << 12;
    private static final int LSL_TYPES = 1 << 1 | 1 << 2 | 1 << 3 | 1 << 9 | 1 << 11;
    private static final int LSL_TYPES_LONG = 1 << 2 | 1 << 9 | 1 << 11;

    /** The descriptor if the current program could see it, else 0. */
    private long visible(int selector, int systemTypesLong, int systemTypes) {
        if (isNull(selector) || !isInTable(selector, 8)) {
            return 0;
        }
        long d = read(selector, Vector.GP);
        if (!Descriptor.isSegment(d) && ((cpu.isLongMode() ? systemTypesLong : systemTypes) >> Descriptor.type(d) & 1) == 0) {
            return 0;
        }
        if (!Descriptor.isConforming(d) && (Descriptor.dpl(d) < cpu.cpl || Descriptor.dpl(d) < (selector & 3))) {
            return 0;
        }
        return d;
    }

    /** VERR, and VERW when {@code write}. */
    boolean verifies(int selector, boolean write) {
        if (isNull(selector) || !isInTable(selector, 8)) {
            return false;
        }
        long d = read(selector, Vector.GP);
        if (write ? !Descriptor.isWritableData(d) : !Descriptor.isReadable(d)) {
            return false;
        }
        return Descriptor.isConforming(d) || Descriptor.dpl(d) >= cpu.cpl && Descriptor.dpl(d) >= (selector & 3);
    }
}
