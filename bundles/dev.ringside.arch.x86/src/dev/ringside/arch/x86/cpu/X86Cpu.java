package dev.ringside.arch.x86.cpu;

import static dev.ringside.arch.x86.X86State.CS;
import static dev.ringside.arch.x86.X86State.DS;
import static dev.ringside.arch.x86.X86State.ES;
import static dev.ringside.arch.x86.X86State.SS;

import dev.ringside.arch.Access;
import dev.ringside.arch.Cpu;
import dev.ringside.arch.EntryState;
import dev.ringside.arch.GuestFault;
import dev.ringside.arch.PcPins;
import dev.ringside.arch.RegisterGroup;
import dev.ringside.arch.Translation;
import dev.ringside.arch.WalkStep;
import dev.ringside.arch.x86.Vector;
import dev.ringside.arch.x86.X86Mode;
import dev.ringside.arch.x86.X86State;
import dev.ringside.arch.x86.fpu.SoftFloat80;
import dev.ringside.arch.x86.fpu.SoftFloatSse;
import dev.ringside.inspect.Inspector;
import dev.ringside.ir.MemFlags;
import java.util.List;

/**
 * One x86-64-v2 processor: the state that lifted code does not see, and the chapters of the manual that work on it.
 *
 * <p>Departures from the manual: there is no system-management mode (RSM is #UD, SMI is ignored), no virtual-8086 mode extensions (CR4.VME and
 * CR4.PVI cannot be set and CPUID says so), no 5-level paging, no protection keys, no MONITOR/MWAIT, and no machine checks.
 */
public final class X86Cpu extends Cpu implements PcPins {
    /** MAXPHYADDR: width of a physical address in bits. */
    public static final int PHYSICAL_ADDRESS_BITS = 40;
    /** What CPUID.1:EAX says and EDX holds after a reset: see {@link Cpuid}. */
    public static final int SIGNATURE = 0x000106ca;

    private static final int RIP = X86State.RIP.slot();
    private static final int REST = X86State.RFLAGS_REST.slot();
    /** Flags in {@code rflags_rest} that {@link #modeKey()} depends on. */
    private static final int KEY_FLAGS = Rflags.AC | Rflags.IOPL | Rflags.VM;

    /** Arithmetic of the x87 unit and of SSE; no state that outlives an instruction. */
    public final SoftFloat80 x87 = new SoftFloat80();
    public final SoftFloatSse sse = new SoftFloatSse();

    final SegmentRegister[] segments = new SegmentRegister[6];
    final SegmentRegister ldtr = new SegmentRegister(new long[1], 0);
    final SegmentRegister tr = new SegmentRegister(new long[1], 0);
    long gdtBase;
    int gdtLimit;
    long idtBase;
    int idtLimit;

    long cr0;
    long cr2;
    long cr3;
    long cr4;
    long efer;
    long xcr0;
    int cpl;

    /** All ones, or without bit 20 while the A20 gate is closed. */
    long a20Mask = -1L;

    private int key;
    private long keyFlags;

    public X86Cpu(int index) {
        super(index, X86State.LAYOUT.slotCount());
        for (int i = 0; i < 6; i++) {
            segments[i] = new SegmentRegister(slots, X86State.SEG_BASE[i].slot());
        }
        reset();
    }

    @Override
    public void reset() {
        java.util.Arrays.fill(slots, 0);
        slots[X86State.RDX] = SIGNATURE;
        slots[RIP] = 0xfff0;
        slots[REST] = Rflags.ALWAYS_SET;
        for (SegmentRegister s : segments) {
            s.set(0, 0, 0xffff, REAL_DATA);
        }
        segments[CS].set(0xf000, 0xffff0000L, 0xffff, REAL_DATA);
        ldtr.set(0, 0, 0xffff, SegmentRegister.P | 2);
        tr.set(0, 0, 0xffff, SegmentRegister.P | 0xb);
        gdtBase = idtBase = 0;
        gdtLimit = idtLimit = 0xffff;
        cr0 = Cr0.CD | Cr0.NW | Cr0.ET;
        cr2 = cr3 = cr4 = efer = 0;
        xcr0 = 1;
        cpl = 0;
        modeChanged();
    }

    /** Attributes of a real-mode segment: present, writable, accessed. */
    static final int REAL_DATA = SegmentRegister.P | SegmentRegister.S | SegmentRegister.WRITABLE | SegmentRegister.ACCESSED;

    // Accessors

