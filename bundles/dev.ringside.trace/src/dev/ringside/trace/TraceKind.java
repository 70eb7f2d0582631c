package dev.ringside.trace;

import java.util.List;
import java.util.Locale;

/**
 * Every kind of event, with the names of its operands in order. {@link #isExit()} tells the kinds that a hypervisor would see as a VM exit;
 * they are emitted even when the exit was completed inline, so all engines yield one trace.
 */
public enum TraceKind {
    /** Port access. {@code rw}: 0 read, 1 write; {@code size} in bytes. */
    PIO(true, "rw", "port", "size", "val"),
    /** Access to a guest-physical address without memory behind it. {@code type}: 0 read, 1 write; {@code len} in bytes. */
    MMIO(true, "type", "gpa", "len", "val"),
    /** {@code write}: 0 RDMSR, 1 WRMSR. */
    MSR(true, "write", "ecx", "data"),
    CPUID(true, "func", "idx", "rax", "rbx"),
    HYPERCALL(true, "nr", "a0", "a1", "a2"),
    HV_HYPERCALL(true, "code", "fast", "ingpa", "outgpa"),
    /** HLT with nothing to deliver. */
    HALT(true, "rip"),
    /** Control register access: {@code rw} 0 read, 1 write. */
    CR(true, "rw", "cr", "val"),
    /** The machine ran into a third fault while delivering a double fault. */
    TRIPLE_FAULT(true, "rip"),
    /** A breakpoint, watchpoint or single step ended the run. */
    DEBUG(true, "rip", "reason"),
    /** A guest page fault: linear address, error code and RIP. */
    PAGE_FAULT(false, "address", "error_code", "rip"),
    /** An exception delivered to the guest. */
    INJ_EXCEPTION(false, "vector", "error_code", "rip"),
    /** An external interrupt delivered to the guest. */
    INJ_VIRQ(false, "vector", "rip"),
    /** An inter-processor interrupt: destination APIC ID, vector, delivery mode. */
    APIC_IPI(false, "dest", "vector", "mode"),
    EOI(false, "apicid", "vector"),
    TLB_FLUSH(false, "reason", "address"),
    TB_TRANSLATE(false, "gpa", "insns"),
    TB_INVALIDATE(false, "gpa", "length"),
    /** Privilege level or operating mode changed. */
    MODE_SWITCH(false, "from", "to", "rip"),
    TASK_SWITCH(false, "selector", "reason");

    private final boolean exit;
    private final List<String> operands;

    TraceKind(boolean exit, String... operands) {
        this.exit = exit;
        this.operands = List.of(operands);
    }

    /** Whether a hardware hypervisor would have left the guest for this event. */
    public boolean isExit() {
        return exit;
    }

    /** Operand names in the order of {@link TraceSink#emit}. */
    public List<String> operands() {
        return operands;
    }

    /** The name that users type: {@code page_fault}. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
