package dev.ringside.ui.paravirt;

import dev.ringside.machine.MachineControl;
import dev.ringside.machine.MachineControl.HypercallLine;
import dev.ringside.machine.MachineControl.Injection;
import dev.ringside.machine.MachineControl.ParavirtActivity;
import dev.ringside.ui.Palette;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.eclipse.swt.SWT;
import org.eclipse.swt.widgets.Composite;
import org.eclipse.swt.widgets.Table;
import org.eclipse.swt.widgets.TableColumn;
import org.eclipse.swt.widgets.TableItem;

/** The last hypercalls and the faults that were injected, newest first, those that wait on top; what is new since the stop before stands out. */
final class HypercallTable {
    private static final int RESULT = 2;
    private static final long NONE = -1;

    private final Table table;
    private List<Row> rows = List.of();
    /** Of the newest line at the last stop. */
    private long newestAtStop = NONE;
    /** From this instruction on they were not there at the stop before. */
    private long firstNew;

    /** @param instructions when it was made or happens @param waits whether that is still to come */
    private record Row(long instructions, List<String> cells, boolean refused, boolean waits) {
        static Row of(HypercallLine line) {
            String caller = line.function() == null ? "0x%x".formatted(line.caller()) : line.function();
            return new Row(line.instructions(), List.of(caller, line.name(), line.result(), line.arguments(), Integer.toString(line.vcpu()), "%,d".formatted(line.instructions())),
                    isRefused(line.result()), false);
        }

        static Row of(Injection injection, Map<String, String> meanings) {
            return new Row(injection.instructions(), List.of("(injected)", injection.event(), injection.done() ? "has happened" : "waits",
                    meanings.getOrDefault(injection.event(), ""), injection.vcpu() == MachineControl.WHOSE_TURN ? "" : Integer.toString(injection.vcpu()),
                    "%,d".formatted(injection.instructions())), false, !injection.done());
        }

        /** KVM answers with a negative error, Hyper-V with a status. */
        private static boolean isRefused(String result) {
            return result.startsWith("-") || result.startsWith("HV_STATUS") && !result.startsWith("HV_STATUS_SUCCESS");
        }
    }

    HypercallTable(Composite parent) {
        table = new Table(parent, SWT.FULL_SELECTION | SWT.MULTI | SWT.V_SCROLL | SWT.H_SCROLL);
        table.setHeaderVisible(true);
        column("Guest function", 185, SWT.LEFT);
        column("Hypercall", 215, SWT.LEFT);
        column("Result", 155, SWT.LEFT);
        column("Arguments", 430, SWT.LEFT);
        column("vCPU", 50, SWT.RIGHT);
        column("Instructions", 110, SWT.RIGHT);
    }

    private void column(String title, int width, int style) {
        TableColumn column = new TableColumn(table, style);
        column.setText(title);
        column.setWidth(width);
    }

    Table control() {
        return table;
    }

    void forget() {
        rows = List.of();
        newestAtStop = NONE;
        firstNew = 0;
        draw();
    }

    /** @param newStop whether it is another stop than the one last shown @param running whether the guest has gone on from it */
    void show(ParavirtActivity activity, boolean newStop, boolean running) {
        if (newStop || running) {
            firstNew = newestAtStop + 1;
        }
        List<Row> oldestFirst = new ArrayList<>(activity.hypercalls().stream().map(Row::of).toList());
        activity.injections().forEach(injection -> oldestFirst.add(Row.of(injection, activity.injectable())));
        oldestFirst.sort(Comparator.comparing(Row::waits).thenComparing(Row::instructions));
        rows = oldestFirst.reversed();
        if (!running) {
            newestAtStop = rows.stream().filter(row -> !row.waits).mapToLong(Row::instructions).max().orElse(NONE);
        }
        draw();
    }

    void draw() {
        Palette palette = Palette.of(table);
        table.setRedraw(false);
        for (int i = 0; i < rows.size(); i++) {
            Row row = rows.get(i);
            TableItem item = i < table.getItemCount() ? table.getItem(i) : new TableItem(table, SWT.NONE);
            item.setData(row);
            item.setText(row.cells.toArray(String[]::new));
            item.setForeground(row.waits ? palette.quiet() : row.instructions >= firstNew ? palette.changed() : null);
            item.setForeground(RESULT, row.refused ? palette.bad() : null);
        }
        while (table.getItemCount() > rows.size()) {
            table.getItem(rows.size()).dispose();
        }
        table.setRedraw(true);
    }

    /** The selected lines, or all. */
    String text() {
        List<Row> chosen = Stream.of(table.getSelection()).map(item -> (Row) item.getData()).toList();
        return (chosen.isEmpty() ? rows : chosen).stream().map(row -> String.join("\t", row.cells)).collect(Collectors.joining(System.lineSeparator()));
    }
}
