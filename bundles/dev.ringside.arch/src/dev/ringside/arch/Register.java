package dev.ringside.arch;

import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * A register as a debugger shows it.
 *
 * @param name the manual's name: {@code RAX}
 * @param bits width
 * @param read its value in hexadecimal digits without prefix, most significant first; looking changes nothing
 * @param write takes the same form, throws {@link IllegalArgumentException} with one clear line; null for a read-only register
 */
public record Register(String name, int bits, Supplier<String> read, Consumer<String> write) {
}
