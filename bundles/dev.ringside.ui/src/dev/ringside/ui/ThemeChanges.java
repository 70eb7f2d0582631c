package dev.ringside.ui;

import org.eclipse.e4.core.services.events.IEventBroker;
import org.eclipse.swt.SWT;
import org.eclipse.swt.widgets.Control;
import org.eclipse.ui.PlatformUI;
import org.osgi.service.event.EventHandler;

/** Tells that the workbench's theme has changed. Style sheets then have set every colour and font anew, also those that a view had set. */
public final class ThemeChanges {
    /** {@code IThemeEngine.Events.THEME_CHANGED}. */
    private static final String TOPIC = "org/eclipse/e4/ui/css/swt/theme/ThemeManager/themeChanged";

    private ThemeChanges() {
    }

    /** {@code changed} runs on the UI thread after each change until {@code control} is disposed. */
    public static void listen(Control control, Runnable changed) {
        IEventBroker broker = PlatformUI.getWorkbench().getService(IEventBroker.class);
        EventHandler handler = event -> control.getDisplay().asyncExec(() -> {
            if (!control.isDisposed()) {
                changed.run();
            }
        });
        broker.subscribe(TOPIC, null, handler, true);
        control.addListener(SWT.Dispose, event -> broker.unsubscribe(handler));
    }
}
