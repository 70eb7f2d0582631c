package dev.ringside.asm.core;

import dev.ringside.arch.AssemblyResult;
import dev.ringside.arch.x86.asm.X86Assembler;
import java.nio.charset.Charset;
import java.nio.charset.UnsupportedCharsetException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.eclipse.core.resources.IContainer;
import org.eclipse.core.resources.IFile;
import org.eclipse.core.resources.IFolder;
import org.eclipse.core.resources.IProject;
import org.eclipse.core.resources.IResource;
import org.eclipse.core.resources.IResourceDelta;
import org.eclipse.core.resources.IncrementalProjectBuilder;
import org.eclipse.core.runtime.CoreException;
import org.eclipse.core.runtime.IProgressMonitor;
import org.eclipse.core.runtime.Status;
import org.eclipse.core.runtime.SubMonitor;

/**
 * Assembles each source of a guest project to its image when it changes. Errors become markers; a source with errors has no image, so that nobody
 * boots what was there before the error.
 */
public final class AsmBuilder extends IncrementalProjectBuilder {
    private final X86Assembler assembler = new X86Assembler();

    @Override
    protected IProject[] build(int kind, Map<String, String> arguments, IProgressMonitor monitor) throws CoreException {
        IResourceDelta delta = kind == FULL_BUILD ? null : getDelta(getProject());
        Set<IFile> sources = new LinkedHashSet<>(delta == null ? GuestProject.sources(getProject()) : changed(delta));
        SubMonitor progress = SubMonitor.convert(monitor, "Assembling", sources.size());
        for (IFile source : sources) {
            if (source.exists()) {
                assemble(source, progress.split(1));
            } else {
                delete(GuestProject.image(source), progress.split(1));
            }
        }
        return null;
    }

    /** Sources that are new, different or gone, and those whose image somebody deleted. */
    private static List<IFile> changed(IResourceDelta delta) throws CoreException {
        Set<IFile> changed = new LinkedHashSet<>();
        boolean[] imageGone = new boolean[1];
        delta.accept(child -> {
            IResource resource = child.getResource();
            boolean content = child.getKind() != IResourceDelta.CHANGED
                    || (child.getFlags() & (IResourceDelta.CONTENT | IResourceDelta.ENCODING | IResourceDelta.REPLACED)) != 0;
            if (content && GuestProject.isSource(resource)) {
                changed.add((IFile) resource);
            }
            imageGone[0] |= child.getKind() == IResourceDelta.REMOVED && GuestProject.isBuilt(resource);
            return true;
        });
        if (imageGone[0]) {
            GuestProject.sources(delta.getResource().getProject()).stream().filter(source -> !GuestProject.image(source).exists()).forEach(changed::add);
        }
        return List.copyOf(changed);
    }

    private void assemble(IFile file, IProgressMonitor monitor) throws CoreException {
        String text = text(file);
        AssemblyResult result = assembler.assemble(file.getName(), text);
        AsmProblem.show(file, new AsmSource(text), result.errors());
        IFile image = GuestProject.image(file);
        if (result.hasErrors()) {
            delete(image, monitor);
        } else {
            makeFolders(image.getParent(), monitor);
            image.write(result.bytes(), true, true, false, monitor);
        }
    }

    private static String text(IFile file) throws CoreException {
        try {
            return new String(file.readAllBytes(), Charset.forName(file.getCharset()));
        } catch (UnsupportedCharsetException unknown) {
            throw new CoreException(Status.error(file.getFullPath() + " says it is encoded in " + unknown.getCharsetName() + ", which this Java does not know", unknown));
        }
    }

    private static void makeFolders(IContainer container, IProgressMonitor monitor) throws CoreException {
        if (container instanceof IFolder folder && !folder.exists()) {
            makeFolders(folder.getParent(), monitor);
            folder.create(IResource.FORCE | IResource.DERIVED, true, monitor);
        }
    }

    private static void delete(IFile image, IProgressMonitor monitor) throws CoreException {
        if (image.exists()) {
            image.delete(true, monitor);
        }
    }

    @Override
    protected void clean(IProgressMonitor monitor) throws CoreException {
        for (IFile source : GuestProject.sources(getProject())) {
            AsmProblem.clear(source);
            delete(GuestProject.image(source), monitor);
        }
    }
}
