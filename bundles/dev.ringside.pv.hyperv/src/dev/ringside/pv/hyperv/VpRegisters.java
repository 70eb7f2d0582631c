package dev.ringside.pv.hyperv;

import dev.ringside.arch.GuestFault;
import dev.ringside.arch.x86.X86State;
import dev.ringside.arch.x86.cpu.SegmentRegister;
import dev.ringside.arch.x86.cpu.X86Cpu;

/**
 * Registers by number (TLFS 7.9.3 HV_REGISTER_NAME), for HvCallGetVpRegisters and HvCallSetVpRegisters. Synthetic registers are the MSRs of the same name, under the same
 * privileges. What decides a processor's mode can be read and not written; a name that is not here is HV_STATUS_INVALID_PARAMETER.
 *
 * <pre>
 * HV_X64_SEGMENT_REGISTER  0 u64 base, 8 u32 limit, 12 u16 selector, 14 u16 attributes (type 3:0, S 4, DPL 6:5, P 7, AVL 12, L 13, D/B 14, G 15)
 * HV_X64_TABLE_REGISTER    6 u16 limit, 8 u64 base
 * </pre>
 */
final class VpRegisters {
    private static final int VERSION = 0x00000100, FEATURES = 0x00000200, RECOMMENDATIONS = 0x00000201, LIMITS = 0x00000202, HARDWARE = 0x00000203;
    private static final int CRASH_P0 = 0x00000210, CRASH_CTL = 0x00000215, TSC_FREQUENCY = 0x00000240, APIC_FREQUENCY = 0x00000241;
    private static final int RAX = 0x00020000, R15 = 0x0002000f, RIP = 0x00020010, RFLAGS = 0x00020011, XMM0 = 0x00030000, XMM15 = 0x0003000f;
    private static final int CR0 = 0x00040000, CR2 = 0x00040001, CR3 = 0x00040002, CR4 = 0x00040003, CR8 = 0x00040004, XFEM = 0x00040005;
    private static final int ES = 0x00060000, GS = 0x00060005, LDTR = 0x00060006, TR = 0x00060007, IDTR = 0x00070000, GDTR = 0x00070001;
    private static final int TSC = 0x00080000, EFER = 0x00080001;
    private static final int VP_RUNTIME = 0x00090000, HYPERCALL = 0x00090001, GUEST_OS_ID = 0x00090002, VP_INDEX = 0x00090003, TIME_REF_COUNT = 0x00090004,
        EOI = 0x00090010, ICR = 0x00090011, TPR = 0x00090012, VP_ASSIST_PAGE = 0x00090013, REFERENCE_TSC = 0x00090017;
    private static final int SINT0 = 0x000a0000, SINT15 = 0x000a000f, SCONTROL = 0x000a0010, SVERSION = 0x000a0011, SIEFP = 0x000a0012, SIMP = 0x000a0013,
        EOM = 0x000a0014;
    private static final int STIMER0_CONFIG = 0x000b0000, STIMER3_COUNT = 0x000b0007;
    private static final int SEGMENT_ATTRIBUTES = 0xf0ff;

    /** CPUID and the MSRs of a processor under the partition's privileges. */
    interface Synthetic {
        /** EAX, EBX, ECX, EDX of leaf 0x40000000 + {@code leaf}. */
        void cpuidLeaf(Vp vp, int leaf, int[] registers);

        /** @throws dev.ringside.arch.GuestFault when it cannot be read */
        long read(Vp vp, int index);

        /** @throws dev.ringside.arch.GuestFault when it cannot be written, or not with {@code value} */
        void write(Vp vp, int index, long value);
    }

    private final Synthetic synthetic;

    VpRegisters(Synthetic synthetic) {
        this.synthetic = synthetic;
    }

