package dev.ringside.machine;

/** What a {@link MachineControl} tells its listeners, on the machine's thread: listeners return quickly and call nothing that waits for the machine. */
public sealed interface MachineEvent {
    /** @param step whether it runs only to complete a step */
    record Resumed(int vcpu, boolean step) implements MachineEvent {
    }

    /** @param vcpu the virtual CPU that caused the stop */
    record Stopped(int vcpu, StopReason reason, long instructions) implements MachineEvent {
    }
}
