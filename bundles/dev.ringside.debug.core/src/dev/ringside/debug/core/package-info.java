/**
 * A virtual machine as an {@code org.eclipse.debug} model: {@link dev.ringside.debug.core.VmDebugTarget} holds a
 * {@link dev.ringside.debug.core.VcpuThread} for each virtual CPU, and that holds {@link dev.ringside.debug.core.GuestFrame}s with register groups.
 *
 * <p>Everything behind {@code MachineControl} answers with futures; the platform's model asks with plain calls, from its jobs. So each element keeps the
 * answers of the present stop, and only the first question of a stop waits. {@link dev.ringside.debug.core.MachineDebugEvents} is the only place where an
 * event of a machine becomes a {@code DebugEvent}.
 */
package dev.ringside.debug.core;
