package dev.ringside.arch.x86.cpu;

import dev.ringside.arch.GuestFault;
import dev.ringside.arch.x86.Rflags;
import dev.ringside.arch.x86.Vector;
import dev.ringside.arch.x86.X86State;
import dev.ringside.arch.x86.cpu.Interrupts.Source;
import dev.ringside.trace.TraceKind;

/**
 * What waits at an instruction boundary and in which order it is taken (SDM 3A 6.9, table 6-2): INIT and SIPI, debug traps of the instruction
 * before, NMI, interrupts, instruction breakpoints. Also what delays them: the shadows behind STI, MOV SS and POP SS, and NMI blocking.
 *
 * <p>An engine asks before every block and tells after every single-stepped instruction. "Fresh" marks a state that the instruction just
 * executed brought about, so that it must outlive the end of that same instruction.
 */
final class Events {
    /** Deliveries at one boundary: more come only from a guest whose handlers fault or break before their first instruction. */
    private static final int MAX_DELIVERIES = 64;

    private static final int NO_SHADOW = 0, AFTER_STI = 1, AFTER_MOV_SS = 2;

    private final X86Cpu cpu;

    private boolean initPending;
    private int startupVector = -1;
    private boolean waitsForStartup;
    private boolean halted;
    /** The next halt ends at once. */
    private boolean kicked;
    private boolean shutdown;
    private boolean nmiPending;
    private boolean nmiBlocked;

    private int shadow;
    private boolean shadowIsFresh;
    private boolean resumeIsFresh;
    /** TF was set when the current instruction began. */
    private boolean stepping;
    /** DR6 bits of a #DB trap to deliver at the next boundary. */
    private int pendingDebug;
    private boolean breakpointsArmed;
    /** A fault of the task switch that brought this task in. */
    private final GuestFault taskFault = new GuestFault();
    private boolean taskFaulted;

    /** Whether anything above needs a look; false in the common case. */
    private boolean attention;

    Events(X86Cpu cpu) {
        this.cpu = cpu;
    }

    void reset(boolean waitForStartup) {
        initPending = false;
        startupVector = -1;
        waitsForStartup = waitForStartup;
        halted = kicked = shutdown = false;
        nmiPending = nmiBlocked = false;
        shadow = NO_SHADOW;
        stepping = shadowIsFresh = resumeIsFresh = false;
        pendingDebug = 0;
        taskFaulted = false;
        look();
    }

    private void look() {
        attention = taskFaulted || initPending || startupVector >= 0 || nmiPending || shadow != NO_SHADOW || pendingDebug != 0 || breakpointsArmed || waitsForStartup
            || shutdown;
    }

    // Causes

    void requestNmi() {
        nmiPending = true;
        look();
    }

    void requestInit() {
        initPending = true;
        startupVector = -1;
        look();
    }

    void requestStartup(int vector) {
        if (waitsForStartup || initPending) {
            startupVector = vector & 0xff;
            look();
        }
    }

    void halt() {
        halted = !kicked;
        kicked = false;
        if (cpu.trace.wants(TraceKind.HALT)) {
            cpu.trace.emit(TraceKind.HALT, cpu.instructions, cpu.index(), cpu.pc(), 0, 0, 0);
        }
    }

    void kick() {
        kicked = !halted;
        halted = false;
    }

    void shutDown() {
        shutdown = true;
        look();
    }

    void afterSti() {
        shadow = AFTER_STI;
        shadowIsFresh = true;
        look();
    }

    void afterMovSs() {
        shadow = AFTER_MOV_SS;
        shadowIsFresh = true;
        look();
    }

    /** A data or port breakpoint was met: #DB after the current instruction. */
    void debugTrap(int dr6Bits) {
        pendingDebug |= dr6Bits;
        look();
    }

    void armed(boolean armed) {
        breakpointsArmed = armed;
        look();
    }

    /** An event was delivered: the new context starts without the old one's shadows and traps. */
    void delivered() {
        halted = false;
        stepping = false;
        shadow = NO_SHADOW;
        cpu.repeating = false;
        look();
    }

    /** An instruction faulted: what it met before is met again when it is restarted. */
    void faulted() {
        pendingDebug = 0;
    }

    /** IRET ended. */
    void returned() {
        nmiBlocked = false;
        resumeIsFresh = true;
    }

    void taskSwitched(boolean trap) {
        resumeIsFresh = true;
        stepping = false;
        cpu.debug.taskSwitched();
        if (trap) {
            debugTrap(DebugRegisters.BT);
        }
    }

    /** A task switch faulted when the new task's instruction pointer was loaded already. */
    void faultBeforeNextInstruction(GuestFault fault) {
        taskFault.vector = fault.vector;
        taskFault.hasErrorCode = fault.hasErrorCode;
        taskFault.errorCode = fault.errorCode;
        taskFault.address = fault.address;
        taskFaulted = true;
        look();
    }

