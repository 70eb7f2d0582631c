package dev.ringside.devices.pc;

import java.util.HashMap;
import java.util.Map;

/** The keys of a US keyboard: scan code set 2 ({@code 0xE000} added for extended keys), and the controller's translation to set 1. */
final class ScanCodes {
    static final int EXTENDED = 0xe000;

    /** What the 8042 makes of a set 2 code below 0x80. */
    private static final int[] TRANSLATION = {
        0xff, 0x43, 0x41, 0x3f, 0x3d, 0x3b, 0x3c, 0x58, 0x64, 0x44, 0x42, 0x40, 0x3e, 0x0f, 0x29, 0x59,
        0x65, 0x38, 0x2a, 0x70, 0x1d, 0x10, 0x02, 0x5a, 0x66, 0x71, 0x2c, 0x1f, 0x1e, 0x11, 0x03, 0x5b,
        0x67, 0x2e, 0x2d, 0x20, 0x12, 0x05, 0x04, 0x5c, 0x68, 0x39, 0x2f, 0x21, 0x14, 0x13, 0x06, 0x5d,
        0x69, 0x31, 0x30, 0x23, 0x22, 0x15, 0x07, 0x5e, 0x6a, 0x72, 0x32, 0x24, 0x16, 0x08, 0x09, 0x5f,
        0x6b, 0x33, 0x25, 0x17, 0x18, 0x0b, 0x0a, 0x60, 0x6c, 0x34, 0x35, 0x26, 0x27, 0x19, 0x0c, 0x61,
        0x6d, 0x73, 0x28, 0x74, 0x1a, 0x0d, 0x62, 0x6e, 0x3a, 0x36, 0x1c, 0x1b, 0x75, 0x2b, 0x63, 0x76,
        0x55, 0x56, 0x77, 0x78, 0x79, 0x7a, 0x0e, 0x7b, 0x7c, 0x4f, 0x7d, 0x4b, 0x47, 0x7e, 0x7f, 0x6f,
        0x52, 0x53, 0x50, 0x4c, 0x4d, 0x48, 0x01, 0x45, 0x57, 0x4e, 0x51, 0x4a, 0x37, 0x49, 0x46, 0x54,
    };

    private static final String PLAIN = "`1234567890-=qwertyuiop[]\\asdfghjkl;'zxcvbnm,./";
    private static final String SHIFTED = "~!@#$%^&*()_+QWERTYUIOP{}|ASDFGHJKL:\"ZXCVBNM<>?";
    private static final int[] PLAIN_CODES = {
        0x0e, 0x16, 0x1e, 0x26, 0x25, 0x2e, 0x36, 0x3d, 0x3e, 0x46, 0x45, 0x4e, 0x55, 0x15, 0x1d, 0x24, 0x2d, 0x2c, 0x35, 0x3c, 0x43, 0x44, 0x4d,
        0x54, 0x5b, 0x5d, 0x1c, 0x1b, 0x23, 0x2b, 0x34, 0x33, 0x3b, 0x42, 0x4b, 0x4c, 0x52, 0x1a, 0x22, 0x21, 0x2a, 0x32, 0x31, 0x3a, 0x41, 0x49, 0x4a,
    };

    private static final Map<String, Integer> KEYS = keys();

    private ScanCodes() {
    }

    private static Map<String, Integer> keys() {
        var keys = new HashMap<String, Integer>();
        for (int i = 0; i < PLAIN.length(); i++) {
            keys.put(PLAIN.substring(i, i + 1), PLAIN_CODES[i]);
        }
        Object[][] named = {
            {"Escape", 0x76}, {"Backspace", 0x66}, {"Tab", 0x0d}, {"Enter", 0x5a}, {"Space", 0x29}, {"CapsLock", 0x58}, {"NumLock", 0x77}, {"ScrollLock", 0x7e},
            {"LeftShift", 0x12}, {"RightShift", 0x59}, {"LeftCtrl", 0x14}, {"RightCtrl", EXTENDED | 0x14}, {"LeftAlt", 0x11}, {"RightAlt", EXTENDED | 0x11},
            {"Meta", EXTENDED | 0x1f}, {"Menu", EXTENDED | 0x2f}, {"Insert", EXTENDED | 0x70}, {"Delete", EXTENDED | 0x71}, {"Home", EXTENDED | 0x6c},
            {"End", EXTENDED | 0x69}, {"PageUp", EXTENDED | 0x7d}, {"PageDown", EXTENDED | 0x7a}, {"Up", EXTENDED | 0x75}, {"Down", EXTENDED | 0x72},
            {"Left", EXTENDED | 0x6b}, {"Right", EXTENDED | 0x74}, {"F1", 0x05}, {"F2", 0x06}, {"F3", 0x04}, {"F4", 0x0c}, {"F5", 0x03}, {"F6", 0x0b},
            {"F7", 0x83}, {"F8", 0x0a}, {"F9", 0x01}, {"F10", 0x09}, {"F11", 0x78}, {"F12", 0x07}, {"Keypad0", 0x70}, {"Keypad1", 0x69}, {"Keypad2", 0x72},
            {"Keypad3", 0x7a}, {"Keypad4", 0x6b}, {"Keypad5", 0x73}, {"Keypad6", 0x74}, {"Keypad7", 0x6c}, {"Keypad8", 0x75}, {"Keypad9", 0x7d},
            {"Keypad.", 0x71}, {"Keypad+", 0x79}, {"Keypad-", 0x7b}, {"Keypad*", 0x7c}, {"Keypad/", EXTENDED | 0x4a}, {"KeypadEnter", EXTENDED | 0x5a},
        };
        for (Object[] key : named) {
            keys.put((String) key[0], (Integer) key[1]);
        }
        return Map.copyOf(keys);
    }

    /** @throws IllegalArgumentException when no key has that name */
    static int ofKey(String key) {
        Integer code = KEYS.get(key);
        if (code == null) {
            throw new IllegalArgumentException("no key is called '" + key + "'; keys are named by what a US keyboard prints on them: a, Enter, F1, LeftShift");
        }
        return code;
    }

    /** The name of the key that makes {@code character}, or null. */
    static String keyOf(char character) {
        int plain = PLAIN.indexOf(character);
        if (plain >= 0) {
            return PLAIN.substring(plain, plain + 1);
        }
        int shifted = SHIFTED.indexOf(character);
        if (shifted >= 0) {
            return PLAIN.substring(shifted, shifted + 1);
        }
        return switch (character) {
            case '\n', '\r' -> "Enter";
            case '\t' -> "Tab";
            case '\b' -> "Backspace";
            case ' ' -> "Space";
            case 0x1b -> "Escape";
            default -> null;
        };
    }

    static boolean needsShift(char character) {
        return SHIFTED.indexOf(character) >= 0;
    }

    /** One set 2 byte as set 1; prefixes and answers pass. */
    static int translate(int code) {
        return code < 0x80 ? TRANSLATION[code] : code == 0x83 ? 0x41 : code == 0x84 ? 0x54 : code;
    }
}
