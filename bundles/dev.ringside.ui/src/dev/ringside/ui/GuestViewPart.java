package dev.ringside.ui;

import dev.ringside.ui.guest.GuestFocus;
import dev.ringside.ui.guest.GuestVcpu;
import java.util.concurrent.CompletableFuture;
import java.util.OptionalLong;
import org.eclipse.jface.action.Action;
import org.eclipse.jface.resource.ImageDescriptor;
import org.eclipse.core.commands.AbstractHandler;
import org.eclipse.core.commands.ExecutionEvent;
import org.eclipse.swt.SWT;
import org.eclipse.swt.custom.StackLayout;
import org.eclipse.swt.dnd.Clipboard;
import org.eclipse.swt.dnd.TextTransfer;
import org.eclipse.swt.dnd.Transfer;
import org.eclipse.swt.widgets.Composite;
import org.eclipse.swt.widgets.Control;
import org.eclipse.ui.IPartListener2;
import org.eclipse.ui.IWorkbenchPartReference;
import org.eclipse.ui.part.ViewPart;

/**
 * A view of the guest in focus. While there is none it shows how to get one; while nobody can see it, it asks for nothing, and catches up when it is
 * shown again.
 *
 * <pre>{@code
 * public final class PageWalkView extends GuestViewPart {
 *     protected Control createPage(Composite parent) { … }
 *     protected void show(GuestVcpu now, GuestVcpu before) { answer.ask(now.explainTranslation(address), this::fill, this::say); }
 * }
 * }</pre>
 */
public abstract class GuestViewPart extends ViewPart {
    private final GuestFocus.Listener focusListener = this::focusChanged;
    private final IPartListener2 visibility = new Visibility();
    private GuestFocus focus;
    private Composite pages;
    private StackLayout stack;
    private Control hint;
    private Control page;
    private GuestVcpu current;
    private GuestVcpu shown;
    private boolean visible = true;

    @Override
    public final void createPartControl(Composite parent) {
        pages = new Composite(parent, SWT.NONE);
        stack = new StackLayout();
        pages.setLayout(stack);
        hint = new NoGuestHint(pages, getSite());
        page = createPage(pages);
        ThemeChanges.listen(pages, this::themeChanged);
        pages.addListener(SWT.Paint, event -> seen());
        getSite().getPage().addPartListener(visibility);
        focus = getSite().getService(GuestFocus.class);
        focus.addListener(focusListener);
    }

    /** The control that shows a guest. Called once, before {@link #show}. */
    protected abstract Control createPage(Composite parent);

    /**
     * The guest in focus ran, stopped, changed, or is another one. Only called while the view can be seen.
     *
     * @param now null when there is none any more
     * @param before what the view was last told, or null
     */
    protected abstract void show(GuestVcpu now, GuestVcpu before);

    /** Style sheets have set every colour anew. */
    protected void themeChanged() {
        if (shown != null) {
            show(shown, shown);
        }
    }

    /** The guest that the view was last told of; null for none. */
    protected final GuestVcpu shown() {
        return shown;
    }

    protected final boolean isVisible() {
        return visible;
    }

    private void focusChanged(GuestVcpu vcpu) {
        boolean beingCreated = current == null && shown == null;
        current = vcpu;
        visible &= beingCreated || pages.isVisible(); // one that is created behind another is never told that it is hidden
        if (visible) {
            tell();
        }
    }

    private void seen() {
        if (!visible) {
            visible = true;
            tell();
        }
    }

    private void tell() {
        GuestVcpu before = shown;
        shown = current;
        Control top = shown == null ? hint : page;
        if (stack.topControl != top) {
            stack.topControl = top;
            pages.layout();
        }
        show(shown, before);
    }

    protected static boolean isSameMachine(GuestVcpu one, GuestVcpu other) {
        return one != null && other != null && one.machine() == other.machine();
    }

    /** In the status line. @param problem null for none */
    protected final void say(String problem) {
        getViewSite().getActionBars().getStatusLineManager().setErrorMessage(problem);
    }

    /** An address as users write it: {@code 0x100000}, {@code start_kernel+0x1c}; also the name of a register. */
    protected static CompletableFuture<OptionalLong> addressOf(GuestVcpu vcpu, String text) {
        OptionalLong address = vcpu.addressOf(text);
        return address.isPresent() ? CompletableFuture.completedFuture(address) : vcpu.registers().thenApply(values -> values.valueOf(text));
    }

    protected static String noAddress(String text) {
        return "\"" + text + "\" is neither an address, a symbol nor a register";
    }

    /** @param text with its key behind a tab; @param icon name of a picture of this bundle, or null */
    protected static Action action(String text, String icon, Runnable body) {
        ImageDescriptor picture = icon == null ? null : Icons.descriptor(icon);
        Action action = new Action(text, picture) {
            @Override
            public void run() {
                body.run();
            }
        };
        action.setToolTipText(text.replaceFirst("\t(.*)", " ($1)"));
        return action;
    }

    /** Does what a command of another plug-in does. @param command its id */
    protected final void execute(String command) {
        NoGuestHint.execute(command, getSite());
    }

    protected static AbstractHandler handler(Action action) {
        return new AbstractHandler() {
            @Override
            public Object execute(ExecutionEvent event) {
                action.run();
                return null;
            }
        };
    }

    protected final void copy(String text) {
        if (text.isEmpty()) {
            return;
        }
        Clipboard clipboard = new Clipboard(pages.getDisplay());
        clipboard.setContents(new Object[] {text}, new Transfer[] {TextTransfer.getInstance()});
        clipboard.dispose();
    }

    @Override
    public void setFocus() {
        stack.topControl.setFocus();
    }

    @Override
    public void dispose() {
        getSite().getPage().removePartListener(visibility);
        if (focus != null) {
            focus.removeListener(focusListener);
        }
        super.dispose();
    }

    private final class Visibility implements IPartListener2 {
        @Override
        public void partVisible(IWorkbenchPartReference reference) {
            if (reference.getPart(false) == GuestViewPart.this) {
                seen();
            }
        }

        @Override
        public void partHidden(IWorkbenchPartReference reference) {
            if (reference.getPart(false) == GuestViewPart.this) {
                visible = false;
            }
        }
    }
}
