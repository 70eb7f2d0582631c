package dev.ringside.machine;

import dev.ringside.arch.Cpu;
import dev.ringside.arch.PcPins;
import dev.ringside.device.Clock;
import dev.ringside.device.Device;
import dev.ringside.device.DeviceContext;
import dev.ringside.device.DmaMemory;
import dev.ringside.device.IoHandler;
import dev.ringside.device.IrqLine;
import dev.ringside.device.ShadowRam;
import dev.ringside.device.VcpuPins;
import dev.ringside.memory.PhysicalMemory;
import dev.ringside.trace.TraceSink;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/** What a machine gives its devices; also the count of instructions, and the place where an idle machine waits. */
final class MachineHost implements DeviceContext {
    private final PhysicalMemory memory;
    private final TraceSink trace;
    private final VirtualClock clock = new VirtualClock(this::instructions, this::endSlice);
    private final PortBus ports = new PortBus();
    private final MmioBus mmio = new MmioBus();
    private final Set<String> unimplemented = new LinkedHashSet<>();
    private final List<Cpu> cpus = new ArrayList<>();
    private ShadowRam shadowRam = ShadowRam.NONE;
    private Machine machine;
    private Cpu runningCpu;
    private long instructions;

    /** Guards {@link #inputOpen} and the wait for input. */
    private final ReentrantLock inputLock = new ReentrantLock();
    private final Condition inputChanged = inputLock.newCondition();
    private boolean inputOpen;

    MachineHost(PhysicalMemory memory, TraceSink trace) {
        this.memory = memory;
        this.trace = trace;
    }

    void attach(Machine owner) {
        machine = owner;
    }

    void shadow(ShadowRam shadow) {
        shadowRam = shadow;
    }

    PortBus ports() {
        return ports;
    }

    MmioBus mmio() {
        return mmio;
    }

    VirtualClock virtualClock() {
        return clock;
    }

    /** The wires to a processor; the machine's part of them. */
    VcpuPins pins(Cpu cpu) {
        cpus.add(cpu);
        return new Pins(cpu);
    }

    void runs(Cpu cpu) {
        runningCpu = cpu;
    }

    void stopped(Cpu cpu) {
        instructions = cpu.instructions;
        runningCpu = null;
    }

    @Override
    public long instructions() {
        return runningCpu != null ? runningCpu.instructions : instructions;
    }

    @Override
    public int currentVcpu() {
        return runningCpu != null ? runningCpu.index() : 0;
    }

    @Override
    public Clock clock() {
        return clock;
    }

    @Override
    public TraceSink trace() {
        return trace;
    }

    @Override
    public ShadowRam shadowRam() {
        return shadowRam;
    }

    @Override
    public DmaMemory memory() {
        return new DmaMemory() {
            @Override
            public void read(long gpa, byte[] into, int offset, int length) {
                memory.read(gpa, into, offset, length);
            }

            @Override
            public void write(long gpa, byte[] from, int offset, int length) {
                memory.write(gpa, from, offset, length);
            }

            @Override
            public long read(long gpa, int sizeBytes) {
                return memory.read(gpa, sizeBytes);
            }

            @Override
            public void write(long gpa, int sizeBytes, long value) {
                memory.write(gpa, sizeBytes, value);
            }
        };
    }

    @Override
    public void claimPorts(Device owner, int first, int count, IoHandler handler) {
        ports.claim(owner, first, count, handler);
    }

    @Override
    public Region claimMovablePorts(Device owner, int count, IoHandler handler) {
        return ports.claimMovable(owner, count, handler);
    }

    @Override
    public Region claimMmio(Device owner, long gpa, long sizeBytes, IoHandler handler) {
        return mmio.claim(owner, gpa, sizeBytes, handler);
    }

    @Override
    public IrqLine gsi(int gsi) {
        return machine == null ? IrqLine.UNCONNECTED : machine.board().gsi(gsi);
    }

    @Override
    public void end(EndRequest request) {
        machine.request(request);
    }

    @Override
    public void unimplemented(Device device, String what) {
        unimplemented.add(device.name() + ": " + what);
    }

    List<String> unimplemented() {
        return List.copyOf(unimplemented);
    }

    @Override
    public void a20(boolean enabled) {
        cpus.forEach(cpu -> {
            if (cpu instanceof PcPins pins) {
                pins.a20(enabled);
            }
        });
    }

    @Override
    public void forgetMapping(long gpa) {
        cpus.forEach(cpu -> cpu.memory.flushTlb(true));
    }

    void yieldTo(int vcpu) {
        if (machine != null) {
            machine.yieldTo(vcpu);
        }
    }

    void endSlice() {
        if (machine != null) {
            machine.endSlice();
        }
    }

    // Waiting for input

    void inputOpen(boolean open) {
        inputLock.lock();
        try {
            inputOpen = open;
            inputChanged.signalAll();
        } finally {
            inputLock.unlock();
        }
    }

    void wake() {
        inputLock.lock();
        try {
            inputChanged.signalAll();
        } finally {
            inputLock.unlock();
        }
    }

    /** Blocks while input may come and none has. @return false when none will come */
    boolean awaitInput(BooleanSupplier arrived) {
        inputLock.lock();
        try {
            while (!arrived.getAsBoolean()) {
                if (!inputOpen) {
                    return false;
                }
                inputChanged.awaitUninterruptibly();
            }
            return true;
        } finally {
            inputLock.unlock();
        }
    }

    private final class Pins implements VcpuPins {
        private final Cpu cpu;

        Pins(Cpu cpu) {
            this.cpu = cpu;
        }

        @Override
        public void intr(boolean requested) {
            cpu.interruptRequested = requested;
            if (requested) {
                notice();
            }
        }

        @Override
        public void nmi() {
            wires().nmi();
            notice();
        }

        @Override
        public void smi() {
            unimplemented.add("vcpu" + cpu.index() + ": system management interrupt");
        }

        @Override
        public void init() {
            wires().init();
            notice();
        }

        @Override
        public void startup(int vector) {
            wires().startup(vector);
            notice();
        }

        /** Another processor's event waits for its turn; the running one sees its own after the current instruction. */
        private void notice() {
            if (runningCpu == cpu) {
                endSlice();
            } else if (machine != null) {
                machine.paravirtHost().noticed(cpu.index());
            }
        }

        private PcPins wires() {
            return (PcPins) cpu;
        }
    }
}