    @Override
    public void enter(EntryState entry) {
        Entry.enter(this, entry);
    }

    public long cr0() {
        return cr0;
    }

    public long cr2() {
        return cr2;
    }

    public long cr3() {
        return cr3;
    }

    public long cr4() {
        return cr4;
    }

    public long efer() {
        return efer;
    }

    /** The state components that XSAVE manages: bit 0 x87, bit 1 SSE. */
    public long xcr0() {
        return xcr0;
    }

    public int cpl() {
        return cpl;
    }

    /** ES, CS, SS, DS, FS, GS by number 0 to 5. */
    public SegmentRegister segment(int number) {
        return segments[number];
    }

    public SegmentRegister ldtr() {
        return ldtr;
    }

    public SegmentRegister tr() {
        return tr;
    }

    public long gdtBase() {
        return gdtBase;
    }

    public int gdtLimit() {
        return gdtLimit;
    }

    public long idtBase() {
        return idtBase;
    }

    public int idtLimit() {
        return idtLimit;
    }

    /** A general register, all 64 bits. */
    public long gpr(int number) {
        return slots[number];
    }

    public void gpr(int number, long value) {
        slots[number] = value;
    }

    /** RFLAGS with the arithmetic flags computed. */
    public long rflags() {
        return slots[REST] | slots[X86State.CC_DST.slot()];
    }

    /** Sets every flag as {@code value} says; reserved bits take their fixed values. */
    public void rflags(long value) {
        slots[REST] = value & Rflags.DEFINED & ~Rflags.ARITHMETIC | Rflags.ALWAYS_SET;
        slots[X86State.CC_OP.slot()] = 0;
        slots[X86State.CC_DST.slot()] = value & Rflags.ARITHMETIC;
    }

    /** One or more of the flags that arithmetic does not write. */
    boolean flag(int systemFlag) {
        return (slots[REST] & systemFlag) != 0;
    }

    int iopl() {
        return (int) (slots[REST] >> Rflags.IOPL_SHIFT) & 3;
    }

    public boolean isProtected() {
        return (cr0 & Cr0.PE) != 0;
    }

    public boolean isVm86() {
        return (slots[REST] & Rflags.VM) != 0;
    }

    /** Real-address or virtual-8086 mode: selectors are paragraph numbers. */
    boolean isRealOrVm86() {
        return !isProtected() || isVm86();
    }

    public boolean isLongMode() {
        return (efer & Efer.LMA) != 0;
    }

    /** 64-bit mode proper, not compatibility mode. */
    public boolean is64BitCode() {
        return isLongMode() && (segments[CS].attributes & SegmentRegister.L) != 0;
    }

    /** {@link MemFlags} of an access through segment register {@code segment} with the current privilege. */
    public static int flags(int segment) {
        return segment << MemFlags.SPACE_SHIFT;
    }

    // Raising: each sets the processor's fault and returns it, to be thrown

    public GuestFault ud() {
        return fault.set(Vector.UD);
    }

    public GuestFault nm() {
        return fault.set(Vector.NM);
    }

    public GuestFault de() {
        return fault.set(Vector.DE);
    }

    public GuestFault mf() {
        return fault.set(Vector.MF);
    }

    public GuestFault xm() {
        return fault.set(Vector.XM);
    }

    public GuestFault ac() {
        return fault.set(Vector.AC, 0);
    }

    public GuestFault gp(int errorCode) {
        return fault.set(Vector.GP, errorCode);
    }

    public GuestFault ss(int errorCode) {
        return fault.set(Vector.SS, errorCode);
    }

    public GuestFault np(int errorCode) {
        return fault.set(Vector.NP, errorCode);
    }

    public GuestFault ts(int errorCode) {
        return fault.set(Vector.TS, errorCode);
    }

    /** Throws #UD; declared to return so that callers may write {@code throw raiseUd()}. */
    public GuestFault raiseUd() {
        throw ud();
    }

    /** Throws #GP. */
    public GuestFault raiseGp(int errorCode) {
        throw gp(errorCode);
    }

    /** Throws #NM. */
    public GuestFault raiseNm() {
        throw nm();
    }

    // Program counter and mode

    @Override
    public long pc() {
        return slots[RIP];
    }

    @Override
    public void pc(long value) {
        slots[RIP] = value;
    }

    @Override
    public long fetchAddress(long pc) {
        if ((key & X86Mode.CODE_SIZE) == X86Mode.CODE_64) {
            return pc;
        }
        return segments[CS].base() + (pc & 0xffffffffL) & 0xffffffffL;
    }

