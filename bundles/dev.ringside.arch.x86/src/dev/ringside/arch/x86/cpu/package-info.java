/**
 * What lies behind x86 instructions: descriptor caches and privilege, paging, exceptions and interrupts, control registers, MSRs, CPUID.
 *
 * <p>{@link dev.ringside.arch.x86.cpu.X86Cpu} holds the state; each other class is one chapter of the manual that works on it. Operations
 * that instructions need are {@link dev.ringside.ir.Helper} constants beside their bodies.
 *
 * <pre>{@code
 * if (cpu.cpl() != 0) throw cpu.gp(0);
 * cpu.memory.store(linear, 4, value, X86Cpu.flags(X86State.SS));
 * }</pre>
 *
 * <p>A method that raises throws {@link dev.ringside.arch.x86.cpu.X86Cpu#fault} before it changes anything that the guest can see, so that the
 * instruction can be restarted; the few exceptions the manual orders (task switch) say so.
 */
package dev.ringside.arch.x86.cpu;
