package dev.ringside.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.ringside.bench.Benchmark.Outcome;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** Rounds, medians, ratios, and what spoils a row; with benchmarks that start no process. */
class BenchTest {
    private static final Row ROW = new Row("work", "some work", Row.Group.HOT_LOOPS, Row.Unit.SECONDS);

    private final List<Contender> turns = new ArrayList<>();

    @Test
    void contendersTakeTurnsInEveryRound() {
        run(3, c -> ok(1, "42"), Contender.TRANSLATOR, Contender.TCG);

        assertThat(turns).containsExactly(Contender.TRANSLATOR, Contender.TCG, Contender.TRANSLATOR, Contender.TCG, Contender.TRANSLATOR, Contender.TCG);
    }

    @Test
    void interpreterHasATurnInTheFirstRoundsOnly() {
        RowResult result = run(3, c -> ok(turns.size(), "42"), Contender.INTERPRETER, Contender.TRANSLATOR);

        assertThat(turns).containsExactly(Contender.INTERPRETER, Contender.TRANSLATOR, Contender.INTERPRETER, Contender.TRANSLATOR, Contender.TRANSLATOR);
        assertThat(result.cells().get(Contender.INTERPRETER)).isEqualTo(new Cell.Measured(1, 3));
    }

    @Test
    void medianAndSpreadAreOfAllRounds() {
        double[] seconds = {5, 1, 2, 4, 3};

        RowResult result = run(5, c -> ok(seconds[turns.size() - 1], "42"), Contender.TRANSLATOR);

        var measured = (Cell.Measured) result.cells().get(Contender.TRANSLATOR);
        assertThat(measured.median()).isEqualTo(3);
        assertThat(measured.spread()).isEqualTo(2.0 / 3, within(1e-9));
    }

    @Test
    void twiceAsFastAsThePeerIsTwo() {
        RowResult result = run(1, c -> ok(c == Contender.TCG ? 3 : 1.5, "42"), Contender.TRANSLATOR, Contender.TCG);

        assertThat(result.speed(Contender.TRANSLATOR, Contender.TCG)).hasValue(2);
        assertThat(result.speed(Contender.TRANSLATOR, Contender.ICOUNT)).isEmpty();
    }

    @Test
    void meanOfHalfAndTwiceIsOne() {
        var half = new RowResult(ROW, Map.of(Contender.TRANSLATOR, new Cell.Measured(2), Contender.TCG, new Cell.Measured(1)), 0, "");
        var twice = new RowResult(ROW, Map.of(Contender.TRANSLATOR, new Cell.Measured(1), Contender.TCG, new Cell.Measured(2)), 0, "");

        assertThat(report(half, twice).meanSpeed(Row.Group.HOT_LOOPS, Contender.TCG).orElseThrow()).isEqualTo(1, within(1e-9));
    }

    @Test
    void differentResultsFailTheRowAndGiveNoRatio() {
        RowResult result = run(2, c -> ok(1, c == Contender.TCG ? "42" : "43"), Contender.INTERPRETER, Contender.TRANSLATOR, Contender.TCG);

        assertThat(result.isGood()).isFalse();
        assertThat(result.disagreement()).isEqualTo("interpreter and translator say 43; tcg say 42");
        assertThat(result.speed(Contender.TRANSLATOR, Contender.TCG)).isEmpty();
        assertThat(new ReportMarkdown(report(result)).page("bench", "")).contains("| work **FAILED** |", "results differ: interpreter and translator say 43");
    }

    @Test
    void runThatTakesAnotherPathFailsItsContender() {
        RowResult result = run(2, c -> new Outcome(Map.of(ROW, 1.0), "42", turns.size() + " instructions", 0), Contender.TRANSLATOR);

        assertThat(result.cells().get(Contender.TRANSLATOR)).isEqualTo(new Cell.Failed("runs differ: 1 instructions; then 2 instructions"));
    }

    @Test
    void failureOfOneIsToldAndEndsItsTurnsOnly() {
        RowResult result = run(2, c -> {
            if (c == Contender.TCG) {
                throw new AssertionError("did not end in time");
            }
            return ok(1, "42");
        }, Contender.TRANSLATOR, Contender.TCG);

        assertThat(turns).containsExactly(Contender.TRANSLATOR, Contender.TCG, Contender.TRANSLATOR);
        assertThat(result.isGood()).isFalse();
        assertThat(result.cells().get(Contender.TCG)).isEqualTo(new Cell.Failed("did not end in time"));
        assertThat(result.median(Contender.TRANSLATOR)).hasValue(1);
    }

    @Test
    void absentContenderIsToldWithItsReasonAndSpoilsNothing() {
        RowResult result = run(1, c -> ok(1, "42"), Contender.TRANSLATOR, Contender.NATIVE);

        assertThat(result.isGood()).isTrue();
        assertThat(new ReportMarkdown(report(result)).page("bench", "")).contains("- work, native: privileged code");
    }

    @Test
    void notesOfThePageBeforeAreKept() {
        var result = new RowResult(ROW, Map.of(Contender.TRANSLATOR, new Cell.Measured(2)), 0, "");

        String page = new ReportMarkdown(report(result)).page("bench", "# Benchmarks\n\nold\n\n## Notes\n\nWhat limits it.\n");

        assertThat(page).contains("| work | 2.00 s |").endsWith("\n\n## Notes\n\nWhat limits it.\n").doesNotContain("old");
    }

    private RowResult run(int rounds, Function<Contender, Outcome> work, Contender... contenders) {
        return new Bench(List.of(contenders), rounds, 2, said -> { }).run(new Benchmark() {
            @Override
            public List<Row> rows() {
                return List.of(ROW);
            }

            @Override
            public Optional<String> absence(Contender contender) {
                return contender == Contender.NATIVE ? Optional.of("privileged code") : Optional.empty();
            }

            @Override
            public Outcome run(Contender contender) throws BenchException {
                turns.add(contender);
                try {
                    return work.apply(contender);
                } catch (AssertionError e) {
                    throw new BenchException(e.getMessage());
                }
            }
        }).getFirst();
    }

    private static Outcome ok(double seconds, String result) {
        return new Outcome(Map.of(ROW, seconds), result, "", 0);
    }

    private static Report report(RowResult... results) {
        var contenders = new EnumMap<Contender, Cell>(results[0].cells()).keySet().stream().toList();
        return new Report(new HostFacts(LocalDate.EPOCH, "a processor", 2, "a system", "a JDK", "no QEMU", 0), Clock.WALL, contenders, 1, 1, List.of(results), 0);
    }
}
