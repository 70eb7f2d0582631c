package dev.ringside.engine.interpreter;

import dev.ringside.arch.VcpuBus;
import dev.ringside.engine.Engine;
import dev.ringside.engine.EngineConfig;
import dev.ringside.engine.EngineProvider;
import dev.ringside.engine.Vcpu;
import dev.ringside.memory.PhysicalMemory;
import dev.ringside.trace.TraceKind;
import dev.ringside.trace.TraceSink;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * 64 KiB of RAM from 0, devices at 0x20000 and above that note every access, one toy processor.
 *
 * <p>{@code at(address).li(0, 5).hlt()} writes code.
 */
final class ToyMachine implements AutoCloseable {
    static final long DEVICE = 0x20000;

    final PhysicalMemory memory = new PhysicalMemory();
    final Engine engine;
    final Vcpu vcpu;
    final ToyCpu cpu;
    /** {@code read 20000 after 5}. */
    final List<String> bus = new ArrayList<>();
    /** {@code tb_translate 1000 3 after 0}: what the engine says of its blocks. */
    final List<String> events = new ArrayList<>();
    Consumer<Long> onDevice = gpa -> {
    };

    ToyMachine(EngineProvider provider) {
        var architecture = new ToyArchitecture();
        memory.addRam("ram", 0, 0x10000);
        engine = provider.create(new EngineConfig(architecture, memory, new Events()));
        cpu = architecture.newCpu(0);
        cpu.bus = new Bus();
        vcpu = engine.newVcpu(cpu);
        cpu.pc(0x1000);
        at(0x3000).hlt();
        at(0x3800).hlt();
    }

    Code at(long gpa) {
        return new Code(gpa);
    }

    @Override
    public void close() {
        engine.close();
        memory.close();
    }

    /** Writes toy instructions one behind another. */
    final class Code {
        long here;

        Code(long gpa) {
            here = gpa;
        }

        Code bytes(int... bytes) {
            for (int b : bytes) {
                memory.write(here++, 1, b);
            }
            return this;
        }

        Code nop() {
            return bytes(0);
        }

        Code li(int r, int value) {
            return bytes(0x0a, r, value, value >> 8, value >> 16, value >> 24);
        }

        Code add(int r, int s) {
            return bytes(2, r, s);
        }

        Code ld(int r, int s, int offset) {
            return bytes(3, r, s, offset);
        }

        Code st(int r, int s, int offset) {
            return bytes(4, r, s, offset);
        }

        Code ld8(int r, int s, int offset) {
            return bytes(0x10, r, s, offset);
        }

        Code st8(int r, int s, int offset) {
            return bytes(0x0c, r, s, offset);
        }

        Code jnz(int r, long target) {
            return bytes(5, r, (int) (target - here - 3));
        }

        Code jmp(long target) {
            return bytes(6, (int) (target - here - 2));
        }

        Code jmpr(int r) {
            return bytes(7, r);
        }

        Code count(int r) {
            return bytes(8, r);
        }

        Code hlt() {
            return bytes(9);
        }

        Code trap() {
            return bytes(0x0b);
        }

        Code repeat(int r) {
            return bytes(0x0d, r);
        }

        Code flush() {
            return bytes(0x0f);
        }
    }

    private final class Events implements TraceSink {
        @Override
        public boolean wants(TraceKind kind) {
            return kind == TraceKind.TB_TRANSLATE || kind == TraceKind.TB_INVALIDATE;
        }

        @Override
        public void emit(TraceKind kind, long instructions, int vcpu, long a, long b, long c, long d) {
            events.add("%s %x %d after %d".formatted(kind.label(), a, b, instructions));
        }
    }

    private final class Bus implements VcpuBus {
        @Override
        public long mmioRead(long gpa, int sizeBytes) {
            bus.add("read%d %x after %d".formatted(sizeBytes, gpa, cpu.instructions));
            onDevice.accept(gpa);
            return 0x1122334455667788L & -1L >>> 64 - 8 * sizeBytes;
        }

        @Override
        public void mmioWrite(long gpa, int sizeBytes, long value) {
            bus.add("write%d %x %x after %d".formatted(sizeBytes, gpa, value, cpu.instructions));
            onDevice.accept(gpa);
        }

        @Override
        public long portRead(int port, int sizeBytes) {
            throw new UnsupportedOperationException("toys have no ports");
        }

        @Override
        public void portWrite(int port, int sizeBytes, long value) {
            throw new UnsupportedOperationException("toys have no ports");
        }

        @Override
        public long readMsr(int msrIndex) {
            throw new UnsupportedOperationException("toys have no MSRs");
        }

        @Override
        public void writeMsr(int msrIndex, long value) {
            throw new UnsupportedOperationException("toys have no MSRs");
        }

        @Override
        public void cpuid(int leaf, int subleaf, int[] registers) {
            throw new UnsupportedOperationException("toys have no CPUID");
        }

        @Override
        public boolean hypercall() {
            return false;
        }

        @Override
        public int acknowledgeInterrupt() {
            return -1;
        }

        @Override
        public int taskPriority() {
            return 0;
        }

        @Override
        public void taskPriority(int priorityClass) {
            throw new UnsupportedOperationException("toys have no priorities");
        }

        @Override
        public long nanos() {
            return cpu.instructions;
        }
    }
}
