package dev.ringside.debug.core;

import dev.ringside.machine.MachineControl;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;
import org.eclipse.core.resources.IMarkerDelta;
import org.eclipse.debug.core.DebugPlugin;
import org.eclipse.debug.core.IBreakpointListener;
import org.eclipse.debug.core.IBreakpointManager;
import org.eclipse.debug.core.IBreakpointManagerListener;
import org.eclipse.debug.core.model.IBreakpoint;

/** Keeps one machine's breakpoints equal to the active ones of the workspace. */
final class InstalledBreakpoints implements IBreakpointListener, IBreakpointManagerListener {
    private final MachineControl machine;

    /** By breakpoint; guarded by this object's monitor. */
    private final Map<AddressBreakpoint, Installed> installed = new HashMap<>();

    InstalledBreakpoints(MachineControl machine) {
        this.machine = machine;
    }

    void open() {
        manager().addBreakpointListener(this);
        manager().addBreakpointManagerListener(this);
        installAll();
    }

    void close() {
        manager().removeBreakpointListener(this);
        manager().removeBreakpointManagerListener(this);
    }

    synchronized AddressBreakpoint[] at(long address) {
        return installed.entrySet().stream()
                .filter(entry -> entry.getValue().address == address)
                .map(Map.Entry::getKey)
                .toArray(AddressBreakpoint[]::new);
    }

    @Override
    public void breakpointAdded(IBreakpoint breakpoint) {
        if (breakpoint instanceof AddressBreakpoint ours) {
            install(ours);
        }
    }

    @Override
    public void breakpointRemoved(IBreakpoint breakpoint, IMarkerDelta delta) {
        if (breakpoint instanceof AddressBreakpoint ours) {
            uninstall(ours);
        }
    }

    @Override
    public void breakpointChanged(IBreakpoint breakpoint, IMarkerDelta delta) {
        if (breakpoint instanceof AddressBreakpoint ours) {
            uninstall(ours);
            install(ours);
        }
    }

    @Override
    public void breakpointManagerEnablementChanged(boolean enabled) {
        installAll();
    }

    private void installAll() {
        for (IBreakpoint breakpoint : manager().getBreakpoints(DebugCore.ID)) {
            breakpointChanged(breakpoint, null);
        }
    }

    private synchronized void install(AddressBreakpoint breakpoint) {
        OptionalLong address = breakpoint.address(machine.symbols());
        if (breakpoint.isActive() && address.isPresent()) {
            installed.put(breakpoint, new Installed(machine.addBreakpoint(address.getAsLong()), address.getAsLong()));
        }
    }

    private synchronized void uninstall(AddressBreakpoint breakpoint) {
        Installed gone = installed.remove(breakpoint);
        if (gone != null) {
            machine.removeBreakpoint(gone.number);
        }
    }

    private static IBreakpointManager manager() {
        return DebugPlugin.getDefault().getBreakpointManager();
    }

    /** @param number as the machine gave it */
    private record Installed(int number, long address) {
    }
}
