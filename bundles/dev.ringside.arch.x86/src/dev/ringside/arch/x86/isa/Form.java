package dev.ringside.arch.x86.isa;

import java.util.List;
import java.util.Set;

/**
 * One encoding: a row of a table. {@code 81 /0 iz  Ev,Iz  lock}.
 *
 * @param id dense number over all tables, stable within one build
 * @param mnemonic what the assembler reads and the disassembler prints, lower case
 * @param aliases other mnemonics that the assembler takes for it
 * @param map 0 one-byte, 1 {@code 0F}, 2 {@code 0F 38}, 3 {@code 0F 3A}; 5, 6 and 7 the last three behind a VEX prefix
 * @param opcode the opcode byte; with {@link #plusRegister} its low three bits are free
 * @param prefix mandatory prefix: −1 does not matter, 0 none ({@code NP}), 0x66, 0xF2 or 0xF3
 * @param digit value of the ModRM reg field, −1 when it is free
 * @param modrm whether a ModRM byte follows
 * @param mod −1 any, 0 memory operand only, 3 register only
 * @param rm value of the ModRM r/m field for forms such as {@code 0F 01 C8}, −1 when it is free
 * @param plusRegister low opcode bits hold a register number
 * @param operandSize effective operand size in bits this form is limited to, 0 for all
 * @param addressSize effective address size in bits this form is limited to, 0 for all
 * @param immediates size codes of the bytes behind: {@code ib iw iz id iq cb cz cw cd(=ap) ob...}
 * @param operands in Intel order, manual codes: {@code Ev Gv Ib:s rAX}
 * @param attributes words: {@code lock i64 o64 d64 f64 rep repz cpl0 …}: {@code i64} invalid in 64-bit mode, {@code o64} only there, {@code d64} operand
 *     size is 64 by default there, {@code f64} is always 64 there
 */
public record Form(int id, Insn insn, String mnemonic, List<String> aliases, int map, int opcode, int prefix, int digit, boolean modrm, int mod, int rm,
        boolean plusRegister, int operandSize, int addressSize, List<String> immediates, List<String> operands, Set<String> attributes) {

    /** Whether the encoding begins with a VEX prefix. */
    public boolean isVex() {
        return map >= 4;
    }

    public boolean is(String attribute) {
        return attributes.contains(attribute);
    }

    /** Identity is the row: the cyclic reference to {@link #insn} must not be followed. */
    @Override
    public boolean equals(Object other) {
        return this == other;
    }

    @Override
    public int hashCode() {
        return id;
    }

    @Override
    public String toString() {
        return insn.mnemonic() + "#" + id + operands;
    }
}
