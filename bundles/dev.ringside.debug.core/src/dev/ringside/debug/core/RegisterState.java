package dev.ringside.debug.core;

import dev.ringside.machine.MachineControl.RegisterGroupValues;
import dev.ringside.machine.MachineControl.RegisterValue;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The registers of one virtual CPU at one stop.
 *
 * @param changed names of those that differ from the stop before
 */
public record RegisterState(List<RegisterGroupValues> groups, Set<String> changed) {

    /** @param before what was seen at the stop before, or null: then nothing counts as changed */
    static RegisterState of(List<RegisterGroupValues> groups, RegisterState before) {
        return new RegisterState(groups, before == null ? Set.of() : differences(groups, before));
    }

    private static Set<String> differences(List<RegisterGroupValues> groups, RegisterState before) {
        Map<String, String> old = new HashMap<>();
        before.groups.forEach(group -> group.registers().forEach(register -> old.put(register.name(), register.digits())));
        Set<String> changed = new HashSet<>();
        for (RegisterGroupValues group : groups) {
            for (RegisterValue register : group.registers()) {
                String digits = old.get(register.name());
                if (digits != null && !digits.equals(register.digits())) {
                    changed.add(register.name());
                }
            }
        }
        return changed;
    }
}
