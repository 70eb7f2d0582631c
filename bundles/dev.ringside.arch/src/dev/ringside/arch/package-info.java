/**
 * What an architecture provides to the rest of Ringside: decode, lift, disassemble, assemble, CPU state, address translation, exceptions.
 *
 * <p>The contract has two sides. {@link dev.ringside.arch.Architecture} is the stateless side: text and bytes. {@link dev.ringside.arch.Cpu} is one
 * processor with its state; it reaches guest memory through the {@link dev.ringside.arch.VirtualMemory} of the engine that runs it, and the
 * world through the {@link dev.ringside.arch.VcpuBus} of the machine that owns it.
 */
package dev.ringside.arch;
