package dev.ringside.arch.x86.asm;

/**
 * A word of a source line.
 *
 * @param text as written; without quotes for strings
 * @param value of numbers and character constants
 * @param column from 1
 */
record Token(Kind kind, String text, long value, int column) {
    enum Kind { WORD, NUMBER, STRING, SYMBOL, END }

    boolean is(String symbolOrWord) {
        return (kind == Kind.SYMBOL || kind == Kind.WORD) && text.equalsIgnoreCase(symbolOrWord);
    }
}
