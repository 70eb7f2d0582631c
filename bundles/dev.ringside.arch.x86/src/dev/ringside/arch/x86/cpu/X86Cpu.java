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
import dev.ringside.arch.x86.LazyFlags;
import dev.ringside.arch.x86.Rflags;
import dev.ringside.arch.x86.Vector;
import dev.ringside.arch.x86.X86Mode;
import dev.ringside.arch.x86.X86State;
import dev.ringside.arch.x86.fpu.SoftFloat80;
import dev.ringside.arch.x86.fpu.SoftFloatSse;
import dev.ringside.inspect.Inspector;
import dev.ringside.ir.MemFlags;
import dev.ringside.trace.TraceKind;
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

    /**
     * Whether the last instruction is a repeated string instruction with iterations left: an interrupt or trap at this boundary pushes RF
     * (SDM 3B 17.3.1.1). Helpers that repeat keep it.
     */
    public boolean repeating;

    final Segmentation segmentation = new Segmentation(this);
    final Paging paging = new Paging(this);
    final ControlRegisters control = new ControlRegisters(this);
    final Msrs msrs = new Msrs(this);
    final Events events = new Events(this);
    final DebugRegisters debug = new DebugRegisters(this);
    final TaskSwitch tasks = new TaskSwitch(this);
    final Interrupts interrupts = new Interrupts(this);
    final FarTransfer far = new FarTransfer(this);
    final FastSystemCalls fastCalls = new FastSystemCalls(this);
    final PortIo ports = new PortIo(this);
    final Cpuid cpuid = new Cpuid(this);
    final RandomSource random = new RandomSource();

    private long seed;
    private int key;
    private long keyFlags;
    /** Mode and CPL as the {@code mode_switch} trace event tells them. */
    private int tracedMode;

    public X86Cpu(int index) {
        super(index, X86State.LAYOUT.slotCount());
        for (int i = 0; i < 6; i++) {
            segments[i] = new SegmentRegister(slots, X86State.SEG_BASE[i].slot());
        }
        reset();
    }

    /** SDM 3A table 9-1, power-up. Application processors wait for a start-up IPI. */
    @Override
    public void reset() {
        java.util.Arrays.fill(slots, 0);
        slots[X86State.FCW.slot()] = 0x40;
        slots[X86State.FTAG.slot()] = 0xff;
        slots[X86State.MXCSR.slot()] = 0x1f80;
        cr0 = Cr0.CD | Cr0.NW | Cr0.ET;
        msrs.reset();
        random.seed(seed, index());
        resetCore();
    }

    /** INIT: as a reset, but x87, SSE, MSRs and the cache bits of CR0 stay. */
    void initialize() {
        long cacheBits = cr0 & (Cr0.CD | Cr0.NW);
        java.util.Arrays.fill(slots, 0, X86State.XMM[0].slot(), 0);
        cr0 = Cr0.ET | cacheBits;
        resetCore();
    }

    private void resetCore() {
        slots[X86State.RDX] = SIGNATURE;
        slots[RIP] = 0xfff0;
        slots[REST] = Rflags.ALWAYS_SET;
        for (SegmentRegister s : segments) {
            s.set(0, 0, 0xffff, REAL_DATA);
        }
        segments[CS].set(0xf000, 0xffff0000L, 0xffff, REAL_DATA);
        ldtr.set(0, 0, 0xffff, SegmentRegister.P | Descriptor.LDT);
        tr.set(0, 0, 0xffff, SegmentRegister.P | Descriptor.TSS32_BUSY);
        gdtBase = idtBase = 0;
        gdtLimit = idtLimit = 0xffff;
        cr2 = cr3 = cr4 = efer = 0;
        xcr0 = 1;
        cpl = 0;
        repeating = false;
        events.reset(index() != 0);
        debug.reset();
        modeChanged();
        control.flushAll();
    }

    /** The start-up IPI's real-mode entry at {@code vector × 4096}. */
    void startAt(int vector) {
        segments[CS].set(vector << 8, (long) vector << 12, 0xffff, REAL_DATA);
        pc(0);
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

    /** The host moves the time-stamp counter by {@code ticks} behind the guest's back: IA32_TSC_ADJUST does not show it. */
    public void moveTsc(long ticks) {
        msrs.hostMovesTsc(ticks);
    }

    /** RFLAGS with the arithmetic flags computed. */
    public long rflags() {
        return LazyFlags.rflags(slots);
    }

    /** Sets every flag as {@code value} says; reserved bits take their fixed values. */
    public void rflags(long value) {
        LazyFlags.setRflags(slots, value);
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

    /** The linear address of {@code sizeBytes} bytes at {@code segment:offset}; raises #SS(0) for SS, else #GP(0), when the segment forbids it. */
    public long segmentCheck(int segment, long offset, int sizeBytes, boolean write) {
        return segmentation.check(segment, offset, sizeBytes, write);
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
        traceMode();
    }

    /** {@code mode_switch}: 0 real-address, 1 virtual-8086, 2 protected 16-bit, 3 protected 32-bit, 4 compatibility, 5 64-bit; CPL in bits 9:8. */
    private void traceMode() {
        int mode = cpl << 8;
        if ((key & X86Mode.CODE_SIZE) == X86Mode.CODE_64) {
            mode |= 5;
        } else if (isLongMode()) {
            mode |= 4;
        } else if (isVm86()) {
            mode |= 1;
        } else if (isProtected()) {
            mode |= (key & X86Mode.CODE_SIZE) == X86Mode.CODE_32 ? 3 : 2;
        }
        if (mode != tracedMode) {
            if (trace.wants(TraceKind.MODE_SWITCH)) {
                trace.emit(TraceKind.MODE_SWITCH, instructions, index(), tracedMode, mode, pc(), 0);
            }
            tracedMode = mode;
        }
    }

    @Override
    public int mmuIndex() {
        if (cpl == 3) {
            return MMU_USER;
        }
        return (cr4 & Cr4.SMAP) != 0 && (slots[REST] & Rflags.AC) != 0 ? MMU_SUPERVISOR_ANY : MMU_SUPERVISOR;
    }

    @Override
    public int addressBits() {
        return is64BitCode() ? 64 : segments[CS].isBig() ? 32 : 16;
    }

    // Events and exceptions

    @Override
    public boolean hasEvents() {
        return events.has();
    }

    @Override
    public void serviceEvents() {
        events.service();
    }

    @Override
    public boolean isHalted() {
        return events.isHalted();
    }

    @Override
    public void halt() {
        events.halt();
    }

    @Override
    public void kick() {
        events.kick();
    }

    @Override
    public boolean isShutdown() {
        return events.isShutdown();
    }

    @Override
    public String explainShutdown() {
        return isShutdown() ? String.join("\n", interrupts.chain()) + "\n" + RegisterViews.summary(this) : "";
    }

    void shutDown() {
        events.shutDown();
        if (trace.wants(TraceKind.TRIPLE_FAULT)) {
            trace.emit(TraceKind.TRIPLE_FAULT, instructions, index(), pc(), 0, 0, 0);
        }
    }

    @Override
    public void raise(GuestFault raised) {
        events.faulted();
        if (raised.vector == Vector.DB) {
            debug.entered(0);
        }
        interrupts.raise(raised.vector, raised.hasErrorCode, raised.errorCode, raised.address, Interrupts.Source.FAULT);
    }

    @Override
    public boolean acceptsInterrupts() {
        return flag(Rflags.IF);
    }

    @Override
    public long stackPointer() {
        return stackAddress(slots[X86State.RSP]);
    }

    @Override
    public long framePointer() {
        return stackAddress(slots[X86State.RBP]);
    }

    private long stackAddress(long offset) {
        if (is64BitCode()) {
            return offset;
        }
        SegmentRegister ss = segments[SS];
        return ss.base() + (offset & (ss.isBig() ? 0xffffffffL : 0xffff)) & 0xffffffffL;
    }

    /** SSE accesses that must be aligned are #GP(0), whatever the segment (SDM 3A table 6-11). */
    @Override
    public GuestFault misaligned(long gva, int space) {
        return gp(0);
    }

    @Override
    public boolean wantsSingleStep() {
        return events.wantsSingleStep();
    }

    @Override
    public void afterSingleStep() {
        events.afterSingleStep();
    }

    @Override
    public boolean watchesData() {
        return debug.watchesData();
    }

    @Override
    public void dataAccessed(long gva, int sizeBytes, boolean write) {
        int hit = debug.accessed(gva, sizeBytes, write);
        if (hit != 0) {
            events.debugTrap(hit);
        }
    }

    // Memory

    @Override
    public boolean translate(long gva, Access access, int mmuIndex, int space, Translation out) {
        return paging.translate(gva, access, mmuIndex, space, out);
    }

    @Override
    public List<WalkStep> explainTranslation(long gva) {
        return paging.explain(gva);
    }

    // For people

    @Override
    public List<RegisterGroup> registerGroups() {
        return RegisterViews.groups(this);
    }

    @Override
    public void inspect(Inspector out) {
        RegisterViews.inspect(this, out);
    }

    // Wires

    @Override
    public void nmi() {
        events.requestNmi();
    }

    @Override
    public void init() {
        events.requestInit();
    }

    @Override
    public void startup(int vector) {
        events.requestStartup(vector);
    }

    @Override
    public void a20(boolean enabled) {
        long mask = enabled ? -1L : ~(1L << 20);
        if (mask != a20Mask) {
            a20Mask = mask;
            control.flushAll();
        }
    }

    /** Starts the source of RDRAND and RDSEED anew. */
    @Override
    public void seed(long newSeed) {
        seed = newSeed;
        random.seed(seed, index());
    }
}
