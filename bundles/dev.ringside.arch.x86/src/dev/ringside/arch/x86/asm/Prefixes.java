package dev.ringside.arch.x86.asm;

import java.io.ByteArrayOutputStream;
import java.util.List;

/**
 * Words before a mnemonic.
 *
 * @param words in lower case, in order
 * @param operandBits asked for by {@code o16 o32 o64}, or 0
 * @param addressBits asked for by {@code a16 a32 a64}, or 0
 */
record Prefixes(List<String> words, int operandBits, int addressBits) {
    static final Prefixes NONE = new Prefixes(List.of(), 0, 0);

    static boolean isPrefix(String word) {
        return switch (word) {
            case "lock", "rep", "repe", "repz", "repne", "repnz", "bnd", "notrack", "o16", "o32", "o64", "a16", "a32", "a64", "data16", "data32",
                    "addr16", "addr32", "es", "cs", "ss", "ds", "fs", "gs" -> true;
            default -> false;
        };
    }

    boolean lock() {
        return words.contains("lock");
    }

    /** The bytes that the words stand for; {@code o16} and {@code a16} are the encoding's matter. */
    byte[] bytes(boolean waits) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        if (waits) {
            out.write(0x9b);
        }
        for (String word : words) {
            switch (word) {
                case "lock" -> out.write(0xf0);
                case "rep", "repe", "repz" -> out.write(0xf3);
                case "repne", "repnz", "bnd" -> out.write(0xf2);
                case "data16", "data32" -> out.write(0x66);
                case "addr16", "addr32" -> out.write(0x67);
                case "es" -> out.write(0x26);
                case "cs" -> out.write(0x2e);
                case "ss" -> out.write(0x36);
                case "ds", "notrack" -> out.write(0x3e);
                case "fs" -> out.write(0x64);
                case "gs" -> out.write(0x65);
                default -> {
                    // o16, a32 ...
                }
            }
        }
        return out.toByteArray();
    }
}
