package dev.ringside.cli;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads {@code 512M}, {@code 2G}, {@code 65536}: bytes, with K, M or G for powers of 1024. */
final class Sizes implements ITypeConverter<Long> {
    @Override
    public Long convert(String text) {
        String t = text.trim().toUpperCase(java.util.Locale.ROOT);
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

    private static TypeConversionException bad(String text) {
        return new TypeConversionException("'" + text + "' is not a size; a number with K, M or G is needed, such as 512M");
    }
}
