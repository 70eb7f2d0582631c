package dev.ringside.bench;

import java.util.Map;
import java.util.OptionalDouble;

/**
 * One finished line of the table.
 *
 * @param cells for every contender that was asked for
 * @param instructionsPerPass of a loop under Ringside; 0 when not known
 * @param disagreement what the contenders' results were when they were not the same; empty when they were
 */
public record RowResult(Row row, Map<Contender, Cell> cells, double instructionsPerPass, String disagreement) {

    public boolean isGood() {
        return disagreement.isEmpty() && cells.values().stream().noneMatch(Cell.Failed.class::isInstance);
    }

    public OptionalDouble median(Contender contender) {
        return cells.get(contender) instanceof Cell.Measured m ? OptionalDouble.of(m.median()) : OptionalDouble.empty();
    }

    /** How many times as fast as {@code peer} is {@code subject}, by their medians; empty when one of them was not measured or the results disagree. */
    public OptionalDouble speed(Contender subject, Contender peer) {
        OptionalDouble mine = median(subject);
        OptionalDouble theirs = median(peer);
        if (mine.isEmpty() || theirs.isEmpty() || !disagreement.isEmpty() || row.unit() == Row.Unit.MEGABYTES) {
            return OptionalDouble.empty();
        }
        double times = theirs.getAsDouble() / mine.getAsDouble();
        return OptionalDouble.of(row.unit() == Row.Unit.PER_SECOND ? 1 / times : times);
    }
}
