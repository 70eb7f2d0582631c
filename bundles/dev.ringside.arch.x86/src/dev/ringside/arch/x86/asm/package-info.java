/**
 * Text to bytes. {@link dev.ringside.arch.x86.asm.X86Assembler} reads Intel syntax much as NASM writes it (and the disassembler's own text) and makes a
 * flat binary.
 *
 * <pre>
 *         bits 16
 *         org 0x7c00
 * start:  mov si, text
 * .next:  lodsb
 *         test al, al
 *         jz .done
 *         ...
 * text:   db "Hello", 13, 10, 0
 *         times 510 - ($ - $$) db 0
 *         dw 0xaa55
 * </pre>
 *
 * <p>The way of a text: {@link dev.ringside.arch.x86.asm.Lexer} → {@link dev.ringside.arch.x86.asm.LineParser} → statements →
 * {@link dev.ringside.arch.x86.asm.Layout}, which repeats passes over them until no address moves, and writes the bytes. Which encoding an instruction
 * gets is the matter of {@link dev.ringside.arch.x86.asm.Candidate}: every row of the tables that takes the operands, shortest first.
 */
package dev.ringside.arch.x86.asm;
