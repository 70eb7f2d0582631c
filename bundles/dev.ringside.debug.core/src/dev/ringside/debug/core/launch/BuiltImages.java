package dev.ringside.debug.core.launch;

import dev.ringside.asm.core.BuiltProgram;
import dev.ringside.asm.core.GuestProject;
import dev.ringside.debug.core.DebugCore;
import dev.ringside.debug.core.GuestFrame;
import java.io.IOException;
import java.nio.file.Path;
import org.eclipse.core.resources.IFile;
import org.eclipse.core.resources.IncrementalProjectBuilder;
import org.eclipse.core.resources.ResourcesPlugin;
import org.eclipse.core.runtime.CoreException;
import org.eclipse.core.runtime.IProgressMonitor;
import org.eclipse.debug.core.ILaunchConfiguration;
import org.eclipse.debug.core.model.IStackFrame;

/** Launching images that a guest project builds: they are built first, and their frames have a source. */
public final class BuiltImages {
    private BuiltImages() {
    }

    /** How a launch configuration names an image that is built: by its project, so that it may be missing while its source has errors. */
    public static String attribute(IFile image) {
        return "${workspace_loc:" + image.getProject().getFullPath() + "}/" + image.getProjectRelativePath();
    }

    /** Builds the guest project that a configuration's image lies in, if any. Blocks. */
    static void build(ILaunchConfiguration configuration, IProgressMonitor monitor) throws CoreException {
        Path path = path(configuration);
        IFile image = path == null ? null : file(path);
        if (image != null && GuestProject.isGuestProject(image.getProject())) {
            image.getProject().build(IncrementalProjectBuilder.INCREMENTAL_BUILD, monitor);
        }
    }

    /** Why a configuration's image has not been built: {@code kernel.asm:12:5: ...}; null when there is no such reason. */
    static String whyMissing(ILaunchConfiguration configuration) throws CoreException {
        Path path = path(configuration);
        try {
            return path == null ? null : BuiltProgram.whyMissing(path).orElse(null);
        } catch (IOException unreadable) {
            throw DebugCore.failure("The source of " + path + " cannot be read: " + unreadable.getMessage(), unreadable);
        }
    }

    /** What an image was assembled from; null when it was not, or is not readable: then it is booted without names of lines, or refused with a reason. */
    static BuiltProgram program(Path image) {
        try {
            return BuiltProgram.of(image).orElse(null);
        } catch (IOException unreadable) {
            return null;
        }
    }

    private static Path path(ILaunchConfiguration configuration) throws CoreException {
        String typed = configuration.getAttribute(GuestLaunchConfiguration.IMAGE, "");
        try {
            return typed.isBlank() || GuestLaunchConfiguration.isSample(typed.strip()) ? null : new WorkspacePaths().find(typed.strip());
        } catch (PathFinder.NotFoundException | java.nio.file.InvalidPathException unknown) {
            return null; // the configuration's own check names the field
        }
    }

    private static IFile file(Path path) {
        IFile[] files = ResourcesPlugin.getWorkspace().getRoot().findFilesForLocationURI(path.toAbsolutePath().toUri());
        return files.length == 0 ? null : files[0];
    }

    /** For the platform: the file whose line a frame is in; null when there is none. */
    static Object source(IStackFrame frame) {
        return frame instanceof GuestFrame ours && ours.getLineNumber() > 0
                ? ours.vcpu().target().program().map(program -> file(program.source())).filter(IFile::exists).orElse(null) : null;
    }
}
