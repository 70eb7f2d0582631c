package dev.ringside.debug.ui.launch;

import static dev.ringside.debug.core.launch.GuestLaunchConfiguration.COMMAND_LINE;
import static dev.ringside.debug.core.launch.GuestLaunchConfiguration.CPUS;
import static dev.ringside.debug.core.launch.GuestLaunchConfiguration.DEFAULT_CPUS;
import static dev.ringside.debug.core.launch.GuestLaunchConfiguration.DEFAULT_ENGINE;
import static dev.ringside.debug.core.launch.GuestLaunchConfiguration.DEFAULT_MEMORY;
import static dev.ringside.debug.core.launch.GuestLaunchConfiguration.DEFAULT_PARAVIRT;
import static dev.ringside.debug.core.launch.GuestLaunchConfiguration.DISK;
import static dev.ringside.debug.core.launch.GuestLaunchConfiguration.ENGINE;
import static dev.ringside.debug.core.launch.GuestLaunchConfiguration.IMAGE;
import static dev.ringside.debug.core.launch.GuestLaunchConfiguration.INITRD;
import static dev.ringside.debug.core.launch.GuestLaunchConfiguration.INJECT;
import static dev.ringside.debug.core.launch.GuestLaunchConfiguration.MEMORY;
import static dev.ringside.debug.core.launch.GuestLaunchConfiguration.PARAVIRT;
import static dev.ringside.debug.core.launch.GuestLaunchConfiguration.STOP_AT_ENTRY;

import dev.ringside.debug.core.launch.GuestLaunchConfiguration;
import dev.ringside.debug.core.launch.InvalidFieldException;
import dev.ringside.debug.core.launch.ParavirtChoice;
import dev.ringside.debug.core.launch.VirtualMachines;
import dev.ringside.debug.core.launch.WorkspacePaths;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.eclipse.core.runtime.CoreException;
import org.eclipse.debug.core.ILaunchConfiguration;
import org.eclipse.debug.core.ILaunchConfigurationWorkingCopy;
import org.eclipse.debug.ui.AbstractLaunchConfigurationTab;
import org.eclipse.jface.layout.GridDataFactory;
import org.eclipse.jface.layout.GridLayoutFactory;
import org.eclipse.jface.resource.ImageDescriptor;
import org.eclipse.jface.resource.JFaceResources;
import org.eclipse.jface.resource.LocalResourceManager;
import org.eclipse.jface.window.Window;
import org.eclipse.swt.SWT;
import org.eclipse.swt.graphics.Image;
import org.eclipse.swt.widgets.Button;
import org.eclipse.swt.widgets.Combo;
import org.eclipse.swt.widgets.Composite;
import org.eclipse.swt.widgets.FileDialog;
import org.eclipse.swt.widgets.Group;
import org.eclipse.swt.widgets.Label;
import org.eclipse.swt.widgets.Text;
import org.eclipse.ui.PlatformUI;
import org.osgi.framework.FrameworkUtil;

/** The one tab that says what to boot and on what machine. It judges as launching does, and names the field that is wrong. */
public final class GuestTab extends AbstractLaunchConfigurationTab {
    /** Fields grow with the dialog; their hints must not make them wider than it is at first. */
    private static final int LEAST_WIDTH = 200;

    /** A context of the product's help. */
    private static final String HELP = "dev.ringside.ide.guestTab";

    private final VirtualMachines machines = new VirtualMachines(FrameworkUtil.getBundle(VirtualMachines.class).getBundleContext());
    private final Map<String, Text> texts = new LinkedHashMap<>();
    private final Map<String, Combo> combos = new LinkedHashMap<>();
    private Button stopAtEntry;
    private LocalResourceManager pictures;
    private Image picture;

    @Override
    public String getName() {
        return "Guest";
    }

    @Override
    public Image getImage() {
        return picture;
    }

