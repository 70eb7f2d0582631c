package dev.ringside.debug.ui.inject;

import dev.ringside.machine.MachineControl;
import dev.ringside.machine.MachineControl.Injection;
import dev.ringside.machine.MachineControl.ParavirtActivity;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.eclipse.jface.dialogs.IDialogConstants;
import org.eclipse.jface.dialogs.TitleAreaDialog;
import org.eclipse.jface.layout.GridDataFactory;
import org.eclipse.jface.layout.GridLayoutFactory;
import org.eclipse.swt.SWT;
import org.eclipse.swt.dnd.Clipboard;
import org.eclipse.swt.dnd.TextTransfer;
import org.eclipse.swt.dnd.Transfer;
import org.eclipse.swt.widgets.Button;
import org.eclipse.swt.widgets.Combo;
import org.eclipse.swt.widgets.Composite;
import org.eclipse.swt.widgets.Control;
import org.eclipse.swt.widgets.Label;
import org.eclipse.swt.widgets.Shell;
import org.eclipse.swt.widgets.Text;
import org.eclipse.ui.PlatformUI;

/** Which fault, and when. It offers what the machine's interface knows, and says how the same is asked for on the command line. */
public final class InjectDialog extends TitleAreaDialog {
    /** A context of the product's help. */
    private static final String HELP = "dev.ringside.ide.inject";
    private static final int WIDTH = 460;

    private final Map<String, String> injectable;
    private final Set<String> machineWide;
    private final int processors;
    private final long retired;
    private final boolean running;
    private final boolean canRemember;
    private Combo event;
    private Label meaning;
    private Combo processor;
    private Button now;
    private Button later;
    private Text instructions;
    private Text option;
    private Button copy;
    private Button remember;
    private Choice choice;

    /** @param instructions or {@link MachineControl#NOW} @param processor or {@link MachineControl#WHOSE_TURN} @param remember whether later runs are to have it, too */
    record Choice(String event, long instructions, int processor, boolean remember) {
    }

    /** @param processors how many the machine has @param retired instructions of the machine so far @param running whether more retire meanwhile */
    InjectDialog(Shell parent, ParavirtActivity activity, int processors, long retired, boolean running, boolean canRemember) {
        super(parent);
        injectable = activity.injectable();
        machineWide = activity.machineWide();
        this.processors = processors;
        this.retired = retired;
        this.running = running;
        this.canRemember = canRemember;
        setHelpAvailable(false);
    }

    @Override
    protected void configureShell(Shell shell) {
        super.configureShell(shell);
        shell.setText("Inject Fault");
        PlatformUI.getWorkbench().getHelpSystem().setHelp(shell, HELP);
    }

    @Override
    protected boolean isResizable() {
        return true;
    }

