package dev.ringside.testkit.swtbot;

import java.util.List;
import org.eclipse.jface.action.IStatusLineManager;
import org.eclipse.jface.action.StatusLineManager;
import org.eclipse.jface.action.SubStatusLineManager;
import org.eclipse.swt.SWT;
import org.eclipse.swt.custom.CLabel;
import org.eclipse.swt.widgets.Composite;
import org.eclipse.swt.widgets.Control;
import org.eclipse.swt.widgets.Display;
import org.eclipse.swt.widgets.Shell;
import org.eclipse.ui.IEditorPart;
import org.eclipse.ui.IViewPart;
import org.eclipse.ui.IViewReference;
import org.eclipse.ui.IWorkbenchPage;
import org.eclipse.ui.IWorkbenchPart;
import org.eclipse.ui.IWorkbenchWindow;
import org.eclipse.ui.PartInitException;
import org.eclipse.ui.PlatformUI;

/** The workbench in the hands of a test that runs beside the UI thread. */
public final class SWTWorkbenchBot extends SWTBot {
    public SWTWorkbenchBot() {
        super(() -> window().getShell());
    }

    private static IWorkbenchWindow window() {
        return PlatformUI.getWorkbench().getWorkbenchWindows()[0];
    }

    private static IWorkbenchPage page() {
        return window().getActivePage();
    }

    public SWTBotView viewByTitle(String title) {
        return SWTBotView.find(Ui.call(() -> List.of(page().getViewReferences())), title);
    }

    /** SWTBot's older name. */
    public SWTBotView view(String title) {
        return viewByTitle(title);
    }

    /** Opens the view when it is not. */
    public SWTBotView viewById(String id) {
        Ui.run(() -> {
            try {
                page().showView(id);
            } catch (PartInitException failed) {
                throw new IllegalStateException(failed);
            }
        });
        IViewReference reference = Ui.call(() -> page().findViewReference(id));
        return new SWTBotView(reference);
    }

    /** The perspective as it was designed, no dialog open. */
    public void resetWorkbench() {
        closeAllShells();
        Ui.run(() -> {
            window().getShell().forceActive();
            page().resetPerspective();
        });
    }

    /** Closes every dialog, as Escape would. One may take others with it, such as a tooltip or a help tray. */
    public void closeAllShells() {
        for (Shell shell : Ui.shells()) {
            if (Ui.call(() -> !shell.isDisposed() && shell != window().getShell() && shell.getParent() != null)) {
                new SWTBotShell(shell).close();
            }
        }
    }

    /** What the active part says in the status line. */
    public String statusLine() {
        return Ui.call(() -> {
            IWorkbenchPart part = page().getActivePart();
            IStatusLineManager line = part instanceof IViewPart view ? view.getViewSite().getActionBars().getStatusLineManager()
                    : ((IEditorPart) part).getEditorSite().getActionBars().getStatusLineManager();
            while (line instanceof SubStatusLineManager sub && sub.getParent() instanceof IStatusLineManager parent) {
                line = parent;
            }
            Control control = ((StatusLineManager) line).getControl();
            for (Control child : ((Composite) control).getChildren()) {
                if (child instanceof CLabel label && label.isVisible() && label.getText() != null && !label.getText().isEmpty()) {
                    return label.getText();
                }
            }
            return "";
        });
    }

    public SWTBotShell workbenchShell() {
        return new SWTBotShell(Ui.call(() -> window().getShell()));
    }

    /** A key that the workbench's bindings see, on whatever has the focus: {@code SWT.F6}. */
    public void pressShortcut(int keyCode) {
        Ui.pressShortcut(focus(), SWT.NONE, keyCode, (char) 0);
    }

    /** A key with modifiers: {@code SWT.CTRL, 'o'}. */
    public void pressShortcut(int modifiers, int keyCode) {
        boolean control = (modifiers & SWT.CTRL) != 0 && keyCode >= 'a' && keyCode <= 'z';
        char character = (keyCode & SWT.KEYCODE_BIT) != 0 ? 0 : (char) (control ? keyCode & 0x1f : keyCode);
        Ui.pressShortcut(focus(), modifiers, keyCode, character);
    }

    private static Control focus() {
        return Ui.call(() -> {
            Control focus = Display.getCurrent().getFocusControl();
            return focus == null ? window().getShell() : focus;
        });
    }
}
