package dev.ringside.machine;

import dev.ringside.inspect.Inspectable;
import dev.ringside.inspect.Inspector;
import dev.ringside.machine.MachineControl.Injection;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;

/** Faults that wait for their instruction count, and those that have happened. */
final class Injections implements Inspectable {
    private record Waiting(Injection injection, int order) implements Comparable<Waiting> {
        @Override
        public int compareTo(Waiting other) {
            int byCount = Long.compare(injection.instructions(), other.injection.instructions());
            return byCount != 0 ? byCount : Integer.compare(order, other.order);
        }
    }

    private final PriorityQueue<Waiting> waiting = new PriorityQueue<>();
    private final List<Injection> done = new ArrayList<>();
    private int added;

    void add(String event, long instructions, int vcpu) {
        waiting.add(new Waiting(new Injection(event, instructions, vcpu, false), added++));
    }

    /** The instruction count of the next one, or {@link Long#MAX_VALUE}. */
    long next() {
        return waiting.isEmpty() ? Long.MAX_VALUE : waiting.peek().injection.instructions();
    }

    /** The next one whose time has come, or null; from then on it has happened. */
    Injection due(long instructions) {
        if (next() > instructions) {
            return null;
        }
        Injection now = waiting.poll().injection;
        done.add(new Injection(now.event(), now.instructions(), now.vcpu(), true));
        return now;
    }

    /** In the order in which they happened, then in the order in which they will. */
    List<Injection> all() {
        List<Injection> all = new ArrayList<>(done);
        waiting.stream().sorted().forEach(later -> all.add(later.injection));
        return all;
    }

    @Override
    public void inspect(Inspector out) {
        all().forEach(one -> out.text(one.text(), one.done() ? "has happened" : "waits"));
    }
}
