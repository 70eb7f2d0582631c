package dev.ringside.bench;

import java.util.List;
import java.util.function.Consumer;

/** A report as text of fixed columns, line by line while it grows: rows of the first groups as they come, the rest at the end. */
public final class ReportText {
    private static final int NAME = 14;
    private static final int NUMBER = 9;
    private static final int VALUE = 15;
    /** What is ready when its benchmark is. */
    private static final List<Row.Group> AS_THEY_COME = List.of(Row.Group.HOT_LOOPS, Row.Group.SYSTEM, Row.Group.LINUX);

    private final Consumer<String> out;
    private Row.Group current;

    /** @param out takes one line each time */
    public ReportText(Consumer<String> out) {
        this.out = out;
    }

    public void head(Report empty) {
        out.accept("Ringside bench, " + empty.host().date());
        empty.host().lines().forEach(out);
        out.accept("load %s at the start".formatted(HostFacts.shown(empty.host().load())));
        empty.terms().forEach(out);
    }

    /** @param soFar with these rows already in it */
    public void add(Report soFar, List<RowResult> rows) {
        rows.stream().filter(r -> AS_THEY_COME.contains(r.row().group())).forEach(r -> line(soFar, r));
    }

    public void end(Report whole) {
        for (Row.Group group : Report.groups()) {
            if (!AS_THEY_COME.contains(group)) {
                whole.in(group).forEach(r -> line(whole, r));
            }
        }
        finish(whole);
        out.accept("");
        whole.notes().forEach(out);
        out.accept("load %s at the end".formatted(HostFacts.shown(whole.loadAtEnd())));
    }

    private void line(Report report, RowResult result) {
        if (result.row().group() != current) {
            finish(report);
            current = result.row().group();
            out.accept("");
            out.accept(current.title() + (current.explanation().isEmpty() ? "" : ": " + current.explanation()));
            out.accept(columns(report, "", report.columns(current)));
        }
        out.accept(columns(report, result.row().name(), report.cells(result)) + (result.disagreement().isEmpty() ? "" : "  FAILED: results differ"));
    }

    /** What stands under a group when its last row is written. */
    private void finish(Report report) {
        if (current != null && !report.means(current).isEmpty()) {
            out.accept(columns(report, "geom. mean", report.means(current)));
        }
    }

    private static String columns(Report report, String name, List<String> cells) {
        var line = new StringBuilder("%-".concat(NAME + "s").formatted(name));
        for (int i = 0; i < cells.size(); i++) {
            boolean isValue = i > 0 && i <= report.contenders().size();
            line.append(("%" + (isValue ? VALUE : NUMBER) + "s").formatted(cells.get(i)));
        }
        return line.toString().stripTrailing();
    }
}
