package dev.ringside.ui.guest;

import dev.ringside.arch.Symbolizer;
import dev.ringside.machine.MachineControl.DisassembledLine;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;

/**
 * One virtual CPU at one moment. Questions return at once; answers come on another thread. After every stop, resumption and change there is a new one,
 * so a view compares with the one before by {@link #machine()} and {@link #stopNumber()}.
 */
public interface GuestVcpu {
    /** The same object as long as it is the same run of the same machine. */
    Object machine();

    String machineName();

    /** From 0. */
    int index();

    /** Counts the machine's stops. */
    long stopNumber();

    boolean isRunning();

    /** What it does, for people: {@code running}, {@code stopped at breakpoint 0x10001c}, {@code the guest powered off}. */
    String state();

    /** Whether registers can be changed: it stands still and its run is not over. */
    boolean canChange();

    /** Linear address of the next instruction in the selected frame. */
    long pc();

    /** Whether the selected frame is the one that executes. */
    boolean isInnermost();

    Symbolizer symbols();

    /** An address as users write it: {@code 0x100000}, {@code start_kernel+0x1c}. */
    OptionalLong addressOf(String expression);

    /** Asked once a stop, however many views want them. */
    CompletableFuture<RegisterValues> registers();

    /** {@code text} as typed; fails with one clear line. */
    CompletableFuture<Void> setRegister(String name, String text);

    CompletableFuture<List<DisassembledLine>> disassemble(long address, int before, int after);

    void runTo(long address);

    SerialChannel serial();
}
