package dev.ringside.ui;

import org.eclipse.core.commands.common.CommandException;
import org.eclipse.jface.layout.GridDataFactory;
import org.eclipse.jface.layout.GridLayoutFactory;
import org.eclipse.swt.SWT;
import org.eclipse.swt.widgets.Composite;
import org.eclipse.swt.widgets.Control;
import org.eclipse.swt.widgets.Label;
import org.eclipse.swt.widgets.Link;
import org.eclipse.ui.PlatformUI;
import org.eclipse.ui.handlers.IHandlerService;
import org.eclipse.ui.services.IServiceLocator;
import org.eclipse.ui.statushandlers.StatusManager;
import org.eclipse.core.runtime.Status;

/** What a view shows while there is no guest: how to get one. */
public final class NoGuestHint extends Composite {
    /** Commands of {@code dev.ringside.debug.ui}. */
    private static final String BOOT_SAMPLE = "dev.ringside.debug.ui.bootSample";
    private static final String BOOT_KERNEL = "dev.ringside.debug.ui.bootKernel";

    public NoGuestHint(Composite parent, IServiceLocator site) {
        super(parent, SWT.NONE);
        GridLayoutFactory.fillDefaults().margins(16, 16).spacing(5, 10).applyTo(this);
        Label title = new Label(this, SWT.NONE);
        title.setText("No guest is running");
        GridDataFactory.swtDefaults().applyTo(title);
        link("<a>Boot the sample kernel</a> and stop at its first instruction", BOOT_SAMPLE, site);
        link("<a>Boot my kernel\u2026</a>", BOOT_KERNEL, site);
        Label keys = new Label(this, SWT.WRAP);
        keys.setText("Then F5 steps into, F6 steps over, F8 runs on, Ctrl+Shift+B sets a breakpoint.");
        GridDataFactory.fillDefaults().grab(true, false).applyTo(keys);
        recolour();
        ThemeChanges.listen(this, this::recolour);
    }

    /** The light style sheet leaves links in the dark one's colour. */
    private void recolour() {
        for (Control child : getChildren()) {
            if (child instanceof Link link) {
                link.setLinkForeground(Palette.of(this).flow());
            }
        }
    }

    private void link(String text, String command, IServiceLocator site) {
        Link link = new Link(this, SWT.NONE);
        link.setText(text);
        link.addListener(SWT.Selection, event -> execute(command, site));
    }

    static void execute(String command, IServiceLocator site) {
        IServiceLocator locator = site == null ? PlatformUI.getWorkbench() : site;
        try {
            locator.getService(IHandlerService.class).executeCommand(command, null);
        } catch (CommandException failed) {
            StatusManager.getManager().handle(Status.error("\"" + command + "\" cannot be done: " + failed.getMessage(), failed), StatusManager.SHOW);
        }
    }
}
