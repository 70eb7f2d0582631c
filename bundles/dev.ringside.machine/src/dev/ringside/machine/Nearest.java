package dev.ringside.machine;

import java.util.Collection;
import java.util.Comparator;
import java.util.stream.Collectors;

/** Which of the right names somebody meant who wrote a wrong one. */
final class Nearest {
    private Nearest() {
    }

    /** "did you mean 'x'?" when one is near, else all of them. */
    static String to(String wrong, Collection<String> names) {
        String nearest = names.stream().min(Comparator.comparingInt(name -> distance(wrong, name))).orElseThrow();
        boolean isNear = distance(wrong, nearest) <= Math.max(1, Math.min(wrong.length(), nearest.length()) / 2);
        return isNear ? "did you mean '" + nearest + "'?" : names.stream().collect(Collectors.joining(", ", "there are ", ""));
    }

    /** How many letters have to be put in, taken out or changed (Levenshtein's distance); a place of {@code _} and {@code -} or of cases changes nothing. */
    private static int distance(String a, String b) {
        String from = a.toLowerCase(java.util.Locale.ROOT).replace('_', '-');
        var row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= from.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int changed = diagonal + (from.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(changed, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[b.length()];
    }
}
