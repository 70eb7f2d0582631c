package dev.ringside.ide.tests;

import dev.ringside.debug.core.DebugCore;
import dev.ringside.debug.core.VmDebugTarget;
import dev.ringside.debug.core.launch.GuestLaunchConfiguration;
import dev.ringside.debug.core.launch.MachineOpener;
import dev.ringside.machine.MachineControl;
import org.eclipse.core.runtime.CoreException;
import org.eclipse.core.runtime.NullProgressMonitor;
import org.eclipse.debug.core.DebugPlugin;
import org.eclipse.debug.core.ILaunch;
import org.eclipse.debug.core.ILaunchConfiguration;
import org.eclipse.debug.core.ILaunchConfigurationWorkingCopy;
import org.eclipse.debug.core.ILaunchManager;
import org.eclipse.debug.core.model.IBreakpoint;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.ServiceRegistration;

/** Starts guests for tests, and takes away what a test left behind. */
final class Guests {
    private Guests() {
    }

    /** Launches {@code machine} in place of whatever would be built. */
    static VmDebugTarget debug(MachineControl machine) throws CoreException {
        return debug(machine, "fake");
    }

    /** @param name what users see */
    static VmDebugTarget debug(MachineControl machine, String name) throws CoreException {
        MachineOpener opener = guest -> machine;
        ServiceRegistration<MachineOpener> registration = FrameworkUtil.getBundle(Guests.class).getBundleContext().registerService(MachineOpener.class, opener, null);
        try {
            ILaunchConfigurationWorkingCopy configuration = configuration(name);
            configuration.setAttribute(GuestLaunchConfiguration.IMAGE, GuestLaunchConfiguration.SAMPLE_KERNEL);
            return debug(configuration);
        } finally {
            registration.unregister();
        }
    }

    static VmDebugTarget debug(ILaunchConfiguration configuration) throws CoreException {
        ILaunch launch = configuration.launch(ILaunchManager.DEBUG_MODE, new NullProgressMonitor());
        return (VmDebugTarget) launch.getDebugTarget();
    }

    static ILaunchConfigurationWorkingCopy configuration(String name) throws CoreException {
        return manager().getLaunchConfigurationType(DebugCore.LAUNCH_TYPE).newInstance(null, name);
    }

    static void removeAll() throws Exception {
        for (ILaunch launch : manager().getLaunches()) {
            launch.terminate();
            manager().removeLaunch(launch);
        }
        for (ILaunchConfiguration configuration : manager().getLaunchConfigurations()) {
            configuration.delete();
        }
        var breakpoints = DebugPlugin.getDefault().getBreakpointManager();
        breakpoints.setEnabled(true);
        breakpoints.removeBreakpoints(breakpoints.getBreakpoints(DebugCore.ID), true);
    }

    static IBreakpoint[] breakpoints() {
        return DebugPlugin.getDefault().getBreakpointManager().getBreakpoints(DebugCore.ID);
    }

    private static ILaunchManager manager() {
        return DebugPlugin.getDefault().getLaunchManager();
    }
}
