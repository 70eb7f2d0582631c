package dev.ringside.ui.guest;

import dev.ringside.arch.Symbolizer;
import dev.ringside.arch.WalkStep;
import dev.ringside.inspect.InspectNode;
import dev.ringside.machine.MachineControl;
import dev.ringside.machine.MachineControl.AddressKind;
import dev.ringside.machine.MachineControl.DisassembledLine;
import dev.ringside.machine.MachineControl.Injection;
import dev.ringside.machine.MachineControl.MemoryBytes;
import dev.ringside.machine.MachineControl.ParavirtActivity;
import dev.ringside.machine.MachineControl.PortRange;
import dev.ringside.machine.MachineStatistics;
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

    /** How many of them the machine has. */
    int processors();

    /** Counts the machine's stops. */
    long stopNumber();

    /** Counts what the user changed; another number at the same stop says that what was read may not hold any more. */
    int edits();

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

    /** Those of the selected frame. Asked once a stop, however many views want them. */
    CompletableFuture<RegisterValues> registers();

    /** {@code text} as typed; fails with one clear line. */
    CompletableFuture<Void> setRegister(String name, String text);

    CompletableFuture<List<DisassembledLine>> disassemble(long address, int before, int after);

    void runTo(long address);

    /** Guest RAM as the machine was built with it. */
    long memoryBytes();

    /** Pages that are not there come as unreadable bytes. */
    CompletableFuture<MemoryBytes> readMemory(AddressKind kind, long address, int lengthBytes);

    /** Fails with one clear line; afterwards every view is told of a change. */
    CompletableFuture<Void> writeMemory(AddressKind kind, long address, byte[] bytes);

    /** Ports that a device answers, in order. */
    CompletableFuture<List<PortRange>> portMap();

    /** Reads ports as the guest would: one access for 1, 2 or 4 of them, else port by port. Devices may change by it, so afterwards every view is told of a change. Fails with one clear line. */
    CompletableFuture<byte[]> readPorts(int first, int lengthBytes);

    /** Writes ports as the guest would; afterwards every view is told of a change. Fails with one clear line. */
    CompletableFuture<Void> writePorts(int first, byte[] bytes);

    /** The levels of the page walk for a linear address, and what comes of it. */
    CompletableFuture<List<WalkStep>> explainTranslation(long address);

    /**
     * The lines below several parts of the machine, asked for in one go.
     *
     * @param paths names from the root; the empty path is the machine itself
     * @return as many answers; null for a part that is not there any more
     */
    CompletableFuture<List<List<InspectNode>>> inspect(List<List<String>> paths);

    CompletableFuture<MachineStatistics> statistics();

    /** What the guest asked of its paravirtual interface, and what it could have. */
    CompletableFuture<ParavirtActivity> paravirtActivity();

    /**
     * Makes a fault of the paravirtual interface happen; afterwards every view is told of a change. Fails with one clear line.
     *
     * @param instructions that the machine will have retired by then; {@link MachineControl#NOW} for before the next one
     * @param processor that it meets, or {@link MachineControl#WHOSE_TURN}
     */
    CompletableFuture<Injection> inject(String event, long instructions, int processor);

    SerialChannel serial();
}
