package dev.ringside.machine;

import java.util.Locale;

/** Sizes as people write them: {@code 512M}, {@code 2G}, {@code 65536}; bytes, with K, M or G for powers of 1024. */
public final class MemorySize {
    private MemorySize() {
    }

    /** @throws IllegalArgumentException with one clear line */
    public static long parse(String text) {
        String t = text.strip().toUpperCase(Locale.ROOT);
        int shift = t.endsWith("K") ? 10 : t.endsWith("M") ? 20 : t.endsWith("G") ? 30 : 0;
        try {
            long number = Long.parseLong(shift == 0 ? t : t.substring(0, t.length() - 1));
            if (number > 0 && number <= Long.MAX_VALUE >> shift) {
                return number << shift;
            }
        } catch (NumberFormatException e) {
            throw bad(text);
        }
        throw bad(text);
    }

    /** The shortest way to write {@code bytes}. */
    public static String text(long bytes) {
        int shift = bytes == 0 ? 0 : Math.min(Long.numberOfTrailingZeros(bytes) / 10, 3);
        return (bytes >> 10 * shift) + new String[] {"", "K", "M", "G"}[shift];
    }

    private static IllegalArgumentException bad(String text) {
        return new IllegalArgumentException("'" + text + "' is not a size; a number with K, M or G is needed, such as 512M");
    }
}
