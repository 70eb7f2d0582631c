package dev.ringside.sample.plugin;

import dev.ringside.inspect.InspectNode;
import dev.ringside.ui.GuestViewPart;
import dev.ringside.ui.LatestAnswer;
import dev.ringside.ui.guest.GuestVcpu;
import java.util.List;
import java.util.stream.Collectors;
import org.eclipse.jface.layout.GridDataFactory;
import org.eclipse.jface.layout.GridLayoutFactory;
import org.eclipse.swt.SWT;
import org.eclipse.swt.widgets.Composite;
import org.eclipse.swt.widgets.Control;
import org.eclipse.swt.widgets.Label;

/** Shows the adder of the machine in focus. Asks once a stop, and not at all while nobody sees it: {@link GuestViewPart} and {@link LatestAnswer} see to that. */
public final class AdderView extends GuestViewPart {
    private Label registers;
    private LatestAnswer<List<List<InspectNode>>> answer;

    @Override
    protected Control createPage(Composite parent) {
        Composite page = new Composite(parent, SWT.NONE);
        GridLayoutFactory.fillDefaults().margins(8, 8).applyTo(page);
        registers = new Label(page, SWT.NONE);
        GridDataFactory.fillDefaults().grab(true, true).applyTo(registers);
        answer = new LatestAnswer<>(page);
        return page;
    }

    @Override
    protected void show(GuestVcpu now, GuestVcpu before) {
        answer.cancel();
        if (now != null && !now.isRunning()) {
            answer.ask(now.inspect(List.of(List.of("adder"))), told -> registers.setText(text(told.getFirst())), this::say);
        }
    }

    /** @param lines null when the machine was built before the plug-in was installed */
    private static String text(List<InspectNode> lines) {
        return lines == null ? "This machine has no adder: start it again."
                : lines.stream().map(line -> line.name() + " = " + line.value()).collect(Collectors.joining("\n"));
    }
}