    @Override
    public void createControl(Composite parent) {
        Composite page = new Composite(parent, SWT.NONE);
        GridLayoutFactory.swtDefaults().margins(8, 4).spacing(8, 4).applyTo(page);
        pictures = new LocalResourceManager(JFaceResources.getResources(), page);
        picture = pictures.create(ImageDescriptor.createFromURL(GuestTab.class.getResource("/icons/guest-kernel.svg")));

        Group guest = group(page, "Guest", 4);
        file(guest, "&Image:", IMAGE, "A kernel (bzImage, vmlinux, Multiboot, ELF, raw) or nothing to boot the disk", true);
        file(guest, "In&itrd:", INITRD, "Initial RAM disk; optional", false);
        file(guest, "&Disk:", DISK, "Never written: changes end with the run", false);
        label(guest, "Command &line:");
        Text commandLine = text(guest, COMMAND_LINE, "Handed to the kernel, for example console=ttyS0");
        GridDataFactory.fillDefaults().span(3, 1).grab(true, false).hint(LEAST_WIDTH, SWT.DEFAULT).applyTo(commandLine);

        Group machine = group(page, "Machine", 1);
        Composite engine = row(machine, 6);
        label(engine, "&Memory:");
        GridDataFactory.swtDefaults().hint(80, SWT.DEFAULT).applyTo(text(engine, MEMORY, DEFAULT_MEMORY));
        label(engine, "CP&Us:");
        GridDataFactory.swtDefaults().hint(40, SWT.DEFAULT).applyTo(text(engine, CPUS, DEFAULT_CPUS));
        label(engine, "&Engine:");
        combo(engine, ENGINE, machines.engines(), "What executes the guest's instructions");
        paravirt(row(machine, 3));

        stopAtEntry = new Button(page, SWT.CHECK);
        stopAtEntry.setText("&Stop at the first instruction (when debugging)");
        stopAtEntry.addListener(SWT.Selection, event -> updateLaunchConfigurationDialog());
        setControl(page);
        PlatformUI.getWorkbench().getHelpSystem().setHelp(page, HELP);
    }

    private static Composite row(Composite parent, int columns) {
        Composite row = new Composite(parent, SWT.NONE);
        GridLayoutFactory.fillDefaults().numColumns(columns).spacing(8, 6).applyTo(row);
        GridDataFactory.fillDefaults().grab(true, false).applyTo(row);
        return row;
    }

    private void paravirt(Composite parent) {
        label(parent, "&Paravirtual interface:");
        Combo combo = combo(parent, PARAVIRT, interfaces(), "What the guest finds as its hypervisor. Features follow with commas: kvm,-kvm-steal-time or hyperv,-stimer");
        GridDataFactory.fillDefaults().grab(true, false).align(SWT.FILL, SWT.CENTER).applyTo(combo);
        Button features = new Button(parent, SWT.PUSH);
        features.setText("Fea&tures\u2026");
        features.setToolTipText("Choose the features of the paravirtual interface");
        features.addListener(SWT.Selection, event -> chooseFeatures(combo));
        combo.addListener(SWT.Modify, event -> features.setEnabled(choice(combo.getText()).filter(choice -> !choice.features().isEmpty()).isPresent()));
        label(parent, "&Faults:");
        Text faults = text(parent, INJECT, "EVENT@INSTRUCTIONS, such as steal-burst@500000");
        faults.setToolTipText("Faults of the paravirtual interface that happen in every run, each at its instruction; spaces between");
        GridDataFactory.fillDefaults().span(2, 1).grab(true, false).hint(LEAST_WIDTH, SWT.DEFAULT).applyTo(faults);
    }

    /** Empty when the text says what cannot be; the message at the top then tells of it. */
    private Optional<ParavirtChoice> choice(String text) {
        try {
            return Optional.of(ParavirtChoice.of(text.strip(), machines.paravirtProviders()));
        } catch (IllegalArgumentException wrong) {
            return Optional.empty();
        }
    }

    private void chooseFeatures(Combo combo) {
        choice(combo.getText()).ifPresent(choice -> {
            if (new ParavirtFeaturesDialog(getShell(), choice).open() == Window.OK) {
                combo.setText(choice.text());
            }
        });
    }

    private static Group group(Composite parent, String title, int columns) {
        Group group = new Group(parent, SWT.NONE);
        group.setText(title);
        GridLayoutFactory.swtDefaults().numColumns(columns).margins(8, 4).spacing(8, 4).applyTo(group);
        GridDataFactory.fillDefaults().grab(true, false).applyTo(group);
        return group;
    }

    private static void label(Composite parent, String title) {
        Label label = new Label(parent, SWT.NONE);
        label.setText(title);
    }

    private Text text(Composite parent, String attribute, String hint) {
        Text text = new Text(parent, SWT.BORDER | SWT.SINGLE);
        text.setMessage(hint);
        text.addListener(SWT.Modify, event -> updateLaunchConfigurationDialog());
        texts.put(attribute, text);
        return text;
    }

