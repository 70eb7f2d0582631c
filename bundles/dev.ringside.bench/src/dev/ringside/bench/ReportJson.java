package dev.ringside.bench;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.util.Locale;

/** A report for programs: every value of every round, in seconds, megabytes or per second. */
public final class ReportJson {
    private ReportJson() {
    }

    public static JsonObject of(Report report) {
        var json = new JsonObject();
        json.addProperty("date", report.host().date().toString());
        json.addProperty("processor", report.host().processor());
        json.addProperty("cores", report.host().cores());
        json.addProperty("system", report.host().system());
        json.addProperty("jvm", report.host().jvm());
        json.addProperty("qemu", report.host().qemu());
        json.addProperty("load", report.host().load());
        json.addProperty("clock", report.clock().name().toLowerCase(Locale.ROOT));
        json.addProperty("rounds", report.rounds());
        json.addProperty("good", report.isGood());
        var rows = new JsonArray();
        report.results().forEach(r -> rows.add(row(report, r)));
        json.add("rows", rows);
        return json;
    }

    private static JsonObject row(Report report, RowResult result) {
        var row = new JsonObject();
        row.addProperty("name", result.row().name());
        row.addProperty("group", result.row().group().title());
        row.addProperty("unit", result.row().unit().name().toLowerCase(Locale.ROOT).replace('_', ' '));
        if (!result.disagreement().isEmpty()) {
            row.addProperty("disagreement", result.disagreement());
        }
        for (Contender contender : report.contenders()) {
            row.add(contender.word(), cell(result.cells().get(contender)));
            if (contender.isQemu()) {
                result.speed(report.subject(), contender).ifPresent(s -> row.addProperty("x " + contender.word(), s));
            }
        }
        return row;
    }

    private static JsonObject cell(Cell cell) {
        var json = new JsonObject();
        switch (cell) {
            case Cell.Measured m -> {
                json.addProperty("median", m.median());
                var values = new JsonArray();
                for (double value : m.values()) {
                    values.add(value);
                }
                json.add("values", values);
            }
            case Cell.Absent absent -> json.addProperty("absent", absent.reason());
            case Cell.Failed failed -> json.addProperty("failed", failed.reason());
        }
        return json;
    }
}
