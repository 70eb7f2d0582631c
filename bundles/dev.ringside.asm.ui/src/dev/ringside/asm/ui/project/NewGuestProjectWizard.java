package dev.ringside.asm.ui.project;

import dev.ringside.asm.core.GuestProject;
import dev.ringside.samples.Sample;
import java.lang.reflect.InvocationTargetException;
import java.net.URI;
import org.eclipse.core.resources.IFile;
import org.eclipse.core.resources.IProject;
import org.eclipse.core.runtime.CoreException;
import org.eclipse.core.runtime.Status;
import org.eclipse.jface.resource.ImageDescriptor;
import org.eclipse.jface.viewers.IStructuredSelection;
import org.eclipse.jface.wizard.Wizard;
import org.eclipse.ui.INewWizard;
import org.eclipse.ui.IWorkbench;
import org.eclipse.ui.PartInitException;
import org.eclipse.ui.ide.IDE;
import org.eclipse.ui.statushandlers.StatusManager;
import org.eclipse.ui.wizards.newresource.BasicNewResourceWizard;

/** Makes a guest project from one of the samples, and opens its source. */
public final class NewGuestProjectWizard extends Wizard implements INewWizard {
    private IWorkbench workbench;
    private NewGuestProjectPage page;

    @Override
    public void init(IWorkbench in, IStructuredSelection selection) {
        workbench = in;
        setWindowTitle("New Guest Project");
        setNeedsProgressMonitor(true);
        setDefaultPageImageDescriptor(ImageDescriptor.createFromURL(NewGuestProjectWizard.class.getResource("/icons/guest-project-wizard.svg")));
    }

    @Override
    public void addPages() {
        page = new NewGuestProjectPage();
        addPage(page);
    }

    @Override
    public boolean performFinish() {
        String name = page.getProjectName();
        URI location = page.useDefaults() ? null : page.getLocationURI();
        Sample sample = page.sample();
        IProject[] made = new IProject[1];
        try {
            getContainer().run(true, false, monitor -> {
                try {
                    made[0] = GuestProject.create(name, location, sample, monitor);
                } catch (CoreException failed) {
                    throw new InvocationTargetException(failed);
                }
            });
        } catch (InvocationTargetException failed) {
            StatusManager.getManager().handle(Status.error("The project " + name + " could not be made: " + failed.getCause().getMessage(), failed.getCause()),
                    StatusManager.SHOW | StatusManager.LOG);
            return false;
        } catch (InterruptedException cancelled) {
            Thread.currentThread().interrupt();
            return false;
        }
        show(made[0].getFile(sample.fileName()));
        return true;
    }

    private void show(IFile source) {
        BasicNewResourceWizard.selectAndReveal(source, workbench.getActiveWorkbenchWindow());
        try {
            IDE.openEditor(workbench.getActiveWorkbenchWindow().getActivePage(), source);
        } catch (PartInitException failed) {
            StatusManager.getManager().handle(failed.getStatus(), StatusManager.SHOW | StatusManager.LOG);
        }
    }
}
