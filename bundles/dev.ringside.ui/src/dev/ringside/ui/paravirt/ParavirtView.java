package dev.ringside.ui.paravirt;

import dev.ringside.inspect.InspectNode;
import dev.ringside.machine.MachineControl.ParavirtActivity;
import dev.ringside.ui.GuestViewPart;
import dev.ringside.ui.LatestAnswer;
import dev.ringside.ui.guest.GuestVcpu;
import dev.ringside.ui.machine.MachineTree;
import dev.ringside.ui.machine.Part;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.eclipse.jface.action.Action;
import org.eclipse.jface.layout.GridDataFactory;
import org.eclipse.jface.layout.GridLayoutFactory;
import org.eclipse.swt.SWT;
import org.eclipse.swt.custom.SashForm;
import org.eclipse.swt.widgets.Composite;
import org.eclipse.swt.widgets.Control;
import org.eclipse.swt.widgets.Label;
import org.eclipse.swt.widgets.Text;
import org.eclipse.ui.actions.ActionFactory;

/**
 * What the guest finds as its hypervisor: CPUID leaves, MSRs and the pages that both share, decoded (left); the last hypercalls, and what is offered and not used
 * (right). At a stop it asks once, for the parts that are open and on the screen.
 */
public final class ParavirtView extends GuestViewPart {
    public static final String ID = "dev.ringside.ui.paravirt";

    private static final long NEVER = -1;
    private static final List<String> ROOT = List.of("paravirt");
    /** Below this width the parts of the view stand one above the other. */
    private static final int SIDE_BY_SIDE_PIXELS = 700;
    /** What has a place of its own on the right, and what the CPUID leaves say as well. */
    private static final Set<String> ELSEWHERE = Set.of("hypercall log", "hints", "features", "privileges and recommendations");
    /** What is shared is what one comes to see; leaves and registers are opened by who wants them. */
    private static final Pattern OPEN_AT_FIRST = Pattern.compile("kvm|hyperv|wall clock|reference time|v(cpu|p)0|pvclock|steal time|PV EOI|SynIC|VP assist page");

    private Label summary;
    private SashForm sides;
    private MachineTree tree;
    private HypercallTable hypercalls;
    private Text hints;
    private LatestAnswer<Answer> answers;
    private final Set<Part> met = new HashSet<>();
    /** Of which stop the right side is. */
    private long shownStop = NEVER;
    private long markedStop = NEVER;

    /** @param activity null when it was not asked for */
    private record Answer(List<List<InspectNode>> parts, ParavirtActivity activity) {
    }

    @Override
    protected Control createPage(Composite parent) {
        Composite page = new Composite(parent, SWT.NONE);
        GridLayoutFactory.fillDefaults().spacing(0, 2).applyTo(page);
        summary = new Label(page, SWT.NONE);
        GridDataFactory.fillDefaults().grab(true, false).indent(4, 2).applyTo(summary);
        sides = new SashForm(page, SWT.HORIZONTAL);
        GridDataFactory.fillDefaults().grab(true, true).applyTo(sides);
        tree = new MachineTree(sides, ROOT, part -> refresh());
        tree.widths(300, 190, 360);
        SashForm right = new SashForm(sides, SWT.VERTICAL);
        hypercalls = new HypercallTable(right);
        hints = new Text(right, SWT.MULTI | SWT.WRAP | SWT.READ_ONLY | SWT.V_SCROLL);
        hints.setToolTipText("Features that the guest was offered and never used");
        right.setWeights(70, 30);
        sides.setWeights(56, 44);
        answers = new LatestAnswer<>(page);
        page.addListener(SWT.Resize, event -> sides.setOrientation(page.getSize().x < SIDE_BY_SIDE_PIXELS ? SWT.VERTICAL : SWT.HORIZONTAL));
        tree.control().getVerticalBar().addListener(SWT.Selection, event -> refresh());
        tree.control().addListener(SWT.Resize, event -> refreshSoon());
        tree.control().addListener(SWT.KeyDown, event -> refreshSoon());
        tree.control().addListener(SWT.MouseWheel, event -> refreshSoon());
        Action copy = action("Copy\tCtrl+C", "copy", () -> copy(hypercalls.control().isFocusControl() ? hypercalls.text() : tree.text()));
        copy.setToolTipText("Copy the selected lines, or all of the side that has the focus (Ctrl+C)");
        getViewSite().getActionBars().getToolBarManager().add(copy);
        getViewSite().getActionBars().setGlobalActionHandler(ActionFactory.COPY.getId(), copy);
        return page;
    }

