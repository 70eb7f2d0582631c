package dev.ringside.pv;

import dev.ringside.arch.Cpu;

/**
 * VMCALL (0F 01 C1, Intel) and VMMCALL (0F 01 D9, AMD): the one of the wrong vendor is #UD on the real processor, and KVM then patches the guest's code to the right
 * one (KVM_X86_QUIRK_FIX_HYPERCALL_INSN, on by default). So a guest that cannot write its code gets the page fault of that store.
 */
public final class HypercallInstruction {
    private static final int VMMCALL = 0xd9010f;
    private static final int VMCALL_LAST_BYTE = 0xc1;

    private HypercallInstruction() {
    }

    /** Patches the instruction that {@code cpu} executes when it is VMMCALL; the processors of this machine are Intel's. @throws dev.ringside.arch.GuestFault */
    public static boolean fix(Cpu cpu) {
        long at = cpu.fetchAddress(cpu.pc());
        for (int i = 0; i < 3; i++) {
            if (cpu.memory.load(at + i, 1, 0) != (VMMCALL >>> 8 * i & 0xff)) {
                return false;
            }
        }
        cpu.memory.store(at + 2, 1, VMCALL_LAST_BYTE, 0);
        return true;
    }
}
