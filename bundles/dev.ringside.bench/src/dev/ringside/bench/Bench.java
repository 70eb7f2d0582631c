package dev.ringside.bench;

import dev.ringside.bench.Benchmark.Outcome;
import dev.ringside.bench.Cell.Absent;
import dev.ringside.bench.Cell.Failed;
import dev.ringside.bench.Cell.Measured;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * Runs benchmarks in rounds: in each round every contender has one turn, so that what else the host does hits all of them alike. A contender that fails has
 * no further turns in that benchmark.
 */
public final class Bench {
    private final List<Contender> contenders;
    private final int rounds;
    private final int interpreterRounds;
    private final Consumer<String> progress;

    /**
     * @param interpreterRounds in how many of the rounds the interpreter has a turn: it takes the most time, and nothing is compared with it
     * @param progress told before each turn, in a few words
     */
    public Bench(List<Contender> contenders, int rounds, int interpreterRounds, Consumer<String> progress) {
        this.contenders = List.copyOf(contenders);
        this.rounds = rounds;
        this.interpreterRounds = interpreterRounds;
        this.progress = progress;
    }

    /** Blocks until all rounds of one benchmark are over. */
    public List<RowResult> run(Benchmark benchmark) {
        var outcomes = new EnumMap<Contender, List<Outcome>>(Contender.class);
        var missing = new EnumMap<Contender, Cell>(Contender.class);
        for (Contender contender : contenders) {
            Optional<String> absence = benchmark.absence(contender);
            absence.ifPresent(reason -> missing.put(contender, new Absent(reason)));
            outcomes.put(contender, new ArrayList<>());
        }
        for (int round = 1; round <= rounds; round++) {
            for (Contender contender : contenders) {
                boolean rests = contender == Contender.INTERPRETER && round > interpreterRounds;
                if (!rests && !missing.containsKey(contender)) {
                    progress.accept("%s, round %d of %d: %s".formatted(benchmark.rows().getFirst().name(), round, rounds, contender.word()));
                    turn(benchmark, contender, outcomes.get(contender), missing);
                }
            }
        }
        return results(benchmark, outcomes, missing);
    }

    private static void turn(Benchmark benchmark, Contender contender, List<Outcome> before, Map<Contender, Cell> missing) {
        try {
            Outcome outcome = benchmark.run(contender);
            if (!before.isEmpty() && !before.getFirst().trail().equals(outcome.trail())) {
                missing.put(contender, new Failed("runs differ: " + before.getFirst().trail() + "; then " + outcome.trail()));
            }
            before.add(outcome);
        } catch (BenchException e) {
            missing.put(contender, new Failed(e.getMessage()));
        }
    }

    private static List<RowResult> results(Benchmark benchmark, Map<Contender, List<Outcome>> outcomes, Map<Contender, Cell> missing) {
        String disagreement = disagreement(outcomes);
        double instructions = outcomes.values().stream().flatMap(List::stream).mapToDouble(Outcome::instructionsPerPass).max().orElse(0);
        var results = new ArrayList<RowResult>();
        for (Row row : benchmark.rows()) {
            var cells = new EnumMap<Contender, Cell>(Contender.class);
            outcomes.forEach((contender, runs) -> cells.put(contender, missing.containsKey(contender) ? missing.get(contender) : cell(row, runs)));
            results.add(new RowResult(row, cells, instructions, disagreement));
        }
        return results;
    }

    private static Cell cell(Row row, List<Outcome> runs) {
        double[] values = runs.stream().map(o -> o.values().get(row)).filter(v -> v != null).mapToDouble(Double::doubleValue).toArray();
        return values.length == 0 ? new Absent("not measured") : new Measured(values);
    }

    /** Empty when every run of every contender computed the same. */
    private static String disagreement(Map<Contender, List<Outcome>> outcomes) {
        var said = new LinkedHashMap<String, List<String>>();
        outcomes.forEach((contender, runs) -> runs.stream().map(Outcome::result).distinct()
            .forEach(result -> said.computeIfAbsent(result, r -> new ArrayList<>()).add(contender.word())));
        return said.size() < 2 ? "" : said.entrySet().stream().map(e -> String.join(" and ", e.getValue()) + " say " + e.getKey()).collect(Collectors.joining("; "));
    }
}
