package dev.ringside.ui.machine;

import dev.ringside.inspect.InspectNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/** One line of the inspected tree: a field, or a part whose lines are known once somebody has asked for them. Lines keep their identity from stop to stop. */
public final class Part {
    private static final long NEVER = -1;

    private final Part parent;
    private final String name;
    /** Of a root: where it is in the machine. */
    private final List<String> place;
    private boolean open;
    private String value = "";
    /** At the last stop; while the guest runs, {@link #value} may be newer. */
    private String valueAtStop = "";
    /** What {@link #value} is compared with. */
    private String valueBefore = "";
    private boolean isPart = true;
    private List<Part> lines = List.of();
    private List<InspectNode> told = List.of();
    private long askedAt = NEVER;
    private String meaning = "";

    private Part(Part parent, String name, List<String> place) {
        this.parent = parent;
        this.name = name;
        this.place = place;
    }

    /** The top of a tree. @param place names from the machine on; empty for the machine itself */
    static Part root(List<String> place) {
        return new Part(null, place.isEmpty() ? "machine" : place.getLast(), place);
    }

    public Part parent() {
        return parent;
    }

    public String name() {
        return name;
    }

    String value() {
        return value;
    }

    /** What a renderer says of it. */
    String meaning() {
        return meaning;
    }

    public void mean(String words) {
        meaning = words;
    }

    /** Whether it can be opened. */
    public boolean isPart() {
        return isPart;
    }

    public List<Part> lines() {
        return lines;
    }

    /** The lines as they came. */
    List<InspectNode> told() {
        return told;
    }

    public boolean isKnown() {
        return askedAt != NEVER;
    }

    public boolean isOfStop(long stop) {
        return askedAt == stop;
    }

    /** A field whose value differs from what was seen at an earlier stop, or a part that has such a line. */
    boolean isChanged() {
        return isPart ? lines.stream().anyMatch(Part::isChanged) : !value.equals(valueBefore);
    }

    /** Names from the machine on; empty for the machine. */
    public List<String> path() {
        List<String> names = new ArrayList<>();
        Part at = this;
        for (; at.parent != null; at = at.parent) {
            names.addFirst(at.name);
        }
        names.addAll(0, at.place);
        return names;
    }

    /** @param answer null when the machine has no such part any more */
    public void update(List<InspectNode> answer, long stop) {
        update(answer, stop, false);
    }

    /** @param running since that stop: what is told is compared with the stop, and the next stop will be, too */
    public void update(List<InspectNode> answer, long stop, boolean running) {
        boolean sameStop = askedAt == stop && !running;
        boolean first = askedAt == NEVER;
        askedAt = stop;
        told = answer == null ? List.of() : answer;
        Map<String, List<Part>> known = new HashMap<>();
        lines.forEach(line -> known.computeIfAbsent(line.name, same -> new ArrayList<>()).add(line));
        List<Part> now = new ArrayList<>();
        for (InspectNode node : told) {
            List<Part> same = known.get(node.name());
            Part line = same == null || same.isEmpty() ? new Part(this, node.name(), List.of()) : same.removeFirst();
            boolean fresh = first || line.valueBefore.isEmpty() && line.value.isEmpty();
            line.take(node, fresh, sameStop, running);
            now.add(line);
        }
        lines = List.copyOf(now);
    }

    private void take(InspectNode node, boolean fresh, boolean sameStop, boolean running) {
        if (!sameStop) {
            valueBefore = valueAtStop;
        }
        isPart = node.part() != null;
        value = node.value();
        if (!running || fresh) {
            valueAtStop = value;
        }
        if (fresh) {
            valueBefore = value;
        }
    }

    /** Whether it, something around it or something in it is wanted. */
    boolean matches(Predicate<Part> wanted) {
        for (Part at = this; at.parent != null; at = at.parent) {
            if (wanted.test(at)) {
                return true;
            }
        }
        return holds(wanted);
    }

    private boolean holds(Predicate<Part> wanted) {
        return lines.stream().anyMatch(line -> wanted.test(line) || line.holds(wanted));
    }

    public boolean isOpen() {
        return open;
    }

    public void open(boolean now) {
        open = now;
    }

    /** As text, one line each, parts with what is known of them. */
    void write(StringBuilder out, String indent) {
        out.append(indent).append(name).append(isPart ? "" : " = " + value).append(meaning.isEmpty() ? "" : "  (" + meaning + ")").append(System.lineSeparator());
        lines.forEach(line -> line.write(out, indent + "  "));
    }
}
