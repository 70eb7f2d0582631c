package dev.ringside.asm.core;

import dev.ringside.samples.Sample;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.eclipse.core.resources.IFile;
import org.eclipse.core.resources.IMarker;
import org.eclipse.core.resources.IProject;
import org.eclipse.core.resources.IProjectDescription;
import org.eclipse.core.resources.IResource;
import org.eclipse.core.resources.IWorkspace;
import org.eclipse.core.resources.IncrementalProjectBuilder;
import org.eclipse.core.resources.ResourcesPlugin;
import org.eclipse.core.runtime.CoreException;
import org.eclipse.core.runtime.IPath;
import org.eclipse.core.runtime.IProgressMonitor;

/** Projects of guests in assembly, and where things lie in them. */
public final class GuestProject {
    public static final String NATURE = "dev.ringside.asm.core.guestProject";
    public static final String BUILDER = "dev.ringside.asm.core.assembler";
    public static final String SOURCE_EXTENSION = "asm";
    public static final String IMAGE_EXTENSION = "bin";

    /** The folder for what the builder makes. */
    public static final String BUILD_FOLDER = "build";

    /** Name of the project that "Boot the Sample Kernel" makes. */
    public static final String SAMPLE_NAME = "Sample kernel";

    private GuestProject() {
    }

    /**
     * Makes, opens and builds a project with one source. Blocks.
     *
     * @param location where its folder is to be, or null for the workspace's
     */
    public static IProject create(String name, URI location, Sample sample, IProgressMonitor monitor) throws CoreException {
        IWorkspace workspace = ResourcesPlugin.getWorkspace();
        IProject project = workspace.getRoot().getProject(name);
        workspace.run(inside -> {
            IProjectDescription description = workspace.newProjectDescription(name);
            description.setLocationURI(location);
            project.create(description, inside);
            project.open(inside);
            // Natures that a project is created with are not configured, so there would be no builder.
            IProjectDescription made = project.getDescription();
            made.setNatureIds(new String[] {NATURE});
            project.setDescription(made, inside);
            project.setDefaultCharset("UTF-8", inside);
            write(project.getFile(sample.fileName()), sample, inside);
        }, workspace.getRoot(), IWorkspace.AVOID_UPDATE, monitor);
        project.build(IncrementalProjectBuilder.FULL_BUILD, monitor);
        return project;
    }

    /** The project of the embedded sample kernel: made when there is none, opened when it is closed, built when it has no image. What a user changed in it stays. */
    public static IProject sampleKernel(IProgressMonitor monitor) throws CoreException {
        IProject project = ResourcesPlugin.getWorkspace().getRoot().getProject(SAMPLE_NAME);
        if (!project.exists()) {
            return create(SAMPLE_NAME, null, Sample.KERNEL_64, monitor);
        }
        project.open(monitor);
        IFile source = project.getFile(Sample.KERNEL_64.fileName());
        if (!source.exists()) {
            write(source, Sample.KERNEL_64, monitor);
        }
        project.build(image(source).exists() ? IncrementalProjectBuilder.INCREMENTAL_BUILD : IncrementalProjectBuilder.FULL_BUILD, monitor);
        return project;
    }

    private static void write(IFile file, Sample sample, IProgressMonitor monitor) throws CoreException {
        file.write(sample.source().getBytes(StandardCharsets.UTF_8), true, false, false, monitor);
    }

    public static boolean isGuestProject(IProject project) {
        try {
            return project != null && project.isAccessible() && project.hasNature(NATURE);
        } catch (CoreException gone) {
            return false; // closed or deleted since it was asked
        }
    }

    // ---- what belongs to what

    public static boolean isSource(IResource resource) {
        return resource instanceof IFile && SOURCE_EXTENSION.equalsIgnoreCase(resource.getFileExtension()) && !isBuilt(resource);
    }

    /** Whether it lies in the builder's folder. */
    static boolean isBuilt(IResource resource) {
        IPath path = resource.getProjectRelativePath();
        return path.segmentCount() > 0 && path.segment(0).equals(BUILD_FOLDER);
    }

    /** What a source is assembled to, whether it exists or not. */
    public static IFile image(IFile source) {
        IPath path = source.getProjectRelativePath().removeFileExtension().addFileExtension(IMAGE_EXTENSION);
        return source.getProject().getFile(IPath.fromOSString(BUILD_FOLDER).append(path));
    }

    /** The sources of a project, in the order of their paths. */
    public static List<IFile> sources(IProject project) throws CoreException {
        List<IFile> sources = new ArrayList<>();
        project.accept(resource -> {
            if (isSource(resource)) {
                sources.add((IFile) resource);
            }
            return !isBuilt(resource);
        });
        sources.sort((one, other) -> one.getFullPath().toString().compareTo(other.getFullPath().toString()));
        return sources;
    }

    /** The builder's errors in a source. */
    public static List<IMarker> errors(IFile source) throws CoreException {
        return List.of(source.findMarkers(AsmProblem.MARKER, false, IResource.DEPTH_ZERO));
    }
}
