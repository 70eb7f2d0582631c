package dev.ringside.device;

/** Gives back what a {@link StateWriter} took, in the same order. @throws IllegalStateException (from every method) when the name differs from the written one */
public interface StateReader {
    long getLong(String name);

    byte[] getBytes(String name);

    default int getInt(String name) {
        return (int) getLong(name);
    }

    default boolean getBoolean(String name) {
        return getLong(name) != 0;
    }

    default void getInts(String name, int[] into) {
        for (int i = 0; i < into.length; i++) {
            into[i] = getInt(name + "[" + i + "]");
        }
    }
}
