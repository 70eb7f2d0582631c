package dev.ringside.asm.ui.project;

import dev.ringside.samples.Sample;
import org.eclipse.jface.layout.GridDataFactory;
import org.eclipse.jface.layout.GridLayoutFactory;
import org.eclipse.swt.SWT;
import org.eclipse.swt.widgets.Button;
import org.eclipse.swt.widgets.Composite;
import org.eclipse.swt.widgets.Group;
import org.eclipse.swt.widgets.Label;
import org.eclipse.ui.dialogs.WizardNewProjectCreationPage;

/** Name, place, and which sample to begin with. */
final class NewGuestProjectPage extends WizardNewProjectCreationPage {
    private Sample sample = Sample.KERNEL_64;

    NewGuestProjectPage() {
        super("guestProject");
        setTitle("Guest Project");
        setDescription("A project whose assembly sources are assembled whenever they are saved.");
    }

    @Override
    public void createControl(Composite parent) {
        super.createControl(parent);
        Group choice = new Group((Composite) getControl(), SWT.NONE);
        choice.setText("Begin with");
        GridLayoutFactory.swtDefaults().spacing(5, 2).applyTo(choice);
        GridDataFactory.fillDefaults().grab(true, false).applyTo(choice);
        choice(choice, "The &64-bit sample kernel", Sample.KERNEL_64, "Paging, interrupts, a timer, serial output and a page fault, in 300 commented lines");
        choice(choice, "A &kernel that finds its hypervisor", Sample.PARAVIRT, "CPUID leaves, hypercalls, clocks and messages of KVM, Hyper-V and the minimal interface, a step for each");
        choice(choice, "A &boot sector", Sample.BOOT_SECTOR, "512 bytes in real mode that the BIOS loads from a disk");
    }

    private void choice(Composite parent, String title, Sample of, String explanation) {
        Button button = new Button(parent, SWT.RADIO);
        button.setText(title);
        button.setToolTipText(explanation);
        button.setSelection(of == sample);
        button.addListener(SWT.Selection, event -> {
            if (button.getSelection()) {
                sample = of;
            }
        });
        Label label = new Label(parent, SWT.WRAP);
        label.setText(explanation);
        GridDataFactory.fillDefaults().indent(24, 0).applyTo(label);
    }

    Sample sample() {
        return sample;
    }
}
