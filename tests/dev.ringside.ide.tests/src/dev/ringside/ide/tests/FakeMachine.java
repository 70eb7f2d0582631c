package dev.ringside.ide.tests;

import dev.ringside.arch.DisassembledInstruction;
import dev.ringside.arch.DisassembledInstruction.FlowKind;
import dev.ringside.arch.Symbolizer;
import dev.ringside.arch.WalkStep;
import dev.ringside.inspect.InspectNode;
import dev.ringside.machine.EndReason;
import dev.ringside.machine.MachineControl;
import dev.ringside.machine.MachineDescription;
import dev.ringside.machine.MachineEvent;
import dev.ringside.machine.MachineStatistics;
import dev.ringside.machine.StopReason;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;
import java.util.function.Supplier;

/**
 * A machine whose guest counts: every instruction is four bytes, adds its index to {@code rax}, and there are {@link #COUNT} of them from {@link #BASE}
 * on, round and round. It shows what a debugger does with a machine without needing one, and counts the questions that it is asked.
 */
final class FakeMachine implements MachineControl {
    static final long BASE = 0x100000;
    static final int COUNT = 64;
    static final long LOOP = BASE + 0x40;
    static final long STACK = 0x1f00;

    final AtomicInteger registerQuestions = new AtomicInteger();
    final AtomicInteger disassemblyQuestions = new AtomicInteger();

    private final int cpus;
    private final ExecutorService thread = Executors.newSingleThreadExecutor(Thread.ofPlatform().daemon().name("fake machine").factory());
    private final List<MachineListener> listeners = new CopyOnWriteArrayList<>();
    private final Map<Integer, Placed> breakpoints = new ConcurrentHashMap<>();
    private final AtomicInteger numbers = new AtomicInteger();
    private final StringBuilder sent = new StringBuilder();
    private volatile IntConsumer serial = octet -> { };
    private volatile boolean running;
    private volatile boolean pause;
    private volatile boolean closed;
    private volatile StopReason lastStop = new StopReason.Entry();
    private long pc = BASE;
    private long rax;
    private long instructions;

    FakeMachine(int cpus) {
        this.cpus = cpus;
    }

    // What a test does to it

    /** The guest says something on its serial line. */
    void say(String text) {
        text.chars().forEach(serial::accept);
    }

    /** What was typed into the guest. */
    String typed() {
        synchronized (sent) {
            return sent.toString();
        }
    }

    void end(EndReason reason) {
        thread.execute(() -> stop(new StopReason.Ended(reason)));
    }

    // Running

    private void stop(StopReason reason) {
        running = false;
        lastStop = reason;
        tell(new MachineEvent.Stopped(0, reason, instructions));
    }

    private void tell(MachineEvent event) {
        listeners.forEach(listener -> listener.machineEvent(event));
    }

    private void execute() {
        rax += (pc - BASE) / 4;
        pc = pc + 4 == BASE + 4 * COUNT ? BASE : pc + 4;
        instructions++;
    }

    private void step(int vcpu) {
        thread.execute(() -> {
            tell(new MachineEvent.Resumed(vcpu, true));
            execute();
            stop(new StopReason.Stepped());
        });
    }

    @Override
    public void resume() {
        thread.execute(() -> {
            running = true;
            pause = false;
            tell(new MachineEvent.Resumed(0, false));
            advance();
        });
    }

    /** A slice; questions come between two of them. */
    private void advance() {
        for (int i = 0; i < 100; i++) {
            execute();
            if (stopsHere()) {
                stop(new StopReason.Breakpoint(pc));
                return;
            }
        }
        if (pause) {
            stop(new StopReason.Suspended());
        } else if (running && !closed) {
            thread.execute(this::advance);
        }
    }

    int breakpointCount() {
        return breakpoints.size();
    }

    private record Placed(long address, int stopsFrom, AtomicInteger hits) {
    }

    private boolean stopsHere() {
        return breakpoints.values().stream().filter(placed -> placed.address == pc && placed.hits.incrementAndGet() >= placed.stopsFrom).count() > 0;
    }

    @Override
    public void suspend() {
        pause = true;
    }

    @Override
    public void stepInto(int vcpu) {
        step(vcpu);
    }

    @Override
    public void stepOver(int vcpu) {
        step(vcpu);
    }

    @Override
    public void stepReturn(int vcpu) {
        step(vcpu);
    }

    @Override
    public void runTo(long address) {
        addBreakpoint(address);
        resume();
    }

    @Override
    public void terminate() {
        running = false;
        end(new EndReason.Terminated());
    }

