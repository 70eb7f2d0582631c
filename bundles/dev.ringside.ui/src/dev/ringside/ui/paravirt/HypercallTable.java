package dev.ringside.ui.paravirt;

import dev.ringside.machine.MachineControl.HypercallLine;
import dev.ringside.ui.Palette;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.eclipse.swt.SWT;
import org.eclipse.swt.widgets.Composite;
import org.eclipse.swt.widgets.Table;
import org.eclipse.swt.widgets.TableColumn;
import org.eclipse.swt.widgets.TableItem;

/** The last hypercalls, newest first; those since the stop before stand out. */
final class HypercallTable {
    private static final int RESULT = 2;

    private final Table table;
    private List<HypercallLine> lines = List.of();
    /** From this instruction on they were not there at the stop before. */
    private long firstNew;

    HypercallTable(Composite parent) {
        table = new Table(parent, SWT.FULL_SELECTION | SWT.MULTI | SWT.V_SCROLL | SWT.H_SCROLL);
        table.setHeaderVisible(true);
        column("Guest function", 155, SWT.LEFT);
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
        lines = List.of();
        firstNew = 0;
        draw();
    }

    /** @param newStop whether it is another stop than the one last shown */
    void show(List<HypercallLine> oldestFirst, boolean newStop) {
        if (newStop) {
            firstNew = lines.isEmpty() ? 0 : lines.getFirst().instructions() + 1;
        }
        lines = oldestFirst.reversed();
        draw();
    }

    void draw() {
        Palette palette = Palette.of(table);
        table.setRedraw(false);
        for (int i = 0; i < lines.size(); i++) {
            HypercallLine line = lines.get(i);
            TableItem item = i < table.getItemCount() ? table.getItem(i) : new TableItem(table, SWT.NONE);
            item.setData(line);
            item.setText(cells(line));
            item.setForeground(line.instructions() >= firstNew ? palette.changed() : null);
            item.setForeground(RESULT, refused(line) ? palette.bad() : null);
        }
        while (table.getItemCount() > lines.size()) {
            table.getItem(lines.size()).dispose();
        }
        table.setRedraw(true);
    }

    private static String[] cells(HypercallLine line) {
        String address = "0x%x".formatted(line.caller());
        return new String[] {line.function() == null ? address : line.function(), line.name(), line.result(), line.arguments(), Integer.toString(line.vcpu()),
                "%,d".formatted(line.instructions())};
    }

    /** KVM answers with a negative error, Hyper-V with a status. */
    private static boolean refused(HypercallLine line) {
        return line.result().startsWith("-") || line.result().startsWith("HV_STATUS") && !line.result().startsWith("HV_STATUS_SUCCESS");
    }

    /** The selected lines, or all. */
    String text() {
        List<HypercallLine> chosen = Stream.of(table.getSelection()).map(item -> (HypercallLine) item.getData()).toList();
        return (chosen.isEmpty() ? lines : chosen).stream().map(line -> String.join("\t", cells(line))).collect(Collectors.joining(System.lineSeparator()));
    }
}
