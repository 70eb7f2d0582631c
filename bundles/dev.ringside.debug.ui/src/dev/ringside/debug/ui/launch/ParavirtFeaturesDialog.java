package dev.ringside.debug.ui.launch;

import dev.ringside.debug.core.launch.ParavirtChoice;
import dev.ringside.pv.FeatureTable.Feature;
import java.util.ArrayList;
import java.util.List;
import org.eclipse.jface.dialogs.IDialogConstants;
import org.eclipse.jface.dialogs.TitleAreaDialog;
import org.eclipse.jface.layout.GridDataFactory;
import org.eclipse.jface.layout.GridLayoutFactory;
import org.eclipse.swt.SWT;
import org.eclipse.swt.widgets.Button;
import org.eclipse.swt.widgets.Composite;
import org.eclipse.swt.widgets.Control;
import org.eclipse.swt.widgets.Label;
import org.eclipse.swt.widgets.Shell;
import org.eclipse.swt.widgets.Table;
import org.eclipse.swt.widgets.TableColumn;
import org.eclipse.swt.widgets.TableItem;
import org.eclipse.swt.widgets.Text;
import org.eclipse.ui.PlatformUI;

/** The features of a paravirtual interface as check boxes: what one needs comes with it, what needs it goes with it. Settings are typed below. */
final class ParavirtFeaturesDialog extends TitleAreaDialog {
    /** A context of the product's help. */
    private static final String HELP = "dev.ringside.ide.guestTab";
    private static final int WIDTH = 780;
    private static final int HEIGHT = 340;

    private final ParavirtChoice choice;
    private Table table;
    private Text text;

    ParavirtFeaturesDialog(Shell parent, ParavirtChoice choice) {
        super(parent);
        this.choice = choice;
        setHelpAvailable(false);
    }

    @Override
    protected void configureShell(Shell shell) {
        super.configureShell(shell);
        shell.setText("Paravirtual Features");
        PlatformUI.getWorkbench().getHelpSystem().setHelp(shell, HELP);
    }

    @Override
    protected boolean isResizable() {
        return true;
    }

    @Override
    protected Control createDialogArea(Composite parent) {
        setTitle("What the guest is offered");
        setMessage("Names are those of QEMU's flags. What a feature needs is switched with it.");
        Composite area = new Composite((Composite) super.createDialogArea(parent), SWT.NONE);
        GridDataFactory.fillDefaults().grab(true, true).applyTo(area);
        GridLayoutFactory.swtDefaults().numColumns(2).margins(12, 12).spacing(8, 8).applyTo(area);
        table = new Table(area, SWT.CHECK | SWT.FULL_SELECTION | SWT.BORDER | SWT.V_SCROLL);
        table.setHeaderVisible(true);
        column("Feature", 190);
        column("Needs", 200);
        column("What a guest does with it", 560);
        for (Feature feature : choice.features()) {
            if (!feature.isValue()) {
                TableItem item = new TableItem(table, SWT.NONE);
                item.setData(feature.name());
                item.setText(new String[] {feature.name(), String.join(", ", feature.requires()), feature.text()});
            }
        }
        table.addListener(SWT.Selection, event -> {
            if (event.detail == SWT.CHECK) {
                choice.set((String) event.item.getData(), ((TableItem) event.item).getChecked());
                show();
            }
        });
        GridDataFactory.fillDefaults().grab(true, true).span(2, 1).hint(WIDTH, HEIGHT).applyTo(table);
        settings(area);
        label(area, "Says:");
        text = new Text(area, SWT.BORDER | SWT.SINGLE | SWT.READ_ONLY);
        text.setToolTipText("The same for the field of the launch configuration and for ringside run --paravirt");
        GridDataFactory.fillDefaults().grab(true, false).applyTo(text);
        show();
        return area;
    }

    private void column(String title, int width) {
        TableColumn column = new TableColumn(table, SWT.LEFT);
        column.setText(title);
        column.setWidth(width);
    }

    private void settings(Composite parent) {
        List<Feature> settings = new ArrayList<>(choice.features().stream().filter(Feature::isValue).toList());
        if (settings.isEmpty()) {
            return;
        }
        label(parent, "&Settings:");
        Text typed = new Text(parent, SWT.BORDER | SWT.SINGLE);
        StringBuilder now = new StringBuilder();
        settings.stream().filter(setting -> !choice.value(setting.name()).isEmpty())
                .forEach(setting -> now.append(now.isEmpty() ? "" : ",").append(setting.name()).append('=').append(choice.value(setting.name())));
        typed.setText(now.toString());
        typed.setMessage("name=value, with commas between");
        StringBuilder hint = new StringBuilder();
        settings.forEach(setting -> hint.append(hint.isEmpty() ? "" : "\n").append(setting.name()).append(": ").append(setting.text()));
        typed.setToolTipText(hint.toString());
        typed.addListener(SWT.Modify, event -> typed(settings, typed.getText()));
        GridDataFactory.fillDefaults().grab(true, false).applyTo(typed);
    }

    private void typed(List<Feature> settings, String typed) {
        settings.forEach(setting -> choice.setValue(setting.name(), ""));
        String problem = null;
        for (String part : typed.isBlank() ? new String[0] : typed.split(",")) {
            int equals = part.indexOf('=');
            String name = part.substring(0, Math.max(equals, 0)).strip();
            if (settings.stream().anyMatch(setting -> setting.name().equals(name))) {
                choice.setValue(name, part.substring(equals + 1));
            } else {
                problem = "\"" + part.strip() + "\" is not name=value with one of " + String.join(", ", settings.stream().map(Feature::name).toList());
            }
        }
        setErrorMessage(problem);
        getButton(IDialogConstants.OK_ID).setEnabled(problem == null);
        show();
    }

    private static void label(Composite parent, String title) {
        Label label = new Label(parent, SWT.NONE);
        label.setText(title);
    }

    @Override
    protected void createButtonsForButtonBar(Composite parent) {
        Button defaults = createButton(parent, IDialogConstants.CLIENT_ID, "&Defaults", false);
        defaults.setToolTipText("What the interface offers when nothing is said");
        super.createButtonsForButtonBar(parent);
    }

    @Override
    protected void buttonPressed(int button) {
        if (button == IDialogConstants.CLIENT_ID) {
            choice.setDefaults();
            show();
        }
        super.buttonPressed(button);
    }

    private void show() {
        for (TableItem item : table.getItems()) {
            item.setChecked(choice.isOn((String) item.getData()));
        }
        text.setText(choice.text());
    }
}
