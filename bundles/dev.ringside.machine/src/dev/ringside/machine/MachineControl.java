package dev.ringside.machine;

import dev.ringside.arch.DisassembledInstruction;
import dev.ringside.arch.Symbolizer;
import dev.ringside.arch.WalkStep;
import dev.ringside.inspect.InspectNode;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A machine that runs on a thread of its own, for a debugger. All methods may be called from any thread and return at once; answers come as
 * futures, completed on the machine's thread, of plain immutable data. Questions are answered between slices while the machine runs, and
 * looking never disturbs it. A future fails with {@link IllegalStateException} once the machine is closed, with
 * {@link IllegalArgumentException} (one clear line) for a bad request.
 */
public interface MachineControl extends AutoCloseable {
    MachineDescription description();

    /** Names of the image's symbols. */
    Symbolizer symbols();

    void addListener(MachineListener listener);

    void removeListener(MachineListener listener);

    // Lifecycle

    /** Runs until something stops it. Ignored while running or ended. */
    void resume();

    /** Stops as soon as the running slice allows. Ignored unless running. */
    void suspend();

    /** One instruction of {@code vcpu}. */
    void stepInto(int vcpu);

    /** One instruction, or a whole call, repetition or interrupt of {@code vcpu}. */
    void stepOver(int vcpu);

    /** Until the current function of {@code vcpu} has returned. */
    void stepReturn(int vcpu);

    /** Runs until the instruction at linear {@code address} is next on any vCPU. */
    void runTo(long address);

    /** Ends the run; {@link MachineEvent.Stopped} with {@link EndReason.Terminated} follows. */
    void terminate();

    /** Whether instructions are being executed now. */
    boolean isRunning();

    /** The last reason, or null before the first stop. */
    StopReason lastStop();

    // Breakpoints (linear addresses)

    /** Stops at every arrival. @return a number for {@link #removeBreakpoint} */
    default int addBreakpoint(long address) {
        return addBreakpoint(address, 1);
    }

    /** Stops at the {@code stopsFrom}th arrival, counted from now on from 1, and at those behind it; the ones before pass without a word. */
    int addBreakpoint(long address, int stopsFrom);

    /** Stops after an access to {@code [address, address + lengthBytes)}. */
    default int addWatchpoint(long address, int lengthBytes, boolean onRead, boolean onWrite) {
        return addWatchpoint(address, lengthBytes, onRead, onWrite, 1);
    }

    /** Stops after the {@code stopsFrom}th such access and those behind it. */
    int addWatchpoint(long address, int lengthBytes, boolean onRead, boolean onWrite, int stopsFrom);

    void removeBreakpoint(int number);

    // Looking

    int vcpuCount();

    CompletableFuture<List<RegisterGroupValues>> registers(int vcpu);

    /** Changes a register of a stopped machine. {@code digits} is hexadecimal without prefix. */
    CompletableFuture<Void> setRegister(int vcpu, String name, String digits);

    /** {@code null} bytes at places that are not mapped: {@link MemoryBytes#readable}. */
    CompletableFuture<MemoryBytes> readMemory(AddressKind kind, int vcpu, long address, int lengthBytes);

    CompletableFuture<Void> writeMemory(AddressKind kind, int vcpu, long address, byte[] bytes);

    /** Ports that a device answers, in order. Disturbs nothing. */
    CompletableFuture<List<PortRange>> portMap();

    /**
     * Reads ports of a machine that stands still, one access for 1, 2 or 4 of them, else port by port. <em>Not</em> a look: devices answer as they answer IN, and may change by it. No exit
     * of the guest. A port that no device answers reads FFH.
     */
    CompletableFuture<byte[]> readPorts(int first, int lengthBytes);

    /** Writes ports of a machine that stands still, as OUT would, in accesses like those of {@link #readPorts}. */
    CompletableFuture<Void> writePorts(int first, byte[] bytes);

    /** {@code before} instructions that end at {@code address} (best guess), then {@code after} from it on, in the vCPU's present mode. */
    CompletableFuture<List<DisassembledLine>> disassemble(int vcpu, long address, int before, int after);

    /** Innermost first: that one always, then those that the stack tells, where code keeps frame pointers. */
    CompletableFuture<List<Frame>> frames(int vcpu);

    CompletableFuture<List<WalkStep>> explainTranslation(int vcpu, long gva);

    /** The lines below the part at {@code path} (names from the root; empty for the machine itself). */
    CompletableFuture<List<InspectNode>> inspect(List<String> path);

    CompletableFuture<MachineStatistics> statistics();

    /** What the guest asked of its paravirtual interface, and what it could have. */
    default CompletableFuture<ParavirtActivity> paravirtActivity() {
        return CompletableFuture.completedFuture(ParavirtActivity.NONE);
    }

    /** {@link #inject(String, long, int)} for the processor whose turn it then is. */
    default CompletableFuture<Injection> inject(String event, long instructions) {
        return inject(event, instructions, WHOSE_TURN);
    }

