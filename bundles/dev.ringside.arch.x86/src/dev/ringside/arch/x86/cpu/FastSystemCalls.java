package dev.ringside.arch.x86.cpu;

import static dev.ringside.arch.x86.X86State.CS;
import static dev.ringside.arch.x86.X86State.RCX;
import static dev.ringside.arch.x86.X86State.RDX;
import static dev.ringside.arch.x86.X86State.RSP;
import static dev.ringside.arch.x86.X86State.SS;

import dev.ringside.arch.x86.Rflags;

/** SYSCALL, SYSRET, SYSENTER and SYSEXIT (SDM 2B under those headings; 3A 5.8.7, 5.8.8): flat segments without descriptor tables. */
final class FastSystemCalls {
    private static final int R11 = 11;
    private static final int CODE = SegmentRegister.P | SegmentRegister.S | SegmentRegister.CODE | SegmentRegister.READABLE | SegmentRegister.ACCESSED
        | SegmentRegister.G;
    private static final int CODE_64 = CODE | SegmentRegister.L, CODE_32 = CODE | SegmentRegister.DB;
    private static final int DATA = SegmentRegister.P | SegmentRegister.S | SegmentRegister.WRITABLE | SegmentRegister.ACCESSED | SegmentRegister.DB
        | SegmentRegister.G;
    /** What SYSRET takes from R11: not RF and VM. */
    private static final long SYSRET_FLAGS = 0x3c7fd7;

    private final X86Cpu cpu;

    FastSystemCalls(X86Cpu cpu) {
        this.cpu = cpu;
    }

    void syscall(long nextIp) {
        requireSyscall();
        long star = cpu.msrs.get(Msrs.IA32_STAR);
        long rflags = cpu.rflags() & ~Rflags.RF;
        cpu.slots[RCX] = nextIp;
        cpu.slots[R11] = rflags;
        cpu.rflags(rflags & ~cpu.msrs.get(Msrs.IA32_FMASK));
        int selector = (int) (star >>> 32) & 0xfffc;
        enter(selector, selector + 8, 0, CODE_64);
        cpu.pc(cpu.msrs.get(Msrs.IA32_LSTAR));
        cpu.events.stepFollowsFlags();
    }

    /** @param to64 REX.W: back to 64-bit code */
    void sysret(boolean to64) {
        requireSyscall();
        long target = cpu.slots[RCX];
        if (to64 && !Paging.isCanonical(target)) {
            throw cpu.gp(0);
        }
        int base = (int) (cpu.msrs.get(Msrs.IA32_STAR) >>> 48) & 0xffff;
        cpu.rflags(cpu.slots[R11] & SYSRET_FLAGS);
        enter((to64 ? base + 16 : base) | 3, base + 8 | 3, 3, to64 ? CODE_64 : CODE_32);
        cpu.pc(to64 ? target : target & 0xffffffffL);
        cpu.events.stepFollowsReturn();
    }

    /** Intel processors know SYSCALL and SYSRET in 64-bit mode only. */
    private void requireSyscall() {
        if ((cpu.efer & Efer.SCE) == 0 || !cpu.is64BitCode()) {
            throw cpu.ud();
        }
    }

    void sysenter() {
        int selector = sysenterSelector();
        boolean to64 = cpu.isLongMode();
        long target = cpu.msrs.get(Msrs.IA32_SYSENTER_EIP);
        long stack = cpu.msrs.get(Msrs.IA32_SYSENTER_ESP);
        cpu.rflags(cpu.rflags() & ~(Rflags.VM | Rflags.IF | Rflags.RF));
        enter(selector, selector + 8, 0, to64 ? CODE_64 : CODE_32);
        cpu.slots[RSP] = to64 ? stack : stack & 0xffffffffL;
        cpu.pc(to64 ? target : target & 0xffffffffL);
    }

    void sysexit(boolean to64) {
        int selector = sysenterSelector();
        long target = cpu.slots[RDX];
        long stack = cpu.slots[RCX];
        if (to64 && (!Paging.isCanonical(target) || !Paging.isCanonical(stack))) {
            throw cpu.gp(0);
        }
        int code = selector + (to64 ? 32 : 16);
        enter(code | 3, code + 8 | 3, 3, to64 ? CODE_64 : CODE_32);
        cpu.slots[RSP] = to64 ? stack : stack & 0xffffffffL;
        cpu.pc(to64 ? target : target & 0xffffffffL);
    }

    private int sysenterSelector() {
        int selector = (int) cpu.msrs.get(Msrs.IA32_SYSENTER_CS) & 0xfffc;
        if (selector == 0) {
            throw cpu.gp(0);
        }
        return selector;
    }

    private void enter(int code, int stack, int cpl, int codeAttributes) {
        int dpl = cpl << SegmentRegister.DPL_SHIFT;
        cpu.segments[CS].set(code & 0xffff, 0, -1, codeAttributes | dpl);
        cpu.segments[SS].set(stack & 0xffff, 0, -1, DATA | dpl);
        cpu.cpl = cpl;
        cpu.modeChanged();
    }
}
