package dev.ringside.ide.welcome;

import dev.ringside.ui.Palette;
import dev.ringside.ui.ThemeChanges;
import org.eclipse.core.commands.common.CommandException;
import org.eclipse.core.runtime.Status;
import org.eclipse.jface.layout.GridDataFactory;
import org.eclipse.jface.layout.GridLayoutFactory;
import org.eclipse.jface.resource.FontDescriptor;
import org.eclipse.jface.resource.ImageDescriptor;
import org.eclipse.jface.resource.JFaceResources;
import org.eclipse.jface.resource.LocalResourceManager;
import org.eclipse.swt.SWT;
import org.eclipse.swt.custom.ScrolledComposite;
import org.eclipse.swt.graphics.Point;
import org.eclipse.swt.widgets.Composite;
import org.eclipse.swt.widgets.Control;
import org.eclipse.swt.widgets.Label;
import org.eclipse.swt.widgets.Link;
import org.eclipse.ui.IWorkbench;
import org.eclipse.ui.PlatformUI;
import org.eclipse.ui.handlers.IHandlerService;
import org.eclipse.ui.part.IntroPart;
import org.eclipse.ui.statushandlers.StatusManager;

/** <em>Help ▸ Welcome</em>. Each of its links closes it and does one thing. */
public final class Welcome extends IntroPart {
    private static final int TEXT_WIDTH = 520;

    private LocalResourceManager resources;
    private ScrolledComposite scroller;
    private Composite page;
    private Link first;

    @Override
    public void createPartControl(Composite parent) {
        scroller = new ScrolledComposite(parent, SWT.V_SCROLL);
        scroller.setExpandHorizontal(true);
        scroller.setExpandVertical(true);
        page = new Composite(scroller, SWT.NONE);
        scroller.setContent(page);
        resources = new LocalResourceManager(JFaceResources.getResources(), page);
        GridLayoutFactory.fillDefaults().numColumns(2).margins(60, 50).spacing(24, 10).applyTo(page);
        Label picture = new Label(page, SWT.NONE);
        picture.setImage(resources.create(icon("ringside128.png")));
        GridDataFactory.swtDefaults().span(1, 2).align(SWT.CENTER, SWT.CENTER).applyTo(picture);
        Label title = new Label(page, SWT.NONE);
        title.setText("Ringside");
        title.setFont(resources.create(FontDescriptor.createFrom(JFaceResources.getDefaultFont()).increaseHeight(16).setStyle(SWT.BOLD)));
        GridDataFactory.swtDefaults().align(SWT.BEGINNING, SWT.END).applyTo(title);
        text("Point it at a guest kernel. It builds a virtual machine around it, runs it in this window, and shows every step.");
        first = entry("guest", "Boot the sample kernel", "A small 64-bit kernel of ours stops at its first instruction: paging, a timer, a page fault, all to be stepped.",
                "dev.ringside.debug.ui.bootSample");
        entry("image", "Boot my kernel\u2026", "A Linux bzImage or vmlinux, a Multiboot or ELF kernel, or a disk image. No symbols needed; used when there.",
                "dev.ringside.debug.ui.bootKernel");
        entry("new-project", "Start a guest project\u2026", "Write a kernel or a boot sector in assembly; it is assembled when you save.", "dev.ringside.ide.newGuestProject");
        entry("plug-in", "Install a plug-in\u2026", "Devices, views and architectures, from a folder, an archive or a site.", "org.eclipse.equinox.p2.ui.sdk.install");
        entry("tour", "Read the tour", "What is on the screen, in pictures.", "dev.ringside.ide.tour");
        Point size = page.computeSize(SWT.DEFAULT, SWT.DEFAULT);
        scroller.setMinSize(size);
        recolour();
        ThemeChanges.listen(page, this::recolour);
    }

    /** The page is a plain surface in the colour of lists, whatever the theme makes of composites. */
    private void recolour() {
        scroller.setBackground(scroller.getDisplay().getSystemColor(SWT.COLOR_LIST_BACKGROUND));
        for (Control child : page.getChildren()) {
            if (child instanceof Link link) {
                link.setLinkForeground(Palette.of(scroller).flow());
            }
        }
    }

    private void text(String words) {
        Label label = new Label(page, SWT.WRAP);
        label.setText(words);
        GridDataFactory.swtDefaults().align(SWT.BEGINNING, SWT.BEGINNING).hint(TEXT_WIDTH, SWT.DEFAULT).applyTo(label);
    }

    private Link entry(String picture, String name, String explanation, String command) {
        Label image = new Label(page, SWT.NONE);
        image.setImage(resources.create(icon(picture + ".svg")));
        GridDataFactory.swtDefaults().span(1, 2).indent(0, 22).align(SWT.CENTER, SWT.BEGINNING).applyTo(image);
        Link link = new Link(page, SWT.NONE);
        link.setText("<a>" + name + "</a>");
        link.setFont(resources.create(FontDescriptor.createFrom(JFaceResources.getDefaultFont()).increaseHeight(3)));
        link.addListener(SWT.Selection, event -> leaveFor(command));
        GridDataFactory.swtDefaults().indent(0, 18).align(SWT.BEGINNING, SWT.END).applyTo(link);
        text(explanation);
        return link;
    }

    private static ImageDescriptor icon(String file) {
        return ImageDescriptor.createFromURL(Welcome.class.getResource("/icons/" + file));
    }

    private void leaveFor(String command) {
        IWorkbench workbench = PlatformUI.getWorkbench();
        workbench.getIntroManager().closeIntro(this);
        try {
            workbench.getService(IHandlerService.class).executeCommand(command, null);
        } catch (CommandException failed) {
            StatusManager.getManager().handle(Status.error("That cannot be done now: " + failed.getMessage(), failed), StatusManager.SHOW);
        }
    }

    @Override
    public void standbyStateChanged(boolean standby) {
        // It looks the same at the side.
    }

    @Override
    public void setFocus() {
        first.setFocus();
    }
}
