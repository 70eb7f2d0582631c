package dev.ringside.machine;

import dev.ringside.arch.Symbolizer;
import dev.ringside.arch.WalkStep;
import dev.ringside.device.TextScreen;
import dev.ringside.inspect.InspectNode;
import dev.ringside.inspect.Inspectable;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.function.IntConsumer;

/**
 * A {@link Machine} on a thread of its own. Requests and questions form one queue; while the guest runs it is interrupted at an instruction boundary
 * to answer them, and goes on.
 */
public final class MachineThread implements MachineControl {
    private final Machine machine;
    private final Thread thread;
    private final LinkedBlockingQueue<Runnable> requests = new LinkedBlockingQueue<>();
    private final CopyOnWriteArrayList<MachineListener> listeners = new CopyOnWriteArrayList<>();
    private final AtomicInteger numbers = new AtomicInteger();
    private volatile boolean running;
    private volatile boolean closed;
    private volatile StopReason lastStop;

    // Owned by the machine's thread
    private final DebuggerBreakpoints breakpoints;
    private final Stepper stepper;
    private Stepper.Plan plan;
    /** Where the processor of the last stop stood; a breakpoint there has had its stop. */
    private long stoppedAt;

    /** Takes the machine over: it stands at its first instruction, and nobody else runs it from now on. Listeners are told of {@link StopReason.Entry}. */
    public MachineThread(Machine machine) {
        this.machine = machine;
        this.breakpoints = new DebuggerBreakpoints(machine);
        this.stepper = new Stepper(machine, breakpoints::passes);
        machine.inputOpen(true);
        thread = new Thread(this::serve, "Ringside machine");
        thread.setDaemon(true);
    }

    /** Starts the thread. @param stopAtEntry whether the guest waits before its first instruction */
    public MachineThread start(boolean stopAtEntry) {
        requests.add(() -> {
            if (stopAtEntry) {
                stopped(0, new StopReason.Entry());
            } else {
                begin(0, stepper::run, false);
            }
        });
        thread.start();
        // Views ask for names on threads that should not wait for a kernel's symbols to be read.
        Thread.ofVirtual().name("Ringside symbols").start(machine::readSymbols);
        return this;
    }

    private void serve() {
        while (!closed) {
            try {
                serveOne();
            } catch (RuntimeException | Error defect) {
                broken(defect);
            }
        }
        for (Runnable request = requests.poll(); request != null; request = requests.poll()) {
            request.run();
        }
        machine.close();
    }

    private void serveOne() {
        Runnable request = plan == null ? take() : requests.poll();
        if (request != null) {
            request.run();
        } else if (plan != null) {
            advance();
        }
    }

    /** The run is over, and whoever waits for it is told; questions are still answered as far as they can be. */
    private void broken(Throwable defect) {
        plan = null;
        machine.broken(defect);
        stopped(machine.currentVcpu(), new StopReason.Ended(machine.end()));
    }

    private Runnable take() {
        try {
            return requests.take();
        } catch (InterruptedException e) {
            closed = true;
            return null;
        }
    }

    /** Runs a part of the plan: until it is complete, or until a request interrupts it. */
    private void advance() {
        Stepper.Outcome outcome = plan.advance();
        if (outcome.reason() instanceof StopReason.Suspended && !requests.isEmpty()) {
            return;
        }
        if (outcome.reason() != null && !(outcome.reason() instanceof StopReason.Suspended)) {
            finish(outcome.vcpu(), outcome.reason());
        }
    }

    private void begin(int vcpu, Supplier<Stepper.Plan> next, boolean step) {
        if (plan != null || machine.end() != null) {
            return;
        }
        // At entry nobody has asked to go past the first instruction: a run that does not stop there begins in the same way.
        if (!(lastStop instanceof StopReason.Entry) && standsAt(vcpu) == stoppedAt) {
            machine.vcpus().get(vcpu).stepOverBreakpoint();
        }
        plan = next.get();
        running = true;
        tell(new MachineEvent.Resumed(vcpu, step));
    }

