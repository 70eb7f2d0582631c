package dev.ringside.ui;

import dev.ringside.ui.guest.GuestFocus;
import dev.ringside.ui.guest.GuestVcpu;
import org.eclipse.jface.layout.GridDataFactory;
import org.eclipse.jface.layout.GridLayoutFactory;
import org.eclipse.swt.SWT;
import org.eclipse.swt.widgets.Composite;
import org.eclipse.swt.widgets.Control;
import org.eclipse.swt.widgets.Label;
import org.eclipse.ui.menus.WorkbenchWindowControlContribution;

/** One line in the window's status bar: what the guest in focus does, or why it stands still or ended. */
public final class RunStatus extends WorkbenchWindowControlContribution {
    private static final int WIDTH_PIXELS = 420;

    @Override
    protected Control createControl(Composite parent) {
        Composite box = new Composite(parent, SWT.NONE);
        GridLayoutFactory.fillDefaults().margins(6, 2).applyTo(box);
        Label label = new Label(box, SWT.NONE);
        GridDataFactory.fillDefaults().grab(true, true).align(SWT.FILL, SWT.CENTER).hint(WIDTH_PIXELS, SWT.DEFAULT).applyTo(label);
        GuestFocus focus = getWorkbenchWindow().getService(GuestFocus.class);
        GuestFocus.Listener listener = vcpu -> show(label, vcpu);
        focus.addListener(listener);
        label.addListener(SWT.Dispose, event -> focus.removeListener(listener));
        return box;
    }

    private static void show(Label label, GuestVcpu vcpu) {
        String text = vcpu == null ? "" : vcpu.machineName() + ": " + vcpu.state();
        label.setText(text);
        label.setToolTipText(text);
    }
}
