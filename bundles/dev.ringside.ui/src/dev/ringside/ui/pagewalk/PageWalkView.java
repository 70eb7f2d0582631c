package dev.ringside.ui.pagewalk;

import dev.ringside.arch.WalkStep;
import dev.ringside.ui.GuestViewPart;
import dev.ringside.ui.LatestAnswer;
import dev.ringside.ui.Palette;
import dev.ringside.ui.guest.GuestVcpu;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import org.eclipse.jface.action.Action;
import org.eclipse.jface.layout.GridDataFactory;
import org.eclipse.jface.layout.GridLayoutFactory;
import org.eclipse.jface.resource.JFaceResources;
import org.eclipse.swt.SWT;
import org.eclipse.swt.widgets.Composite;
import org.eclipse.swt.widgets.Control;
import org.eclipse.swt.widgets.Label;
import org.eclipse.swt.widgets.Table;
import org.eclipse.swt.widgets.TableColumn;
import org.eclipse.swt.widgets.TableItem;
import org.eclipse.swt.widgets.Text;
import org.eclipse.ui.actions.ActionFactory;

/**
 * Walks the guest's page tables for an address, as the processor would (SDM 3A chapter 4), and says what each entry means and where the walk ends. With no address
 * it follows the program counter. Looking sets no accessed bit and fills no TLB.
 */
public final class PageWalkView extends GuestViewPart {
    public static final String ID = "dev.ringside.ui.pageWalk";

    private static final String[] COLUMNS = {"Level", "Entry at", "Value", "Bits", "Verdict"};
    private static final int VERDICT = 4;

    private Text address;
    private Label place;
    private Table table;
    private LatestAnswer<Walk> answer;
    private List<WalkStep> steps = List.of();
    /** What the table showed at the stop before, to mark what differs. */
    private Walk before;
    private Walk latest;

    private record Walk(long address, List<WalkStep> steps) {
    }

    @Override
    protected Control createPage(Composite parent) {
        Composite page = new Composite(parent, SWT.NONE);
        GridLayoutFactory.fillDefaults().numColumns(3).spacing(6, 2).applyTo(page);
        Label label = new Label(page, SWT.NONE);
        label.setText("&Address:");
        GridDataFactory.swtDefaults().indent(4, 0).applyTo(label);
        address = new Text(page, SWT.BORDER);
        address.setMessage("RIP");
        address.setToolTipText("A linear address, a symbol or a register: 0xffffffff81000000, start_kernel+0x1c, rsp. Empty: the program counter");
        GridDataFactory.fillDefaults().hint(200, SWT.DEFAULT).applyTo(address);
        place = new Label(page, SWT.NONE);
        GridDataFactory.fillDefaults().grab(true, false).align(SWT.FILL, SWT.CENTER).applyTo(place);
        table = new Table(page, SWT.FULL_SELECTION | SWT.MULTI | SWT.V_SCROLL | SWT.H_SCROLL);
        GridDataFactory.fillDefaults().grab(true, true).span(3, 1).applyTo(table);
        table.setHeaderVisible(true);
        int[] widths = {84, 122, 146, 95, 620};
        for (int i = 0; i < COLUMNS.length; i++) {
            TableColumn column = new TableColumn(table, SWT.LEFT);
            column.setText(COLUMNS[i]);
            column.setWidth(widths[i]);
        }
        answer = new LatestAnswer<>(page);
        address.addListener(SWT.DefaultSelection, event -> walk());
        contributeActions();
        return page;
    }

    private void contributeActions() {
        Action goTo = action("Walk Another Address\tCtrl+L", "go-to", this::chooseAddress);
        Action copy = action("Copy\tCtrl+C", "copy", () -> copy(text()));
        var bars = getViewSite().getActionBars();
        bars.getToolBarManager().add(goTo);
        bars.getToolBarManager().add(copy);
        bars.setGlobalActionHandler(ActionFactory.COPY.getId(), copy);
        getSite().getService(org.eclipse.ui.handlers.IHandlerService.class).activateHandler("org.eclipse.ui.edit.text.goto.line", handler(goTo));
    }

    private void chooseAddress() {
        address.setFocus();
        address.selectAll();
    }

    /** Walks for {@code expression}, as if it had been typed. */
    public void walk(String expression) {
        address.setText(expression);
        walk();
    }

    private void walk() {
        if (shown() != null) {
            ask(shown());
        }
    }

    @Override
    protected void show(GuestVcpu now, GuestVcpu previous) {
        answer.cancel();
        if (now == null || !isSameMachine(now, previous)) {
            before = null;
            latest = null;
            steps = List.of();
            fill();
        }
        if (now == null) {
            return;
        }
        if (now.isRunning()) {
            quieten();
        } else {
            if (previous != null && now.stopNumber() != previous.stopNumber()) {
                before = latest;
            }
            ask(now);
        }
    }

    private void ask(GuestVcpu vcpu) {
        String typed = address.getText().strip();
        CompletableFuture<OptionalLong> where = typed.isEmpty() ? CompletableFuture.completedFuture(OptionalLong.of(vcpu.pc())) : addressOf(vcpu, typed);
        CompletableFuture<Walk> walk = where.thenCompose(found -> {
            long linear = found.orElseThrow(() -> new IllegalArgumentException(noAddress(typed)));
            return vcpu.explainTranslation(linear).thenApply(levels -> new Walk(linear, levels));
        });
        answer.ask(walk, found -> {
            say(null);
            latest = found;
            steps = found.steps();
            String symbol = vcpu.symbols().nameOf(found.address());
            place.setText("0x%016x%s".formatted(found.address(), symbol == null ? "" : "  " + symbol));
            fill();
        }, problem -> {
            say(problem);
            place.setText(problem);
        });
    }

    private void fill() {
        Palette palette = Palette.of(table);
        table.setRedraw(false);
        while (table.getItemCount() > steps.size()) {
            table.getItem(steps.size()).dispose();
        }
        for (int i = 0; i < steps.size(); i++) {
            fill(i < table.getItemCount() ? table.getItem(i) : new TableItem(table, SWT.NONE), i, palette);
        }
        table.setRedraw(true);
    }

    private void fill(TableItem item, int index, Palette palette) {
        WalkStep step = steps.get(index);
        boolean last = index == steps.size() - 1;
        boolean faults = last && step.verdict().contains("#");
        boolean changed = before != null && latest.address() == before.address() && index < before.steps().size() && before.steps().get(index).entry() != step.entry();
        item.setText(cells(step));
        item.setFont(JFaceResources.getTextFont());
        item.setForeground(null);
        item.setForeground(1, palette.quiet());
        item.setForeground(2, changed ? palette.changed() : null);
        item.setForeground(VERDICT, faults ? palette.bad() : last ? palette.flow() : palette.quiet());
    }

    private void quieten() {
        for (TableItem item : table.getItems()) {
            for (int column = 0; column < COLUMNS.length; column++) {
                item.setForeground(column, Palette.of(table).quiet());
            }
        }
    }

    private static String[] cells(WalkStep step) {
        String at = step.entryGpa() == 0 && step.bits().isEmpty() ? "" : "%#014x".formatted(step.entryGpa());
        return new String[] {step.table(), at, "%016x".formatted(step.entry()), step.bits(), step.verdict()};
    }

    private String text() {
        List<String> lines = new ArrayList<>();
        lines.add(place.getText());
        steps.forEach(step -> lines.add(String.join("\t", cells(step))));
        return String.join(System.lineSeparator(), lines);
    }

    @Override
    public void setFocus() {
        if (shown() == null) {
            super.setFocus();
        } else {
            address.setFocus();
        }
    }
}
