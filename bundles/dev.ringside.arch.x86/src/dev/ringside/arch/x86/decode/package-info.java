/**
 * Bytes to instructions. {@link dev.ringside.arch.x86.decode.Decoder#decode} reads one instruction as a processor would; its table is compiled from
 * {@code isa/*.isa} when it is first used.
 *
 * {@snippet :
 * X86Instruction insn = Decoder.decode(CodeSource.of(bytes, 0, bytes.length), 64);
 * if (insn == Decoder.UNDEFINED) { ... }          // #UD
 * }
 */
package dev.ringside.arch.x86.decode;
