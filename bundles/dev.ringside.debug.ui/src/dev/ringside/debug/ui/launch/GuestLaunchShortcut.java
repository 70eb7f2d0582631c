package dev.ringside.debug.ui.launch;

import dev.ringside.asm.core.GuestProject;
import dev.ringside.debug.core.DebugCore;
import java.util.List;
import org.eclipse.core.resources.IFile;
import org.eclipse.core.resources.IProject;
import org.eclipse.core.runtime.Adapters;
import org.eclipse.core.runtime.CoreException;
import org.eclipse.debug.ui.DebugUITools;
import org.eclipse.debug.ui.ILaunchShortcut;
import org.eclipse.jface.viewers.ISelection;
import org.eclipse.jface.viewers.IStructuredSelection;
import org.eclipse.jface.viewers.LabelProvider;
import org.eclipse.jface.window.Window;
import org.eclipse.ui.IEditorPart;
import org.eclipse.ui.PlatformUI;
import org.eclipse.ui.dialogs.ElementListSelectionDialog;
import org.eclipse.ui.statushandlers.StatusManager;

/**
 * <em>Debug As ▸ Guest kernel</em>: boots an image file on the default machine, and remembers how for the next time. On an assembly source or a guest
 * project it boots what is built from it.
 */
public final class GuestLaunchShortcut implements ILaunchShortcut {
    @Override
    public void launch(ISelection selection, String mode) {
        if (selection instanceof IStructuredSelection elements) {
            launch(elements.getFirstElement(), mode);
        }
    }

    @Override
    public void launch(IEditorPart editor, String mode) {
        launch(editor.getEditorInput(), mode);
    }

    private static void launch(Object selected, String mode) {
        try {
            IFile file = Adapters.adapt(selected, IFile.class);
            IFile chosen = file != null ? file : sourceOf(Adapters.adapt(selected, IProject.class));
            if (chosen != null) {
                launch(chosen, mode);
            }
        } catch (CoreException failed) {
            StatusManager.getManager().handle(failed.getStatus(), StatusManager.SHOW | StatusManager.LOG);
        }
    }

    private static void launch(IFile file, String mode) throws CoreException {
        IFile source = GuestProject.isSource(file) ? file : null;
        if (source == null) {
            DebugUITools.launch(GuestConfigurations.forImage("${workspace_loc:" + file.getFullPath() + "}", file.getName()), mode);
        } else if (GuestProject.isGuestProject(source.getProject())) {
            DebugUITools.launch(GuestConfigurations.forSource(source), mode);
        } else {
            throw DebugCore.failure(source.getName() + " is not in a guest project, so nothing assembles it. File ▸ New ▸ Guest Project makes one.", null);
        }
    }

    /** The only source of a project, or the one that the user chooses; null when the user chooses none. */
    private static IFile sourceOf(IProject project) throws CoreException {
        if (project == null) {
            return null;
        }
        List<IFile> sources = GuestProject.sources(project);
        if (sources.isEmpty()) {
            throw DebugCore.failure("The project " + project.getName() + " has no assembly source (*.asm) to boot", null);
        }
        return sources.size() == 1 ? sources.getFirst() : choose(sources);
    }

    private static IFile choose(List<IFile> sources) {
        ElementListSelectionDialog dialog = new ElementListSelectionDialog(PlatformUI.getWorkbench().getActiveWorkbenchWindow().getShell(),
                LabelProvider.createTextProvider(file -> ((IFile) file).getProjectRelativePath().toString()));
        dialog.setTitle("Guest Kernel");
        dialog.setMessage("Which of the sources is to be booted?");
        dialog.setElements(sources.toArray());
        return dialog.open() == Window.OK ? (IFile) dialog.getFirstResult() : null;
    }
}
