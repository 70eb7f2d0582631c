package dev.ringside.ui.guest;

import dev.ringside.machine.MachineControl.RegisterGroupValues;
import java.math.BigInteger;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;

/**
 * The registers of a virtual CPU at one stop, in the selected frame. One that is not known there has no digits.
 *
 * @param changed names of those that differ from the stop before
 */
public record RegisterValues(List<RegisterGroupValues> groups, Set<String> changed) {
    /** The low 64 bits of the register with this name, whatever its case; empty when there is none or it is not known. */
    public OptionalLong valueOf(String name) {
        return groups.stream().flatMap(group -> group.registers().stream())
                .filter(register -> register.name().equalsIgnoreCase(name) && !register.digits().isEmpty())
                .mapToLong(register -> new BigInteger(register.digits(), 16).longValue())
                .findFirst();
    }
}
