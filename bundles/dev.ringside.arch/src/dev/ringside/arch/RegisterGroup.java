package dev.ringside.arch;

import java.util.List;

/** Registers that a debugger shows together: {@code General}, {@code Segment}, {@code Control}. */
public record RegisterGroup(String name, List<Register> registers) {
    public RegisterGroup {
        registers = List.copyOf(registers);
    }
}
