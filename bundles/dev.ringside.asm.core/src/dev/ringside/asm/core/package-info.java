/**
 * Assembly in the workspace: what an editor must know of a source ({@link dev.ringside.asm.core.AsmSource}), and projects whose sources are assembled
 * whenever they change ({@link dev.ringside.asm.core.GuestProject}).
 *
 * <pre>
 *   kernel.asm         →   build/kernel.bin
 *   boot/stage1.asm    →   build/boot/stage1.bin
 * </pre>
 */
package dev.ringside.asm.core;
