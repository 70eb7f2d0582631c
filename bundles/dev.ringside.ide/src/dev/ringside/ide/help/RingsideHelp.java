package dev.ringside.ide.help;

import org.eclipse.help.HelpSystem;
import org.eclipse.help.IContext;
import org.eclipse.help.IHelpResource;
import org.eclipse.jface.layout.GridDataFactory;
import org.eclipse.jface.layout.GridLayoutFactory;
import org.eclipse.swt.SWT;
import org.eclipse.swt.graphics.Point;
import org.eclipse.swt.widgets.Display;
import org.eclipse.swt.widgets.Shell;
import org.eclipse.ui.IWorkbenchPage;
import org.eclipse.ui.IWorkbenchPart;
import org.eclipse.ui.IWorkbenchWindow;
import org.eclipse.ui.PartInitException;
import org.eclipse.ui.PlatformUI;
import org.eclipse.ui.help.AbstractHelpUI;
import org.eclipse.ui.statushandlers.StatusManager;

/** Shows help in the {@link HelpView}, or, while a dialog is open, in a window beside it. F1 opens the page of the active part or of the dialog's page. */
public final class RingsideHelp extends AbstractHelpUI {
    /** The extension by which the workbench finds this class. */
    public static final String ID = "dev.ringside.ide.helpSupport";

    private static final String PLUGIN = "dev.ringside.ide.";
    private static final Point WINDOW_SIZE = new Point(520, 600);

    private Shell window;
    private HelpBrowser windowBrowser;

    @Override
    public void displayHelp() {
        show(HelpBrowser.CONTENTS);
    }

    @Override
    public void displayDynamicHelp() {
        show(pageOf(activePart()));
    }

    @Override
    public void displayContext(IContext context, int x, int y) {
        IHelpResource[] topics = context == null ? new IHelpResource[0] : context.getRelatedTopics();
        show(topics.length == 0 ? pageOf(activePart()) : topics[0].getHref());
    }

    @Override
    public void displayHelpResource(String href) {
        show(href == null ? HelpBrowser.CONTENTS : href);
    }

    @Override
    public boolean isContextHelpDisplayed() {
        return window != null && !window.isDisposed();
    }

    /** The page of a part's context, ours or its own plug-in's; the contents when there is none. */
    private static String pageOf(IWorkbenchPart part) {
        if (part == null) {
            return HelpBrowser.CONTENTS;
        }
        String name = part.getSite().getId().replace('.', '_');
        IContext context = HelpSystem.getContext(PLUGIN + name);
        if (context == null) {
            context = HelpSystem.getContext(part.getSite().getPluginId() + "." + name);
        }
        return context == null || context.getRelatedTopics().length == 0 ? HelpBrowser.CONTENTS : context.getRelatedTopics()[0].getHref();
    }

    private void show(String href) {
        Shell dialog = dialog();
        IWorkbenchWindow workbench = workbenchWindow();
        if (dialog != null || workbench == null) {
            showBeside(dialog, href);
        } else {
            showInView(workbench.getActivePage(), href);
        }
    }

    /** The dialog opened last that keeps the user from the window, or null. */
    private static Shell dialog() {
        Shell found = null;
        for (Shell shell : Display.getCurrent().getShells()) {
            if (shell.isVisible() && (shell.getStyle() & (SWT.PRIMARY_MODAL | SWT.APPLICATION_MODAL)) != 0) {
                found = shell;
            }
        }
        return found;
    }

    private static void showInView(IWorkbenchPage page, String href) {
        try {
            ((HelpView) page.showView(HelpView.ID)).show(href);
        } catch (PartInitException failed) {
            StatusManager.getManager().handle(failed.getStatus(), StatusManager.SHOW | StatusManager.LOG);
        }
    }

    private void showBeside(Shell dialog, String href) {
        if (!isContextHelpDisplayed() || window.getParent() != dialog) {
            window = new Shell(dialog, SWT.SHELL_TRIM | SWT.MODELESS);
            window.setText("Help");
            GridLayoutFactory.fillDefaults().applyTo(window);
            windowBrowser = new HelpBrowser(window);
            GridDataFactory.fillDefaults().grab(true, true).applyTo(windowBrowser.control());
            window.setSize(WINDOW_SIZE);
            if (dialog != null) {
                window.setLocation(dialog.getLocation().x + 40, dialog.getLocation().y + 40);
            }
            window.open();
        }
        windowBrowser.open(href);
    }

    private static IWorkbenchWindow workbenchWindow() {
        IWorkbenchWindow active = PlatformUI.getWorkbench().getActiveWorkbenchWindow();
        IWorkbenchWindow[] all = PlatformUI.getWorkbench().getWorkbenchWindows();
        return active != null || all.length == 0 ? active : all[0];
    }

    private static IWorkbenchPart activePart() {
        IWorkbenchWindow window = workbenchWindow();
        return window == null || window.getActivePage() == null ? null : window.getActivePage().getActivePart();
    }
}
