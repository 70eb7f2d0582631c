package dev.ringside.arch;

import dev.ringside.inspect.Inspectable;
import dev.ringside.ir.GuestState;
import dev.ringside.trace.TraceSink;
import java.util.List;

/**
 * One processor: its state, and what it does between instructions. Everything here runs on the thread that runs the virtual CPU. Only the
 * methods that say so may be called from elsewhere while it runs.
 */
public abstract class Cpu extends GuestState implements Inspectable {
    private final int index;

    /** Retired instructions of the machine at the last block boundary; the engine keeps it while it runs. Repetitions of a string instruction count each. */
    public long instructions;

    /**
     * How many instructions may still run, the current one included, when an instruction that stands alone in its block starts; the engine keeps it.
     * A helper that repeats in bulk does at most this many iterations, and none after memory has set it to 0: a watchpoint was hit.
     */
    public long budgetLeft;

    /**
     * Instructions that the current one retires beyond itself: a helper that performs k iterations of a repeated instruction adds k − 1. The
     * engine takes them at the end of the block and sets this back to 0.
     */
    public long extraInstructions;

    /** Set while a maskable interrupt is requested by the local interrupt controller. Changed only on the machine's thread. */
    public boolean interruptRequested;

    /** An interrupt or exception is being delivered: what the processor touches meanwhile, it touches on its own and for no instruction. */
    public boolean deliversEvent;

    /** Guest memory as this processor sees it; set by the engine before the first instruction. */
    public VirtualMemory memory;

    /** The world; set by the machine before the first instruction. */
    public VcpuBus bus;

    public TraceSink trace = TraceSink.NONE;

    protected Cpu(int index, int slotCount) {
        super(slotCount);
        this.index = index;
    }

    public final int index() {
        return index;
    }

    /** Back to the state after power-on. */
    public abstract void reset();

    /**
     * Takes the state in which a boot protocol starts a guest: everything that {@code entry} does not name is as after {@link #reset()}.
     *
     * @throws IllegalArgumentException when the architecture has no such mode or register
     */
    public abstract void enter(EntryState entry);

    /** Starts the processor's random numbers anew (x86: RDRAND, RDSEED), so that a run is a function of its inputs. Nothing where there are none. */
    public void seed(long seed) {
        // Most architectures need no seed.
    }

    /** The program counter in the architecture's own form (x86: RIP). */
    public abstract long pc();

    public abstract void pc(long value);

    /** Where the next instruction's bytes are: a virtual (x86: linear) address. */
    public abstract long fetchAddress(long pc);

    /**
     * The mode bits that change what bytes mean or what lifted code assumes (operand size, privilege where semantics depend on it, flat
     * segments). Blocks lifted under one key never run under another. Small and dense enough to be a hash key part.
     */
    public abstract int modeKey();

    /** Which translations hold now: 0 up to {@link #MMU_INDEXES} − 1. Engines keep one TLB for each (supervisor, user, supervisor with user access allowed). */
    public abstract int mmuIndex();

    /** How many different values {@link #mmuIndex()} has at most. */
    public static final int MMU_INDEXES = 3;
    /** The {@link #mmuIndex()} of supervisor accesses, without access to user pages where the architecture forbids that (x86: SMAP). */
    public static final int MMU_SUPERVISOR = 0;
    /** The {@link #mmuIndex()} of user accesses. */
    public static final int MMU_USER = 1;
    /** The {@link #mmuIndex()} of supervisor accesses that may also touch user pages (x86: EFLAGS.AC is set). */
    public static final int MMU_SUPERVISOR_ANY = 2;

    /**
     * The fault of an access with {@link dev.ringside.ir.MemFlags#ALIGNED} to an address that is no multiple of its size; overridden by
     * architectures that lift such accesses.
     */
    public GuestFault misaligned(long gva, int space) {
        throw new UnsupportedOperationException("this architecture has no alignment fault");
    }

    /**
     * Whether something waits that {@link #serviceEvents()} would act on at this instruction boundary: an unmasked interrupt, an NMI, INIT,
     * a pending debug trap. Cheap; asked when a run starts, after every block that ends with {@link dev.ringside.ir.Op#LEAVE}, and after every
     * access to a device. Lifted code that unmasks or causes an event therefore leaves.
     */
    public abstract boolean hasEvents();

    /** Delivers what waits, in the architecture's priority order; state is then that before the handler's first instruction. */
    public abstract void serviceEvents();

    /** Whether the processor waits for an event (HLT, wait-for-SIPI) instead of running. */
    public abstract boolean isHalted();

    /** Waits for an event from the next instruction on, as the halt instruction does: for paravirtual interfaces. */
    public void halt() {
        throw new UnsupportedOperationException("this architecture has no halt");
    }

    /** Ends a halt without an event; a processor that is not halted does not wait at its next halt. For paravirtual interfaces. */
    public void kick() {
        throw new UnsupportedOperationException("this architecture has no halt");
    }

    /** Whether a maskable interrupt would be taken if one were requested (x86: RFLAGS.IF); a halted processor that does not is stuck. */
    public abstract boolean acceptsInterrupts();

    /** Linear address of the top of the stack. */
    public abstract long stackPointer();

    /** Linear address that the frame-pointer register holds. */
    public abstract long framePointer();

    /** Why it shut down, for people: the chain of exceptions, then the registers, one line each; empty unless {@link #isShutdown()}. */
    public abstract String explainShutdown();

    /** Whether nothing but reset can wake it: shut down after a triple fault. */
    public abstract boolean isShutdown();

    /**
     * Delivers {@code fault} raised by the instruction at the current program counter. The engine has restored the state to that before the
     * instruction. Nested faults, double fault and shutdown are handled inside.
     */
    public abstract void raise(GuestFault fault);

    /** The fault to fill and throw: one per processor, so raising allocates nothing. */
    public final GuestFault fault = new GuestFault();

    /** Whether the next block must hold exactly one instruction (trap flag set, interrupt shadow, an armed instruction breakpoint). */
    public abstract boolean wantsSingleStep();

    /**
     * Called after an instruction of a single-instruction block retired: interrupt shadows end, single-step and data-breakpoint traps become
     * pending.
     */
    public abstract void afterSingleStep();

    /**
     * Translates a virtual address without touching guest state when {@code access.isLooking()}; otherwise sets accessed and dirty bits and
     * throws {@link GuestFault} as the hardware would raise it.
     *
     * @param mmuIndex with whose rights, see {@link #mmuIndex()}
     * @param space the architecture's own number of the access, {@link dev.ringside.ir.MemFlags#space(int)}
     * @return false only when looking and nothing is mapped
     */
    public abstract boolean translate(long gva, Access access, int mmuIndex, int space, Translation out);

    /** The levels of a page walk, for people: never faults, never changes anything. */
    public abstract List<WalkStep> explainTranslation(long gva);

    /** Registers in groups, as a debugger shows them. */
    public abstract List<RegisterGroup> registerGroups();

    /** How wide code addresses are now, in bits, and so how they are best printed. */
    public abstract int addressBits();

    /**
     * Whether every data access must be reported to {@link #dataAccessed}: the guest armed data breakpoints. The engine then keeps no
     * translations, so it costs nothing otherwise. A change takes effect at the next block.
     */
    public boolean watchesData() {
        return false;
    }

    /** A data access that completed, while {@link #watchesData()}. */
    public void dataAccessed(long gva, int sizeBytes, boolean write) {
        // Nothing is watched.
    }
}