    /**
     * Makes a fault of the paravirtual interface happen, once. Fails with {@link IllegalArgumentException} when the interface does not have it, when its time has passed, and
     * when there is no such processor or the fault has none.
     *
     * @param instructions that the machine will have retired by then; {@link #NOW} for before the next one
     * @param vcpu the processor that it meets, or {@link #WHOSE_TURN}
     * @return with the instruction count at which it happens, so that another run can have it, too
     */
    default CompletableFuture<Injection> inject(String event, long instructions, int vcpu) {
        return CompletableFuture.failedFuture(new IllegalArgumentException("fault '" + event + "' cannot be injected: the machine has no paravirtual interface"));
    }

    /** Before the next instruction, whichever that is. */
    long NOW = -1;

    /** The processor that runs when a fault happens, whichever that is. */
    int WHOSE_TURN = -1;

    // Input and output

    /** The serial line {@code com1}: {@code sink} gets every byte that the guest sends from now on, on the machine's thread, after {@code replay} of what was sent before. */
    void attachSerial(java.util.function.IntConsumer sink);

    /** Bytes typed into {@code com1}, recorded with the instruction count at which they arrive. */
    void sendSerial(byte[] bytes);

    /** Text typed on the keyboard. */
    void typeKeys(String text);

    /** The text screen, or null when no text mode is set. */
    CompletableFuture<List<String>> textScreen();

    /** Terminates, waits for nothing, frees the guest's memory once the thread has ended. */
    @Override
    void close();

    /** Listener for {@link MachineEvent}s. */
    @FunctionalInterface
    interface MachineListener {
        void machineEvent(MachineEvent event);
    }

    /** Virtual addresses are linear addresses through the page tables of a vCPU. */
    enum AddressKind { VIRTUAL, PHYSICAL }

    /** A register's value in hexadecimal digits without prefix, most significant first. */
    record RegisterValue(String name, int bits, String digits, boolean writable) {
    }

    record RegisterGroupValues(String name, List<RegisterValue> registers) {
    }

    /** @param readable tells, byte by byte, whether memory is there */
    record MemoryBytes(long address, byte[] bytes, boolean[] readable) {
    }

    /** Ports {@code first} to {@code first + count - 1}, which one device answers. */
    record PortRange(int first, int count, String device) {
    }

    /** @param symbol name when a symbol starts here, else null */
    record DisassembledLine(DisassembledInstruction instruction, byte[] bytes, String symbol) {
    }

    /**
     * @param paravirt the interface's name: {@code none}, {@code kvm+hyperv}
     * @param hypercalls the last ones, oldest first; a bounded number
     * @param hints what was offered and never used, with what a guest would do with it
     * @param injectable faults that it has: name and what it does
     * @param machineWide those of them that meet no processor of their own
     * @param injections faults that have happened, then those that wait, each in the order of time
     */
    record ParavirtActivity(String paravirt, List<HypercallLine> hypercalls, List<String> hints, Map<String, String> injectable, Set<String> machineWide,
        List<Injection> injections) {
        public static final ParavirtActivity NONE = new ParavirtActivity("none", List.of(), List.of(), Map.of(), Set.of(), List.of());
    }

    /**
     * A fault at an instruction.
     *
     * @param instructions that the machine has retired when it happens
     * @param vcpu the processor that it meets, or {@link #WHOSE_TURN}
     * @param done whether it has happened
     */
    record Injection(String event, long instructions, int vcpu, boolean done) {
        private static final Pattern TEXT = Pattern.compile("([^@/]+)@(\\d{1,18})(?:/(\\d{1,4}))?");

        /** As options and machine files write it: {@code EVENT@INSTRUCTIONS}, or {@code EVENT@INSTRUCTIONS/CPU}. */
        public String text() {
            return event + "@" + instructions + (vcpu == WHOSE_TURN ? "" : "/" + vcpu);
        }

        /** What {@link #text} wrote, not yet happened. @throws IllegalArgumentException with one line */
        public static Injection parse(String text) {
            Matcher parts = TEXT.matcher(text);
            if (!parts.matches()) {
                throw new IllegalArgumentException("'" + text + "'; EVENT@INSTRUCTIONS is needed, such as tsc-jump@500000000, or tsc-jump@500000000/1 for processor 1");
            }
            return new Injection(parts.group(1), Long.parseLong(parts.group(2)), parts.group(3) == null ? WHOSE_TURN : Integer.parseInt(parts.group(3)), false);
        }
    }

    /**
     * One hypercall, in words.
     *
     * @param instructions of the machine when it was made
     * @param caller linear address in the guest
     * @param function {@code caller} as symbol with offset, or null
     */
    record HypercallLine(long instructions, int vcpu, long caller, String function, String name, String arguments, String result) {
    }

    /**
     * @param pc linear address of the next instruction in the frame; {@code symbol} its name with offset, or null; {@code framePointer} 0 when unknown;
     *     {@code stackPointer} the linear address that it will have when control is in the frame again
     */
    record Frame(int index, long pc, String symbol, long framePointer, long stackPointer) {
    }
}
