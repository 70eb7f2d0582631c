package dev.ringside.pv;

import dev.ringside.arch.GuestFault;
import dev.ringside.arch.x86.X86Architecture;
import dev.ringside.arch.x86.cpu.X86Cpu;
import dev.ringside.device.Clock;
import dev.ringside.device.DeviceContext.EndRequest;
import dev.ringside.device.InterruptAssist;
import dev.ringside.device.IoHandler;
import dev.ringside.device.LocalInterrupts;
import dev.ringside.device.StateReader;
import dev.ringside.device.StateWriter;
import dev.ringside.device.Timer;
import dev.ringside.memory.PhysicalMemory;
import dev.ringside.memory.Slot;
import dev.ringside.memory.Writes;
import dev.ringside.testkit.EmptyBus;
import dev.ringside.testkit.X86EngineMachine;
import dev.ringside.trace.TraceKind;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A machine around one paravirtual interface, without devices: processors in 64-bit mode at privilege level 0 that share 4 MiB of memory, interrupt controllers that remember
 * what they were asked, and a clock that a test moves.
 */
public final class PvFixture implements ParavirtContext, AutoCloseable {
    /** Where {@link #hypercall} has its instruction. */
    private static final long CODE = 0x1000;
    private static final long PARKING = 1L << 40;

    private final X86EngineMachine machine = X86EngineMachine.longMode("interpreter");
    private final List<PvVcpu> vcpus = new ArrayList<>();
    private final TestClock clock = new TestClock();
    private final Map<Integer, IoHandler> ports = new HashMap<>();
    private int overlays;

    public final List<EndRequest> ends = new ArrayList<>();
    public final List<Integer> yields = new ArrayList<>();
    public final List<Long> swapped = new ArrayList<>();
    public final List<String> events = new ArrayList<>();
    public ParavirtInterface iface = ParavirtInterface.NONE;

    public PvFixture(int cpus) {
        vcpus.add(new TestVcpu(machine.cpu()));
        for (int i = 1; i < cpus; i++) {
            var cpu = (X86Cpu) new X86Architecture().newCpu(i);
            machine.engine().newVcpu(cpu);
            vcpus.add(new TestVcpu(cpu));
        }
        for (PvVcpu vcpu : vcpus) {
            vcpu.cpu().bus = new PvBus((TestVcpu) vcpu);
        }
    }

    /** As {@code --paravirt spec} would make it. */
    public static PvFixture of(String spec, int cpus, ParavirtProvider... providers) {
        var fixture = new PvFixture(cpus);
        fixture.attach(ParavirtInterfaces.create(ParavirtSpec.parse(spec), List.of(providers), fixture));
        return fixture;
    }

    public PvFixture attach(ParavirtInterface created) {
        iface = created;
        vcpus.forEach(vcpu -> ((TestVcpu) vcpu).apic.assist = iface.interruptAssist(vcpu));
        return this;
    }

    public X86Cpu cpu(int index) {
        return (X86Cpu) vcpus.get(index).cpu();
    }

    public TestApic apic(int index) {
        return ((TestVcpu) vcpus.get(index)).apic;
    }

    public TestVcpu vcpu(int index) {
        return (TestVcpu) vcpus.get(index);
    }

    // What a guest does

    /** Processor 0 executes RDMSR. @throws GuestFault as the instruction would raise it */
    public long rdmsr(int index) {
        return cpu(0).bus.readMsr(index);
    }

    public void wrmsr(int index, long value) {
        cpu(0).bus.writeMsr(index, value);
    }

    public boolean faults(Runnable access) {
        try {
            access.run();
            return false;
        } catch (GuestFault fault) {
            if (fault.vector != 13 || fault.errorCode != 0) {
                throw new AssertionError("vector " + fault.vector + " error " + fault.errorCode, fault);
            }
            return true;
        }
    }

    public int[] cpuid(int leaf) {
        var registers = new int[4];
        iface.cpuid(vcpus.getFirst(), leaf, 0, registers);
        return registers;
    }

    /** Processor 0 executes VMCALL and halts. @return the exception that came of it, or −1 */
    public int vmcall() {
        return run("0f01c1");
    }

    /** Processor 0 executes {@code hex} and halts. */
    public int run(String hex) {
        machine.code(CODE, HexFormat.of().parseHex(hex));
        machine.cpu().instructions++;
        if (machine.cpu().isHalted()) {
            machine.cpu().kick();
        }
        return machine.run();
    }

    /**
     * Processor 0 goes to privilege level 3, executes VMCALL and then HLT, which is #GP there.
     *
     * @return the first exception: 6 when VMCALL is #UD, 13 when it went well
     */
    public int vmcallInUserMode() {
        memory().write(0x3000 + 0x10, 8, 0x00cf_f300_0000_ffffL); // user data at 0x10
        memory().write(0x3000 + 0x18, 8, 0x00af_fb00_0000_ffffL); // user code at 0x18
        memory().write(4, 8, 0x80000); // RSP0 of the task-state segment, which lies at 0 after a reset
        long target = CODE + 0x18;
        // push 0x13; push 0x7f000; pushfq; push 0x1b; push target; iretq; nop...; target: vmcall
        String enter = "6a13" + "6800f00700" + "9c" + "6a1b" + "68" + HexFormat.of().formatHex(new byte[] {(byte) target, (byte) (target >> 8), 0, 0}) + "48cf";
        int exception = run(enter + "90".repeat(0x18 - enter.length() / 2) + "0f01c1");
        machine.reset();
        return exception;
    }

