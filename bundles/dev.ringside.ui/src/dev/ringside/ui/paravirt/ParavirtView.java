package dev.ringside.ui.paravirt;

import dev.ringside.inspect.InspectNode;
import dev.ringside.machine.MachineControl.ParavirtActivity;
import dev.ringside.ui.GuestViewPart;
import dev.ringside.ui.LatestAnswer;
import dev.ringside.ui.guest.GuestVcpu;
import dev.ringside.ui.machine.MachineTree;
import dev.ringside.ui.machine.Part;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.eclipse.jface.action.Action;
import org.eclipse.jface.action.MenuManager;
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
 * (right). At a stop it asks once, for the parts that are open: they are few, and asking for all of them does not depend on what a toolkit has laid out by then.
 * While the guest runs it looks again from time to time.
 *
 * <p>An answer is dropped when the guest runs, stops or is changed before it comes, or when a newer question takes its place. So every such occasion asks
 * again, and every question covers what the unanswered ones before it were for: all that is open and not known as of now.
 */
public final class ParavirtView extends GuestViewPart {
    public static final String ID = "dev.ringside.ui.paravirt";

    /** A command of {@code dev.ringside.debug.ui}. */
    private static final String INJECT_COMMAND = "dev.ringside.debug.ui.inject";
    /** What all hints have in common is said once. */
    private static final String UNUSED = " is offered and not used: a guest that uses it ";
    private static final long NEVER = -1;
    private static final int LOOK_AGAIN_MILLIS = 500;
    private static final List<String> ROOT = List.of("paravirt");
    /** What has a place of its own on the right, and what the CPUID leaves say as well. */
    private static final Set<String> ELSEWHERE = Set.of("hypercall log", "hints", "features", "privileges and recommendations");
    /** What is shared is what one comes to see; leaves and registers are opened by who wants them. */
    private static final Pattern OPEN_AT_FIRST = Pattern.compile("kvm|hyperv|wall clock|reference time|v(cpu|p)0|pvclock|steal time|PV EOI|SynIC|VP assist page");

