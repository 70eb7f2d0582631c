package dev.ringside.ir;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Which state fields an architecture has, and in which slot of {@link GuestState#slots} each one lives. Built once, then immutable. */
public final class StateLayout {
    private final List<StateField> fields = new ArrayList<>();
    private final Map<String, StateField> byName = new HashMap<>();
    private int slots;

    /** Adds a field behind the others. */
    public StateField add(String name, Type type) {
        var field = new StateField(name, type, slots);
        if (byName.putIfAbsent(name, field) != null) {
            throw new IllegalArgumentException("state field '" + name + "' is declared twice");
        }
        fields.add(field);
        slots += type == Type.I128 ? 2 : 1;
        return field;
    }

    /** The field of that name, or null. */
    public StateField find(String name) {
        return byName.get(name);
    }

    public List<StateField> fields() {
        return List.copyOf(fields);
    }

    /** How many 64-bit slots the fields take. */
    public int slotCount() {
        return slots;
    }
}