    public long read(long gpa, int sizeBytes) {
        return memory().read(gpa, sizeBytes);
    }

    public void write(long gpa, int sizeBytes, long value) {
        memory().write(gpa, sizeBytes, value);
    }

    public void out(int port, int sizeBytes, long value) {
        ports.get(port).write(0, sizeBytes, value);
    }

    /** Lets time pass; timers expire on the way, each at its time. */
    public void advance(long nanos) {
        clock.advance(nanos);
    }

    // ParavirtContext

    @Override
    public Clock clock() {
        return clock;
    }

    @Override
    public PhysicalMemory memory() {
        return machine.memory();
    }

    @Override
    public List<PvVcpu> vcpus() {
        return vcpus;
    }

    @Override
    public long epochSeconds() {
        return 1_767_225_600L;
    }

    @Override
    public void trace(TraceKind kind, PvVcpu vcpu, long a, long b, long c, long d) {
        events.add(kind.label() + " " + a);
    }

    @Override
    public OverlayPage overlay(String name) {
        return new TestOverlay(memory(), name, PARKING + overlays++ * 4096L);
    }

    @Override
    public void claimPorts(String owner, int first, int count, IoHandler handler) {
        ports.put(first, handler);
    }

    @Override
    public void yieldTo(int vcpu) {
        yields.add(vcpu);
    }

    @Override
    public void stall(long nanos) {
        clock.advance(nanos);
    }

    @Override
    public void end(EndRequest request) {
        ends.add(request);
    }

    @Override
    public boolean swapOut(long gpa, long nanos) {
        return swapped.add(gpa);
    }

    @Override
    public void unimplemented(String what) {
        throw new AssertionError(what);
    }

    @Override
    public void close() {
        machine.close();
    }

    /** The processor's way to the interface. */
    private final class PvBus extends EmptyBus {
        private final TestVcpu vcpu;

        PvBus(TestVcpu vcpu) {
            this.vcpu = vcpu;
        }

        @Override
        public long readMsr(int index) {
            if (!iface.hasMsr(index)) {
                throw vcpu.gp();
            }
            return iface.readMsr(vcpu, index);
        }

        @Override
        public void writeMsr(int index, long value) {
            if (!iface.hasMsr(index)) {
                throw vcpu.gp();
            }
            iface.writeMsr(vcpu, index, value);
        }

        @Override
        public void cpuid(int leaf, int subleaf, int[] registers) {
            iface.cpuid(vcpu, leaf, subleaf, registers);
        }

        @Override
        public boolean hypercall() {
            return iface.hypercall(vcpu);
        }

        @Override
        public long nanos() {
            return clock.nanos();
        }

        @Override
        public void tscOffset(long ticks) {
            vcpu.tscOffset = ticks;
            iface.tscMoved(vcpu);
        }
    }

    /** A processor. */
    public final class TestVcpu implements PvVcpu {
        private final X86Cpu cpu;
        private final TestApic apic;
        private long tscOffset;
        public long stolen;
        public long ran;
        public int kicks;
        public int idles;
        public int nmis;
        public int flushes;

        TestVcpu(X86Cpu cpu) {
            this.cpu = cpu;
            apic = new TestApic(cpu.index());
        }

        @Override
        public int index() {
            return cpu.index();
        }

        @Override
        public X86Cpu cpu() {
            return cpu;
        }

        @Override
        public LocalInterrupts apic() {
            return apic;
        }

        @Override
        public long tsc() {
            return clock.nanos() + tscOffset;
        }

        @Override
        public long tscOffset() {
            return tscOffset;
        }

        @Override
        public void kick() {
            kicks++;
        }

        @Override
        public void idle() {
            idles++;
        }

        @Override
        public void nmi() {
            nmis++;
        }

        @Override
        public void flushTlb() {
            flushes++;
        }

        @Override
        public long stolenNanos() {
            return stolen;
        }

        @Override
        public long ranNanos() {
            return ran;
        }
    }

    /** Takes one interrupt at a time; TPR and ICR are remembered. */
    public static final class TestApic implements LocalInterrupts, IoHandler {
        private final int id;
        private InterruptAssist assist;
        public final List<Integer> requests = new ArrayList<>();
        public int ended;
        public long icr;
        private int tpr;
        public final ArrayDeque<Integer> inService = new ArrayDeque<>();

        TestApic(int id) {
            this.id = id;
        }

        /** The processor takes {@code vector}. */
        public void take(int vector, boolean ownEoiNeeded) {
            inService.push(vector);
            if (!assist.taken(vector, ownEoiNeeded)) {
                endOfInterrupt();
            }
        }

        @Override
        public void endOfInterrupt() {
            ended++;
            assist.ended(inService.isEmpty() ? 0 : inService.pop());
        }

