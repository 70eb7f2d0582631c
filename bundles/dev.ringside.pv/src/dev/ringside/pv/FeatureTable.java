package dev.ringside.pv;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * {@code features.table} of an interface: what can be switched on and off, the CPUID bits that say so to the guest, and which feature needs which.
 *
 * <p>Columns: name; CPUID bits as {@code leaf.register.bit} with plus signs between ({@code leaf} counts from the interface's base), or {@code -};
 * {@code on} or {@code off} by default, {@code value} for a setting, or {@code never} for a name that is known and cannot be had; needed features with commas, or {@code -}; the manual's constant; what it is.
 */
public final class FeatureTable {
    /** One CPUID bit. @param leaf from the interface's base @param register 0 to 3: EAX, EBX, ECX, EDX */
    public record Bit(int leaf, int register, int bit) {
    }

    /** One row. */
    public record Feature(String name, List<Bit> bits, String byDefault, List<String> requires, String constant, String text) {
        public boolean isValue() {
            return byDefault.equals("value");
        }
    }

    /** What a machine has: the features that are on, and the settings. */
    public record Selection(FeatureTable table, Set<String> on, Map<String, String> values) {
        public boolean has(String feature) {
            if (!table.rows.containsKey(feature)) {
                throw new IllegalArgumentException("no feature " + feature);
            }
            return on.contains(feature);
        }

        /** Sets the bits of every feature that is on, of leaf number {@code leaf} from the base. */
        public void addBits(int leaf, int[] registers) {
            for (String name : on) {
                for (Bit bit : table.rows.get(name).bits) {
                    if (bit.leaf == leaf) {
                        registers[bit.register] |= 1 << bit.bit;
                    }
                }
            }
        }
    }

    private static final List<String> REGISTERS = List.of("eax", "ebx", "ecx", "edx");

    private final Map<String, Feature> rows = new LinkedHashMap<>();

    private FeatureTable() {
    }

    /** No features. */
    public static FeatureTable empty() {
        return new FeatureTable();
    }

    public static FeatureTable read(Class<?> owner, String path) {
        var table = new FeatureTable();
        for (String[] row : TableFile.rows(owner, path, 6)) {
            var feature = new Feature(row[0], bits(row[1]), row[2], list(row[3]), row[4], row[5]);
            if (!List.of("on", "off", "value", "never").contains(feature.byDefault)) {
                throw new IllegalStateException(path + ": " + feature.name + " is '" + feature.byDefault + "', none of on, off, value and never");
            }
            table.rows.put(feature.name, feature);
        }
        for (Feature feature : table.rows.values()) {
            for (String needed : feature.requires) {
                if (!table.rows.containsKey(needed)) {
                    throw new IllegalStateException(path + ": " + feature.name + " needs '" + needed + "', which is no feature");
                }
            }
        }
        return table;
    }

    private static List<Bit> bits(String cell) {
        var bits = new ArrayList<Bit>();
        for (String one : list(cell.replace('+', ','))) {
            String[] parts = one.split("\\.");
            bits.add(new Bit(Integer.parseInt(parts[0], 16), REGISTERS.indexOf(parts[1]), Integer.parseInt(parts[2])));
        }
        return List.copyOf(bits);
    }

    private static List<String> list(String cell) {
        return cell.equals("-") ? List.of() : List.of(cell.split(","));
    }

    public List<Feature> features() {
        return List.copyOf(rows.values());
    }

    /** The row of {@code name}, or null. */
    public Feature feature(String name) {
        return rows.get(name);
    }

    /**
     * What {@code spec} asks for. A feature that is on by default goes quietly when one that it needs is switched off; one that is asked for by name does not.
     *
     * @throws IllegalArgumentException naming the feature and what it lacks
     */
    public Selection select(ParavirtSpec spec) {
        Set<String> on = new LinkedHashSet<>();
        Map<String, String> values = new LinkedHashMap<>();
        for (Feature feature : rows.values()) {
            checkForm(feature, spec);
            if (feature.isValue()) {
                String value = spec.values().get(feature.name);
                if (value != null) {
                    values.put(feature.name, value);
                }
            } else if (spec.on().contains(feature.name) || feature.byDefault.equals("on") && !spec.off().contains(feature.name)) {
                on.add(feature.name);
            }
        }
        for (String name : spec.on()) {
            if (rows.containsKey(name) && rows.get(name).byDefault.equals("never")) {
                throw new IllegalArgumentException("paravirtual feature '" + name + "' cannot be had: " + rows.get(name).text);
            }
        }
        settle(on, spec);
        return new Selection(this, on, values);
    }

    /** A setting has a value, a feature has none but {@code auto}, which stands for the default as with QEMU. */
    private static void checkForm(Feature feature, ParavirtSpec spec) {
        String value = spec.values().get(feature.name);
        if (feature.isValue() && (spec.on().contains(feature.name) || spec.off().contains(feature.name))) {
            throw new IllegalArgumentException("paravirtual setting '" + feature.name + "' is not on or off; write " + feature.name + "=VALUE: " + feature.text);
        }
        if (!feature.isValue() && value != null && !value.equals("auto")) {
            throw new IllegalArgumentException("paravirtual feature '" + feature.name + "' is '" + value + "'; on, off or auto is needed");
        }
    }

    private void settle(Set<String> on, ParavirtSpec spec) {
        boolean changed = true;
        while (changed) {
            changed = false;
            for (String name : List.copyOf(on)) {
                for (String needed : rows.get(name).requires) {
                    if (on.contains(needed)) {
                        continue;
                    }
                    if (spec.on().contains(name)) {
                        throw new IllegalArgumentException("paravirtual feature '" + name + "' needs '" + needed + "', which is off");
                    }
                    changed |= on.remove(name);
                }
            }
        }
    }
}
