package dev.ringside.arch.x86.cpu;

import static dev.ringside.arch.x86.X86State.FS;
import static dev.ringside.arch.x86.X86State.GS;
import static dev.ringside.arch.x86.X86State.RAX;
import static dev.ringside.arch.x86.X86State.RBX;
import static dev.ringside.arch.x86.X86State.RCX;
import static dev.ringside.arch.x86.X86State.RDX;
import static dev.ringside.ir.Type.I1;
import static dev.ringside.ir.Type.I16;
import static dev.ringside.ir.Type.I32;
import static dev.ringside.ir.Type.I64;

import dev.ringside.arch.x86.Rflags;
import dev.ringside.arch.x86.Vector;
import dev.ringside.arch.x86.X86State;
import dev.ringside.arch.x86.cpu.Interrupts.Source;
import dev.ringside.ir.Helper;
import dev.ringside.ir.Helper.Effect;
import dev.ringside.ir.Type;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * The operations of system instructions that lifted code calls. The comment gives the parameters; {@code next} is the offset of the next
 * instruction. A helper that transfers control leaves the new offset in RIP, and the block then ends with {@code leave_at_pc}.
 */
public final class SystemHelpers {
    private static final List<Helper> ALL = new ArrayList<>();

    private static final Set<Effect> EVERYTHING = EnumSet.allOf(Effect.class);
    private static final Set<Effect> READS = Set.of(Effect.READS_STATE);
    private static final Set<Effect> READS_OR_RAISES = Set.of(Effect.READS_STATE, Effect.MAY_RAISE);
    private static final Set<Effect> LOOKS_UP = Set.of(Effect.READS_STATE, Effect.ACCESSES_WORLD, Effect.MAY_RAISE);
    private static final Set<Effect> CHANGES_STATE = Set.of(Effect.READS_STATE, Effect.WRITES_STATE);

    // Far transfers and interrupts

    /** {@code (selector, offset, next)} */
    public static final Helper JUMP_FAR = operation("jump_far", List.of(I32, I64, I64), (cpu, selector, offset, next, x) ->
        cpu.far.jump((int) selector, offset, next));
    /** {@code (selector, offset, sizeBytes, next)} */
    public static final Helper CALL_FAR = operation("call_far", List.of(I32, I64, I32, I64), (cpu, selector, offset, size, next) ->
        cpu.far.call((int) selector, offset, (int) size, next));
    /** {@code (sizeBytes, releasedBytes)} */
    public static final Helper RET_FAR = operation("ret_far", List.of(I32, I32), (cpu, size, released, x, y) ->
        cpu.far.ret((int) size, (int) released));
    /** {@code (sizeBytes, next)} */
    public static final Helper IRET = operation("iret", List.of(I32, I64), (cpu, size, next, x, y) -> cpu.far.iret((int) size, next));
    /** {@code (vector, next)}: INT n */
    public static final Helper INTERRUPT = operation("int", List.of(I32, I64), (cpu, vector, next, x, y) -> {
        if (cpu.isVm86() && cpu.iopl() != 3) {
            throw cpu.gp(0);
        }
        cpu.interrupts.software((int) vector, next, Source.SOFTWARE);
    });
    /** {@code (next)}: INT3 */
    public static final Helper BREAKPOINT = operation("int3", List.of(I64), (cpu, next, x, y, z) ->
        cpu.interrupts.software(Vector.BP, next, Source.SOFTWARE));
    /** {@code (overflow, next)}: INTO */
    public static final Helper OVERFLOW = operation("into", List.of(I1, I64), (cpu, overflow, next, x, y) -> {
        if (overflow != 0) {
            cpu.interrupts.software(Vector.OF, next, Source.SOFTWARE);
        } else {
            cpu.pc(next);
        }
    });
    /** {@code (next)}: INT1 */
    public static final Helper ICEBP = operation("int1", List.of(I64), (cpu, next, x, y, z) ->
        cpu.interrupts.software(Vector.DB, next, Source.PRIVILEGED_SOFTWARE));
    /** {@code (next)} */
    public static final Helper SYSCALL = operation("syscall", List.of(I64), (cpu, next, x, y, z) -> cpu.fastCalls.syscall(next));
    /** {@code (to64)} */
    public static final Helper SYSRET = operation("sysret", List.of(I1), (cpu, to64, x, y, z) -> cpu.fastCalls.sysret(to64 != 0));
    /** {@code ()} */
    public static final Helper SYSENTER = operation("sysenter", List.of(), (cpu, x, y, z, u) -> cpu.fastCalls.sysenter());
    /** {@code (to64)} */
    public static final Helper SYSEXIT = operation("sysexit", List.of(I1), (cpu, to64, x, y, z) -> cpu.fastCalls.sysexit(to64 != 0));
    /** {@code (next)} */
    public static final Helper HALT = operation("hlt", List.of(I64), (cpu, next, x, y, z) -> {
        cpu.pc(next);
        cpu.events.halt();
    });

