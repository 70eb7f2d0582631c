package dev.ringside.machine;

import dev.ringside.arch.Cpu;
import dev.ringside.arch.VcpuBus;
import dev.ringside.device.LocalInterrupts;
import dev.ringside.pv.ParavirtInterface;
import dev.ringside.pv.PvVcpu;
import dev.ringside.trace.TraceKind;
import java.util.function.IntFunction;

/** One processor's way to ports, addresses, MSRs and its interrupt controller. Every access is an event, and the time that its answer takes is noted. */
final class CpuBus implements VcpuBus {
    /** #GP(0): what an access to an MSR that is not there raises. */
    @FunctionalInterface
    interface BadMsr {
        RuntimeException fault(Cpu cpu);
    }

    private final Cpu cpu;
    private final MachineHost host;
    private final RunRecorder trace;
    private final ExitTimes times;
    private final IntFunction<LocalInterrupts> locals;
    private final BadMsr badMsr;
    private ParavirtInterface paravirt = ParavirtInterface.NONE;
    private PvVcpu pvVcpu;

    CpuBus(Cpu cpu, MachineHost host, RunRecorder trace, ExitTimes times, IntFunction<LocalInterrupts> locals, BadMsr badMsr) {
        this.cpu = cpu;
        this.host = host;
        this.trace = trace;
        this.times = times;
        this.locals = locals;
        this.badMsr = badMsr;
    }

    /** From now on {@code iface} answers CPUID, its MSRs and hypercalls. */
    void paravirt(ParavirtInterface iface, PvVcpu vcpu) {
        paravirt = iface;
        pvVcpu = vcpu;
    }

    @Override
    public long portRead(int port, int sizeBytes) {
        long began = times.begin(TraceKind.PIO);
        long value = host.ports().read(port, sizeBytes);
        times.end(TraceKind.PIO, began);
        trace.emit(TraceKind.PIO, cpu.instructions, cpu.index(), 0, port, sizeBytes, value);
        return value;
    }

    @Override
    public void portWrite(int port, int sizeBytes, long value) {
        trace.emit(TraceKind.PIO, cpu.instructions, cpu.index(), 1, port, sizeBytes, value);
        long began = times.begin(TraceKind.PIO);
        host.ports().write(port, sizeBytes, value);
        times.end(TraceKind.PIO, began);
    }

    @Override
    public long mmioRead(long gpa, int sizeBytes) {
        long began = times.begin(TraceKind.MMIO);
        long value = host.mmio().read(gpa, sizeBytes);
        times.end(TraceKind.MMIO, began);
        trace.emit(TraceKind.MMIO, cpu.instructions, cpu.index(), 0, gpa, sizeBytes, value);
        return value;
    }

    @Override
    public void mmioWrite(long gpa, int sizeBytes, long value) {
        trace.emit(TraceKind.MMIO, cpu.instructions, cpu.index(), 1, gpa, sizeBytes, value);
        long began = times.begin(TraceKind.MMIO);
        host.mmio().write(gpa, sizeBytes, value);
        times.end(TraceKind.MMIO, began);
    }

    @Override
    public long readMsr(int msrIndex) {
        long began = times.begin(TraceKind.MSR);
        long value = paravirt.hasMsr(msrIndex) ? paravirt.readMsr(pvVcpu, msrIndex) : readLocalMsr(msrIndex);
        times.end(TraceKind.MSR, began);
        return value;
    }

    private long readLocalMsr(int msrIndex) {
        LocalInterrupts local = local();
        if (!local.hasMsr(msrIndex) || !local.canReadMsr(msrIndex)) {
            throw badMsr.fault(cpu);
        }
        return local.readMsr(msrIndex);
    }

    @Override
    public void writeMsr(int msrIndex, long value) {
        long began = times.begin(TraceKind.MSR);
        if (paravirt.hasMsr(msrIndex)) {
            paravirt.writeMsr(pvVcpu, msrIndex, value);
        } else {
            writeLocalMsr(msrIndex, value);
        }
        times.end(TraceKind.MSR, began);
    }

    private void writeLocalMsr(int msrIndex, long value) {
        LocalInterrupts local = local();
        if (!local.hasMsr(msrIndex) || !local.writeMsr(msrIndex, value)) {
            throw badMsr.fault(cpu);
        }
    }

    @Override
    public void cpuid(int leaf, int subleaf, int[] registers) {
        long began = times.begin(TraceKind.CPUID);
        paravirt.cpuid(pvVcpu, leaf, subleaf, registers);
        times.end(TraceKind.CPUID, began);
    }

    /** Only the interface knows whose hypercall it is; it has said so in the event. */
    @Override
    public boolean hypercall() {
        long began = times.begin(TraceKind.HYPERCALL);
        boolean answered = paravirt.hypercall(pvVcpu);
        if (answered) {
            times.end(trace.lastExit(), began);
        }
        return answered;
    }

    @Override
    public boolean pageAbsent(long gpa) {
        return pvVcpu instanceof ParavirtHost.Processor processor && processor.pageAbsent(gpa);
    }

    @Override
    public int acknowledgeInterrupt() {
        return local().acknowledge();
    }

    @Override
    public int taskPriority() {
        return local().cr8();
    }

    @Override
    public void taskPriority(int priorityClass) {
        local().cr8(priorityClass);
    }

    @Override
    public long nanos() {
        return host.virtualClock().nanos();
    }

    @Override
    public void tscOffset(long ticks) {
        local().tscOffset(ticks);
        if (pvVcpu instanceof ParavirtHost.Processor processor) {
            processor.tscOffset(ticks);
            paravirt.tscMoved(pvVcpu);
        }
    }

    private LocalInterrupts local() {
        return locals.apply(cpu.index());
    }
}