        @Override
        public void request(int vector) {
            requests.add(vector);
        }

        @Override
        public int id() {
            return id;
        }

        @Override
        public long read(long offset, int sizeBytes) {
            return offset == 0x80 ? tpr : offset == 0x300 ? icr & 0xffffffffL : icr >>> 32;
        }

        @Override
        public void write(long offset, int sizeBytes, long value) {
            switch ((int) offset) {
                case 0x80 -> tpr = (int) value;
                case 0x300 -> icr = icr & ~0xffffffffL | value;
                default -> icr = icr & 0xffffffffL | value << 32;
            }
        }

        @Override
        public int acknowledge() {
            return -1;
        }

        @Override
        public boolean requested() {
            return false;
        }

        @Override
        public boolean hasMsr(int index) {
            return false;
        }

        @Override
        public boolean canReadMsr(int index) {
            return false;
        }

        @Override
        public long readMsr(int index) {
            return 0;
        }

        @Override
        public boolean writeMsr(int index, long value) {
            return false;
        }

        @Override
        public int cr8() {
            return tpr >> 4;
        }

        @Override
        public void cr8(int value) {
            tpr = value << 4;
        }

        @Override
        public void tscOffset(long ticks) {
            // No timer.
        }
    }

    private static final class TestOverlay implements OverlayPage {
        private final PhysicalMemory memory;
        private final String name;
        private final Slot page;
        private Slot shown;

        TestOverlay(PhysicalMemory memory, String name, long parking) {
            this.memory = memory;
            this.name = name;
            page = memory.addRam(name, parking, SIZE_BYTES);
        }

        @Override
        public void map(long gpa, boolean writable) {
            unmap();
            shown = memory.alias(name, gpa, page, 0, SIZE_BYTES, writable ? Writes.STORED : Writes.IGNORED);
        }

        @Override
        public void unmap() {
            if (shown != null) {
                memory.remove(shown);
                shown = null;
            }
        }

        @Override
        public boolean isMapped() {
            return shown != null;
        }

        @Override
        public long read(int offset, int sizeBytes) {
            return memory.read(page.gpa() + offset, sizeBytes);
        }

        @Override
        public void write(int offset, int sizeBytes, long value) {
            memory.write(page.gpa() + offset, sizeBytes, value);
        }
    }

    private static final class TestClock implements Clock {
        private long now;
        private final List<TestTimer> timers = new ArrayList<>();

        @Override
        public long nanos() {
            return now;
        }

        @Override
        public Timer newTimer(String name, Runnable onExpiry) {
            var timer = new TestTimer(onExpiry);
            timers.add(timer);
            return timer;
        }

        void advance(long nanos) {
            long end = now + nanos;
            for (TestTimer due = first(end); due != null; due = first(end)) {
                now = Math.max(now, due.deadline);
                due.armed = false;
                due.onExpiry.run();
            }
            now = end;
        }

        private TestTimer first(long end) {
            return timers.stream().filter(t -> t.armed && t.deadline <= end).min(Comparator.comparingLong(t -> t.deadline)).orElse(null);
        }
    }

    private static final class TestTimer implements Timer {
        private final Runnable onExpiry;
        private long deadline;
        private boolean armed;

        TestTimer(Runnable onExpiry) {
            this.onExpiry = onExpiry;
        }

        @Override
        public void arm(long deadlineNanos) {
            deadline = deadlineNanos;
            armed = true;
        }

        @Override
        public void cancel() {
            armed = false;
        }

        @Override
        public boolean isArmed() {
            return armed;
        }

        @Override
        public long deadlineNanos() {
            return deadline;
        }
    }

    /** State by name, in the order in which it was written. */
    public static final class SavedState implements StateWriter, StateReader {
        private final ArrayDeque<Map.Entry<String, Object>> values = new ArrayDeque<>();

        @Override
        public void putLong(String name, long value) {
            values.add(Map.entry(name, value));
        }

        @Override
        public void putBytes(String name, byte[] value) {
            values.add(Map.entry(name, value.clone()));
        }

        @Override
        public long getLong(String name) {
            return (long) next(name);
        }

        @Override
        public byte[] getBytes(String name) {
            return (byte[]) next(name);
        }

        private Object next(String name) {
            var entry = values.remove();
            if (!entry.getKey().equals(name)) {
                throw new IllegalStateException("'" + name + "' is read where '" + entry.getKey() + "' was written");
            }
            return entry.getValue();
        }

        public boolean isEmpty() {
            return values.isEmpty();
        }
    }

    /** Every field of the interface's tree, by its path. */
    public Map<String, String> tree() {
        var fields = new TreeMap<String, String>();
        collect("", iface, fields);
        return fields;
    }

    private static void collect(String path, dev.ringside.inspect.Inspectable part, Map<String, String> fields) {
        for (var node : dev.ringside.inspect.InspectNode.of(part)) {
            if (node.part() == null) {
                fields.merge(path + node.name(), node.value(), (a, b) -> a + "; " + b);
            } else {
                collect(path + node.name() + "/", node.part(), fields);
            }
        }
    }
}
