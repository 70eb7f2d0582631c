/**
 * The x86 architecture: modes from 8086 to x86-64-v2.
 *
 * <p>{@link dev.ringside.arch.x86.X86State} names the state that IR sees; the {@code isa} package reads the instruction tables; {@code decode} turns bytes into
 * {@link dev.ringside.arch.x86.isa.X86Instruction}; {@code lift} gives each one its meaning as IR; {@code cpu} holds what lies behind the
 * instructions: segmentation, paging, exceptions, control registers.
 */
package dev.ringside.arch.x86;
