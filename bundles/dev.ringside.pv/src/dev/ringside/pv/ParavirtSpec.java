package dev.ringside.pv;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What {@code --paravirt} says: interfaces with plus signs between, then features with commas: {@code hyperv,-stimer,vendor=Microsoft Hv},
 * {@code kvm+hyperv}. A feature is switched on by its name (or {@code +name}, {@code name=on}), off by {@code -name} ({@code name=off}); {@code name=value} is a
 * setting. QEMU's prefix {@code hv-} may stand before a name.
 *
 * @param interfaces without {@code none}
 */
public record ParavirtSpec(List<String> interfaces, Set<String> on, Set<String> off, Map<String, String> values) {
    public static ParavirtSpec parse(String text) {
        String[] parts = text.split(",");
        var interfaces = List.of(parts[0].strip().split("\\+"));
        Set<String> on = new LinkedHashSet<>();
        Set<String> off = new LinkedHashSet<>();
        Map<String, String> values = new LinkedHashMap<>();
        for (int i = 1; i < parts.length; i++) {
            String part = parts[i].strip();
            int equals = part.indexOf('=');
            String name = plain(equals < 0 ? part : part.substring(0, equals));
            String value = equals < 0 ? "on" : part.substring(equals + 1).strip();
            boolean minus = part.startsWith("-");
            if (name.isEmpty()) {
                throw new IllegalArgumentException("--paravirt '" + text + "' has an empty feature; write NAME,feature,-feature,name=value");
            }
            if (value.equals("on") || value.equals("off")) {
                boolean switchOn = value.equals("on") != minus;
                (switchOn ? on : off).add(name);
                (switchOn ? off : on).remove(name);
            } else {
                values.put(name, value);
            }
        }
        return new ParavirtSpec(interfaces.equals(List.of("none")) ? List.of() : interfaces, on, off, values);
    }

    private static String plain(String name) {
        String bare = name.startsWith("-") || name.startsWith("+") ? name.substring(1) : name;
        return bare.startsWith("hv-") || bare.startsWith("hv_") ? bare.substring(3) : bare;
    }

    /** Every name that is switched or set. */
    Set<String> names() {
        Set<String> all = new LinkedHashSet<>(on);
        all.addAll(off);
        all.addAll(values.keySet());
        return all;
    }
}
