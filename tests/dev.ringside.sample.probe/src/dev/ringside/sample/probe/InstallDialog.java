package dev.ringside.sample.probe;

import java.util.List;
import org.eclipse.core.commands.common.CommandException;
import org.eclipse.swt.SWT;
import org.eclipse.swt.widgets.Combo;
import org.eclipse.swt.widgets.Event;
import org.eclipse.swt.widgets.Tree;
import org.eclipse.swt.widgets.TreeItem;
import org.eclipse.ui.PlatformUI;
import org.eclipse.ui.handlers.IHandlerService;

/** <em>Help &gt; Install New Software</em>, page by page. */
final class InstallDialog {
    private static final String TITLE = "Install";
    private static final String TRUST = "Trust Artifacts";
    private static final String DETAILS = "Review the items to be installed.";

    private InstallDialog() {
    }

    /** Returns when the workbench asks to be started again; says no. */
    static void install(String site, String category) throws Exception {
        Hands.display().asyncExec(() -> {
            try {
                PlatformUI.getWorkbench().getService(IHandlerService.class).executeCommand("org.eclipse.equinox.p2.ui.sdk.install", null);
            } catch (CommandException failed) {
                throw new IllegalStateException(failed);
            }
        });
        Hands.await("the dialog does not open", () -> Hands.display().syncCall(() -> enter(site)));
        Hands.await(category + " cannot be chosen", () -> Hands.display().syncCall(() -> {
            if (message(DETAILS)) {
                return true;
            }
            choose(category); // more than once: the list is filled in several goes, and forgets its checks
            return false;
        }));
        Hands.press(TITLE, "Next >");
        Hands.press(TITLE, "I accept the terms of the license agreement");
        Hands.press(TITLE, "Finish");
        Hands.press(TRUST, "Select All");
        Hands.press(TRUST, "Trust Selected");
        Hands.press("Software Updates", "No");
    }

    private static boolean enter(String site) {
        for (Combo combo : Hands.all(Combo.class)) {
            if (combo.getShell().getText().equals(TITLE)) {
                combo.setText(site);
                Event enter = new Event();
                enter.keyCode = SWT.CR;
                enter.character = SWT.CR;
                combo.notifyListeners(SWT.KeyDown, enter);
                return true;
            }
        }
        return false;
    }

    private static void choose(String category) {
        if (check(category)) {
            Hands.pressIfEnabled(TITLE, "Next >");
        }
    }

    private static boolean check(String category) {
        for (Tree tree : Hands.all(Tree.class)) {
            for (TreeItem item : tree.getShell().getText().equals(TITLE) ? List.of(tree.getItems()) : List.<TreeItem>of()) {
                if (item.getText().equals(category) && item.getChecked()) {
                    return true;
                }
                if (item.getText().equals(category)) {
                    item.setChecked(true);
                    Event check = new Event();
                    check.item = item;
                    check.detail = SWT.CHECK;
                    tree.notifyListeners(SWT.Selection, check);
                    return true;
                }
            }
        }
        return false;
    }

    /** The line under the title of the present page. */
    private static boolean message(String text) {
        return Hands.all(org.eclipse.swt.widgets.Text.class).stream().anyMatch(shown -> shown.getText().strip().equals(text))
            || Hands.all(org.eclipse.swt.widgets.Label.class).stream().anyMatch(shown -> shown.getText().strip().equals(text));
    }
}
