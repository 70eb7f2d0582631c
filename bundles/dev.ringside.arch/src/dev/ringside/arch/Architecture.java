package dev.ringside.arch;

import dev.ringside.ir.Helper;
import dev.ringside.ir.StateLayout;
import java.util.Collection;

/** An instruction set architecture. Stateless and thread-safe; found as a service. */
public interface Architecture {
    /** The name users type: {@code x86-64}. */
    String name();

    StateLayout layout();

    /** Every helper that lifted code may call, for the IR parser and for listings. */
    Collection<Helper> helpers();

    /**
     * A processor in its reset state.
     *
     * @param index from 0; also its initial APIC ID or hart ID
     */
    Cpu newCpu(int index);

    Lifter lifter();

    Disassembler disassembler();

    Assembler assembler();
}