    /** Puts register {@code name} into two words of the output. @return HV_STATUS */
    int get(Vp vp, int name, HvParameters out, int word) {
        var cpu = (X86Cpu) vp.vcpu().cpu();
        if (name >= RAX && name <= R15) {
            return put(out, word, cpu.gpr(name - RAX), 0);
        }
        if (name >= XMM0 && name <= XMM15) {
            int slot = X86State.XMM[name - XMM0].slot();
            return put(out, word, cpu.slots[slot], cpu.slots[slot + 1]);
        }
        if (name >= ES && name <= GS) {
            return put(out, word, cpu.segment(name - ES));
        }
        return switch (name) {
            case VERSION -> leaf(vp, HypervInterface.VERSION, out, word);
            case FEATURES -> leaf(vp, HypervInterface.FEATURES, out, word);
            case RECOMMENDATIONS -> leaf(vp, HypervInterface.RECOMMENDATIONS, out, word);
            case LIMITS -> leaf(vp, HypervInterface.LIMITS, out, word);
            case HARDWARE -> leaf(vp, HypervInterface.HARDWARE, out, word);
            case RIP -> put(out, word, cpu.pc(), 0);
            case RFLAGS -> put(out, word, cpu.rflags(), 0);
            case CR0 -> put(out, word, cpu.cr0(), 0);
            case CR2 -> put(out, word, cpu.cr2(), 0);
            case CR3 -> put(out, word, cpu.cr3(), 0);
            case CR4 -> put(out, word, cpu.cr4(), 0);
            case CR8 -> put(out, word, vp.vcpu().apic().cr8(), 0);
            case XFEM -> put(out, word, cpu.xcr0(), 0);
            case LDTR -> put(out, word, cpu.ldtr());
            case TR -> put(out, word, cpu.tr());
            case IDTR -> put(out, word, (long) (cpu.idtLimit() & 0xffff) << 48, cpu.idtBase());
            case GDTR -> put(out, word, (long) (cpu.gdtLimit() & 0xffff) << 48, cpu.gdtBase());
            case TSC -> put(out, word, vp.vcpu().tsc(), 0);
            case EFER -> put(out, word, cpu.efer(), 0);
            default -> synthetic(vp, name, out, word);
        };
    }

    private int leaf(Vp vp, int leaf, HvParameters out, int word) {
        var registers = new int[4];
        synthetic.cpuidLeaf(vp, leaf, registers);
        return put(out, word, pair(registers[0], registers[1]), pair(registers[2], registers[3]));
    }

    private static long pair(int low, int high) {
        return low & 0xffffffffL | (long) high << 32;
    }

    private static int put(HvParameters out, int word, SegmentRegister segment) {
        return put(out, word, segment.base(), pair(segment.limit(), segment.selector() & 0xffff | (segment.attributes() & SEGMENT_ATTRIBUTES) << 16));
    }

    private static int put(HvParameters out, int word, long low, long high) {
        out.out(word, low);
        out.out(word + 1, high);
        return HvStatus.SUCCESS;
    }

    private int synthetic(Vp vp, int name, HvParameters out, int word) {
        int msr = msr(name);
        if (msr == 0) {
            return HvStatus.INVALID_PARAMETER;
        }
        try {
            return put(out, word, synthetic.read(vp, msr), 0);
        } catch (GuestFault e) {
            return HvStatus.ACCESS_DENIED; // what is #GP for an instruction is a status here
        }
    }

    /** @return HV_STATUS */
    int set(Vp vp, int name, long low, long high) {
        var cpu = (X86Cpu) vp.vcpu().cpu();
        if (name >= RAX && name <= R15) {
            cpu.gpr(name - RAX, low);
            return HvStatus.SUCCESS;
        }
        if (name >= XMM0 && name <= XMM15) {
            int slot = X86State.XMM[name - XMM0].slot();
            cpu.slots[slot] = low;
            cpu.slots[slot + 1] = high;
            return HvStatus.SUCCESS;
        }
        int msr = msr(name);
        if (msr == 0) {
            return HvStatus.INVALID_PARAMETER;
        }
        try {
            synthetic.write(vp, msr, low);
            return HvStatus.SUCCESS;
        } catch (GuestFault e) {
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
        if (name >= CRASH_P0 && name <= CRASH_CTL) {
            return HvMsr.CRASH_P0 + name - CRASH_P0;
        }
        return switch (name) {
            case TSC_FREQUENCY -> HvMsr.TSC_FREQUENCY;
            case APIC_FREQUENCY -> HvMsr.APIC_FREQUENCY;
            case VP_RUNTIME -> HvMsr.VP_RUNTIME;
            case HYPERCALL -> HvMsr.HYPERCALL;
            case GUEST_OS_ID -> HvMsr.GUEST_OS_ID;
            case VP_INDEX -> HvMsr.VP_INDEX;
            case TIME_REF_COUNT -> HvMsr.TIME_REF_COUNT;
            case EOI -> HvMsr.EOI;
            case ICR -> HvMsr.ICR;
            case TPR -> HvMsr.TPR;
            case VP_ASSIST_PAGE -> HvMsr.VP_ASSIST_PAGE;
            case REFERENCE_TSC -> HvMsr.REFERENCE_TSC;
            case SCONTROL -> HvMsr.SCONTROL;
            case SVERSION -> HvMsr.SVERSION;
            case SIEFP -> HvMsr.SIEFP;
            case SIMP -> HvMsr.SIMP;
            case EOM -> HvMsr.EOM;
            default -> 0;
        };
    }
}
