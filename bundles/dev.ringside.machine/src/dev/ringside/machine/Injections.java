package dev.ringside.machine;

import java.util.PriorityQueue;

/** Faults that wait for their instruction count. */
final class Injections {
    private record Injection(String event, long instructions, int order) implements Comparable<Injection> {
        @Override
        public int compareTo(Injection other) {
            int byCount = Long.compare(instructions, other.instructions);
            return byCount != 0 ? byCount : Integer.compare(order, other.order);
        }
    }

    private final PriorityQueue<Injection> waiting = new PriorityQueue<>();
    private int added;

    void add(String event, long instructions) {
        waiting.add(new Injection(event, instructions, added++));
    }

    /** The instruction count of the next one, or {@link Long#MAX_VALUE}. */
    long next() {
        return waiting.isEmpty() ? Long.MAX_VALUE : waiting.peek().instructions;
    }

    /** The next one whose time has come, or null. */
    String due(long instructions) {
        return next() <= instructions ? waiting.poll().event : null;
    }
}
