package dev.ringside.inspect;

/** Receives the fields of one {@link Inspectable}. Every method returns this, so that a description reads as one sentence. */
public interface Inspector {
    /** A number shown in hexadecimal; {@code bits} is its width, 1 to 64. */
    Inspector hex(String name, long value, int bits);

    /** A number shown in decimal. */
    Inspector decimal(String name, long value);

    /** A single bit. */
    Inspector flag(String name, boolean value);

    /** Words: an enumeration's constant, a mode, a file name. */
    Inspector text(String name, String value);

    /** A part with a life of its own; asked for its fields only when somebody looks at them. */
    Inspector child(String name, Inspectable part);
}
