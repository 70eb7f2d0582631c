package dev.ringside.machine;

import dev.ringside.arch.Cpu;
import dev.ringside.arch.PcPins;
import dev.ringside.device.Board;
import dev.ringside.device.Clock;
import dev.ringside.device.Device;
import dev.ringside.device.DeviceContext.EndRequest;
import dev.ringside.device.IoHandler;
import dev.ringside.device.LocalInterrupts;
import dev.ringside.device.StateReader;
import dev.ringside.device.StateWriter;
import dev.ringside.device.Timer;
import dev.ringside.inspect.Inspector;
import dev.ringside.memory.PhysicalMemory;
import dev.ringside.pv.OverlayPage;
import dev.ringside.pv.ParavirtContext;
import dev.ringside.pv.ParavirtInterface;
import dev.ringside.pv.PvVcpu;
import dev.ringside.trace.TraceKind;
import dev.ringside.trace.TraceSink;
import java.util.ArrayDeque;
import java.util.List;

/** What a machine gives its paravirtual interface, and the account of who ran and who waited. */
final class ParavirtHost implements ParavirtContext {
    private final MachineDescription description;
    private final PhysicalMemory memory;
    private final MachineHost host;
    private final Board board;
    private final TraceSink trace;
    private final List<Processor> processors;
    private final List<PvVcpu> vcpus;
    private ParavirtInterface iface = ParavirtInterface.NONE;
    /** Index of the processor that was scheduled in last and not out, or -1. */
    private int scheduled = -1;
    /** Pages that the guest waits for, in the order of their arrival. */
    private final ArrayDeque<Fetch> fetches = new ArrayDeque<>();
    private final Timer fetchTimer;
    private long fetchNanos;

    private record Fetch(long gpa, long doneNanos) {
    }

    ParavirtHost(MachineDescription description, PhysicalMemory memory, MachineHost host, Board board, List<Cpu> cpus, TraceSink trace) {
        this.description = description;
        this.memory = memory;
        this.host = host;
        this.board = board;
        this.trace = trace;
        processors = cpus.stream().map(Processor::new).toList();
        vcpus = List.copyOf(processors);
        fetchTimer = host.virtualClock().newTimer("page fetch", this::fetched);
    }

    void attach(ParavirtInterface chosen) {
        iface = chosen;
        board.extendDestinations(chosen.extendsDestinations());
        for (Processor processor : processors) {
            ((CpuBus) processor.cpu.bus).paravirt(chosen, processor);
            processor.apic().assist(chosen.interruptAssist(processor));
        }
    }

    ParavirtInterface iface() {
        return iface;
    }

    void reset() {
        scheduled = -1;
        fetches.clear();
        fetchTimer.cancel();
        processors.forEach(Processor::reset);
        iface.reset();
    }

    /** The interface, the account of time, and which pages the host has taken away; not what is in memory. */
    void save(StateWriter out) {
        out.putInt("scheduled", scheduled);
        out.putLong("fetch time", fetchNanos);
        out.putInt("fetches", fetches.size());
        fetches.forEach(fetch -> {
            out.putLong("fetch gpa", fetch.gpa);
            out.putLong("fetch done", fetch.doneNanos);
        });
        long[] absent = memory.absentPages();
        out.putInt("absent pages", absent.length);
        for (long gpa : absent) {
            out.putLong("absent page", gpa);
        }
        processors.forEach(processor -> processor.save(out));
        iface.save(out);
    }

    void restore(StateReader in) {
        scheduled = in.getInt("scheduled");
        fetchNanos = in.getLong("fetch time");
        fetches.clear();
        fetchTimer.cancel();
        for (int i = in.getInt("fetches"); i > 0; i--) {
            fetches.add(new Fetch(in.getLong("fetch gpa"), in.getLong("fetch done")));
        }
        if (!fetches.isEmpty()) {
            fetchTimer.arm(fetches.peek().doneNanos);
        }
        for (long gpa : memory.absentPages()) {
            memory.bringBack(gpa);
        }
        for (int i = in.getInt("absent pages"); i > 0; i--) {
            memory.takeAway(in.getLong("absent page"));
        }
        processors.forEach(processor -> processor.restore(in));
        iface.restore(in);
    }

    // The account of time

    void scheduledIn(int index) {
        if (index == scheduled) {
            return;
        }
        scheduledOut();
        scheduled = index;
        Processor in = processors.get(index);
        long now = host.virtualClock().nanos();
        long waited = in.runnableSince < 0 ? 0 : now - in.runnableSince;
        in.stolen += waited;
        in.startedAt = now;
        in.idles = false;
        iface.scheduled(in, true, waited);
    }

    void scheduledOut() {
        if (scheduled >= 0) {
            Processor out = processors.get(scheduled);
            scheduled = -1;
            long now = host.virtualClock().nanos();
            out.ran += now - out.startedAt;
            out.runnableSince = out.cpu.isHalted() && !out.cpu.hasEvents() ? -1 : now;
            iface.scheduled(out, false, 0);
        }
    }

    /** An event came to a processor that does not run. */
    void noticed(int index) {
        Processor processor = processors.get(index);
        if (processor.idles) {
            processor.idles = false;
            processor.cpu.kick();
        }
        if (processor.runnableSince < 0 && index != scheduled) {
            processor.runnableSince = host.virtualClock().nanos();
        }
    }

