package dev.ringside.debug.core;

import dev.ringside.machine.MachineControl;
import java.util.HashMap;
import java.util.Map;
import org.eclipse.core.resources.IMarkerDelta;
import org.eclipse.debug.core.DebugPlugin;
import org.eclipse.debug.core.IBreakpointListener;
import org.eclipse.debug.core.IBreakpointManager;
import org.eclipse.debug.core.IBreakpointManagerListener;
import org.eclipse.debug.core.model.IBreakpoint;

/** Keeps one machine's breakpoints equal to the active ones of the workspace. */
final class InstalledBreakpoints implements IBreakpointListener, IBreakpointManagerListener {
    private final VmDebugTarget target;
    private final MachineControl machine;

    /** By breakpoint; guarded by this object's monitor. */
    private final Map<IBreakpoint, Installed> installed = new HashMap<>();

    InstalledBreakpoints(VmDebugTarget target) {
        this.target = target;
        this.machine = target.machine();
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

    /** Breakpoints at this address, or watchpoints on the byte there. */
    synchronized IBreakpoint[] at(long address) {
        return installed.entrySet().stream()
                .filter(entry -> Long.compareUnsigned(address - entry.getValue().address, entry.getValue().lengthBytes) < 0)
                .map(Map.Entry::getKey)
                .toArray(IBreakpoint[]::new);
    }

    @Override
    public void breakpointAdded(IBreakpoint breakpoint) {
        install(breakpoint);
    }

    @Override
    public void breakpointRemoved(IBreakpoint breakpoint, IMarkerDelta delta) {
        uninstall(breakpoint);
    }

    @Override
    public void breakpointChanged(IBreakpoint breakpoint, IMarkerDelta delta) {
        uninstall(breakpoint);
        install(breakpoint);
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

    /** Those of other debuggers are none of ours. */
    private synchronized void install(IBreakpoint breakpoint) {
        switch (breakpoint) {
            case GuestBreakpoint stop when stop.isActive() -> stop.address(target).ifPresent(
                    address -> installed.put(stop, new Installed(machine.addBreakpoint(address, HitCount.of(stop)), address, 1)));
            case DataWatchpoint watch when watch.isActive() -> watch.address(machine.symbols()).ifPresent(
                    address -> installed.put(watch, new Installed(
                            machine.addWatchpoint(address, watch.lengthBytes(), watch.isAccess(), watch.isModification(), HitCount.of(watch)),
                            address, watch.lengthBytes())));
            default -> {
                // Not ours, or switched off.
            }
        }
    }

    private synchronized void uninstall(IBreakpoint breakpoint) {
        Installed gone = installed.remove(breakpoint);
        if (gone != null) {
            machine.removeBreakpoint(gone.number);
        }
    }

    private static IBreakpointManager manager() {
        return DebugPlugin.getDefault().getBreakpointManager();
    }

    /** @param number as the machine gave it */
    private record Installed(int number, long address, int lengthBytes) {
    }
}
