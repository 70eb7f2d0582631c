package dev.ringside.ui.exits;

import dev.ringside.trace.TraceKind;
import java.util.Arrays;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/** What each counted thing is, in the manual's words (SDM 3D appendix C, "VMX basic exit reasons"; APM 2 appendix C, "SVM intercept exit codes"). */
final class ExitMeaning {
    private static final Map<String, TraceKind> KINDS = Arrays.stream(TraceKind.values()).collect(Collectors.toMap(TraceKind::label, Function.identity()));

    private ExitMeaning() {
    }

    /** @param label of a {@link TraceKind}, as statistics count; empty for one that is not known here */
    static String of(String label) {
        TraceKind kind = KINDS.get(label);
        return kind == null ? "" : of(kind);
    }

    private static String of(TraceKind kind) {
        return switch (kind) {
            case PIO -> "I/O instruction: IN, INS, OUT, OUTS (SDM 3D app. C, reason 30; VMEXIT_IOIO)";
            case MMIO -> "access to a guest-physical address without memory: EPT violation or misconfiguration (reasons 48, 49; VMEXIT_NPF)";
            case MSR -> "RDMSR or WRMSR (reasons 31, 32; VMEXIT_MSR)";
            case CPUID -> "CPUID (reason 10; VMEXIT_CPUID)";
            case HYPERCALL -> "VMCALL or VMMCALL to the hypervisor (reason 18; VMEXIT_VMMCALL)";
            case HV_HYPERCALL -> "hypercall of the Hyper-V interface (TLFS chapter 3)";
            case HALT -> "HLT with nothing to deliver (reason 12; VMEXIT_HLT)";
            case CR -> "MOV to or from a control register, CLTS, LMSW (reason 28; VMEXIT_CR0_READ \u2026)";
            case TRIPLE_FAULT -> "a fault while delivering #DF: shutdown (reason 2; VMEXIT_SHUTDOWN)";
            case DEBUG -> "breakpoint, watchpoint or single step of the debugger (reason 37; VMEXIT_EXCP1)";
            case PAGE_FAULT -> "#PF raised by the guest's own page tables (SDM 3A 6.15, vector 14)";
            case INJ_EXCEPTION -> "exception delivered through the IDT (SDM 3A 6.15)";
            case INJ_VIRQ -> "external interrupt delivered through the IDT (SDM 3A 6.3.1)";
            case APIC_IPI -> "interprocessor interrupt sent through the ICR (SDM 3A 11.6)";
            case EOI -> "end of interrupt at the local APIC (SDM 3A 11.8.5)";
            case TLB_FLUSH -> "cached translations dropped: MOV to CR3, INVLPG, INVPCID (SDM 3A 4.10.4)";
            case TB_TRANSLATE -> "guest code turned into JVM bytecode";
            case TB_INVALIDATE -> "translated code dropped, because its bytes were written";
            case MODE_SWITCH -> "privilege level or operating mode changed";
            case TASK_SWITCH -> "hardware task switch (SDM 3A 7.3; reason 9)";
        };
    }
}