    /** SYSCALL: the single step follows the flags it leaves. */
    void stepFollowsFlags() {
        stepping = cpu.flag(Rflags.TF);
    }

    /** SYSRET: a TF that it restores traps before the first instruction it returns to, unlike one that IRET restores. */
    void stepFollowsReturn() {
        stepping = false;
        if (cpu.flag(Rflags.TF)) {
            debugTrap(DebugRegisters.BS);
        }
    }

    // Questions

    boolean isHalted() {
        return halted || waitsForStartup;
    }

    boolean isShutdown() {
        return shutdown;
    }

    boolean isNmiBlocked() {
        return nmiBlocked;
    }

    void nmiBlocked(boolean blocked) {
        nmiBlocked = blocked;
    }

    boolean has() {
        return attention && needsService() || takesInterrupt();
    }

    private boolean takesInterrupt() {
        return cpu.interruptRequested && cpu.flag(Rflags.IF) && shadow == NO_SHADOW && !waitsForStartup && !shutdown;
    }

    private boolean needsService() {
        shadowIsFresh = false;
        if (initPending) {
            return true;
        }
        if (waitsForStartup) {
            return startupVector >= 0;
        }
        if (taskFaulted && !shutdown) {
            return true;
        }
        if (shutdown || shadow == AFTER_MOV_SS) {
            return false;
        }
        return pendingDebug != 0 || nmiPending && !nmiBlocked || breakpointsArmed && instructionBreakpoint() != 0;
    }

    private int instructionBreakpoint() {
        return cpu.flag(Rflags.RF) || halted ? 0 : cpu.debug.executing(cpu.fetchAddress(cpu.pc()));
    }

    // Service

    /** Each delivery may leave another event due before the handler's first instruction. */
    void service() {
        for (int deliveries = 0; has() && serviceFirst(); deliveries++) {
            if (deliveries == MAX_DELIVERIES) {
                if (taskFaulted) {
                    cpu.shutDown();
                }
                return;
            }
        }
    }

    /** @return false when nothing came of it */
    private boolean serviceFirst() {
        if (initPending) {
            int startup = startupVector; // a SIPI that came after the INIT, before this processor had its turn
            cpu.initialize();
            startupVector = waitsForStartup ? startup : -1;
            look();
            return true;
        }
        if (waitsForStartup) {
            start();
            return true;
        }
        if (taskFaulted) {
            taskFaulted = false;
            cpu.interrupts.raise(taskFault.vector, taskFault.hasErrorCode, taskFault.errorCode, taskFault.address, Source.FAULT);
            look();
            return true;
        }
        if (shadow != AFTER_MOV_SS) {
            if (pendingDebug != 0) {
                int bits = pendingDebug;
                pendingDebug = 0;
                deliverDebug(bits);
                return true;
            }
            if (nmiPending && !nmiBlocked) {
                nmiPending = false;
                nmiBlocked = true;
                cpu.interrupts.external(Vector.NMI);
                return true;
            }
        }
        if (takesInterrupt()) {
            int vector = cpu.bus.acknowledgeInterrupt();
            if (vector >= 0) {
                cpu.interrupts.external(vector);
                return true;
            }
        }
        int hit = shadow == AFTER_MOV_SS || !breakpointsArmed ? 0 : instructionBreakpoint();
        if (hit != 0) {
            deliverDebug(hit);
            return true;
        }
        return false;
    }

    private void deliverDebug(int dr6Bits) {
        cpu.debug.entered(dr6Bits);
        cpu.interrupts.raise(Vector.DB, false, 0, 0, Source.TRAP);
    }

    private void start() {
        cpu.startAt(startupVector);
        startupVector = -1;
        waitsForStartup = false;
        look();
    }

    // Single steps

    boolean wantsSingleStep() {
        if (!attention && !cpu.flag(Rflags.TF | Rflags.RF)) {
            return false;
        }
        shadowIsFresh = false;
        resumeIsFresh = false;
        stepping = cpu.flag(Rflags.TF);
        return shadow != NO_SHADOW || breakpointsArmed || cpu.flag(Rflags.TF | Rflags.RF);
    }

    void afterSingleStep() {
        boolean movSs = shadow == AFTER_MOV_SS && shadowIsFresh;
        if (!shadowIsFresh) {
            shadow = NO_SHADOW;
        }
        if (stepping && !movSs) {
            pendingDebug |= DebugRegisters.BS;
        }
        stepping = false;
        if (!resumeIsFresh) {
            cpu.slots[X86State.RFLAGS_REST.slot()] &= ~Rflags.RF;
        }
        look();
    }
}
