package dev.ringside.ide.help;

import org.eclipse.jface.action.Action;
import org.eclipse.jface.resource.ImageDescriptor;
import org.eclipse.swt.widgets.Composite;
import org.eclipse.ui.IWorkbenchCommandConstants;
import org.eclipse.ui.part.ViewPart;

/** The <em>Help</em> view. */
public final class HelpView extends ViewPart {
    public static final String ID = "dev.ringside.ide.help";

    private HelpBrowser browser;

    @Override
    public void createPartControl(Composite parent) {
        browser = new HelpBrowser(parent);
        Action back = action("Back", "back", browser::back);
        Action contents = action("Contents", "contents", () -> browser.open(HelpBrowser.CONTENTS));
        getViewSite().getActionBars().getToolBarManager().add(back);
        getViewSite().getActionBars().getToolBarManager().add(contents);
        getViewSite().getActionBars().setGlobalActionHandler(IWorkbenchCommandConstants.NAVIGATE_BACK, back);
        browser.open(HelpBrowser.CONTENTS);
    }

    private static Action action(String name, String picture, Runnable run) {
        Action action = new Action(name, ImageDescriptor.createFromURL(HelpView.class.getResource("/icons/" + picture + ".svg"))) {
            @Override
            public void run() {
                run.run();
            }
        };
        action.setToolTipText(name);
        return action;
    }

    public void show(String href) {
        browser.open(href);
    }

    /** What is shown, without its looks. */
    public String text() {
        return browser.text();
    }

    @Override
    public void setFocus() {
        browser.control().setFocus();
    }
}
