package dev.ringside.asm.core;

import java.util.ArrayList;
import java.util.List;
import org.eclipse.core.resources.ICommand;
import org.eclipse.core.resources.IProject;
import org.eclipse.core.resources.IProjectDescription;
import org.eclipse.core.resources.IProjectNature;
import org.eclipse.core.runtime.CoreException;

/** Marks a project whose assembly sources are built. */
public final class GuestNature implements IProjectNature {
    private IProject project;

    @Override
    public void configure() throws CoreException {
        IProjectDescription description = project.getDescription();
        List<ICommand> commands = new ArrayList<>(withoutOurs(description));
        ICommand ours = description.newCommand();
        ours.setBuilderName(GuestProject.BUILDER);
        commands.add(ours);
        set(description, commands);
    }

    @Override
    public void deconfigure() throws CoreException {
        IProjectDescription description = project.getDescription();
        set(description, withoutOurs(description));
    }

    private void set(IProjectDescription description, List<ICommand> commands) throws CoreException {
        description.setBuildSpec(commands.toArray(ICommand[]::new));
        project.setDescription(description, null);
    }

    private static List<ICommand> withoutOurs(IProjectDescription description) {
        return List.of(description.getBuildSpec()).stream().filter(command -> !command.getBuilderName().equals(GuestProject.BUILDER)).toList();
    }

    @Override
    public IProject getProject() {
        return project;
    }

    @Override
    public void setProject(IProject project) {
        this.project = project;
    }
}
