package dev.ringside.debug.core.launch;

import dev.ringside.machine.MachineControl;
import org.eclipse.core.runtime.CoreException;

/** Builds machines for launches: {@link VirtualMachines}, unless somebody (a test, a connection to another host) registers a service of this type. */
public interface MachineOpener {
    /**
     * Builds a machine that stands before its first instruction. Reads files; blocks.
     *
     * @throws CoreException with one clear line that names what is wrong
     */
    MachineControl open(GuestLaunchConfiguration guest) throws CoreException;
}
