package dev.ringside.bench;

import java.util.Arrays;

/** What is known of one row for one contender. */
public sealed interface Cell {
    /** @param values one for each round, in the row's unit */
    record Measured(double... values) implements Cell {
        @Override
        public boolean equals(Object other) {
            return other instanceof Measured m && Arrays.equals(values, m.values);
        }

        @Override
        public int hashCode() {
            return Arrays.hashCode(values);
        }

        public double median() {
            double[] sorted = values.clone();
            Arrays.sort(sorted);
            int middle = sorted.length / 2;
            return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
        }

        /** Half of what lies between the least and the greatest value, as a part of the median. */
        public double spread() {
            double least = Arrays.stream(values).min().orElse(0);
            double greatest = Arrays.stream(values).max().orElse(0);
            return (greatest - least) / 2 / median();
        }
    }

    /** Not measured here. @param reason for the reader */
    record Absent(String reason) implements Cell {
    }

    /** Tried, and it went wrong. @param reason one line */
    record Failed(String reason) implements Cell {
    }
}