    @Override
    public int modeKey() {
        if (((slots[REST] ^ keyFlags) & KEY_FLAGS) != 0) {
            modeChanged();
        }
        return key;
    }

    /** Computes {@link #modeKey()} again: after every change of a segment register, CPL, CR0, CR4 or EFER. */
    void modeChanged() {
        keyFlags = slots[REST] & KEY_FLAGS;
        boolean vm86 = isVm86();
        boolean pe = isProtected();
        SegmentRegister cs = segments[CS];
        int k;
        if (is64BitCode()) {
            k = X86Mode.CODE_64 | X86Mode.FLAT_CODE | X86Mode.FLAT_DATA;
        } else {
            k = cs.isBig() ? X86Mode.CODE_32 : X86Mode.CODE_16;
            k |= segments[SS].isBig() ? X86Mode.STACK_32 : 0;
            k |= cs.base() == 0 && cs.limit == -1 ? X86Mode.FLAT_CODE : 0;
            k |= segments[ES].isFlatData() && segments[SS].isFlatData() && segments[DS].isFlatData() ? X86Mode.FLAT_DATA : 0;
        }
        k |= pe && !vm86 ? X86Mode.PROTECTED : 0;
        k |= vm86 ? X86Mode.VM86 : 0;
        k |= isLongMode() ? X86Mode.LONG_MODE : 0;
        k |= cpl == 0 ? X86Mode.CPL_0 : 0;
        k |= cpl == 3 ? X86Mode.CPL_3 : 0;
        k |= (cr0 & (Cr0.TS | Cr0.EM)) != 0 ? X86Mode.X87_TRAPS : 0;
        k |= (cr0 & (Cr0.TS | Cr0.EM)) != 0 || (cr4 & Cr4.OSFXSR) == 0 ? X86Mode.SSE_TRAPS : 0;
        k |= cpl == 3 && (cr0 & Cr0.AM) != 0 && (keyFlags & Rflags.AC) != 0 ? X86Mode.ALIGN_CHECK : 0;
        k |= pe && (vm86 || cpl > iopl()) ? X86Mode.IO_CHECKED : 0;
        key = k;
    }

    @Override
    public int mmuIndex() {
        if (cpl == 3) {
            return 1;
        }
        return (cr4 & Cr4.SMAP) != 0 && (slots[REST] & Rflags.AC) != 0 ? 2 : 0;
    }

    @Override
    public int addressBits() {
        return is64BitCode() ? 64 : 32;
    }

    // Not here yet

    @Override
    public boolean hasEvents() {
        return false;
    }

    @Override
    public void serviceEvents() {
        throw new UnsupportedOperationException("events");
    }

    @Override
    public boolean acceptsInterrupts() {
        return (slots[REST] & Rflags.IF) != 0;
    }

    @Override
    public long stackPointer() {
        return segments[X86State.SS].base() + (is64BitCode() ? gpr(X86State.RSP) : segments[X86State.SS].isBig()
            ? gpr(X86State.RSP) & 0xffff_ffffL : gpr(X86State.RSP) & 0xffff);
    }

    @Override
    public long framePointer() {
        return segments[X86State.SS].base() + gpr(X86State.RBP);
    }

    @Override
    public String explainShutdown() {
        return isShutdown() ? "a fault while a double fault was being delivered" : "";
    }

    @Override
    public boolean isHalted() {
        return false;
    }

    @Override
    public boolean isShutdown() {
        return false;
    }

    @Override
    public void raise(GuestFault raised) {
        throw new UnsupportedOperationException("exceptions");
    }

    @Override
    public boolean wantsSingleStep() {
        return false;
    }

    @Override
    public void afterSingleStep() {
    }

    @Override
    public boolean translate(long gva, Access access, int mmuIndex, int space, Translation out) {
        throw new UnsupportedOperationException("paging");
    }

    @Override
    public List<WalkStep> explainTranslation(long gva) {
        return List.of();
    }

    @Override
    public List<RegisterGroup> registerGroups() {
        return List.of();
    }

    @Override
    public void inspect(Inspector out) {
        out.hex("RIP", pc(), 64);
    }

    // Wires

    @Override
    public void nmi() {
    }

    @Override
    public void init() {
    }

    @Override
    public void startup(int vector) {
    }

    @Override
    public void a20(boolean enabled) {
        a20Mask = enabled ? -1L : ~(1L << 20);
        if (memory != null) {
            memory.flushTlb(true);
        }
    }
}
