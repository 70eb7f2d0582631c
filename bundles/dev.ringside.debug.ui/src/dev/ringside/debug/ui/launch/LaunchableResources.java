package dev.ringside.debug.ui.launch;

import dev.ringside.asm.core.GuestProject;
import org.eclipse.core.resources.IProject;
import org.eclipse.core.runtime.IAdapterFactory;
import org.eclipse.debug.ui.actions.ILaunchable;

/** Lets <em>Run As</em> and <em>Debug As</em> appear on files and on guest projects; {@link GuestLaunchShortcut} says what they do. */
public final class LaunchableResources implements IAdapterFactory {
    private static final ILaunchable LAUNCHABLE = new ILaunchable() { };

    @Override
    public <T> T getAdapter(Object resource, Class<T> type) {
        boolean launchable = !(resource instanceof IProject project) || GuestProject.isGuestProject(project);
        return launchable && type == ILaunchable.class ? type.cast(LAUNCHABLE) : null;
    }

    @Override
    public Class<?>[] getAdapterList() {
        return new Class<?>[] {ILaunchable.class};
    }
}