    // Segment registers and descriptor tables

    /** {@code (segment)} → selector */
    public static final Helper SELECTOR = function("selector", I16, READS, List.of(I32), (cpu, segment, x, y, z) ->
        cpu.segments[(int) segment].selector);
    /** {@code (segment, selector)}; SS starts the shadow of MOV SS and POP SS, LSS does not. */
    public static final Helper LOAD_SEGMENT = operation("load_segment", List.of(I32, I16), (cpu, segment, selector, x, y) ->
        cpu.segmentation.load((int) segment, (int) selector));
    /** {@code ()}: behind MOV SS and POP SS */
    public static final Helper STACK_SHADOW = operation("stack_shadow", List.of(), (cpu, x, y, z, u) -> cpu.events.afterMovSs());
    /** {@code ()} → CR0, for SMSW */
    public static final Helper MACHINE_STATUS = function("machine_status", I64, READS, List.of(), (cpu, x, y, z, u) -> cpu.cr0);
    /** {@code ()} → selector of LDTR */
    public static final Helper STORE_LDT = function("sldt", I16, READS, List.of(), (cpu, x, y, z, u) -> cpu.ldtr.selector);
    /** {@code ()} → selector of TR */
    public static final Helper STORE_TASK = function("str", I16, READS, List.of(), (cpu, x, y, z, u) -> cpu.tr.selector);
    /** {@code (selector)} */
    public static final Helper LOAD_LDT = operation("lldt", List.of(I16), (cpu, selector, x, y, z) ->
        cpu.segmentation.loadLdt((int) selector, Vector.GP));
    /** {@code (selector)} */
    public static final Helper LOAD_TASK = operation("ltr", List.of(I16), (cpu, selector, x, y, z) ->
        cpu.segmentation.loadTaskRegister((int) selector));
    /** {@code (gdt)} → limit: of GDTR when 1, of IDTR when 0 */
    public static final Helper TABLE_LIMIT = function("table_limit", I16, READS, List.of(I1), (cpu, gdt, x, y, z) ->
        gdt != 0 ? cpu.gdtLimit : cpu.idtLimit);
    /** {@code (gdt)} → base */
    public static final Helper TABLE_BASE = function("table_base", I64, READS, List.of(I1), (cpu, gdt, x, y, z) ->
        gdt != 0 ? cpu.gdtBase : cpu.idtBase);
    /** {@code (gdt, limit, base)}: LGDT, LIDT; #GP(0) for a base that is not canonical */
    public static final Helper LOAD_TABLE = operation("load_table", List.of(I1, I16, I64), (cpu, gdt, limit, base, x) -> {
        if (!Paging.isCanonical(base)) {
            throw cpu.gp(0);
        }
        if (gdt != 0) {
            cpu.gdtLimit = (int) limit;
            cpu.gdtBase = base;
        } else {
            cpu.idtLimit = (int) limit;
            cpu.idtBase = base;
        }
    });
    /** {@code (selector)} → access rights, or −1 */
    public static final Helper ACCESS_RIGHTS = function("lar", I64, LOOKS_UP, List.of(I16), (cpu, selector, x, y, z) ->
        cpu.segmentation.accessRights((int) selector));
    /** {@code (selector)} → limit, or −1 */
    public static final Helper SEGMENT_LIMIT = function("lsl", I64, LOOKS_UP, List.of(I16), (cpu, selector, x, y, z) ->
        cpu.segmentation.segmentLimit((int) selector));
    /** {@code (selector, write)} → whether the segment may be read (written) */
    public static final Helper VERIFY = function("verify", I1, LOOKS_UP, List.of(I16, I1), (cpu, selector, write, x, y) ->
        cpu.segmentation.verifies((int) selector, write != 0) ? 1 : 0);
    /** {@code (gs)} → base of FS, or of GS when 1 */
    public static final Helper READ_BASE = function("read_base", I64, READS_OR_RAISES, List.of(I1), (cpu, gs, x, y, z) -> {
        requireFsGsBase(cpu);
        return cpu.segments[gs != 0 ? GS : FS].base();
    });
    /** {@code (gs, base)} */
    public static final Helper WRITE_BASE = operation("write_base", List.of(I1, I64), (cpu, gs, base, x, y) -> {
        requireFsGsBase(cpu);
        cpu.msrs.segmentBase(gs != 0 ? GS : FS, base);
    });
    /** {@code ()} */
    public static final Helper SWAP_GS = helper("swapgs", null, CHANGES_STATE, List.of(), (cpu, x, y, z, u) -> {
        cpu.msrs.swapGs();
        return 0;
    });

