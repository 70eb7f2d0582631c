package dev.ringside.pv.hyperv;

import dev.ringside.arch.x86.cpu.X86Cpu;

/**
 * Registers by number (TLFS 7.9.3 HV_REGISTER_NAME), for HvCallGetVpRegisters and HvCallSetVpRegisters. Synthetic registers are the MSRs of the same name.
 */
final class VpRegisters {
    private static final int VERSION = 0x00000100;
    private static final int RAX = 0x00020000, R15 = 0x0002000f, RIP = 0x00020010, RFLAGS = 0x00020011;
    private static final int CR0 = 0x00040000, CR2 = 0x00040001, CR3 = 0x00040002, CR4 = 0x00040003, CR8 = 0x00040004;
    private static final int VP_RUNTIME = 0x00090000, HYPERCALL = 0x00090001, GUEST_OS_ID = 0x00090002, VP_INDEX = 0x00090003, TIME_REF_COUNT = 0x00090004,
        VP_ASSIST_PAGE = 0x00090013, REFERENCE_TSC = 0x00090017;
    private static final int SINT0 = 0x000a0000, SINT15 = 0x000a000f, SCONTROL = 0x000a0010, SVERSION = 0x000a0011, SIEFP = 0x000a0012, SIMP = 0x000a0013;
    private static final int STIMER0_CONFIG = 0x000b0000, STIMER3_COUNT = 0x000b0007;

    /** Access to an MSR of a processor under the partition's privileges. */
    interface Msrs {
        /** @throws dev.ringside.arch.GuestFault when it cannot be read */
        long read(Vp vp, int index);

        void write(Vp vp, int index, long value);
    }

    private final Identity identity;
    private final Msrs msrs;

    VpRegisters(Identity identity, Msrs msrs) {
        this.identity = identity;
        this.msrs = msrs;
    }

    /** Puts register {@code name} into two words of the output. @return HV_STATUS */
    int get(Vp vp, int name, HvParameters out, int word) {
        var cpu = (X86Cpu) vp.vcpu().cpu();
        long value = 0;
        long high = 0;
        if (name >= RAX && name <= R15) {
            value = cpu.gpr(name - RAX);
        } else {
            switch (name) {
                case VERSION -> {
                    var version = new int[4];
                    identity.version(version);
                    value = version[0] & 0xffffffffL | (long) version[1] << 32;
                    high = version[2] & 0xffffffffL | (long) version[3] << 32;
                }
                case RIP -> value = cpu.pc();
                case RFLAGS -> value = cpu.rflags();
                case CR0 -> value = cpu.cr0();
                case CR2 -> value = cpu.cr2();
                case CR3 -> value = cpu.cr3();
                case CR4 -> value = cpu.cr4();
                case CR8 -> value = vp.vcpu().apic().cr8();
                default -> {
                    int msr = msr(name);
                    if (msr == 0) {
                        return HvStatus.INVALID_PARAMETER;
                    }
                    try {
                        value = msrs.read(vp, msr);
                    } catch (dev.ringside.arch.GuestFault e) {
                        return HvStatus.ACCESS_DENIED; // what is #GP for an instruction is a status here
                    }
                }
            }
        }
        out.out(word, value);
        out.out(word + 1, high);
        return HvStatus.SUCCESS;
    }

    /** General registers and synthetic ones; a processor's mode is its own business. @return HV_STATUS */
    int set(Vp vp, int name, long value) {
        var cpu = (X86Cpu) vp.vcpu().cpu();
        if (name >= RAX && name <= R15) {
            cpu.gpr(name - RAX, value);
            return HvStatus.SUCCESS;
        }
        int msr = msr(name);
        if (msr == 0) {
            return HvStatus.INVALID_PARAMETER;
        }
        try {
            msrs.write(vp, msr, value);
            return HvStatus.SUCCESS;
        } catch (dev.ringside.arch.GuestFault e) {
            return HvStatus.ACCESS_DENIED;
        }
    }

    private static int msr(int name) {
        if (name >= SINT0 && name <= SINT15) {
            return HvMsr.SINT0 + name - SINT0;
        }
        if (name >= STIMER0_CONFIG && name <= STIMER3_COUNT) {
            return HvMsr.STIMER0_CONFIG + name - STIMER0_CONFIG;
        }
        return switch (name) {
            case VP_RUNTIME -> HvMsr.VP_RUNTIME;
            case HYPERCALL -> HvMsr.HYPERCALL;
            case GUEST_OS_ID -> HvMsr.GUEST_OS_ID;
            case VP_INDEX -> HvMsr.VP_INDEX;
            case TIME_REF_COUNT -> HvMsr.TIME_REF_COUNT;
            case VP_ASSIST_PAGE -> HvMsr.VP_ASSIST_PAGE;
            case REFERENCE_TSC -> HvMsr.REFERENCE_TSC;
            case SCONTROL -> HvMsr.SCONTROL;
            case SVERSION -> HvMsr.SVERSION;
            case SIEFP -> HvMsr.SIEFP;
            case SIMP -> HvMsr.SIMP;
            default -> 0;
        };
    }
}