    private void finish(int vcpu, StopReason reason) {
        plan.close();
        plan = null;
        stopped(vcpu, reason);
    }

    private long standsAt(int vcpu) {
        return machine.cpu(vcpu).fetchAddress(machine.cpu(vcpu).pc());
    }

    private void stopped(int vcpu, StopReason reason) {
        running = false;
        machine.locateSymbols(vcpu);
        lastStop = reason;
        stoppedAt = standsAt(vcpu);
        breakpoints.arrived(vcpu, stoppedAt);
        tell(new MachineEvent.Stopped(vcpu, reason, machine.statistics().instructions()));
    }

    private void tell(MachineEvent event) {
        listeners.forEach(listener -> listener.machineEvent(event));
    }

    private void request(Runnable action) {
        if (closed) {
            return;
        }
        requests.add(action);
        machine.requestPause();
    }

    private <T> CompletableFuture<T> ask(Supplier<T> question) {
        var answer = new CompletableFuture<T>();
        if (closed) {
            answer.completeExceptionally(new IllegalStateException("the machine is closed"));
            return answer;
        }
        requests.add(() -> {
            if (closed) {
                answer.completeExceptionally(new IllegalStateException("the machine is closed"));
                return;
            }
            try {
                answer.complete(question.get());
            } catch (RuntimeException | Error e) {
                answer.completeExceptionally(e);
            }
        });
        if (running) {
            machine.requestPause();
        }
        return answer;
    }

    // MachineControl

    @Override
    public MachineDescription description() {
        return machine.description();
    }

    @Override
    public Symbolizer symbols() {
        return machine.symbols();
    }

    @Override
    public void addListener(MachineListener listener) {
        listeners.addIfAbsent(listener);
    }

    @Override
    public void removeListener(MachineListener listener) {
        listeners.remove(listener);
    }

    @Override
    public void resume() {
        request(() -> begin(machine.currentVcpu(), stepper::run, false));
    }

    @Override
    public void suspend() {
        request(() -> {
            if (plan != null) {
                finish(machine.currentVcpu(), new StopReason.Suspended());
            }
        });
    }

    @Override
    public void stepInto(int vcpu) {
        request(() -> begin(vcpu, () -> stepper.into(vcpu), true));
    }

    @Override
    public void stepOver(int vcpu) {
        request(() -> begin(vcpu, () -> stepper.over(vcpu), true));
    }

    @Override
    public void stepReturn(int vcpu) {
        request(() -> begin(vcpu, () -> stepper.out(vcpu), true));
    }

    @Override
    public void runTo(long address) {
        request(() -> begin(machine.currentVcpu(), () -> stepper.to(address), false));
    }

    @Override
    public void terminate() {
        request(() -> {
            if (machine.end() == null) {
                machine.terminate();
                if (plan != null) {
                    plan.close();
                    plan = null;
                }
                stopped(machine.currentVcpu(), new StopReason.Ended(machine.end()));
            }
        });
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
        request(() -> breakpoints.add(number, address, stopsFrom));
        return number;
    }

    @Override
    public int addWatchpoint(long address, int lengthBytes, boolean onRead, boolean onWrite, int stopsFrom) {
        int number = numbers.incrementAndGet();
        request(() -> breakpoints.addWatch(number, address, lengthBytes, onRead, onWrite, stopsFrom));
        return number;
    }

    @Override
    public void removeBreakpoint(int number) {
        request(() -> breakpoints.remove(number));
    }

    @Override
    public int vcpuCount() {
        return machine.vcpus().size();
    }

    @Override
    public CompletableFuture<List<RegisterGroupValues>> registers(int vcpu) {
        return ask(() -> MachineLook.registers(machine.cpu(vcpu)));
    }

