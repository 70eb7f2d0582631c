package dev.ringside.device;

/** Takes the state of a device, value by value. Names make a mismatch tell what it is about. */
public interface StateWriter {
    void putLong(String name, long value);

    void putBytes(String name, byte[] value);

    default void putInt(String name, int value) {
        putLong(name, value);
    }

    default void putBoolean(String name, boolean value) {
        putLong(name, value ? 1 : 0);
    }

    default void putInts(String name, int[] values) {
        for (int i = 0; i < values.length; i++) {
            putLong(name + "[" + i + "]", values[i]);
        }
    }
}
