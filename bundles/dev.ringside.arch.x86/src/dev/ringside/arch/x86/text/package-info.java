/**
 * Instructions as text, in Intel syntax as GNU objdump writes it (so that listings of both can be compared), which the assembler reads back.
 *
 * {@snippet :
 * DisassembledInstruction line = new X86Disassembler().disassemble(code, 64, 0xffffffff81000000L, Symbolizer.NONE);
 * }
 */
package dev.ringside.arch.x86.text;
