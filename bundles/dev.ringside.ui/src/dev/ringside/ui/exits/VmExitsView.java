package dev.ringside.ui.exits;

import dev.ringside.machine.MachineStatistics;
import dev.ringside.ui.GuestViewPart;
import dev.ringside.ui.LatestAnswer;
import dev.ringside.ui.Palette;
import dev.ringside.ui.exits.ExitCounts.Line;
import dev.ringside.ui.exits.ExitCounts.Order;
import dev.ringside.ui.guest.GuestVcpu;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import org.eclipse.jface.action.Action;
import org.eclipse.jface.layout.GridDataFactory;
import org.eclipse.jface.layout.GridLayoutFactory;
import org.eclipse.swt.SWT;
import org.eclipse.swt.widgets.Composite;
import org.eclipse.swt.widgets.Control;
import org.eclipse.swt.widgets.Label;
import org.eclipse.swt.widgets.Table;
import org.eclipse.swt.widgets.TableColumn;
import org.eclipse.swt.widgets.TableItem;
import org.eclipse.ui.actions.ActionFactory;

/**
 * Why the guest left for its hypervisor, how often (since the start of the run, and since the stop before), and how long the answers took. While the guest runs it is looked at
 * {@value #LOOKS_PER_SECOND} times a second, and only while somebody can see the view.
 */
public final class VmExitsView extends GuestViewPart {
    public static final String ID = "dev.ringside.ui.vmExits";

    static final int LOOKS_PER_SECOND = 4;

    private static final int TIME = 4;
    private static final int MEANING = 6;

    private Table table;
    private Label total;
    private LatestAnswer<MachineStatistics> answer;
    private ExitCounts counts = ExitCounts.NONE;
    /** Of the stop before the present one, or the start of the present run. */
    private MachineStatistics before;
    private MachineStatistics latest;
    private Order order = Order.COUNT;
    private boolean descending = true;
    private int run;

    @Override
    protected Control createPage(Composite parent) {
        Composite page = new Composite(parent, SWT.NONE);
        GridLayoutFactory.fillDefaults().spacing(0, 2).applyTo(page);
        total = new Label(page, SWT.NONE);
        GridDataFactory.fillDefaults().grab(true, false).indent(4, 2).applyTo(total);
        table = new Table(page, SWT.FULL_SELECTION | SWT.MULTI | SWT.V_SCROLL | SWT.H_SCROLL);
        GridDataFactory.fillDefaults().grab(true, true).applyTo(table);
        table.setHeaderVisible(true);
        column("Reason", 108, SWT.LEFT, Order.REASON);
        column("Count", 88, SWT.RIGHT, Order.COUNT);
        column("Since stop", 88, SWT.RIGHT, Order.SINCE);
        column("Share", 66, SWT.RIGHT, Order.SHARE);
        column("Time", 84, SWT.RIGHT, Order.TIME);
        column("Each", 76, SWT.RIGHT, Order.TIME_EACH);
        table.getColumn(TIME).setToolTipText("Time of the host that the answers took, measured for the first exits of a kind and one in sixty of the others");
        table.getColumn(TIME + 1).setToolTipText("Time of the host that one of them took, on average");
        column("Meaning", 620, SWT.LEFT, null);
        sortedBy(1);
        answer = new LatestAnswer<>(page);
        Action copy = action("Copy\tCtrl+C", "copy", () -> copy(text()));
        getViewSite().getActionBars().getToolBarManager().add(copy);
        getViewSite().getActionBars().setGlobalActionHandler(ActionFactory.COPY.getId(), copy);
        return page;
    }

    private void column(String title, int width, int style, Order by) {
        TableColumn column = new TableColumn(table, style);
        column.setText(title);
        column.setWidth(width);
        int index = table.getColumnCount() - 1;
        if (by != null) {
            column.addListener(SWT.Selection, event -> {
                descending = order == by ? !descending : by != Order.REASON;
                order = by;
                sortedBy(index);
                draw();
            });
        }
    }

    private void sortedBy(int column) {
        table.setSortColumn(table.getColumn(column));
        table.setSortDirection(descending ? SWT.DOWN : SWT.UP);
    }

    @Override
    protected void show(GuestVcpu now, GuestVcpu previous) {
        run++;
        answer.cancel();
        if (now == null || !isSameMachine(now, previous)) {
            before = null;
            latest = null;
            counts = ExitCounts.NONE;
            draw();
        }
        if (now != null) {
            boolean newStop = previous == null || now.stopNumber() != previous.stopNumber() || now.isRunning() != previous.isRunning();
            if (newStop && now.isRunning()) {
                before = latest;
            }
            ask(now, run);
        }
    }

    private void ask(GuestVcpu vcpu, int number) {
        answer.ask(vcpu.statistics(), statistics -> {
            latest = statistics;
            counts = ExitCounts.of(statistics, before);
            draw();
            if (vcpu.isRunning()) {
                table.getDisplay().timerExec(1000 / LOOKS_PER_SECOND, () -> askAgain(vcpu, number));
            }
        }, this::say);
    }

    private void askAgain(GuestVcpu vcpu, int number) {
        if (!table.isDisposed() && number == run && isVisible()) {
            ask(vcpu, number);
        }
    }

    private void draw() {
        List<Line> lines = order.sorted(counts.lines(), descending);
        Palette palette = Palette.of(table);
        table.setRedraw(false);
        for (int i = 0; i < lines.size(); i++) {
            fill(i < table.getItemCount() ? table.getItem(i) : new TableItem(table, SWT.NONE), lines.get(i), palette);
        }
        while (table.getItemCount() > lines.size()) {
            table.getItem(lines.size()).dispose();
        }
        table.setRedraw(true);
        long exits = lines.stream().filter(Line::exit).mapToLong(Line::count).sum();
        String words = lines.isEmpty() ? "No exit yet" : "%,d exits in %,d instructions, %,.6f s of virtual time".formatted(exits, counts.instructions(), counts.virtualNanos() / 1e9);
        if (!total.getText().equals(words)) {
            total.setText(words);
        }
    }

    private static void fill(TableItem item, Line line, Palette palette) {
        if (Objects.equals(item.getData(), line)) {
            return;
        }
        item.setData(line);
        item.setText(cells(line));
        item.setForeground(2, line.since() > 0 ? palette.changed() : palette.quiet());
        item.setForeground(MEANING, palette.quiet());
    }

    private static String[] cells(Line line) {
        return new String[] {line.reason(), "%,d".formatted(line.count()), line.since() == 0 ? "" : "+%,d".formatted(line.since()),
                line.exit() ? "%.1f %%".formatted(100 * line.share()) : "no exit", duration(line.nanos()), duration(line.nanosEach()), ExitMeaning.of(line.reason())};
    }

    /** Three digits, in a unit that has them before the point; empty for no time. */
    private static String duration(long nanos) {
        String[] units = {"ns", "\u00b5s", "ms", "s"};
        double value = nanos;
        int unit = 0;
        while (value >= 999.5 && unit < units.length - 1) {
            value /= 1000;
            unit++;
        }
        int decimals = unit == 0 || value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2;
        return nanos == 0 ? "" : ("%." + decimals + "f %s").formatted(value, units[unit]);
    }

    @Override
    protected void themeChanged() {
        for (TableItem item : table.getItems()) {
            item.setData(null);
        }
        draw();
    }

    private String text() {
        return order.sorted(counts.lines(), descending).stream().map(line -> String.join("\t", cells(line))).collect(Collectors.joining(System.lineSeparator()));
    }
}
