package dev.ringside.ui.registers;

import dev.ringside.machine.MachineControl.RegisterGroupValues;
import dev.ringside.machine.MachineControl.RegisterValue;
import dev.ringside.ui.Icons;
import dev.ringside.ui.LatestAnswer;
import dev.ringside.ui.NoGuestHint;
import dev.ringside.ui.ThemeChanges;
import dev.ringside.ui.guest.GuestFocus;
import dev.ringside.ui.guest.GuestVcpu;
import dev.ringside.ui.guest.RegisterValues;
import java.util.stream.Collectors;
import org.eclipse.jface.action.Action;
import org.eclipse.swt.SWT;
import org.eclipse.swt.custom.StackLayout;
import org.eclipse.swt.dnd.Clipboard;
import org.eclipse.swt.dnd.TextTransfer;
import org.eclipse.swt.dnd.Transfer;
import org.eclipse.swt.widgets.Composite;
import org.eclipse.swt.widgets.Control;
import org.eclipse.ui.actions.ActionFactory;
import org.eclipse.ui.part.ViewPart;

/** Shows the registers of the virtual CPU in focus, asks for them once a stop, and lets the user change them in place. */
public final class RegistersView extends ViewPart {
    public static final String ID = "dev.ringside.ui.registers";

    private final GuestFocus.Listener focusListener = this::focusChanged;
    private GuestFocus focus;
    private Composite pages;
    private StackLayout stack;
    private Control hint;
    private RegisterTree tree;
    private LatestAnswer<RegisterValues> values;
    private LatestAnswer<Void> edits;
    private GuestVcpu shown;

    @Override
    public void createPartControl(Composite parent) {
        pages = new Composite(parent, SWT.NONE);
        stack = new StackLayout();
        pages.setLayout(stack);
        hint = new NoGuestHint(pages, getSite());
        tree = new RegisterTree(pages, this::edit);
        values = new LatestAnswer<>(pages);
        edits = new LatestAnswer<>(pages);
        ThemeChanges.listen(pages, () -> focusChanged(shown));
        contributeActions();
        focus = getSite().getService(GuestFocus.class);
        focus.addListener(focusListener);
    }

    private void focusChanged(GuestVcpu vcpu) {
        GuestVcpu before = shown;
        shown = vcpu;
        show(vcpu == null ? hint : tree.control());
        if (vcpu == null) {
            values.cancel();
            setContentDescription("");
            return;
        }
        if (before == null || before.machine() != vcpu.machine()) {
            tree.clear();
        }
        if (vcpu.isRunning()) {
            values.cancel();
            tree.running();
        } else {
            values.ask(vcpu.registers(), answer -> tree.show(answer, vcpu.symbols(), vcpu.canChange()), this::say);
        }
    }

    private void show(Control page) {
        if (stack.topControl != page) {
            stack.topControl = page;
            pages.layout();
        }
    }

    private void edit(RegisterValue register, String text) {
        if (shown != null && shown.canChange()) {
            edits.ask(shown.setRegister(register.name(), text), done -> say(null), this::say);
        }
    }

    /** @param problem null for none */
    private void say(String problem) {
        getViewSite().getActionBars().getStatusLineManager().setErrorMessage(problem);
    }

    private void contributeActions() {
        Action copy = new Action("Copy All Registers", Icons.descriptor("copy")) {
            @Override
            public void run() {
                copyAll();
            }
        };
        getViewSite().getActionBars().getToolBarManager().add(copy);
        getViewSite().getActionBars().setGlobalActionHandler(ActionFactory.COPY.getId(), copy);
    }

    private void copyAll() {
        RegisterValues copied = tree.values();
        if (copied == null) {
            return;
        }
        Clipboard clipboard = new Clipboard(pages.getDisplay());
        clipboard.setContents(new Object[] {asText(copied)}, new Transfer[] {TextTransfer.getInstance()});
        clipboard.dispose();
    }

    private static String asText(RegisterValues values) {
        return values.groups().stream()
                .map(RegisterGroupValues::registers)
                .map(group -> group.stream().map(register -> register.name() + "=" + (register.digits().isEmpty() ? "unknown" : register.digits())).collect(Collectors.joining(" ")))
                .collect(Collectors.joining(System.lineSeparator()));
    }

    @Override
    public void setFocus() {
        stack.topControl.setFocus();
    }

    @Override
    public void dispose() {
        if (focus != null) {
            focus.removeListener(focusListener);
        }
        super.dispose();
    }
}
