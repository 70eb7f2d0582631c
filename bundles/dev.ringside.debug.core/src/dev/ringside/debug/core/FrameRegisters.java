package dev.ringside.debug.core;

import dev.ringside.machine.MachineControl.Frame;
import dev.ringside.machine.MachineControl.RegisterGroupValues;
import dev.ringside.machine.MachineControl.RegisterValue;
import java.math.BigInteger;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * The registers as a frame has them. The innermost frame has the processor's. Of a frame farther out the chain of frame pointers tells RIP, RSP and RBP; its other
 * registers are where only the unwind tables of the guest's compiler say, so they are not known, and have no digits. What belongs to the processor and not to a
 * function (segment, control, debug, model-specific registers) is the same in every frame.
 */
final class FrameRegisters {
    private static final Set<String> OF_THE_PROCESSOR = Set.of("Segment", "Control", "Debug", "MSR");
    private static final String RIP = "RIP";
    private static final String RSP = "RSP";
    private static final String RBP = "RBP";

    private FrameRegisters() {
    }

    /** @param innermost the frame in which the processor is */
    static RegisterState of(RegisterState state, Frame frame, Frame innermost) {
        if (frame.index() == 0) {
            return state;
        }
        // Frames have linear addresses. Where a segment does not begin at 0 these are not what the registers hold.
        boolean flat = valueOf(state, RIP) == innermost.pc() && valueOf(state, RSP) == innermost.stackPointer();
        Map<String, Long> known = flat ? Map.of(RIP, frame.pc(), RSP, frame.stackPointer(), RBP, frame.framePointer()) : Map.of();
        Set<String> changed = new HashSet<>();
        List<RegisterGroupValues> groups = state.groups().stream()
                .map(group -> OF_THE_PROCESSOR.contains(group.name()) ? kept(group, state, changed) : inFrame(group, known)).toList();
        return new RegisterState(groups, changed);
    }

    private static RegisterGroupValues kept(RegisterGroupValues group, RegisterState state, Set<String> changed) {
        group.registers().stream().map(RegisterValue::name).filter(state.changed()::contains).forEach(changed::add);
        return group;
    }

    private static RegisterGroupValues inFrame(RegisterGroupValues group, Map<String, Long> known) {
        return new RegisterGroupValues(group.name(), group.registers().stream().map(register -> {
            Long value = known.get(register.name().toUpperCase(Locale.ROOT));
            String digits = value == null ? "" : ("%0" + (register.bits() + 3) / 4 + "x").formatted(value);
            return new RegisterValue(register.name(), register.bits(), digits, false);
        }).toList());
    }

    /** 0 when there is no such register, which no frame that can be told is at. */
    private static long valueOf(RegisterState state, String name) {
        return state.groups().stream().flatMap(group -> group.registers().stream()).filter(register -> register.name().equalsIgnoreCase(name))
                .mapToLong(register -> new BigInteger(register.digits(), 16).longValue()).findFirst().orElse(0);
    }
}
