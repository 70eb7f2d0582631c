package dev.ringside.debug.ui.launch;

import dev.ringside.asm.core.GuestProject;
import dev.ringside.debug.core.DebugCore;
import dev.ringside.debug.core.launch.BuiltImages;
import dev.ringside.debug.core.launch.GuestLaunchConfiguration;
import dev.ringside.samples.Sample;
import org.eclipse.core.resources.IFile;
import org.eclipse.core.runtime.CoreException;
import org.eclipse.debug.core.DebugPlugin;
import org.eclipse.debug.core.ILaunch;
import org.eclipse.debug.core.ILaunchConfiguration;
import org.eclipse.debug.core.ILaunchConfigurationType;
import org.eclipse.debug.core.ILaunchConfigurationWorkingCopy;
import org.eclipse.debug.core.ILaunchManager;

/** Finds and makes launch configurations "Guest kernel". */
public final class GuestConfigurations {
    private GuestConfigurations() {
    }

    /** The first configuration that boots {@code image}, else a new one of that name with everything else at its default. */
    static ILaunchConfiguration forImage(String image, String name) throws CoreException {
        return forImage(image, name, GuestLaunchConfiguration.DEFAULT_PARAVIRT);
    }

    private static ILaunchConfiguration forImage(String image, String name, String paravirt) throws CoreException {
        for (ILaunchConfiguration configuration : manager().getLaunchConfigurations(type())) {
            if (configuration.getAttribute(GuestLaunchConfiguration.IMAGE, "").equals(image)) {
                return configuration;
            }
        }
        ILaunchConfigurationWorkingCopy made = create(image, name);
        made.setAttribute(GuestLaunchConfiguration.PARAVIRT, paravirt);
        return made.doSave();
    }

    /** The configuration that boots what is built from a source, called like its project. The sample about paravirtual interfaces finds those that it is about. */
    static ILaunchConfiguration forSource(IFile source) throws CoreException {
        boolean only = GuestProject.sources(source.getProject()).size() == 1;
        String name = source.getProject().getName() + (only ? "" : " - " + source.getFullPath().removeFileExtension().lastSegment());
        String paravirt = source.getName().equals(Sample.PARAVIRT.fileName()) ? "kvm+hyperv" : GuestLaunchConfiguration.DEFAULT_PARAVIRT;
        return forImage(BuiltImages.attribute(GuestProject.image(source)), name, paravirt);
    }

    static ILaunchConfigurationWorkingCopy create(String image, String name) throws CoreException {
        ILaunchConfigurationWorkingCopy made = type().newInstance(null, manager().generateLaunchConfigurationName(name));
        new GuestTab().setDefaults(made);
        made.setAttribute(GuestLaunchConfiguration.IMAGE, image);
        return made;
    }

    static boolean isLaunched(ILaunchConfiguration configuration) {
        for (ILaunch launch : manager().getLaunches()) {
            if (configuration.equals(launch.getLaunchConfiguration()) && !launch.isTerminated()) {
                return true;
            }
        }
        return false;
    }

    /** Whether there is a configuration that boots something else than the sample. */
    public static boolean userHasOwn() {
        try {
            for (ILaunchConfiguration configuration : manager().getLaunchConfigurations(type())) {
                String image = configuration.getAttribute(GuestLaunchConfiguration.IMAGE, "");
                if (!GuestLaunchConfiguration.isSample(image) && !image.startsWith("${workspace_loc:/" + GuestProject.SAMPLE_NAME + "}")) {
                    return true;
                }
            }
            return false;
        } catch (CoreException unreadable) {
            return true; // a damaged configuration is the user's own; the launch dialog tells of it
        }
    }

    private static ILaunchConfigurationType type() {
        return manager().getLaunchConfigurationType(DebugCore.LAUNCH_TYPE);
    }

    private static ILaunchManager manager() {
        return DebugPlugin.getDefault().getLaunchManager();
    }
}
