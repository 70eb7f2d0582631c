package dev.ringside.bench;

import java.util.ArrayList;
import java.util.List;

/** A report as a page of Markdown. */
public final class ReportMarkdown {
    private static final String NOTES = "## Notes";

    private final Report report;

    public ReportMarkdown(Report report) {
        this.report = report;
    }

    /**
     * @param command the line that makes the page again
     * @param before what the page was; its last section, if it is {@value #NOTES}, is kept
     */
    public String page(String command, String before) {
        var lines = new ArrayList<String>();
        lines.add("# Benchmarks");
        lines.add("");
        lines.add("Written by `" + command + "`, all but the notes at the end. What each row does stands under the tables.");
        lines.add("");
        report.host().lines().forEach(l -> lines.add("- " + l));
        lines.add("- " + report.host().date() + ", load " + HostFacts.shown(report.host().load()) + " at the start and " + HostFacts.shown(report.loadAtEnd())
            + " at the end");
        lines.add("");
        report.terms().forEach(l -> lines.add("- " + l));
        for (Row.Group group : Report.groups()) {
            if (!report.in(group).isEmpty()) {
                table(group, lines);
            }
        }
        lines.add("");
        lines.add("## Rows");
        lines.add("");
        report.results().stream().map(RowResult::row).filter(r -> r.group().isOfItsOwn())
            .forEach(r -> lines.add("- " + r.name() + ": " + r.what()));
        if (!report.notes().isEmpty()) {
            lines.add("");
            lines.add("Not measured:");
            lines.add("");
            report.notes().forEach(n -> lines.add("- " + n));
        }
        int notes = before.indexOf("\n" + NOTES + "\n");
        return String.join("\n", lines) + "\n" + (notes < 0 ? "" : before.substring(notes));
    }

    private void table(Row.Group group, List<String> lines) {
        String title = group.title();
        lines.add("");
        lines.add("## " + Character.toUpperCase(title.charAt(0)) + title.substring(1));
        lines.add("");
        if (!group.explanation().isEmpty()) {
            lines.add("Times: " + group.explanation() + ".");
            lines.add("");
        }
        List<String> columns = report.columns(group);
        boolean[] isUsed = new boolean[columns.size()];
        for (RowResult result : report.in(group)) {
            List<String> cells = report.cells(result);
            for (int i = 0; i < isUsed.length; i++) {
                isUsed[i] |= !cells.get(i).isEmpty();
            }
        }
        lines.add(line("", columns, isUsed));
        lines.add("|---" + "|---:".repeat(count(isUsed)) + "|");
        report.in(group).forEach(r -> lines.add(line(r.row().name() + (r.disagreement().isEmpty() ? "" : " **FAILED**"), report.cells(r), isUsed)));
        if (!report.means(group).isEmpty()) {
            lines.add(line("**geometric mean**", report.means(group), isUsed));
        }
    }

    /** Columns without anything in them are left out. */
    private static String line(String name, List<String> cells, boolean[] isUsed) {
        var used = new ArrayList<String>();
        for (int i = 0; i < isUsed.length; i++) {
            if (isUsed[i]) {
                used.add(cells.get(i));
            }
        }
        return "| " + name + " | " + String.join(" | ", used) + " |";
    }

    private static int count(boolean[] isUsed) {
        int count = 0;
        for (boolean used : isUsed) {
            count += used ? 1 : 0;
        }
        return count;
    }
}
