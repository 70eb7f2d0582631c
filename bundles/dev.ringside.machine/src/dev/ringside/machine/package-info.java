/**
 * A whole virtual machine: memory map, buses, interrupt routing, the vCPU loop, lifecycle and exit dispatch.
 *
 * <p>{@link dev.ringside.machine.MachineDescription} says what to build, {@link dev.ringside.machine.MachineBuilder} builds it,
 * {@link dev.ringside.machine.Machine} runs on the thread that calls it, and {@link dev.ringside.machine.MachineControl} runs it on a thread of its own for a
 * debugger, in plain-data requests and events, so that a machine could live elsewhere without any view noticing.
 */
package dev.ringside.machine;
