package dev.ringside.ui.machine;

import dev.ringside.inspect.InspectNode;
import dev.ringside.ui.GuestViewPart;
import dev.ringside.ui.LatestAnswer;
import dev.ringside.ui.guest.GuestVcpu;
import dev.ringside.ui.state.StateRenderers;
import java.util.ArrayList;
import java.util.List;
import org.eclipse.jface.action.Action;
import org.eclipse.jface.action.MenuManager;
import org.eclipse.jface.action.Separator;
import org.eclipse.jface.layout.GridDataFactory;
import org.eclipse.jface.layout.GridLayoutFactory;
import org.eclipse.swt.SWT;
import org.eclipse.swt.widgets.Composite;
import org.eclipse.swt.widgets.Control;
import org.eclipse.swt.widgets.Text;
import org.eclipse.ui.IWorkbenchActionConstants;
import org.eclipse.ui.actions.ActionFactory;

/**
 * The whole machine as the tree in which it describes itself: processors, devices, memory. At a stop it asks once, for the parts that are open and on the screen;
 * others are asked for when the user opens them or scrolls to them.
 */
public final class MachineView extends GuestViewPart {
    public static final String ID = "dev.ringside.ui.machine";

    /** Typing is faster than this. */
    private static final int FILTER_DELAY_MILLIS = 150;
    /** A filter looks into everything; a machine with more parts than this is looked into no further. */
    private static final int MOST_PARTS = 2000;

    private final StateRenderers renderers = StateRenderers.installed();
    private MachineTree tree;
    private Text filter;
    private LatestAnswer<List<List<InspectNode>>> answers;
    private int typed;

    @Override
    protected Control createPage(Composite parent) {
        Composite page = new Composite(parent, SWT.NONE);
        GridLayoutFactory.fillDefaults().spacing(0, 0).applyTo(page);
        filter = new Text(page, SWT.SEARCH | SWT.ICON_SEARCH | SWT.ICON_CANCEL);
        filter.setMessage("Filter by name or value");
        filter.setToolTipText("Shows the lines whose name, value or meaning holds this text");
        GridDataFactory.fillDefaults().grab(true, false).applyTo(filter);
        tree = new MachineTree(page, List.of(), part -> refresh());
        GridDataFactory.fillDefaults().grab(true, true).applyTo(tree.control());
        answers = new LatestAnswer<>(page);
        filter.addListener(SWT.Modify, event -> filterSoon());
        filter.addListener(SWT.KeyDown, event -> {
            if (event.keyCode == SWT.ARROW_DOWN) {
                tree.control().setFocus();
            }
        });
        tree.control().getVerticalBar().addListener(SWT.Selection, event -> refresh());
        tree.control().addListener(SWT.Resize, event -> refreshSoon());
        tree.control().addListener(SWT.KeyDown, event -> refreshSoon());
        tree.control().addListener(SWT.MouseWheel, event -> refreshSoon());
        contributeActions();
        return page;
    }

    @Override
    protected void show(GuestVcpu now, GuestVcpu before) {
        boolean sameMachine = isSameMachine(now, before);
        if (sameMachine && !now.isRunning() && !before.isRunning() && now.stopNumber() == before.stopNumber() && now.edits() == before.edits()) {
            return; // another frame of the same stop
        }
        answers.cancel();
        if (now == null) {
            tree.forget();
            return;
        }
        if (!sameMachine) {
            tree.forget();
        }
        boolean edited = sameMachine && now.edits() != before.edits();
        tree.stale(now.isRunning());
        if (!now.isRunning()) {
            ask(now, wanted(now, edited));
        }
    }

    @Override
    protected void themeChanged() {
        tree.draw();
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
        if (vcpu != null) {
            ask(vcpu, wanted(vcpu, false));
        }
    }

    private List<Part> wanted(GuestVcpu vcpu, boolean again) {
        return tree.visible().stream()
                .filter(part -> part.parent() == null || part.isOpen() || tree.isFiltered() || renderers.knows(part.name()))
                .filter(part -> again || (vcpu.isRunning() ? !part.isKnown() : !part.isOfStop(vcpu.stopNumber())))
                .toList();
    }

    private void ask(GuestVcpu vcpu, List<Part> parts) {
        if (parts.isEmpty()) {
            return;
        }
        answers.ask(vcpu.inspect(parts.stream().map(Part::path).toList()), told -> {
            for (int i = 0; i < parts.size(); i++) {
                update(parts.get(i), told.get(i), vcpu.stopNumber());
            }
            tree.draw();
            say(null);
            refresh(); // lines may have moved into sight; ends when there are none
        }, this::say);
    }

    private void update(Part part, List<InspectNode> lines, long stop) {
        part.update(lines, stop);
        part.mean(renderers.summary(part.name(), part.told()));
        for (int i = 0; i < part.lines().size(); i++) {
            Part line = part.lines().get(i);
            if (!line.isPart()) {
                line.mean(renderers.meaning(part.name(), part.told().get(i)));
            }
        }
    }

    // Filtering

    private void filterSoon() {
        int number = ++typed;
        filter.getDisplay().timerExec(FILTER_DELAY_MILLIS, () -> {
            if (!filter.isDisposed() && number == typed) {
                tree.filter(filter.getText().strip());
                learn();
            }
        });
    }

    /** A filter finds what nobody has opened yet: level by level, everything that is not known is asked for. */
    private void learn() {
        GuestVcpu vcpu = shown();
        List<Part> unknown = new ArrayList<>();
        int parts = tree.isFiltered() ? collectUnknown(tree.machine(), unknown) : 0;
        if (vcpu == null || unknown.isEmpty() || parts > MOST_PARTS) {
            tree.draw();
            refresh();
            return;
        }
        answers.ask(vcpu.inspect(unknown.stream().map(Part::path).toList()), told -> {
            for (int i = 0; i < unknown.size(); i++) {
                update(unknown.get(i), told.get(i), vcpu.stopNumber());
            }
            learn();
        }, this::say);
    }

    private static int collectUnknown(Part part, List<Part> unknown) {
        int count = 1;
        if (part.isPart() && !part.isKnown()) {
            unknown.add(part);
        }
        for (Part line : part.lines()) {
            count += collectUnknown(line, unknown);
        }
        return count;
    }

    private void contributeActions() {
        Action copy = action("Copy\tCtrl+C", "copy", () -> copy(tree.text()));
        copy.setToolTipText("Copy the selected lines with what is below them, or everything that is shown");
        Action find = action("Filter\tCtrl+F", "filter", () -> filter.setFocus());
        Action collapse = action("Collapse All", "collapse", this::collapseAll);
        var bars = getViewSite().getActionBars();
        bars.getToolBarManager().add(collapse);
        bars.getToolBarManager().add(copy);
        bars.setGlobalActionHandler(ActionFactory.COPY.getId(), copy);
        bars.setGlobalActionHandler(ActionFactory.FIND.getId(), find);
        MenuManager menu = new MenuManager();
        menu.add(copy);
        menu.add(find);
        menu.add(collapse);
        menu.add(new Separator(IWorkbenchActionConstants.MB_ADDITIONS));
        tree.control().setMenu(menu.createContextMenu(tree.control()));
    }

    private void collapseAll() {
        close(tree.machine());
        tree.draw();
    }

    private static void close(Part part) {
        part.open(false);
        part.lines().forEach(MachineView::close);
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
