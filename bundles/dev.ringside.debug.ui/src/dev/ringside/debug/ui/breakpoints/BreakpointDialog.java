package dev.ringside.debug.ui.breakpoints;

import dev.ringside.debug.core.AddressExpression;
import dev.ringside.debug.core.HitCount;
import dev.ringside.debug.core.VmDebugTarget;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.eclipse.debug.core.DebugPlugin;
import org.eclipse.jface.dialogs.Dialog;
import org.eclipse.jface.dialogs.IDialogConstants;
import org.eclipse.jface.layout.GridDataFactory;
import org.eclipse.jface.layout.GridLayoutFactory;
import org.eclipse.swt.SWT;
import org.eclipse.swt.widgets.Composite;
import org.eclipse.swt.widgets.Control;
import org.eclipse.swt.widgets.Label;
import org.eclipse.swt.widgets.Shell;
import org.eclipse.swt.widgets.Text;
import org.eclipse.ui.PlatformUI;

/** Asks where a breakpoint is and from which hit on it stops. A symbol that no machine knows yet is accepted and said to be so: its image may come later. */
final class BreakpointDialog extends Dialog {
    private static final int WIDTH = 380;

    /** A context of the product's help. */
    private static final String HELP = "dev.ringside.ide.breakpointDialog";

    private final String title;
    private final boolean addressIsOpen;
    private String address;
    private String count;
    private Text addressField;
    private Text countField;
    private Text message;

    /** @param addressIsOpen whether the address can be changed: that of a line or of watched data cannot */
    BreakpointDialog(Shell parent, String title, String address, boolean addressIsOpen, int count) {
        super(parent);
        this.title = title;
        this.address = address;
        this.addressIsOpen = addressIsOpen;
        this.count = count == 1 ? "" : Integer.toString(count);
    }

    String address() {
        return address;
    }

    int hitCount() {
        return HitCount.parse(count);
    }

    @Override
    protected void configureShell(Shell shell) {
        super.configureShell(shell);
        shell.setText(title);
        PlatformUI.getWorkbench().getHelpSystem().setHelp(shell, HELP);
    }

    @Override
    protected boolean isResizable() {
        return true;
    }

    @Override
    protected Control createDialogArea(Composite parent) {
        Composite area = (Composite) super.createDialogArea(parent);
        GridLayoutFactory.swtDefaults().numColumns(2).margins(12, 12).spacing(8, 8).applyTo(area);
        addressField = field(area, addressIsOpen ? "&Address or symbol:" : "Where:", address, "0x100000, start_kernel or start_kernel+0x10");
        addressField.setEditable(addressIsOpen);
        countField = field(area, "&Hit count:", count, "1: stop at every hit");
        message = new Text(area, SWT.READ_ONLY | SWT.WRAP);
        message.setBackground(area.getBackground());
        GridDataFactory.fillDefaults().span(2, 1).grab(true, true).hint(WIDTH, message.getLineHeight() * 2).applyTo(message);
        (addressIsOpen ? addressField : countField).setFocus();
        return area;
    }

    private Text field(Composite parent, String label, String value, String hint) {
        new Label(parent, SWT.NONE).setText(label);
        Text field = new Text(parent, SWT.BORDER | SWT.SINGLE);
        field.setMessage(hint);
        field.setText(value);
        field.selectAll();
        field.addListener(SWT.Modify, event -> check());
        GridDataFactory.fillDefaults().grab(true, false).applyTo(field);
        return field;
    }

    @Override
    protected Control createContents(Composite parent) {
        Control contents = super.createContents(parent);
        check();
        return contents;
    }

    private void check() {
        address = addressField.getText().strip();
        count = countField.getText().strip();
        String problem = addressProblem();
        if (problem == null) {
            problem = HitCount.problem(count);
        }
        getButton(IDialogConstants.OK_ID).setEnabled(problem == null);
        message.setText(problem != null ? problem : note());
    }

    private String addressProblem() {
        if (!addressIsOpen) {
            return null;
        }
        return address.isEmpty() ? "Write an address or a symbol" : AddressExpression.problem(address);
    }

    /** Where it would be in a machine that is there. */
    private String note() {
        if (!addressIsOpen) {
            return "";
        }
        VmDebugTarget[] machines = Stream.of(DebugPlugin.getDefault().getLaunchManager().getDebugTargets())
                .filter(target -> target instanceof VmDebugTarget machine && !machine.isClosed()).toArray(VmDebugTarget[]::new);
        for (VmDebugTarget machine : machines) {
            OptionalLong at = AddressExpression.resolve(address, machine.machine().symbols());
            if (at.isPresent()) {
                return "0x%x in %s".formatted(at.getAsLong(), machine.getName());
            }
        }
        return machines.length == 0 ? "" : "No machine knows this symbol now. Those whose image has it will stop there.";
    }
}