    @Override
    protected void show(GuestVcpu now, GuestVcpu before) {
        answers.cancel();
        if (now == null || !isSameMachine(now, before)) {
            forget();
        }
        if (now == null) {
            return;
        }
        boolean edited = isSameMachine(now, before) && now.stopNumber() == before.stopNumber() && !before.isRunning() && !now.isRunning();
        tree.stale(now.isRunning());
        if (!now.isRunning()) {
            if (edited) {
                shownStop = NEVER;
            }
            ask(now, wanted(now, edited));
        }
    }

    private void forget() {
        tree.forget();
        hypercalls.forget();
        met.clear();
        shownStop = markedStop = NEVER;
        summary.setText("");
        hints.setText("");
    }

    private void refreshSoon() {
        tree.control().getDisplay().asyncExec(() -> {
            if (!tree.control().isDisposed()) {
                refresh();
            }
        });
    }

    /** Asks for what has come into sight and is not of this stop. A running guest is looked at only where nothing is known yet. */
    private void refresh() {
        GuestVcpu vcpu = shown();
        List<Part> parts = vcpu == null ? List.of() : wanted(vcpu, false);
        if (!parts.isEmpty()) {
            ask(vcpu, parts);
        }
    }

    private List<Part> wanted(GuestVcpu vcpu, boolean again) {
        return tree.visible().stream()
                .filter(part -> part.parent() == null || part.isOpen())
                .filter(part -> again || (vcpu.isRunning() ? !part.isKnown() : !part.isOfStop(vcpu.stopNumber())))
                .toList();
    }

    private void ask(GuestVcpu vcpu, List<Part> parts) {
        boolean known = shownStop == vcpu.stopNumber();
        CompletableFuture<ParavirtActivity> activity = known ? CompletableFuture.completedFuture(null) : vcpu.paravirtActivity();
        var question = vcpu.inspect(parts.stream().map(Part::path).toList()).thenCombine(activity, Answer::new);
        answers.ask(question, answer -> {
            for (int i = 0; i < parts.size(); i++) {
                update(parts.get(i), answer.parts.get(i), vcpu.stopNumber());
            }
            tree.draw();
            if (answer.activity != null) {
                tell(answer.activity, vcpu.stopNumber());
            }
            say(null);
            refresh(); // lines may have moved into sight; ends when there are none
        }, this::say);
    }

    private void update(Part part, List<InspectNode> told, long stop) {
        List<InspectNode> lines = told == null ? List.of() : told.stream().filter(line -> !ELSEWHERE.contains(line.name())).toList();
        part.update(lines.stream().map(Meanings::plain).toList(), stop);
        for (int i = 0; i < lines.size(); i++) {
            Part line = part.lines().get(i);
            line.mean(Meanings.of(part.name(), lines.get(i)));
            if (met.add(line) && line.isPart() && OPEN_AT_FIRST.matcher(line.name()).matches()) {
                line.open(true);
            }
        }
    }

    private void tell(ParavirtActivity activity, long stop) {
        hypercalls.show(activity.hypercalls(), stop != markedStop);
        shownStop = markedStop = stop;
        set(hints, hints(activity));
        String words = words(activity);
        if (!summary.getText().equals(words)) {
            summary.setText(words);
            summary.requestLayout();
        }
    }

    private static String words(ParavirtActivity activity) {
        if (activity.paravirt().equals("none")) {
            return "No paravirtual interface: the guest finds a bare processor. The launch configuration chooses one.";
        }
        int shown = activity.hypercalls().size();
        return "%s: %s, %s offered and not used".formatted(activity.paravirt(),
            shown == 0 ? "no hypercall yet" : shown == 1 ? "one hypercall" : "the last " + shown + " hypercalls",
            activity.hints().size() == 1 ? "one feature" : activity.hints().size() + " features");
    }

    private static String hints(ParavirtActivity activity) {
        if (activity.hints().isEmpty()) {
            return activity.paravirt().equals("none") ? "" : "The guest uses all that it is offered, as far as use can be seen.";
        }
        return activity.hints().stream().map(hint -> "\u2022 " + hint).collect(Collectors.joining(Text.DELIMITER));
    }

    /** Setting an equal text would move the scroll bar. */
    private static void set(Text text, String words) {
        if (!text.getText().equals(words)) {
            text.setText(words);
        }
    }

    @Override
    protected void themeChanged() {
        tree.draw();
        hypercalls.draw();
    }

    @Override
    public void setFocus() {
        if (shown() == null) {
            super.setFocus();
        } else {
            tree.control().setFocus();
        }
    }
}