    private Label summary;
    private SashForm sides;
    private MachineTree tree;
    private HypercallTable hypercalls;
    private Text hints;
    private Action inject;
    private Action copyOptions;
    /** Every fault, as {@code ringside run} would be given it. */
    private String options = "";
    private LatestAnswer<Answer> answers;
    private final Set<Part> met = new HashSet<>();
    /** Of which stop the right side is. */
    private long shownStop = NEVER;
    /** Whether something was changed since the last answer, so that what is of this stop is not good enough. */
    private boolean edited;
    /** The last look at a running guest. */
    private int look;

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
        tree.widths(300, 200, 360);
        SashForm right = new SashForm(sides, SWT.VERTICAL);
        hypercalls = new HypercallTable(right);
        hints = new Text(right, SWT.MULTI | SWT.WRAP | SWT.READ_ONLY | SWT.V_SCROLL);
        hints.setToolTipText("Features that the guest was offered and never used");
        right.setWeights(70, 30);
        sides.setWeights(56, 44);
        answers = new LatestAnswer<>(page);
        page.addListener(SWT.Resize, event -> sides.setOrientation(page.getSize().x < page.getSize().y ? SWT.VERTICAL : SWT.HORIZONTAL));
        Action copy = action("Copy\tCtrl+C", "copy", () -> copy(hypercalls.control().isFocusControl() ? hypercalls.text() : tree.text()));
        copy.setToolTipText("Copy the selected lines, or all of the side that has the focus (Ctrl+C)");
        inject = action("Inject Fault\u2026", "inject", () -> execute(INJECT_COMMAND));
        inject.setToolTipText("Make the interface misbehave, now or at an instruction");
        copyOptions = action("Copy Faults as Options", null, () -> copy(options));
        var bars = getViewSite().getActionBars();
        bars.getToolBarManager().add(inject);
        bars.getToolBarManager().add(copy);
        bars.setGlobalActionHandler(ActionFactory.COPY.getId(), copy);
        MenuManager menu = new MenuManager();
        List.of(copy, copyOptions, inject).forEach(menu::add);
        for (Control side : List.of(tree.control(), hypercalls.control())) {
            side.setMenu(menu.createContextMenu(side));
        }
        offer(ParavirtActivity.NONE);
        return page;
    }

    @Override
    protected void show(GuestVcpu now, GuestVcpu before) {
        boolean sameMachine = isSameMachine(now, before);
        if (sameMachine && !now.isRunning() && !before.isRunning() && now.stopNumber() == before.stopNumber() && now.edits() == before.edits()) {
            return; // another frame of the same stop: what was asked holds for it, too
        }
        answers.cancel();
        if (!sameMachine) {
            forget();
        }
        if (now != null) {
            edited |= sameMachine && now.edits() != before.edits();
            ask(now, false);
        }
    }

    private void forget() {
        tree.forget();
        hypercalls.forget();
        met.clear();
        shownStop = NEVER;
        edited = false;
        summary.setText("");
        hints.setText("");
        offer(ParavirtActivity.NONE);
    }

    private void offer(ParavirtActivity activity) {
        inject.setEnabled(!activity.injectable().isEmpty() && (shown() == null || shown().isRunning() || shown().canChange()));
        options = activity.injections().stream().map(one -> "--inject " + one.text()).collect(Collectors.joining(" "));
        copyOptions.setEnabled(!options.isEmpty());
    }

    private void refresh() {
        if (shown() != null) {
            ask(shown(), false);
        }
    }

    /**
     * Asks for what is open and not of this stop, of a running guest for what is not known yet; {@code again}, for all that is open.
     *
     * @return false when there was nothing to ask for
     */
    private boolean ask(GuestVcpu vcpu, boolean again) {
        boolean all = again || edited;
        List<Part> parts = new ArrayList<>();
        collect(tree.machine(), part -> all || !(vcpu.isRunning() ? part.isKnown() : part.isOfStop(vcpu.stopNumber())), parts);
        boolean wantsActivity = all || (vcpu.isRunning() ? shownStop == NEVER : shownStop != vcpu.stopNumber());
        if (parts.isEmpty() && !wantsActivity) {
            return false;
        }
        CompletableFuture<ParavirtActivity> activity = wantsActivity ? vcpu.paravirtActivity() : CompletableFuture.completedFuture(null);
        var question = vcpu.inspect(parts.stream().map(Part::path).toList()).thenCombine(activity, Answer::new);
        answers.ask(question, answer -> answered(vcpu, parts, answer), this::say);
        return true;
    }

    private static void collect(Part part, Predicate<Part> wanted, List<Part> into) {
        if (wanted.test(part)) {
            into.add(part);
        }
        part.lines().stream().filter(line -> line.isPart() && line.isOpen()).forEach(line -> collect(line, wanted, into));
    }

    private void answered(GuestVcpu vcpu, List<Part> parts, Answer answer) {
        edited = false;
        for (int i = 0; i < parts.size(); i++) {
            update(parts.get(i), answer.parts.get(i), vcpu);
        }
        tree.draw();
        if (answer.activity != null) {
            tell(answer.activity, vcpu);
        }
        say(null);
        boolean more = ask(shown(), false); // parts may have come that are open at first
        if (!more && vcpu.isRunning()) {
            int number = ++look;
            tree.control().getDisplay().timerExec(LOOK_AGAIN_MILLIS, () -> lookAgain(number));
        }
    }

    /** The next look at a running guest follows the answer to the one before, so a slow machine is not asked faster than it answers. */
    private void lookAgain(int number) {
        if (number == look && !tree.control().isDisposed() && isVisible() && shown() != null && shown().isRunning()) {
            ask(shown(), true);
        }
    }

    private void update(Part part, List<InspectNode> told, GuestVcpu vcpu) {
        List<InspectNode> lines = told == null ? List.of() : told.stream().filter(line -> !ELSEWHERE.contains(line.name())).toList();
        part.update(lines.stream().map(Meanings::plain).toList(), vcpu.stopNumber(), vcpu.isRunning());
        for (int i = 0; i < lines.size(); i++) {
            Part line = part.lines().get(i);
            line.mean(Meanings.of(part.name(), lines.get(i)));
            if (met.add(line) && line.isPart() && OPEN_AT_FIRST.matcher(line.name()).matches()) {
                line.open(true);
            }
        }
    }

    private void tell(ParavirtActivity activity, GuestVcpu vcpu) {
        hypercalls.show(activity, vcpu.stopNumber() != shownStop, vcpu.isRunning());
        shownStop = vcpu.stopNumber();
        offer(activity);
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
        return activity.hints().stream().map(hint -> "\u2022 " + hint.replace(UNUSED, " \u2014 ")).collect(Collectors.joining(Text.DELIMITER, "Offered and not used; a guest that uses it" + Text.DELIMITER, ""));
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