    @Override
    protected Control createDialogArea(Composite parent) {
        setTitle("Inject a fault into the paravirtual interface");
        setMessage("It happens at an exact instruction, so it can be had again.");
        Composite area = new Composite((Composite) super.createDialogArea(parent), SWT.NONE);
        GridDataFactory.fillDefaults().grab(true, true).applyTo(area);
        GridLayoutFactory.swtDefaults().numColumns(4).margins(12, 12).spacing(8, 8).applyTo(area);

        label(area, "&Event:");
        event = new Combo(area, SWT.DROP_DOWN | SWT.READ_ONLY);
        event.setItems(injectable.keySet().toArray(String[]::new));
        event.select(0);
        event.addListener(SWT.Selection, changed -> check());
        GridDataFactory.fillDefaults().grab(true, false).span(3, 1).applyTo(event);
        label(area, "");
        meaning = new Label(area, SWT.WRAP);
        GridDataFactory.fillDefaults().grab(true, false).span(3, 1).hint(WIDTH, SWT.DEFAULT).applyTo(meaning);

        label(area, "&Processor:");
        processor = new Combo(area, SWT.DROP_DOWN | SWT.READ_ONLY);
        processor.add("the one whose turn it is");
        IntStream.range(0, processors).forEach(index -> processor.add(Integer.toString(index)));
        processor.select(0);
        processor.addListener(SWT.Selection, changed -> check());
        GridDataFactory.fillDefaults().grab(true, false).span(3, 1).applyTo(processor);

        label(area, "When:");
        now = radio(area, running ? "&Now, before the next instruction" : "&Now, before the next instruction (%,d have retired)".formatted(retired), 3);
        now.setSelection(true);
        label(area, "");
        later = radio(area, "&After instructions:", 1);
        instructions = new Text(area, SWT.BORDER | SWT.SINGLE);
        instructions.setText(Long.toString(retired));
        instructions.setToolTipText("Instructions that the whole machine has retired since its start");
        instructions.addListener(SWT.Modify, changed -> {
            choose(later);
            check();
        });
        GridDataFactory.fillDefaults().grab(true, false).span(2, 1).applyTo(instructions);

        label(area, "&Option:");
        option = new Text(area, SWT.BORDER | SWT.SINGLE | SWT.READ_ONLY);
        option.setToolTipText("What gives the same fault in ringside run");
        GridDataFactory.fillDefaults().grab(true, false).span(2, 1).applyTo(option);
        copy = new Button(area, SWT.PUSH);
        copy.setText("&Copy");
        copy.setToolTipText("Copy the option of ringside run");
        copy.addListener(SWT.Selection, pressed -> copyOption());

        remember = new Button(area, SWT.CHECK);
        remember.setText("Also in &further runs of this launch configuration");
        remember.setEnabled(canRemember);
        GridDataFactory.fillDefaults().span(4, 1).applyTo(remember);
        return area;
    }

    private static void label(Composite parent, String title) {
        Label label = new Label(parent, SWT.NONE);
        label.setText(title);
    }

    private Button radio(Composite parent, String title, int columns) {
        Button radio = new Button(parent, SWT.RADIO);
        radio.setText(title);
        radio.addListener(SWT.Selection, selected -> check());
        GridDataFactory.fillDefaults().align(SWT.FILL, SWT.CENTER).span(columns, 1).applyTo(radio);
        return radio;
    }

    private void choose(Button radio) {
        List.of(now, later).forEach(one -> one.setSelection(one == radio));
    }

    @Override
    protected void createButtonsForButtonBar(Composite parent) {
        createButton(parent, IDialogConstants.OK_ID, "Inject", true);
        createButton(parent, IDialogConstants.CANCEL_ID, IDialogConstants.CANCEL_LABEL, false);
        check();
    }

    private void check() {
        meaning.setText(injectable.get(event.getText()));
        meaning.requestLayout();
        if (machineWide.contains(event.getText())) {
            processor.select(0);
        }
        processor.setEnabled(processors > 1 && !machineWide.contains(event.getText()));
        int chosen = processor.getSelectionIndex() == 0 ? MachineControl.WHOSE_TURN : processor.getSelectionIndex() - 1;
        try {
            long at = now.getSelection() ? MachineControl.NOW : InstructionCount.parse(instructions.getText(), retired);
            choice = new Choice(event.getText(), at, chosen, remember.getSelection());
            option.setText(at == MachineControl.NOW && running ? "known when it has happened"
                    : "--inject " + new Injection(event.getText(), at == MachineControl.NOW ? retired : at, chosen, false).text());
            setErrorMessage(null);
        } catch (IllegalArgumentException bad) {
            choice = null;
            option.setText("");
            setErrorMessage(bad.getMessage());
        }
        copy.setEnabled(option.getText().startsWith("--inject "));
        getButton(IDialogConstants.OK_ID).setEnabled(choice != null);
    }

    private void copyOption() {
        Clipboard clipboard = new Clipboard(getShell().getDisplay());
        clipboard.setContents(new Object[] {option.getText()}, new Transfer[] {TextTransfer.getInstance()});
        clipboard.dispose();
    }

    @Override
    protected void okPressed() {
        choice = new Choice(choice.event, choice.instructions, choice.processor, remember.getSelection());
        super.okPressed();
    }

    Choice choice() {
        return choice;
    }
}
