package dev.ringside.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * All that was measured, and the words in which it is told.
 *
 * @param loadAtEnd as in {@link HostFacts#currentLoad}
 */
public record Report(HostFacts host, Clock clock, List<Contender> contenders, int rounds, int interpreterRounds, List<RowResult> results, double loadAtEnd) {

    /** Whose speed is compared with the peers'. */
    public Contender subject() {
        return contenders.contains(Contender.TRANSLATOR) || !contenders.contains(Contender.INTERPRETER) ? Contender.TRANSLATOR : Contender.INTERPRETER;
    }

    public List<RowResult> in(Row.Group group) {
        return results.stream().filter(r -> r.row().group() == group).toList();
    }

    public boolean isGood() {
        return results.stream().allMatch(RowResult::isGood);
    }

    /** Geometric mean of how many times as fast the subject is; empty unless every row of the group has a ratio. */
    public OptionalDouble meanSpeed(Row.Group group, Contender peer) {
        List<OptionalDouble> speeds = in(group).stream().map(r -> r.speed(subject(), peer)).toList();
        if (speeds.isEmpty() || speeds.stream().anyMatch(OptionalDouble::isEmpty)) {
            return OptionalDouble.empty();
        }
        return OptionalDouble.of(Math.exp(speeds.stream().mapToDouble(s -> Math.log(s.getAsDouble())).average().orElseThrow()));
    }

    /** The head of a group's table. */
    List<String> columns(Row.Group group) {
        var peers = contenders.stream().filter(Contender::isQemu).map(c -> "x " + c.word());
        return Stream.of(Stream.of(group.isInPasses() ? "instr." : ""), contenders.stream().map(Contender::word), peers).flatMap(s -> s).toList();
    }

    /** Under {@link #columns}. */
    List<String> cells(RowResult result) {
        var peers = contenders.stream().filter(Contender::isQemu).map(c -> ratio(result.speed(subject(), c)));
        var values = contenders.stream().map(c -> shown(result.row().unit(), result.cells().get(c)));
        String instructions = result.row().group().isInPasses() && result.instructionsPerPass() > 0 ? count(result.instructionsPerPass()) : "";
        return Stream.of(Stream.of(instructions), values, peers).flatMap(s -> s).toList();
    }

    /** Under {@link #columns}; empty when no mean can be told, or it would say nothing. */
    List<String> means(Row.Group group) {
        List<String> means = contenders.stream().filter(Contender::isQemu).map(c -> ratio(meanSpeed(group, c))).toList();
        if (!group.isInPasses() || in(group).size() < 2 || means.stream().allMatch(String::isEmpty)) {
            return List.of();
        }
        return Stream.concat(IntStream.rangeClosed(0, contenders.size()).mapToObj(i -> ""), means.stream()).toList();
    }

    /** What is not in the table, and why; each reason once, behind all that it is the reason for. */
    List<String> notes() {
        var whereByReason = new LinkedHashMap<String, List<String>>();
        for (RowResult result : results) {
            if (result.row().group().isOfItsOwn()) {
                note(result, whereByReason);
            }
        }
        return whereByReason.entrySet().stream().map(e -> String.join("; ", e.getValue()) + ": " + e.getKey()).toList();
    }

    private static void note(RowResult result, Map<String, List<String>> whereByReason) {
        String name = result.row().name();
        if (!result.disagreement().isEmpty()) {
            whereByReason.computeIfAbsent("results differ: " + result.disagreement(), r -> new ArrayList<>()).add(name + " FAILED");
        }
        result.cells().forEach((contender, cell) -> {
            switch (cell) {
                case Cell.Measured m -> {
                }
                case Cell.Absent absent -> whereByReason.computeIfAbsent(absent.reason(), r -> new ArrayList<>()).add(name + ", " + contender.word());
                case Cell.Failed failed -> whereByReason.computeIfAbsent(failed.reason(), r -> new ArrayList<>()).add(name + ", " + contender.word() + " FAILED");
            }
        });
    }

    /** The sentences without which the numbers mislead. */
    List<String> terms() {
        return List.of(
            switch (clock) {
                case WALL -> "Times are wall-clock times.";
                case PROCESSOR -> "Times are the processor time of all threads of a process, not what a user waits: the host was busy with other things.";
            },
            "Median of " + rounds + " round" + (rounds == 1 ? "" : "s")
                + (interpreterRounds < rounds && contenders.contains(Contender.INTERPRETER) ? " (interpreter: " + interpreterRounds + ")" : "") + ", contenders taking turns, each turn a process of its own; ± is half the way from the least to the greatest.",
            "\"x tcg\" and \"x icount\": how many times as fast as QEMU the " + subject().word() + " is; above 1.00 it is faster.",
            "Ringside counts instructions exactly, always; of QEMU's, icount does, tcg does not count.");
    }

    private static String shown(Row.Unit unit, Cell cell) {
        return switch (cell) {
            case Cell.Measured m -> value(unit, m.median()) + (m.values().length > 1 ? " ±" + Math.round(m.spread() * 100) + "%" : "");
            case Cell.Absent a -> "-";
            case Cell.Failed f -> "FAILED";
        };
    }

    private static String value(Row.Unit unit, double value) {
        return switch (unit) {
            case SECONDS -> value < 0.9995 ? significant(value * 1000) + " ms" : significant(value) + " s";
            case MEGABYTES -> Math.round(value) + " MB";
            case PER_SECOND -> count(value) + "/s";
        };
    }

    private static String count(double number) {
        return number >= 1e6 ? significant(number / 1e6) + " M" : number >= 1e3 ? significant(number / 1e3) + " k" : significant(number);
    }

    /** Three digits that mean something. */
    private static String significant(double value) {
        return String.format(Locale.ROOT, value >= 99.95 ? "%.0f" : value >= 9.995 ? "%.1f" : "%.2f", value);
    }

    private static String ratio(OptionalDouble value) {
        return value.isPresent() ? String.format(Locale.ROOT, "%.2f", value.getAsDouble()) : "";
    }

    static List<Row.Group> groups() {
        return Arrays.asList(Row.Group.values());
    }
}