    /** Chosen or typed: a name may have features behind it, and one that is not installed here is kept and said to be wrong. */
    private Combo combo(Composite parent, String attribute, List<String> offered, String hint) {
        Combo combo = new Combo(parent, SWT.DROP_DOWN);
        combo.setItems(offered.toArray(String[]::new));
        combo.setToolTipText(hint);
        combo.addListener(SWT.Modify, event -> updateLaunchConfigurationDialog());
        combos.put(attribute, combo);
        return combo;
    }

    /** Each alone, none first, and the two that live together. */
    private List<String> interfaces() {
        List<String> installed = machines.paravirts();
        List<String> offered = new ArrayList<>(List.of(DEFAULT_PARAVIRT));
        offered.addAll(installed);
        if (installed.containsAll(List.of("kvm", "hyperv"))) {
            offered.add("kvm+hyperv");
        }
        return offered;
    }

    private void file(Composite parent, String title, String attribute, String hint, boolean sample) {
        label(parent, title);
        Text text = text(parent, attribute, hint);
        GridDataFactory.fillDefaults().grab(true, false).align(SWT.FILL, SWT.CENTER).span(sample ? 1 : 2, 1).hint(LEAST_WIDTH, SWT.DEFAULT).applyTo(text);
        if (sample) {
            Button useSample = new Button(parent, SWT.PUSH);
            useSample.setText("Sa&mple");
            useSample.setToolTipText("Use the embedded sample kernel");
            useSample.addListener(SWT.Selection, event -> text.setText(GuestLaunchConfiguration.SAMPLE_KERNEL));
        }
        Button browse = new Button(parent, SWT.PUSH);
        browse.setText("Browse\u2026");
        browse.setToolTipText("Choose the file for \"" + title.replace("&", "").replace(":", "") + "\"");
        browse.addListener(SWT.Selection, event -> browse(text));
    }

    private void browse(Text text) {
        FileDialog dialog = new FileDialog(getShell(), SWT.OPEN);
        dialog.setFileName(text.getText());
        String chosen = dialog.open();
        if (chosen != null) {
            text.setText(chosen);
        }
    }

    // Between fields and configuration

    @Override
    public void setDefaults(ILaunchConfigurationWorkingCopy configuration) {
        configuration.setAttribute(MEMORY, DEFAULT_MEMORY);
        configuration.setAttribute(CPUS, DEFAULT_CPUS);
        configuration.setAttribute(ENGINE, DEFAULT_ENGINE);
        configuration.setAttribute(PARAVIRT, DEFAULT_PARAVIRT);
        configuration.setAttribute(STOP_AT_ENTRY, true);
    }

    @Override
    public void initializeFrom(ILaunchConfiguration configuration) {
        texts.forEach((attribute, text) -> text.setText(read(configuration, attribute)));
        combos.forEach((attribute, combo) -> combo.setText(read(configuration, attribute)));
        stopAtEntry.setSelection(readStopAtEntry(configuration));
    }

    private static String read(ILaunchConfiguration configuration, String attribute) {
        String whenAbsent = switch (attribute) {
            case MEMORY -> DEFAULT_MEMORY;
            case CPUS -> DEFAULT_CPUS;
            case ENGINE -> DEFAULT_ENGINE;
            case PARAVIRT -> DEFAULT_PARAVIRT;
            default -> "";
        };
        try {
            return configuration.getAttribute(attribute, whenAbsent);
        } catch (CoreException notAString) {
            return whenAbsent; // a hand-edited file; the field shows what will be saved
        }
    }

    private static boolean readStopAtEntry(ILaunchConfiguration configuration) {
        try {
            return configuration.getAttribute(STOP_AT_ENTRY, true);
        } catch (CoreException notABoolean) {
            return true;
        }
    }

    @Override
    public void performApply(ILaunchConfigurationWorkingCopy configuration) {
        texts.forEach((attribute, text) -> configuration.setAttribute(attribute, text.getText().strip()));
        combos.forEach((attribute, combo) -> configuration.setAttribute(attribute, combo.getText().strip()));
        configuration.setAttribute(STOP_AT_ENTRY, stopAtEntry.getSelection());
    }

    @Override
    public boolean isValid(ILaunchConfiguration configuration) {
        try {
            machines.check(GuestLaunchConfiguration.parse(configuration.getAttributes(), new WorkspacePaths()));
            setErrorMessage(null);
            return true;
        } catch (InvalidFieldException bad) {
            setErrorMessage(bad.getMessage());
        } catch (CoreException unreadable) {
            setErrorMessage(unreadable.getStatus().getMessage());
        }
        return false;
    }
}
