package dev.ringside.device;

/**
 * A keyboard, as its user sees it. Input of the run.
 *
 * <p>Keys are named by what is printed on them on a US keyboard: {@code a}, {@code 1}, {@code ;}, {@code Enter}, {@code Escape}, {@code Backspace}, {@code Tab},
 * {@code Space}, {@code F1} to {@code F12}, {@code Up}, {@code Down}, {@code Left}, {@code Right}, {@code Home}, {@code End}, {@code PageUp}, {@code PageDown},
 * {@code Insert}, {@code Delete}, {@code LeftShift}, {@code RightShift}, {@code LeftCtrl}, {@code RightCtrl}, {@code LeftAlt}, {@code RightAlt}, {@code CapsLock},
 * {@code NumLock}, {@code ScrollLock}, {@code Meta}, {@code Menu}.
 */
public interface Keyboard {
    /** @throws IllegalArgumentException when no key has that name */
    void press(String key);

    /** @throws IllegalArgumentException when no key has that name */
    void release(String key);

    /** Presses and releases the keys that make {@code text}, shift included; {@code \n} is Enter. @throws IllegalArgumentException for a character without a key */
    void type(String text);
}
