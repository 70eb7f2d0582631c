package dev.ringside.devices.pc;

import dev.ringside.device.Device;
import dev.ringside.device.StateReader;
import dev.ringside.device.StateWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A device's state in memory. */
final class SavedState implements StateWriter {
    private record Entry(String name, Object value) {
    }

    private final List<Entry> entries = new ArrayList<>();

    static SavedState of(Device device) {
        var state = new SavedState();
        device.save(state);
        return state;
    }

    @Override
    public void putLong(String name, long value) {
        entries.add(new Entry(name, value));
    }

    @Override
    public void putBytes(String name, byte[] value) {
        entries.add(new Entry(name, value.clone()));
    }

    StateReader reader() {
        return new StateReader() {
            private int next;

            @Override
            public long getLong(String name) {
                return (Long) take(name);
            }

            @Override
            public byte[] getBytes(String name) {
                return ((byte[]) take(name)).clone();
            }

            private Object take(String name) {
                Entry entry = entries.get(next++);
                if (!entry.name.equals(name)) {
                    throw new IllegalStateException("expected " + name + ", found " + entry.name);
                }
                return entry.value;
            }
        };
    }

    void into(Device device) {
        device.restore(reader());
    }

    /** Every value as text, for comparison. */
    List<String> text() {
        return entries.stream().map(e -> e.name + "=" + (e.value instanceof byte[] bytes ? Arrays.hashCode(bytes) + "/" + bytes.length : e.value)).toList();
    }
}
