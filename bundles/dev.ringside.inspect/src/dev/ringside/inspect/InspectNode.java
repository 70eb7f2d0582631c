package dev.ringside.inspect;

import java.util.ArrayList;
import java.util.List;

/**
 * One line of an inspected tree: a field with its value as text, or a part that can be opened.
 *
 * @param name the field's name in its manual
 * @param value the value as text, empty for a part
 * @param part what to open, or null for a field
 */
public record InspectNode(String name, String value, Inspectable part) {

    /** The lines that {@code part} writes, in its order. */
    public static List<InspectNode> of(Inspectable part) {
        var lines = new ArrayList<InspectNode>();
        part.inspect(new Collector(lines));
        return List.copyOf(lines);
    }

    private record Collector(List<InspectNode> lines) implements Inspector {
        @Override
        public Inspector hex(String name, long value, int bits) {
            long shown = bits == 64 ? value : value & (1L << bits) - 1;
            return field(name, "0x" + "%0{}x".replace("{}", Integer.toString(Math.max(1, (bits + 3) / 4))).formatted(shown));
        }

        @Override
        public Inspector decimal(String name, long value) {
            return field(name, Long.toString(value));
        }

        @Override
        public Inspector flag(String name, boolean value) {
            return field(name, value ? "1" : "0");
        }

        @Override
        public Inspector text(String name, String value) {
            return field(name, value);
        }

        @Override
        public Inspector child(String name, Inspectable part) {
            lines.add(new InspectNode(name, "", part));
            return this;
        }

        private Inspector field(String name, String value) {
            lines.add(new InspectNode(name, value, null));
            return this;
        }
    }
}
