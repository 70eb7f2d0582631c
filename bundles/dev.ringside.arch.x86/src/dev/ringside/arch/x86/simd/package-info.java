/**
 * MMX and SSE to SSE4.2: what the instructions do to 64- and 128-bit registers, and the state areas of FXSAVE and XSAVE.
 *
 * <p>{@link dev.ringside.arch.x86.simd.Lanes} works on the lanes of one 64-bit word and knows no registers; MMX uses it once, SSE for each half.
 * {@link dev.ringside.arch.x86.simd.SseFloat} is the floating-point part. {@link dev.ringside.arch.x86.simd.SseOperations} makes both into helpers that
 * lifted code calls with register numbers.
 */
package dev.ringside.arch.x86.simd;