    // Flags

    /** {@code ()}: CLI where IOPL decides */
    public static final Helper CLEAR_INTERRUPT_FLAG = operation("cli", List.of(), (cpu, x, y, z, u) -> {
        requireIopl(cpu);
        cpu.slots[X86State.RFLAGS_REST.slot()] &= ~Rflags.IF;
    });
    /** {@code ()} */
    public static final Helper SET_INTERRUPT_FLAG = operation("sti", List.of(), (cpu, x, y, z, u) -> {
        requireIopl(cpu);
        if (!cpu.flag(Rflags.IF)) {
            cpu.slots[X86State.RFLAGS_REST.slot()] |= Rflags.IF;
            cpu.events.afterSti();
        }
    });

    // Control registers, debug registers, MSRs, CPUID, time

    /** {@code (n)} → CRn */
    public static final Helper READ_CONTROL = function("mov_from_cr", I64, LOOKS_UP, List.of(I32), (cpu, n, x, y, z) -> cpu.control.read((int) n));
    /** {@code (n, value)} */
    public static final Helper WRITE_CONTROL = operation("mov_to_cr", List.of(I32, I64), (cpu, n, value, x, y) -> cpu.control.write((int) n, value));
    /** {@code (value)}: LMSW cannot clear PE. */
    public static final Helper LOAD_MACHINE_STATUS = operation("lmsw", List.of(I16), (cpu, value, x, y, z) ->
        cpu.control.cr0(cpu.cr0 & ~(Cr0.MP | Cr0.EM | Cr0.TS) | value & (Cr0.PE | Cr0.MP | Cr0.EM | Cr0.TS)));
    /** {@code ()} */
    public static final Helper CLEAR_TASK_SWITCHED = operation("clts", List.of(), (cpu, x, y, z, u) -> cpu.control.cr0(cpu.cr0 & ~Cr0.TS));
    /** {@code (n)} → DRn */
    public static final Helper READ_DEBUG = function("mov_from_dr", I64, EVERYTHING, List.of(I32), (cpu, n, x, y, z) ->
        cpu.debug.get(cpu.debug.checkAccess((int) n)));
    /** {@code (n, value)} */
    public static final Helper WRITE_DEBUG = operation("mov_to_dr", List.of(I32, I64), (cpu, n, value, x, y) -> {
        int register = cpu.debug.checkAccess((int) n);
        if (register >= 6 && value >>> 32 != 0) {
            throw cpu.gp(0);
        }
        cpu.debug.set(register, value);
    });
    /** {@code ()}: EDX:EAX from MSR ECX */
    public static final Helper READ_MSR = operation("rdmsr", List.of(), (cpu, x, y, z, u) -> spread(cpu, cpu.msrs.read((int) cpu.slots[RCX])));
    /** {@code ()} */
    public static final Helper WRITE_MSR = operation("wrmsr", List.of(), (cpu, x, y, z, u) -> cpu.msrs.write((int) cpu.slots[RCX], gathered(cpu)));
    /** {@code ()} */
    public static final Helper CPUID = operation("cpuid", List.of(), (cpu, x, y, z, u) -> {
        int[] r = cpu.cpuid.leaf((int) cpu.slots[RAX], (int) cpu.slots[RCX]);
        cpu.slots[RAX] = r[0] & 0xffffffffL;
        cpu.slots[RBX] = r[1] & 0xffffffffL;
        cpu.slots[RCX] = r[2] & 0xffffffffL;
        cpu.slots[RDX] = r[3] & 0xffffffffL;
    });
    /** {@code ()} → the time-stamp counter, as RDTSC and RDTSCP read it */
    public static final Helper READ_TIME = function("rdtsc", I64, Set.of(Effect.READS_TIME, Effect.MAY_RAISE), List.of(), (cpu, x, y, z, u) -> {
        if ((cpu.cr4 & Cr4.TSD) != 0 && cpu.cpl != 0) {
            throw cpu.gp(0);
        }
        return cpu.msrs.tsc();
    });
    /** {@code ()} → IA32_TSC_AUX, as RDTSCP reads it */
    public static final Helper READ_PROCESSOR_ID = function("tsc_aux", I64, Set.of(Effect.READS_TIME), List.of(), (cpu, x, y, z, u) ->
        cpu.msrs.get(Msrs.IA32_TSC_AUX));
    /** {@code ()}: XGETBV */
    public static final Helper READ_XCR = operation("xgetbv", List.of(), (cpu, x, y, z, u) -> spread(cpu, cpu.control.xgetbv((int) cpu.slots[RCX])));
    /** {@code ()}: XSETBV */
    public static final Helper WRITE_XCR = operation("xsetbv", List.of(), (cpu, x, y, z, u) -> cpu.control.xsetbv((int) cpu.slots[RCX], gathered(cpu)));
    /** {@code ()} → 64 random bits */
    public static final Helper RANDOM = function("random", I64, EVERYTHING, List.of(), (cpu, x, y, z, u) -> cpu.random.next());

