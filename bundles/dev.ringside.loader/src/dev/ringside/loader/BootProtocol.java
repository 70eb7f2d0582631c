package dev.ringside.loader;

import dev.ringside.arch.EntryState;

/** How an image is started: what a boot loader would have left in memory and in registers. */
public interface BootProtocol {
    /** Name for people: {@code Linux 64-bit boot protocol 2.15}. */
    String name();

    /** Whether the guest finds a command line and an initrd; without a protocol it gets neither. */
    default boolean takesArguments() {
        return true;
    }

    /**
     * Writes what the protocol asks for into guest memory, behind the image's own segments, which are in place.
     *
     * @return the processor's state before the guest's first instruction
     * @throws ImageException when command line, initrd or memory do not fit
     */
    EntryState prepare(BootEnvironment environment) throws ImageException;
}
