/**
 * Floating point in software, where the host's cannot be used: the x87 unit, and SSE outside round-to-nearest with masked exceptions.
 *
 * <p>{@link dev.ringside.arch.x86.fpu.SoftFloat} does IEEE 754 arithmetic on operands taken apart and rounds once at the end;
 * {@link dev.ringside.arch.x86.fpu.SoftFloat80} and {@link dev.ringside.arch.x86.fpu.SoftFloatSse} add the formats and NaN rules of the two units.
 * {@link dev.ringside.arch.x86.fpu.X87} is the register stack with its tags, exceptions and instructions.
 *
 * <pre>{@code
 * SoftFloat80 f = new SoftFloat80();
 * f.control(0x37f);                                             // nearest, 64 bits, all masked
 * f.divide(0x8000000000000000L, 0x3fff, 0xc000000000000000L, 0x4000);   // 1 / 3
 * // f.sig = 0xaaaaaaaaaaaaaaab, f.se = 0x3ffd, f.flags = PE
 * }</pre>
 *
 * <p>Everything is integer arithmetic, so results are the same on every host.
 */
package dev.ringside.arch.x86.fpu;
