package dev.ringside.arch;

import java.util.Map;

/**
 * A processor's state before a guest's first instruction, as a boot protocol defines it.
 *
 * @param mode operating mode
 * @param pc program counter; in {@link Mode#REAL_16} {@code segment << 16 | offset}
 * @param registers by the architecture's state-field name ({@code rax}); all others are 0
 * @param pageTableRoot CR3 in {@link Mode#LONG_64}
 * @param gdtBase descriptor table with the two selectors, 0 when the protocol leaves it undefined
 * @param gdtLimit its limit in bytes, as GDTR holds it
 * @param codeSelector loaded with flat descriptors, whatever the table says
 * @param dataSelector likewise, for DS, ES, SS, FS and GS
 */
public record EntryState(Mode mode, long pc, Map<String, Long> registers, long pageTableRoot, long gdtBase, int gdtLimit, int codeSelector,
        int dataSelector) {

    /** The modes that boot protocols enter. Interrupts are disabled in all of them. */
    public enum Mode {
        /** As after reset: firmware starts by itself. */
        RESET,
        REAL_16,
        /** Protected mode, flat 4 GiB segments, paging off. */
        PROTECTED_32,
        /** 64-bit code, paging on. */
        LONG_64
    }

    public EntryState {
        registers = Map.copyOf(registers);
    }

    /** The state after reset. */
    public static EntryState reset() {
        return new EntryState(Mode.RESET, 0, Map.of(), 0, 0, 0, 0, 0);
    }

    /** Flat 32-bit entry at {@code pc}. */
    public static EntryState protected32(long pc, Map<String, Long> registers) {
        return new EntryState(Mode.PROTECTED_32, pc, registers, 0, 0, 0, 0x10, 0x18);
    }
}
