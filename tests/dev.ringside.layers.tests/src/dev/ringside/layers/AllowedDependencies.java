package dev.ringside.layers;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** {@code releng/allowed-dependencies.txt}; the file tells its own format. */
final class AllowedDependencies {
    private static final Set<String> FOUNDATION = Set.of("trace", "inspect");

    private final Map<String, Set<String>> allowed = new LinkedHashMap<>();
    private final Set<String> belowTheLine = new HashSet<>();

    static AllowedDependencies read(Path file) {
        AllowedDependencies table = new AllowedDependencies();
        Set<String> everywhere = Set.of();
        boolean below = true;
        for (String line : Tree.text(file).lines().map(String::strip).toList()) {
            if (line.startsWith("--")) {
                below = false;
            } else if (line.startsWith("everywhere:")) {
                everywhere = Set.copyOf(names(line));
            } else if (!line.isEmpty() && !line.startsWith("#")) {
                table.add(line, everywhere, below);
            }
        }
        return table;
    }

    boolean knows(Bundle bundle) {
        return allowed.containsKey(bundle.shortName());
    }

    boolean isBelowTheLine(Bundle bundle) {
        return belowTheLine.contains(bundle.shortName());
    }

    /** Whether {@code user} may use the bundle with the symbolic name {@code used}. */
    boolean permits(Bundle user, String used) {
        String wanted = used.startsWith(Bundle.OURS) ? used.substring(Bundle.OURS.length()) : "+" + used;
        return allowed.getOrDefault(user.shortName(), Set.of()).stream()
            .anyMatch(name -> name.endsWith(".*") ? wanted.startsWith(name.substring(0, name.length() - 1)) : wanted.equals(name));
    }

    private void add(String line, Set<String> everywhere, boolean below) {
        String bundle = line.substring(0, line.indexOf(':'));
        Set<String> uses = new HashSet<>(names(line));
        if (uses.remove("*")) {
            uses.addAll(allowed.keySet());
        }
        if (!FOUNDATION.contains(bundle)) {
            uses.addAll(everywhere);
        }
        uses.remove(bundle);
        allowed.put(bundle, uses);
        if (below) {
            belowTheLine.add(bundle);
        }
    }

    private static List<String> names(String line) {
        List<String> names = new ArrayList<>(List.of(line.substring(line.indexOf(':') + 1).strip().split("\\s+")));
        names.remove("");
        return names;
    }
}
