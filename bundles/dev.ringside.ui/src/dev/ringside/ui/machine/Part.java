package dev.ringside.ui.machine;

import dev.ringside.inspect.InspectNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/** One line of the inspected tree: a field, or a part whose lines are known once somebody has asked for them. Lines keep their identity from stop to stop. */
final class Part {
    private static final long NEVER = -1;

    private final Part parent;
    private final String name;
    private boolean open;
    private String value = "";
    private String valueBefore = "";
    private boolean isPart = true;
    private List<Part> lines = List.of();
    private List<InspectNode> told = List.of();
    private long askedAt = NEVER;
    private String meaning = "";

    private Part(Part parent, String name) {
        this.parent = parent;
        this.name = name;
    }

    static Part machine() {
        return new Part(null, "machine");
    }

    Part parent() {
        return parent;
    }

    String name() {
        return name;
    }

    String value() {
        return value;
    }

    /** What a renderer says of it. */
    String meaning() {
        return meaning;
    }

    void mean(String words) {
        meaning = words;
    }

    /** Whether it can be opened. */
    boolean isPart() {
        return isPart;
    }

    List<Part> lines() {
        return lines;
    }

    /** The lines as they came. */
    List<InspectNode> told() {
        return told;
    }

    boolean isKnown() {
        return askedAt != NEVER;
    }

    boolean isOfStop(long stop) {
        return askedAt == stop;
    }

    /** A field whose value differs from what was seen at an earlier stop, or a part that has such a line. */
    boolean isChanged() {
        return isPart ? lines.stream().anyMatch(Part::isChanged) : !value.equals(valueBefore);
    }

    /** Names from the machine on; empty for the machine. */
    List<String> path() {
        List<String> names = new ArrayList<>();
        for (Part at = this; at.parent != null; at = at.parent) {
            names.addFirst(at.name);
        }
        return names;
    }

    /** @param answer null when the machine has no such part any more */
    void update(List<InspectNode> answer, long stop) {
        boolean sameStop = askedAt == stop;
        boolean first = askedAt == NEVER;
        askedAt = stop;
        told = answer == null ? List.of() : answer;
        Map<String, List<Part>> known = new HashMap<>();
        lines.forEach(line -> known.computeIfAbsent(line.name, same -> new ArrayList<>()).add(line));
        List<Part> now = new ArrayList<>();
        for (InspectNode node : told) {
            List<Part> same = known.get(node.name());
            Part line = same == null || same.isEmpty() ? new Part(this, node.name()) : same.removeFirst();
            boolean fresh = first || line.valueBefore.isEmpty() && line.value.isEmpty();
            line.take(node, fresh, sameStop);
            now.add(line);
        }
        lines = List.copyOf(now);
    }

    private void take(InspectNode node, boolean fresh, boolean sameStop) {
        if (!sameStop) {
            valueBefore = value;
        }
        isPart = node.part() != null;
        value = node.value();
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

    boolean isOpen() {
        return open;
    }

    void open(boolean now) {
        open = now;
    }

    /** As text, one line each, parts with what is known of them. */
    void write(StringBuilder out, String indent) {
        out.append(indent).append(name).append(isPart ? "" : " = " + value).append(meaning.isEmpty() ? "" : "  (" + meaning + ")").append(System.lineSeparator());
        lines.forEach(line -> line.write(out, indent + "  "));
    }
}
