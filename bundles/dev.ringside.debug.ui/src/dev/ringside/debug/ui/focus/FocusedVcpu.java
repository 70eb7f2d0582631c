package dev.ringside.debug.ui.focus;

import dev.ringside.arch.Symbolizer;
import dev.ringside.arch.WalkStep;
import dev.ringside.debug.core.AddressExpression;
import dev.ringside.debug.core.GuestFrame;
import dev.ringside.debug.core.GuestRegister;
import dev.ringside.debug.core.SerialLine;
import dev.ringside.debug.core.StopText;
import dev.ringside.debug.core.VcpuThread;
import dev.ringside.debug.core.VmDebugTarget;
import dev.ringside.inspect.InspectNode;
import dev.ringside.machine.MachineControl.AddressKind;
import dev.ringside.machine.MachineControl.DisassembledLine;
import dev.ringside.machine.MachineControl.Injection;
import dev.ringside.machine.MachineControl.MemoryBytes;
import dev.ringside.machine.MachineControl.ParavirtActivity;
import dev.ringside.machine.MachineControl.PortRange;
import dev.ringside.machine.MachineStatistics;
import dev.ringside.machine.StopReason;
import dev.ringside.ui.guest.GuestVcpu;
import dev.ringside.ui.guest.RegisterValues;
import dev.ringside.ui.guest.SerialChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.BooleanSupplier;

/**
 * A virtual CPU of the debug model as the views see it. Equal to another when it would show the same.
 *
 * @param frame the selected one, or null while there is none
 * @param stop why it stands still, or null while it runs
 * @param edits counts changes by the user within a stop
 */
record FocusedVcpu(VcpuThread vcpu, GuestFrame frame, long pc, StopReason stop, long stopNumber, int edits) implements GuestVcpu {

    static FocusedVcpu of(VcpuThread vcpu, GuestFrame frame, int edits) {
        VmDebugTarget.Told told = vcpu.target().told();
        return new FocusedVcpu(vcpu, frame, frame == null ? 0 : frame.pc(), told.stop(), told.number(), edits);
    }

    /** The same while it runs, also when it has stopped again before anybody could look. */
    FocusedVcpu running() {
        return new FocusedVcpu(vcpu, frame, pc, null, stopNumber, edits);
    }

    @Override
    public Object machine() {
        return vcpu.target();
    }

    @Override
    public String machineName() {
        return vcpu.target().getName();
    }

    @Override
    public int index() {
        return vcpu.index();
    }

    @Override
    public int processors() {
        return vcpu.target().machine().vcpuCount();
    }

    @Override
    public boolean isRunning() {
        return stop == null;
    }

    boolean isOver() {
        return stop instanceof StopReason.Ended;
    }

    @Override
    public boolean canChange() {
        return !isRunning() && !isOver();
    }

    @Override
    public String state() {
        return StopText.describe(stop);
    }

    @Override
    public boolean isInnermost() {
        return frame == null || frame.index() == 0;
    }

    @Override
    public Symbolizer symbols() {
        return vcpu.target().machine().symbols();
    }

    @Override
    public OptionalLong addressOf(String expression) {
        return AddressExpression.resolve(expression, symbols());
    }

    @Override
    public CompletableFuture<RegisterValues> registers() {
        return (frame == null ? vcpu.registers() : frame.registers()).thenApply(state -> new RegisterValues(state.groups(), state.changed()));
    }

    @Override
    public CompletableFuture<Void> setRegister(String name, String text) {
        return vcpu.registers().thenCompose(state -> {
            int bits = state.groups().stream().flatMap(group -> group.registers().stream())
                    .filter(register -> register.name().equals(name)).findFirst().orElseThrow().bits();
            if (!GuestRegister.fits(text, bits)) {
                throw new IllegalArgumentException("%s: \"%s\" is not a hexadecimal number of up to %d bits".formatted(name, text, bits));
            }
            return vcpu.setRegister(name, GuestRegister.digits(text));
        });
    }

    @Override
    public CompletableFuture<List<DisassembledLine>> disassemble(long address, int before, int after) {
        return vcpu.target().machine().disassemble(vcpu.index(), address, before, after);
    }

    @Override
    public void runTo(long address) {
        vcpu.runTo(address);
    }

    @Override
    public long memoryBytes() {
        return vcpu.target().machine().description().memoryBytes();
    }

    @Override
    public CompletableFuture<MemoryBytes> readMemory(AddressKind kind, long address, int lengthBytes) {
        return vcpu.target().machine().readMemory(kind, vcpu.index(), address, lengthBytes);
    }

    @Override
    public CompletableFuture<Void> writeMemory(AddressKind kind, long address, byte[] bytes) {
        return vcpu.writeMemory(kind, address, bytes);
    }

    @Override
    public CompletableFuture<List<PortRange>> portMap() {
        return vcpu.target().machine().portMap();
    }

    @Override
    public CompletableFuture<byte[]> readPorts(int first, int lengthBytes) {
        return vcpu.readPorts(first, lengthBytes);
    }

    @Override
    public CompletableFuture<Void> writePorts(int first, byte[] bytes) {
        return vcpu.writePorts(first, bytes);
    }

    @Override
    public CompletableFuture<List<WalkStep>> explainTranslation(long address) {
        return vcpu.target().machine().explainTranslation(vcpu.index(), address);
    }

    /** The questions stand in the machine's queue one behind the other, so they are answered together. */
    @Override
    public CompletableFuture<List<List<InspectNode>>> inspect(List<List<String>> paths) {
        List<CompletableFuture<List<InspectNode>>> answers = new ArrayList<>();
        for (List<String> path : paths) {
            answers.add(vcpu.target().machine().inspect(path).exceptionally(FocusedVcpu::absentPart));
        }
        return CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new)).thenApply(all -> {
            List<List<InspectNode>> lines = new ArrayList<>();
            answers.forEach(answer -> lines.add(answer.join()));
            return lines;
        });
    }

    /** What a machine says of a part that it does not have. */
    private static List<InspectNode> absentPart(Throwable failure) {
        Throwable cause = failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        if (cause instanceof IllegalArgumentException) {
            return null;
        }
        throw new CompletionException(cause);
    }

    @Override
    public CompletableFuture<MachineStatistics> statistics() {
        return vcpu.target().machine().statistics();
    }

    @Override
    public CompletableFuture<ParavirtActivity> paravirtActivity() {
        return vcpu.target().machine().paravirtActivity();
    }

    @Override
    public CompletableFuture<Injection> inject(String event, long instructions, int processor) {
        return vcpu.inject(event, instructions, processor);
    }

    @Override
    public SerialChannel serial() {
        return new Channel(vcpu.target().serialLine());
    }

    private record Channel(SerialLine line) implements SerialChannel {
        @Override
        public Chunk read(long from, BooleanSupplier cancelled) throws InterruptedException {
            SerialLine.Chunk chunk = line.read(from, cancelled);
            return chunk == null ? null : new Chunk(chunk.bytes(), chunk.next());
        }

        @Override
        public void wakeReaders() {
            line.wakeReaders();
        }

        @Override
        public void send(byte[] bytes) {
            line.send(bytes);
        }
    }
}