    @Override
    public CompletableFuture<Void> setRegister(int vcpu, String name, String digits) {
        return ask(() -> {
            MachineLook.setRegister(machine.cpu(vcpu), name, digits);
            return null;
        });
    }

    @Override
    public CompletableFuture<MemoryBytes> readMemory(AddressKind kind, int vcpu, long address, int lengthBytes) {
        return ask(() -> MachineLook.read(machine, kind, vcpu, address, lengthBytes));
    }

    @Override
    public CompletableFuture<Void> writeMemory(AddressKind kind, int vcpu, long address, byte[] bytes) {
        byte[] copy = bytes.clone();
        return ask(() -> {
            MachineLook.write(machine, kind, vcpu, address, copy);
            return null;
        });
    }

    @Override
    public CompletableFuture<List<PortRange>> portMap() {
        return ask(() -> machine.ports().map());
    }

    @Override
    public CompletableFuture<byte[]> readPorts(int first, int lengthBytes) {
        return ask(() -> {
            requireStop();
            return machine.ports().read(first, lengthBytes);
        });
    }

    @Override
    public CompletableFuture<Void> writePorts(int first, byte[] bytes) {
        byte[] copy = bytes.clone();
        return ask(() -> {
            requireStop();
            machine.ports().write(first, copy);
            return null;
        });
    }

    private void requireStop() {
        if (plan != null) {
            throw new IllegalArgumentException("ports can only be read and written while the guest stands still");
        }
    }

    @Override
    public CompletableFuture<List<DisassembledLine>> disassemble(int vcpu, long address, int before, int after) {
        return ask(() -> CodeListing.around(machine, vcpu, address, before, after));
    }

    @Override
    public CompletableFuture<List<Frame>> frames(int vcpu) {
        return ask(() -> MachineLook.frames(machine, vcpu));
    }

    @Override
    public CompletableFuture<List<WalkStep>> explainTranslation(int vcpu, long gva) {
        return ask(() -> List.copyOf(machine.cpu(vcpu).explainTranslation(gva)));
    }

    @Override
    public CompletableFuture<List<InspectNode>> inspect(List<String> path) {
        return ask(() -> {
            Inspectable at = machine;
            for (String name : path) {
                at = InspectNode.of(at).stream().filter(n -> n.name().equals(name) && n.part() != null).findFirst()
                    .orElseThrow(() -> new IllegalArgumentException("there is no part '" + name + "' in " + path)).part();
            }
            return InspectNode.of(at);
        });
    }

    @Override
    public CompletableFuture<MachineStatistics> statistics() {
        return ask(machine::statistics);
    }

    @Override
    public CompletableFuture<ParavirtActivity> paravirtActivity() {
        return ask(() -> MachineLook.paravirtActivity(machine));
    }

    @Override
    public CompletableFuture<Injection> inject(String event, long instructions, int vcpu) {
        return ask(() -> {
            if (instructions == NOW || machine.end() != null) {
                return machine.injectNow(event, vcpu, plan == null);
            }
            machine.inject(event, instructions, vcpu);
            return new Injection(event, instructions, vcpu, false);
        });
    }

    @Override
    public void attachSerial(IntConsumer sink) {
        machine.serial().listen(sink);
    }

    @Override
    public void sendSerial(byte[] bytes) {
        machine.sendSerial(bytes);
    }

    @Override
    public void typeKeys(String text) {
        machine.typeKeys(text);
    }

    @Override
    public CompletableFuture<List<String>> textScreen() {
        return ask(() -> {
            TextScreen screen = machine.board().screen();
            return screen == null ? null : screen.lines();
        });
    }

    @Override
    public void close() {
        if (thread.getState() == Thread.State.NEW) {
            closed = true;
            machine.close();
            return;
        }
        requests.add(() -> {
            if (plan != null) {
                machine.terminate();
                finish(machine.currentVcpu(), new StopReason.Ended(machine.end()));
            }
            closed = true;
        });
        machine.requestPause();
    }
}