    @Override
    public void close() {
        closed = true;
        thread.shutdown();
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    @Override
    public StopReason lastStop() {
        return lastStop;
    }

    @Override
    public int addBreakpoint(long address, int stopsFrom) {
        int number = numbers.incrementAndGet();
        breakpoints.put(number, new Placed(address, stopsFrom, new AtomicInteger()));
        return number;
    }

    @Override
    public int addWatchpoint(long address, int lengthBytes, boolean onRead, boolean onWrite, int stopsFrom) {
        return addBreakpoint(-1, stopsFrom);
    }

    @Override
    public void removeBreakpoint(int number) {
        breakpoints.remove(number);
    }

    // Looking

    private <T> CompletableFuture<T> ask(Supplier<T> question) {
        try {
            return CompletableFuture.supplyAsync(question, thread);
        } catch (RejectedExecutionException closed) {
            return CompletableFuture.failedFuture(new IllegalStateException("the machine is closed", closed)); // as a real one answers
        }
    }

    @Override
    public int vcpuCount() {
        return cpus;
    }

    @Override
    public CompletableFuture<List<RegisterGroupValues>> registers(int vcpu) {
        registerQuestions.incrementAndGet();
        return ask(() -> List.of(
                new RegisterGroupValues("General", List.of(register("rax", 64, rax), register("rbx", 64, 0), register("rsp", 64, STACK), register("rbp", 64, STACK), register("rip", 64, pc))),
                new RegisterGroupValues("Flags", List.of(register("ZF", 1, rax == 0 ? 1 : 0), register("IF", 1, 0))),
                new RegisterGroupValues("Control", List.of(register("CR3", 64, 0x1000)))));
    }

    private static RegisterValue register(String name, int bits, long value) {
        return new RegisterValue(name, bits, ("%0" + (bits + 3) / 4 + "x").formatted(value), true);
    }

    @Override
    public CompletableFuture<Void> setRegister(int vcpu, String name, String digits) {
        return ask(() -> {
            switch (name) {
                case "rax" -> rax = Long.parseUnsignedLong(digits, 16);
                case "rip" -> pc = Long.parseUnsignedLong(digits, 16);
                default -> throw new IllegalArgumentException(name + " cannot be written");
            }
            return null;
        });
    }

    @Override
    public CompletableFuture<List<DisassembledLine>> disassemble(int vcpu, long address, int before, int after) {
        disassemblyQuestions.incrementAndGet();
        return ask(() -> {
            List<DisassembledLine> lines = new ArrayList<>();
            for (long at = address - 4L * before; at < address + 4L * after; at += 4) {
                lines.add(line(at));
            }
            return lines;
        });
    }

    private DisassembledLine line(long at) {
        String symbol = SYMBOLS.nameOf(at);
        return new DisassembledLine(new DisassembledInstruction(at, 4, "add", "rax, " + (at - BASE) / 4, FlowKind.NEXT, -1, true),
                new byte[] {0x48, (byte) 0x83, (byte) 0xc0, (byte) ((at - BASE) / 4)}, symbol != null && !symbol.contains("+") ? symbol : null);
    }

    @Override
    public CompletableFuture<List<Frame>> frames(int vcpu) {
        return ask(() -> List.of(new Frame(0, pc, SYMBOLS.nameOf(pc), STACK, STACK), new Frame(1, LOOP, "loop", STACK + 0x40, STACK + 0x10)));
    }

    @Override
    public CompletableFuture<MemoryBytes> readMemory(AddressKind kind, int vcpu, long address, int lengthBytes) {
        return ask(() -> {
            boolean[] readable = new boolean[lengthBytes];
            Arrays.fill(readable, true);
            return new MemoryBytes(address, new byte[lengthBytes], readable);
        });
    }

    @Override
    public CompletableFuture<Void> writeMemory(AddressKind kind, int vcpu, long address, byte[] bytes) {
        return ask(() -> null);
    }

    @Override
    public CompletableFuture<List<PortRange>> portMap() {
        return ask(List::of);
    }

    @Override
    public CompletableFuture<byte[]> readPorts(int first, int lengthBytes) {
        return ask(() -> new byte[lengthBytes]);
    }

    @Override
    public CompletableFuture<Void> writePorts(int first, byte[] bytes) {
        return ask(() -> null);
    }

    @Override
    public CompletableFuture<List<WalkStep>> explainTranslation(int vcpu, long gva) {
        return ask(List::of);
    }

    @Override
    public CompletableFuture<List<InspectNode>> inspect(List<String> path) {
        return ask(List::of);
    }

    @Override
    public CompletableFuture<MachineStatistics> statistics() {
        return ask(() -> new MachineStatistics(instructions, instructions, new TreeMap<>(), new TreeMap<>(), new TreeMap<>(), "0000000000000000"));
    }

    @Override
    public MachineDescription description() {
        return MachineDescription.of(null);
    }

    @Override
    public Symbolizer symbols() {
        return SYMBOLS;
    }

    private static final Symbolizer SYMBOLS = new Symbolizer() {
        @Override
        public String nameOf(long address) {
            if (address < BASE || address >= BASE + 4 * COUNT) {
                return null;
            }
            return address < LOOP ? named("start", address - BASE) : named("loop", address - LOOP);
        }

        private static String named(String name, long distance) {
            return distance == 0 ? name : name + "+0x" + Long.toHexString(distance);
        }

        @Override
        public Long addressOf(String name) {
            return name.equals("start") ? Long.valueOf(BASE) : name.equals("loop") ? Long.valueOf(LOOP) : null;
        }
    };

    // Listeners, input and output

    @Override
    public void addListener(MachineListener listener) {
        listeners.add(listener);
    }

    @Override
    public void removeListener(MachineListener listener) {
        listeners.remove(listener);
    }

    @Override
    public void attachSerial(IntConsumer sink) {
        serial = sink;
    }

    @Override
    public void sendSerial(byte[] bytes) {
        synchronized (sent) {
            sent.append(new String(bytes, java.nio.charset.StandardCharsets.US_ASCII));
        }
    }

    @Override
    public void typeKeys(String text) {
        sendSerial(text.getBytes(java.nio.charset.StandardCharsets.US_ASCII));
    }

    @Override
    public CompletableFuture<List<String>> textScreen() {
        return ask(() -> null);
    }
}