    /** Whether the processor waits for an interrupt that RFLAGS.IF does not mask. */
    boolean idles(int index) {
        return processors.get(index).idles;
    }

    // ParavirtContext

    @Override
    public Clock clock() {
        return host.virtualClock();
    }

    @Override
    public PhysicalMemory memory() {
        return memory;
    }

    @Override
    public List<PvVcpu> vcpus() {
        return vcpus;
    }

    @Override
    public long epochSeconds() {
        return description.rtcEpochSeconds();
    }

    @Override
    public void trace(TraceKind kind, PvVcpu vcpu, long a, long b, long c, long d) {
        if (trace.wants(kind)) {
            trace.emit(kind, host.instructions(), vcpu.index(), a, b, c, d);
        }
    }

    @Override
    public OverlayPage overlay(String name) {
        return new Overlay(memory, name);
    }

    @Override
    public void claimPorts(String owner, int first, int count, IoHandler handler) {
        host.claimPorts(new PortOwner(owner), first, count, handler);
    }

    /** Names the ports' owner; the state behind them is the interface's. */
    private record PortOwner(String name) implements Device {
        @Override
        public void reset() {
            // The interface is reset.
        }

        @Override
        public void save(StateWriter out) {
            // The interface saves itself.
        }

        @Override
        public void restore(StateReader in) {
            // The interface restores itself.
        }

        @Override
        public void inspect(Inspector out) {
            out.text("name", name);
        }
    }

    @Override
    public void yieldTo(int vcpu) {
        host.yieldTo(vcpu);
    }

    @Override
    public void stall(long nanos) {
        host.virtualClock().skipTo(host.virtualClock().nanos() + nanos);
        host.endSlice();
    }

    @Override
    public void end(EndRequest request) {
        host.end(request);
    }

    @Override
    public boolean swapOut(long gpa, long nanos) {
        if (!memory.takeAway(gpa)) {
            return false;
        }
        fetchNanos = nanos;
        return true;
    }

    private void fetched() {
        while (!fetches.isEmpty() && fetches.peek().doneNanos <= host.virtualClock().nanos()) {
            long gpa = fetches.remove().gpa;
            memory.bringBack(gpa);
            iface.pagePresent(gpa);
        }
        if (!fetches.isEmpty()) {
            fetchTimer.arm(fetches.peek().doneNanos);
        }
    }

    @Override
    public void unimplemented(String what) {
        host.unimplemented(new PortOwner(iface.name()), what);
    }

    final class Processor implements PvVcpu {
        private final Cpu cpu;
        private long tscOffset;
        private long stolen;
        private long ran;
        private long startedAt;
        /** When it could have begun to run, or -1 while it waits by its own will. */
        private long runnableSince = -1;
        private boolean idles;

        Processor(Cpu cpu) {
            this.cpu = cpu;
        }

        private void reset() {
            tscOffset = stolen = ran = startedAt = 0;
            runnableSince = -1;
            idles = false;
        }

        private void save(StateWriter out) {
            out.putLong("TSC offset", tscOffset);
            out.putLong("stolen", stolen);
            out.putLong("ran", ran);
            out.putLong("started", startedAt);
            out.putLong("runnable since", runnableSince);
            out.putBoolean("idles", idles);
        }

        private void restore(StateReader in) {
            tscOffset = in.getLong("TSC offset");
            stolen = in.getLong("stolen");
            ran = in.getLong("ran");
            startedAt = in.getLong("started");
            runnableSince = in.getLong("runnable since");
            idles = in.getBoolean("idles");
        }

        void tscOffset(long ticks) {
            tscOffset = ticks;
        }

        boolean pageAbsent(long gpa) {
            if (!iface.pageAbsent(this, gpa)) {
                return false;
            }
            fetches.add(new Fetch(gpa & -4096, host.virtualClock().nanos() + fetchNanos));
            if (!fetchTimer.isArmed()) {
                fetchTimer.arm(fetches.peek().doneNanos);
            }
            return true;
        }

        @Override
        public int index() {
            return cpu.index();
        }

        @Override
        public Cpu cpu() {
            return cpu;
        }

        @Override
        public LocalInterrupts apic() {
            return board.local(cpu.index());
        }

        @Override
        public long tsc() {
            return host.virtualClock().nanos() + tscOffset;
        }

        @Override
        public long tscOffset() {
            return tscOffset;
        }

        @Override
        public void kick() {
            boolean halted = cpu.isHalted();
            cpu.kick();
            if (halted) {
                noticed(cpu.index());
            }
        }

        @Override
        public void idle() {
            if (!cpu.interruptRequested) {
                cpu.halt();
                idles = cpu.isHalted();
            }
        }

        @Override
        public void nmi() {
            ((PcPins) cpu).nmi();
            noticed(cpu.index());
        }

        @Override
        public void flushTlb() {
            cpu.memory.flushTlb(true);
        }

        @Override
        public long stolenNanos() {
            return stolen;
        }

        @Override
        public long ranNanos() {
            return scheduled == cpu.index() ? ran + host.virtualClock().nanos() - startedAt : ran;
        }
    }
}
