package dev.ringside.debug.core;

import dev.ringside.arch.Symbolizer;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How users write a guest address: {@code 0x100000}, {@code ffffffff81000000h}, {@code 4096}, {@code start_kernel}, {@code start_kernel+0x1c}.
 * A bare word is a symbol when there is one of that name, else a hexadecimal number when it looks like one.
 */
public final class AddressExpression {
    private static final Pattern SUM = Pattern.compile("\\s*([^+\\-\\s]+)\\s*(?:([+-])\\s*([^+\\-\\s]+)\\s*)?");
    private static final Pattern HEXADECIMAL = Pattern.compile("(?:0[xX]([0-9a-fA-F_]+)|([0-9][0-9a-fA-F_]*)[hH])");

    private static final Symbolizer NO_SYMBOLS = new Symbolizer() {
        @Override
        public String nameOf(long address) {
            return null;
        }

        @Override
        public Long addressOf(String name) {
            return null;
        }
    };

    private AddressExpression() {
    }

    /** The linear address, or empty when the text is neither a number nor a known symbol. */
    public static OptionalLong resolve(String text, Symbolizer symbols) {
        Matcher sum = SUM.matcher(text);
        if (!sum.matches()) {
            return OptionalLong.empty();
        }
        OptionalLong base = term(sum.group(1), symbols);
        if (base.isEmpty() || sum.group(2) == null) {
            return base;
        }
        OptionalLong offset = number(sum.group(3));
        if (offset.isEmpty()) {
            return offset;
        }
        long distance = sum.group(2).equals("-") ? -offset.getAsLong() : offset.getAsLong();
        return OptionalLong.of(base.getAsLong() + distance);
    }

    /** What is wrong with the form, in one line; null when nothing is. Whether there is such a symbol only a machine can tell. */
    public static String problem(String text) {
        Matcher sum = SUM.matcher(text);
        boolean badOffset = sum.matches() && sum.group(2) != null && number(sum.group(3)).isEmpty();
        if (!sum.matches() || badOffset) {
            return "\"" + text + "\" is neither an address such as 0x100000 nor a symbol with an offset such as start_kernel+0x10";
        }
        return Character.isDigit(sum.group(1).charAt(0)) && term(sum.group(1), NO_SYMBOLS).isEmpty() ? "\"" + sum.group(1) + "\" is not a number" : null;
    }

    private static OptionalLong term(String word, Symbolizer symbols) {
        Long symbol = symbols.addressOf(word);
        if (symbol != null) {
            return OptionalLong.of(symbol);
        }
        OptionalLong number = number(word);
        return number.isPresent() || word.length() < 4 ? number : digits(word, 16);
    }

    private static OptionalLong number(String word) {
        Matcher hexadecimal = HEXADECIMAL.matcher(word);
        if (hexadecimal.matches()) {
            return digits(hexadecimal.group(1) != null ? hexadecimal.group(1) : hexadecimal.group(2), 16);
        }
        return digits(word, 10);
    }

    private static OptionalLong digits(String word, int radix) {
        try {
            return OptionalLong.of(Long.parseUnsignedLong(word.replace("_", ""), radix));
        } catch (NumberFormatException notDigits) {
            return OptionalLong.empty();
        }
    }
}
