package dev.ringside.bench;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Something that one process does, and that gives the values of one or more rows. */
public interface Benchmark {
    List<Row> rows();

    /** Why this contender has no part in it; empty when it has. */
    Optional<String> absence(Contender contender);

    /** One run in a process of its own. Blocks until the process has ended. */
    Outcome run(Contender contender) throws BenchException;

    /**
     * @param values by row; a row that is not in it was not measured for this contender
     * @param result what the guest computed: must be the same for all contenders
     * @param trail what must be the same in every run of this contender (instruction count, event hash); empty when it keeps none
     * @param instructionsPerPass of a loop, as far as known; else 0
     */
    record Outcome(Map<Row, Double> values, String result, String trail, double instructionsPerPass) {
    }
}
