/**
 * The editor for assembly. One {@link dev.ringside.asm.ui.editor.AsmEditor} has one {@link dev.ringside.asm.ui.editor.AsmModel}: what the assembler last
 * said of the text, told to whoever shows it. Colours, hover, completion and outline read {@link dev.ringside.asm.core.AsmSource} and the instruction
 * tables; none of them has a list of instructions of its own.
 */
package dev.ringside.asm.ui.editor;
