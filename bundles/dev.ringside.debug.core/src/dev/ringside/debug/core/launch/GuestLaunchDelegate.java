package dev.ringside.debug.core.launch;

import dev.ringside.debug.core.DebugCore;
import dev.ringside.debug.core.VmDebugTarget;
import dev.ringside.machine.MachineControl;
import java.nio.file.Path;
import org.eclipse.core.runtime.CoreException;
import org.eclipse.core.runtime.IProgressMonitor;
import org.eclipse.debug.core.ILaunch;
import org.eclipse.debug.core.ILaunchConfiguration;
import org.eclipse.debug.core.ILaunchManager;
import org.eclipse.debug.core.model.LaunchConfigurationDelegate;
import org.osgi.framework.BundleContext;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.ServiceReference;

/** Launches a "Guest kernel". Whatever is wrong ends in one clear line, which the platform shows in a dialog. */
public final class GuestLaunchDelegate extends LaunchConfigurationDelegate {
    @Override
    public void launch(ILaunchConfiguration configuration, String mode, ILaunch launch, IProgressMonitor monitor) throws CoreException {
        BuiltImages.build(configuration, monitor);
        monitor.subTask("Building the virtual machine");
        GuestLaunchConfiguration guest = read(configuration);
        MachineControl machine = opener().open(guest);
        if (monitor.isCanceled()) {
            machine.close();
            return;
        }
        Path image = guest.machine().image();
        VmDebugTarget target = new VmDebugTarget(launch, configuration.getName(), machine, image == null ? null : BuiltImages.program(image));
        launch.setSourceLocator(BuiltImages::source);
        boolean debugging = ILaunchManager.DEBUG_MODE.equals(mode);
        target.start(!(debugging && guest.stopAtEntry()));
    }

    private static GuestLaunchConfiguration read(ILaunchConfiguration configuration) throws CoreException {
        try {
            return GuestLaunchConfiguration.parse(configuration.getAttributes(), new WorkspacePaths());
        } catch (InvalidFieldException bad) {
            String errors = BuiltImages.whyMissing(configuration);
            throw DebugCore.failure(errors == null ? bad.getMessage() : "Image: it cannot be built: " + errors, bad);
        }
    }

    private static MachineOpener opener() {
        BundleContext services = FrameworkUtil.getBundle(GuestLaunchDelegate.class).getBundleContext();
        ServiceReference<MachineOpener> other = services.getServiceReference(MachineOpener.class);
        return other == null ? new VirtualMachines(services) : services.getService(other);
    }

    /** Only the image's own project is built, by {@link #launch}. */
    @Override
    public boolean buildForLaunch(ILaunchConfiguration configuration, String mode, IProgressMonitor monitor) {
        return false;
    }
}