    // Translations, ports, hypervisor

    /** {@code (linear)} */
    public static final Helper INVLPG = operation("invlpg", List.of(I64), (cpu, linear, x, y, z) -> cpu.control.invlpg(linear));
    /** {@code (type, linear, segment)} */
    public static final Helper INVPCID = operation("invpcid", List.of(I64, I64, I32), (cpu, type, linear, segment, x) ->
        cpu.control.invpcid(type, linear, (int) segment));
    /** {@code (port, sizeBytes)} → value */
    public static final Helper PORT_IN = function("in", I64, EVERYTHING, List.of(I16, I32), (cpu, port, size, x, y) ->
        cpu.ports.in((int) port, (int) size));
    /** {@code (port, sizeBytes, value)} */
    public static final Helper PORT_OUT = operation("out", List.of(I16, I32, I64), (cpu, port, size, value, x) ->
        cpu.ports.out((int) port, (int) size, value));
    /** {@code (shape, this, next)}, see {@link #stringShape} */
    public static final Helper STRING_IN = operation("ins", List.of(I32, I64, I64), (cpu, shape, current, next, x) ->
        cpu.ports.ins((int) shape, current, next));
    /** {@code (shape, this, next)} */
    public static final Helper STRING_OUT = operation("outs", List.of(I32, I64, I64), (cpu, shape, current, next, x) ->
        cpu.ports.outs((int) shape, current, next));
    /** {@code ()}: VMCALL, VMMCALL */
    public static final Helper HYPERCALL = operation("hypercall", List.of(), (cpu, x, y, z, u) -> {
        if (!cpu.bus.hypercall()) {
            throw cpu.ud();
        }
    });

    private SystemHelpers() {
    }

    /** Every helper above. */
    public static List<Helper> all() {
        return List.copyOf(ALL);
    }

    /** How {@link #STRING_IN} and {@link #STRING_OUT} are told what to do. */
    public static int stringShape(int sizeBytes, int addressBits, int segment, boolean repeated) {
        return PortIo.shape(sizeBytes, addressBits, segment, repeated);
    }

    private static void requireFsGsBase(X86Cpu cpu) {
        if ((cpu.cr4 & Cr4.FSGSBASE) == 0) {
            throw cpu.ud();
        }
    }

    private static void requireIopl(X86Cpu cpu) {
        if (cpu.isProtected() && (cpu.isVm86() ? cpu.iopl() != 3 : cpu.cpl > cpu.iopl())) {
            throw cpu.gp(0);
        }
    }

    private static void spread(X86Cpu cpu, long value) {
        cpu.slots[RAX] = value & 0xffffffffL;
        cpu.slots[RDX] = value >>> 32;
    }

    private static long gathered(X86Cpu cpu) {
        return cpu.slots[RDX] << 32 | cpu.slots[RAX] & 0xffffffffL;
    }

    // Building

    @FunctionalInterface
    private interface Operation {
        void run(X86Cpu cpu, long a, long b, long c, long d);
    }

    @FunctionalInterface
    private interface Function {
        long of(X86Cpu cpu, long a, long b, long c, long d);
    }

    private static Helper operation(String name, List<Type> parameters, Operation body) {
        return helper(name, null, EVERYTHING, parameters, (cpu, a, b, c, d) -> {
            body.run(cpu, a, b, c, d);
            return 0;
        });
    }

    private static Helper function(String name, Type result, Set<Effect> effects, List<Type> parameters, Function body) {
        return helper(name, result, effects, parameters, body);
    }

    private static Helper helper(String name, Type result, Set<Effect> effects, List<Type> parameters, Function body) {
        var helper = new Helper("x86." + name, result, parameters, effects, (state, a, b, c, d) -> body.of((X86Cpu) state, a, b, c, d));
        ALL.add(helper);
        return helper;
    }
}
