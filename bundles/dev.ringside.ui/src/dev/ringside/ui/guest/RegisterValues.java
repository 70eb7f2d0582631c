package dev.ringside.ui.guest;

import dev.ringside.machine.MachineControl.RegisterGroupValues;
import java.util.List;
import java.util.Set;

/**
 * The registers of a virtual CPU at one stop.
 *
 * @param changed names of those that differ from the stop before
 */
public record RegisterValues(List<RegisterGroupValues> groups, Set<String> changed) {
}
