package dev.ringside.machine;

import dev.ringside.arch.Architecture;
import dev.ringside.arch.Cpu;
import dev.ringside.arch.EntryState;
import dev.ringside.arch.Symbolizer;
import dev.ringside.device.Board;
import dev.ringside.device.Device;
import dev.ringside.device.DeviceContext.EndRequest;
import dev.ringside.engine.Engine;
import dev.ringside.engine.Vcpu;
import dev.ringside.engine.VmExit;
import dev.ringside.inspect.Inspectable;
import dev.ringside.inspect.Inspector;
import dev.ringside.machine.MachineControl.Injection;
import dev.ringside.memory.PhysicalMemory;
import dev.ringside.pv.ParavirtInterface;
import dev.ringside.trace.TraceKind;
import dev.ringside.trace.TraceSink;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * A virtual machine. Runs on the thread that calls {@link #run}; everything else belongs to that thread too, except the methods that say otherwise.
 *
 * <p>Virtual processors take turns on one thread, about {@link #QUANTUM} instructions each, in an order that depends on the seed and nothing outside. Devices act
 * between instructions, when their deadlines in virtual time come. So a run is a function of the description and of recorded input.
 */
public final class Machine implements Inspectable, AutoCloseable {
    /** The most instructions that a processor runs before the next one has its turn. */
    static final long QUANTUM = 20_000;
    /** Turns are up to this much shorter: equal ones can fall into step with a guest's loop, and always end while it holds its lock. */
    private static final int QUANTUM_JITTER = 1024;
    /** Without other processors, deadlines and limits, a run looks up this often. */
    private static final long SLICE = 50_000_000;
    /** This many timer expiries in a row that wake no processor mean that nothing ever will. */
    private static final int FRUITLESS_EXPIRIES = 10_000_000;

    private final MachineDescription description;
    private final Architecture architecture;
    private final PhysicalMemory memory;
    private final Engine engine;
    private final List<Vcpu> vcpus;
    private final Board board;
    private final VirtualClock clock;
    private final RunRecorder recorder;
    private final ExitTimes exitTimes;
    private final Symbolizer symbols;
    private final Bootstrap bootstrap;
    private final MachineHost host;
    private final Transcript serial;
    private final ParavirtHost paravirtHost;
    private final String guest;
    private final Injections injections = new Injections();
    private final List<Device> furtherDevices = new ArrayList<>();

    private final AtomicBoolean pauseRequested = new AtomicBoolean();
    private final ConcurrentLinkedQueue<Runnable> input = new ConcurrentLinkedQueue<>();
    private volatile Vcpu running;
    private EndReason end;
    private int turn;
    private int fruitless;
    private long turnLeft = QUANTUM;
    /** Who has the next turn, or -1. */
    private int yieldedTo = -1;

    /** Puts memory and processors into the state in which the guest starts. */
    @FunctionalInterface
    interface Bootstrap {
        EntryState load();
    }

    Machine(MachineDescription description, Architecture architecture, PhysicalMemory memory, Engine engine, List<Vcpu> vcpus, Board board,
            VirtualClock clock, RunRecorder recorder, ExitTimes exitTimes, Symbolizer symbols, Bootstrap bootstrap, MachineHost host,
            Transcript serial, ParavirtHost paravirtHost, String guest) {
        this.description = description;
        this.architecture = architecture;
        this.memory = memory;
        this.engine = engine;
        this.vcpus = List.copyOf(vcpus);
        this.board = board;
        this.clock = clock;
        this.recorder = recorder;
        this.exitTimes = exitTimes;
        this.symbols = symbols;
        this.bootstrap = bootstrap;
        this.host = host;
        this.serial = serial;
        this.paravirtHost = paravirtHost;
        this.guest = guest;
        host.attach(this);
    }

    /** Loads the guest and puts the first processor at its entry. Called once by the builder, and by a reset. */
    void boot() {
        EntryState entry = bootstrap.load();
        if (symbols instanceof MovedSymbols moved) {
            moved.forget();
        }
        for (int i = 0; i < vcpus.size(); i++) {
            cpu(i).reset();
        }
        cpu(0).enter(entry);
    }

    public MachineDescription description() {
        return description;
    }

    /** What was booted and how, in words: {@code Linux bzImage 6.1.0, unpacked by the host, Linux 64-bit boot protocol 2.15}. */
    public String guest() {
        return guest;
    }

    public Architecture architecture() {
        return architecture;
    }

    public PhysicalMemory memory() {
        return memory;
    }

    public Engine engine() {
        return engine;
    }

    public Board board() {
        return board;
    }

    /** Those of the board, then those of plug-ins, in the order in which they are saved and restored. */
    public List<Device> devices() {
        return Stream.concat(board.devices().stream(), furtherDevices.stream()).toList();
    }

    /** A device that is not the board's; added once, before the guest starts. */
    void add(Device device) {
        furtherDevices.add(device);
    }

    /** The paravirtual interface that the guest finds; one that does nothing when there is none. */
    public ParavirtInterface paravirt() {
        return paravirtHost.iface();
    }

    ParavirtHost paravirtHost() {
        return paravirtHost;
    }

    /** {@link #inject(String, long, int)} for the processor whose turn it then is. */
    public void inject(String event, long instructions) {
        inject(event, instructions, MachineControl.WHOSE_TURN);
    }

    /**
     * Makes a fault happen once {@code instructions} have retired.
     *
     * @param event one of {@link ParavirtInterface#injectable}
     * @param vcpu the processor that it meets, or {@link MachineControl#WHOSE_TURN}
     * @throws IllegalArgumentException when the interface has no such fault, when more instructions have retired, when there is no such processor, and when one is chosen for
     *     a fault that meets the whole machine
     */
    public void inject(String event, long instructions, int vcpu) {
        var known = paravirt().injectable();
        if (!known.containsKey(event)) {
            throw new IllegalArgumentException("fault '" + event + "' cannot be injected into paravirtual interface '" + paravirt().name() + "', which has "
                + (known.isEmpty() ? "none" : String.join(", ", known.keySet())));
        }
        if (instructions < host.instructions()) {
            throw new IllegalArgumentException("fault '%s' cannot be injected after %,d instructions: %,d have retired".formatted(event, instructions, host.instructions()));
        }
        if (vcpu != MachineControl.WHOSE_TURN && paravirt().machineWide().contains(event)) {
            throw new IllegalArgumentException("fault '" + event + "' meets the whole machine; no processor can be chosen for it");
        }
        if (vcpu < MachineControl.WHOSE_TURN || vcpu >= vcpus.size()) {
            throw new IllegalArgumentException("fault '%s' cannot be injected into processor %d; the last one is %d".formatted(event, vcpu, vcpus.size() - 1));
        }
        injections.add(event, instructions, vcpu);
        interruptSlice();
    }

    /** The same before the next instruction, and at once when the machine stands still. @return what to ask for so that it happens again in another run */
    Injection injectNow(String event, int vcpu, boolean standsStill) {
        if (end != null) {
            throw new IllegalArgumentException("fault '" + event + "' cannot be injected: the run is over (" + end.word() + ")");
        }
        inject(event, host.instructions(), vcpu);
        if (standsStill) {
            settle();
        }
        return new Injection(event, host.instructions(), vcpu, standsStill);
    }

    /** What a run does before its first instruction, in the same order: so a fault that is injected into a machine at rest finds the state that another run would have. */
    private void settle() {
        takeInput();
        clock.expireDue();
        injectDue();
    }

    /** Faults that have happened, then those that wait, each in the order of time. */
    public List<Injection> injections() {
        return injections.all();
    }

    /**
     * The same from its text.
     *
     * @param injection {@code EVENT@INSTRUCTIONS} or {@code EVENT@INSTRUCTIONS/CPU}
     * @throws IllegalArgumentException when it is neither, and as {@link #inject(String, long, int)}
     */
    public void inject(String injection) {
        var parsed = Injection.parse(injection);
        inject(parsed.event(), parsed.instructions(), parsed.vcpu());
    }

    /** Names of the guest's symbols, where {@link #locateSymbols} found them last. */
    public Symbolizer symbols() {
        return symbols;
    }

    /** Reads the symbols, which otherwise happens when one is asked for first and takes a moment. On any thread. */
    void readSymbols() {
        if (symbols instanceof MovedSymbols moved) {
            moved.read();
        } else {
            symbols.nameOf(0);
        }
    }

    /** A kernel that moves itself is looked for in memory, as {@code vcpu} sees it. Does nothing for other guests. */
    public void locateSymbols(int vcpu) {
        if (symbols instanceof MovedSymbols moved) {
            moved.locate(vcpus.get(vcpu));
        }
    }

    public List<Vcpu> vcpus() {
        return vcpus;
    }

    public Cpu cpu(int index) {
        return vcpus.get(index).cpu();
    }

    /** Index of the processor whose turn it is. */
    public int currentVcpu() {
        return turn;
    }

    /** Sends further events to {@code sink}; the machine counts and hashes them in any case. */
    public void trace(TraceSink sink) {
        recorder.next(sink);
    }

    /** A debugger's way to the ports. */
    PortAccess ports() {
        return new PortAccess(host.ports());
    }

    /** Output of {@code com1}. */
    public Transcript serial() {
        return serial;
    }

    /** Why the run ended, or null. */
    public EndReason end() {
        return end;
    }

    public MachineStatistics statistics() {
        return new MachineStatistics(host.instructions(), clock.nanos(), recorder.counts(true), exitTimes.nanos(), recorder.counts(false), recorder.hash());
    }

    /** What the guest asked for that is not implemented, in the order in which it was met. */
    public List<String> unimplemented() {
        return host.unimplemented();
    }

    /**
     * Runs until {@code maxInstructions} more have retired, or a breakpoint, a pause, or the end of the run stops it.
     *
     * @param maxInstructions at least 1
     */
    public StopReason run(long maxInstructions) {
        long start = host.instructions();
        long limit = start + maxInstructions < 0 ? Long.MAX_VALUE : start + maxInstructions;
        while (true) {
            takeInput();
            clock.expireDue();
            if (end != null) {
                return new StopReason.Ended(end);
            }
            if (pauseRequested.getAndSet(false)) {
                return new StopReason.Suspended();
            }
            if (host.instructions() >= limit) {
                return new StopReason.Limit();
            }
            injectDue();
            int next = nextRunnable();
            if (next < 0) {
                if (!idle()) {
                    return new StopReason.Suspended();
                }
                continue;
            }
            fruitless = 0;
            StopReason stop = runVcpu(next, limit);
            if (stop != null) {
                return stop;
            }
        }
    }

    /**
     * One step of {@code vcpu}, whoever's turn it is: an instruction, or the delivery of an event or exception. When it waits, the machine runs on until
     * it has retired one instruction somewhere. Steps of the processor whose turn it is take the path that a run takes: where its turn ends, the
     * others have theirs first.
     */
    public StopReason step(int vcpu) {
        takeInput();
        clock.expireDue();
        if (end != null) {
            return new StopReason.Ended(end);
        }
        injectDue();
        pauseRequested.set(false);
        if (vcpu == turn) {
            StopReason stop = turnsOfOthers(vcpu);
            if (stop != null) {
                return stop;
            }
        }
        if (!isRunnable(vcpu)) {
            return run(1);
        }
        takeTurn(vcpu);
        StopReason stop = on(vcpus.get(vcpu), Vcpu::step);
        return stop != null ? stop : end != null ? new StopReason.Ended(end) : new StopReason.Stepped();
    }

    /** @return why one of them stopped, or null when {@code vcpu} is next */
    private StopReason turnsOfOthers(int vcpu) {
        while (isRunnable(vcpu) && nextRunnable() != vcpu) {
            StopReason stop = runVcpu(nextRunnable(), Long.MAX_VALUE);
            takeInput();
            clock.expireDue();
            injectDue();
            pauseRequested.set(false);
            if (stop != null || end != null) {
                return stop != null ? stop : new StopReason.Ended(end);
            }
        }
        return null;
    }

    private void takeTurn(int vcpu) {
        if (vcpu != turn || turnLeft <= 0) {
            turn = vcpu;
            turnLeft = turnLength();
        }
    }

    private StopReason runVcpu(int index, long limit) {
        takeTurn(index);
        long budget = Math.min(limit - host.instructions(), SLICE);
        budget = Math.min(budget, injections.next() - host.instructions());
        long deadline = clock.nextDeadlineNanos();
        if (deadline != Long.MAX_VALUE) {
            budget = Math.min(budget, deadline - clock.nanos());
        }
        if (vcpus.size() > 1) {
            budget = Math.min(budget, turnLeft);
        }
        Vcpu vcpu = vcpus.get(index);
        if (pauseRequested.get()) {
            vcpu.requestPause();
        }
        long allowed = Math.max(1, budget);
        return on(vcpu, v -> v.run(allowed));
    }

    /** Lets a processor run and takes up what it left to the machine. @return why the machine stops, or null when it goes on */
    private StopReason on(Vcpu vcpu, Function<Vcpu, VmExit> way) {
        Cpu cpu = vcpu.cpu();
        long before = host.instructions();
        cpu.instructions = before;
        paravirtHost.scheduledIn(cpu.index());
        host.runs(cpu);
        running = vcpu;
        VmExit exit;
        try {
            exit = way.apply(vcpu);
        } finally {
            running = null;
            host.stopped(cpu);
        }
        turnLeft -= host.instructions() - before;
        if (yieldedTo >= 0) {
            turn = yieldedTo;
            turnLeft = turnLength();
            yieldedTo = -1;
        }
        // A slice that ends just behind HLT does not tell; where slices end must make no difference.
        if (cpu.isHalted() && !cpu.hasEvents()) {
            turnLeft = turn == cpu.index() ? 0 : turnLeft;
            paravirtHost.scheduledOut();
        }
        return switch (exit) {
            case VmExit.BudgetReached b -> null;
            case VmExit.Paused p -> null;
            case VmExit.Halted h -> null;
            case VmExit.Debug d -> debugStop(d);
            case VmExit.TripleFault t -> {
                end = new EndReason.TripleFault(cpu.explainShutdown());
                yield null;
            }
            case VmExit.Pio p -> throw unexpected(p);
            case VmExit.Mmio m -> throw unexpected(m);
            case VmExit.Msr m -> throw unexpected(m);
            case VmExit.Cpuid c -> throw unexpected(c);
            case VmExit.Hypercall h -> throw unexpected(h);
        };
    }

    private void injectDue() {
        for (Injection now = injections.due(host.instructions()); now != null; now = injections.due(host.instructions())) {
            paravirt().inject(paravirtHost.vcpus().get(now.vcpu() == MachineControl.WHOSE_TURN ? turn : now.vcpu()), now.event());
        }
    }

    /** The turn ends after the current instruction, and {@code vcpu} has the next one if it can run. */
    void yieldTo(int vcpu) {
        yieldedTo = vcpu;
        endSlice();
    }

    /** A function of the seed and of how far the run has come (the finalizer of SplitMix64), so it needs no state of its own. */
    private long turnLength() {
        long mixed = description.seed() + host.instructions() * 0x9e3779b97f4a7c15L;
        mixed = (mixed ^ mixed >>> 30) * 0xbf58476d1ce4e5b9L;
        mixed = (mixed ^ mixed >>> 27) * 0x94d049bb133111ebL;
        return QUANTUM - Long.remainderUnsigned(mixed ^ mixed >>> 31, QUANTUM_JITTER);
    }

    private static StopReason debugStop(VmExit.Debug d) {
        return switch (d.reason()) {
            case BREAKPOINT -> new StopReason.Breakpoint(d.address());
            case READ_WATCHPOINT -> new StopReason.Watchpoint(d.address(), d.dataAddress(), false);
            case WRITE_WATCHPOINT -> new StopReason.Watchpoint(d.address(), d.dataAddress(), true);
        };
    }

    /** No engine of this build leaves accesses to the machine. */
    private AssertionError unexpected(VmExit exit) {
        return new AssertionError("engine " + engine.name() + " left " + exit + " to the machine");
    }

    private int nextRunnable() {
        int count = vcpus.size();
        int first = turnLeft > 0 ? turn : (turn + 1) % count;
        for (int i = 0; i < count; i++) {
            int candidate = (first + i) % count;
            if (isRunnable(candidate)) {
                return candidate;
            }
        }
        return -1;
    }

    private boolean isRunnable(int vcpu) {
        Cpu cpu = cpu(vcpu);
        return !cpu.isShutdown() && (!cpu.isHalted() || cpu.hasEvents());
    }

    /** Every processor waits: time passes to the next deadline, or the guest is stuck. @return false when only somebody outside can help */
    private boolean idle() {
        boolean wakeable = vcpus.stream().anyMatch(v -> (v.cpu().acceptsInterrupts() || paravirtHost.idles(v.cpu().index())) && !v.cpu().isShutdown());
        if (!wakeable) {
            end = new EndReason.Stuck("halted with interrupts off at " + place(cpu(turn)) + ", and nothing can wake it");
            return true;
        }
        if (clock.nextDeadlineNanos() != Long.MAX_VALUE && fruitless++ < FRUITLESS_EXPIRIES) {
            clock.skipTo(clock.nextDeadlineNanos());
            return true;
        }
        long began = System.nanoTime();
        boolean arrived = host.awaitInput(() -> !input.isEmpty() || pauseRequested.get());
        exitTimes.add(TraceKind.HALT, System.nanoTime() - began);
        if (arrived) {
            fruitless = 0;
            return true;
        }
        end = new EndReason.Stuck("halted at " + place(cpu(turn)) + ", and no timer or device will interrupt it");
        return true;
    }

    private String place(Cpu cpu) {
        long address = cpu.fetchAddress(cpu.pc());
        String name = symbols.nameOf(address);
        return name == null ? "%#x".formatted(address) : "%#x (%s)".formatted(address, name);
    }

    // From outside, any thread

    /** Makes {@link #run} return {@link StopReason.Suspended} soon. Thread-safe. */
    public void requestPause() {
        pauseRequested.set(true);
        interruptSlice();
        host.wake();
    }

    /** Sends bytes to {@code com1} at the next slice boundary. Thread-safe. */
    public void sendSerial(byte[] bytes) {
        byte[] copy = bytes.clone();
        enqueue(() -> {
            for (byte b : copy) {
                board.serialPorts().getFirst().receive(b & 0xff);
            }
        });
    }

    /** Types on the keyboard at the next slice boundary; characters without a key are left out. Thread-safe. */
    public void typeKeys(String text) {
        enqueue(() -> text.chars().filter(c -> c == '\n' || c >= ' ' && c < 0x7f).forEach(c -> board.keyboard().type(Character.toString(c))));
    }

    /** Whether somebody may still send input: a halted machine then waits for it instead of being stuck. Thread-safe. */
    public void inputOpen(boolean open) {
        host.inputOpen(open);
    }

    private void enqueue(Runnable action) {
        input.add(action);
        interruptSlice();
        host.wake();
    }

    private void interruptSlice() {
        Vcpu now = running;
        if (now != null) {
            now.requestPause();
        }
    }

    private void takeInput() {
        for (Runnable action = input.poll(); action != null; action = input.poll()) {
            action.run();
        }
    }

    // From devices

    /** The slice that runs must end after the current instruction: a deadline came nearer, another processor got an event, or the run ends. */
    void endSlice() {
        interruptSlice();
    }

    /** Ends the run because of its owner. */
    public void terminate() {
        if (end == null) {
            end = new EndReason.Terminated();
        }
    }

    /** A defect of ours ended the run; what is left can be looked at. */
    void broken(Throwable defect) {
        end = EndReason.Broken.by(defect);
    }

    /** A plug-in's device threw. */
    void failed(String explanation) {
        endSlice();
        end = new EndReason.DeviceFailed(explanation);
    }

    void request(EndRequest request) {
        endSlice();
        switch (request) {
            case EndRequest.PowerOff p -> end = new EndReason.PowerOff();
            case EndRequest.DebugExit d -> end = new EndReason.DebugExit(d.value());
            case EndRequest.Panicked p -> end = new EndReason.Panicked();
            case EndRequest.Reset r -> {
                if (description.noReboot()) {
                    end = new EndReason.Reset(r.by());
                } else {
                    input.add(this::reset);
                }
            }
        }
    }

    private void reset() {
        board.reset();
        furtherDevices.forEach(Device::reset);
        paravirtHost.reset();
        boot();
    }

    @Override
    public void inspect(Inspector out) {
        out.text("image", description.image() == null ? "in memory" : description.image().toString()).text("engine", engine.name()).decimal("instructions", host.instructions())
            .decimal("virtual time (ns)", clock.nanos());
        for (Vcpu vcpu : vcpus) {
            out.child("vcpu" + vcpu.cpu().index(), vcpu.cpu());
        }
        devices().forEach(device -> out.child(device.name(), device));
        out.child("paravirt", paravirt());
        if (!injections.all().isEmpty()) {
            out.child("injections", injections);
        }
        out.child("memory", memory).child("engine", engine);
    }

    @Override
    public void close() {
        var failures = new ArrayList<IOException>();
        board.disks().values().forEach(disk -> {
            try {
                disk.close();
            } catch (IOException e) {
                failures.add(e);
            }
        });
        engine.close();
        memory.close();
        if (!failures.isEmpty()) {
            throw new java.io.UncheckedIOException(failures.getFirst());
        }
    }
}
