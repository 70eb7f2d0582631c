package dev.ringside.ui.memory;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/** Bytes as users write them: {@code 48 8b 05}, {@code 488b05}, {@code "Linux version"}, {@code 0x1122334455667788} (least significant byte first). */
final class BytePattern {
    static final String EXAMPLES = "48 8b 05, \"Linux version\" or 0x1122334455667788";

    private BytePattern() {
    }

    /** @throws IllegalArgumentException with one clear line */
    static byte[] parse(String text) {
        String typed = text.strip();
        if (typed.startsWith("\"")) {
            String inside = typed.substring(1, typed.endsWith("\"") && typed.length() > 1 ? typed.length() - 1 : typed.length());
            return some(inside.getBytes(StandardCharsets.UTF_8), text);
        }
        try {
            if (typed.startsWith("0x") || typed.startsWith("0X")) {
                return some(reversed(HexFormat.of().parseHex(even(typed.substring(2)))), text);
            }
            return some(HexFormat.of().parseHex(typed.replaceAll("[\\s,]+", "")), text);
        } catch (IllegalArgumentException notHexadecimal) {
            throw new IllegalArgumentException("\"" + text + "\" is not bytes; write " + EXAMPLES, notHexadecimal);
        }
    }

    private static byte[] some(byte[] bytes, String text) {
        if (bytes.length == 0) {
            throw new IllegalArgumentException(text.isBlank() ? "what to look for? Write " + EXAMPLES : "there is nothing in " + text);
        }
        return bytes;
    }

    private static String even(String digits) {
        return digits.length() % 2 == 0 ? digits : "0" + digits;
    }

    private static byte[] reversed(byte[] bytes) {
        byte[] turned = new byte[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            turned[i] = bytes[bytes.length - 1 - i];
        }
        return turned;
    }
}
