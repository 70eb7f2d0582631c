/** The instruction tables ({@code isa/*.isa}) and what they describe: {@link dev.ringside.arch.x86.isa.Insn}, {@link dev.ringside.arch.x86.isa.Form}, {@link dev.ringside.arch.x86.isa.X86Instruction}. */
package dev.ringside.arch.x86.isa;
