package dev.ringside.testkit;

import dev.ringside.arch.EntryState;
import dev.ringside.arch.Register;
import dev.ringside.arch.VcpuBus;
import dev.ringside.arch.x86.LazyFlags;
import dev.ringside.arch.x86.X86Architecture;
import dev.ringside.arch.x86.cpu.X86Cpu;
import dev.ringside.engine.Engine;
import dev.ringside.engine.EngineConfig;
import dev.ringside.engine.EngineProvider;
import dev.ringside.engine.Vcpu;
import dev.ringside.engine.VmExit;
import dev.ringside.inspect.InspectNode;
import dev.ringside.memory.PhysicalMemory;
import dev.ringside.trace.TraceSink;
import java.util.HexFormat;
import java.util.Map;
import java.util.ServiceLoader;

/**
 * A processor under a real engine with 4 MB of memory and no devices. Code runs until it halts; an exception goes through an interrupt table
 * whose handlers halt, too, and {@link #run} says which one it was.
 *
 * <pre>
 *  0x1000   where code usually goes          0x5000  handlers: HLT at 0x5000 + 16 * vector
 *  0x4000   interrupt table                  0x70000 page tables of 64-bit mode: 1 GB mapped to itself
 *  0x80000  the stack's upper end (0x8000 in real-address mode, where the interrupt table is at 0)
 * </pre>
 */
public final class X86EngineMachine implements AutoCloseable {
    private static final int IDT = 0x4000;
    private static final int HANDLERS = 0x5000;
    private static final int PAGE_TABLES = 0x70000;
    private static final int VECTORS = 32;
    private static final int MEMORY_BYTES = 4 << 20;
    private static final long RUN_LIMIT = 100_000_000;
    private static final int HLT = 0xf4;

    private final EntryState entry;
    private final PhysicalMemory memory = new PhysicalMemory();
    private final Engine engine;
    private final X86Cpu cpu;
    private final Vcpu vcpu;

    private X86EngineMachine(EngineProvider provider, EntryState entry) {
        this.entry = entry;
        memory.addRam("ram", 0, MEMORY_BYTES);
        var architecture = new X86Architecture();
        engine = provider.create(new EngineConfig(architecture, memory, TraceSink.NONE));
        cpu = (X86Cpu) architecture.newCpu(0);
        cpu.bus = new EmptyBus();
        vcpu = engine.newVcpu(cpu);
        for (int vector = 0; vector < VECTORS; vector++) {
            memory.write(HANDLERS + 16 * vector, 1, HLT);
            gate(vector, HANDLERS + 16 * vector);
        }
        memory.write(PAGE_TABLES, 8, PAGE_TABLES + 0x1007);
        memory.write(PAGE_TABLES + 0x1000, 8, PAGE_TABLES + 0x2007);
        for (int i = 0; i < 512; i++) {
            memory.write(PAGE_TABLES + 0x2000 + 8L * i, 8, (long) i << 21 | 0x87);
        }
        reset();
    }

    private static EngineProvider provider(String name) {
        for (EngineProvider provider : ServiceLoader.load(EngineProvider.class)) {
            if (provider.name().equals(name)) {
                return provider;
            }
        }
        throw new AssertionError("there is no engine '" + name + "'");
    }

    private void gate(int vector, long handler) {
        switch (entry.mode()) {
            case LONG_64 -> {
                memory.write(IDT + 16 * vector, 8, handler & 0xffff | 8 << 16 | 0x8e00L << 32 | (handler >>> 16) << 48);
                memory.write(IDT + 16 * vector + 8, 8, 0);
            }
            case PROTECTED_32 -> memory.write(IDT + 8 * vector, 8, handler & 0xffff | (long) entry.codeSelector() << 16 | 0x8e00L << 32
                | (handler >>> 16) << 48);
            default -> memory.write(4 * vector, 4, handler);
        }
    }

    /** 64-bit mode at privilege level 0. */
    public static X86EngineMachine longMode(String engine) {
        return longMode(provider(engine));
    }

    /** As {@link #longMode(String)}. */
    public static X86EngineMachine longMode(EngineProvider engine) {
        return new X86EngineMachine(engine, new EntryState(EntryState.Mode.LONG_64, 0x1000, Map.of("rsp", 0x80000L), PAGE_TABLES, GDT, 31, 8, 0x10));
    }

    /** 32-bit protected mode, flat segments, paging off, privilege level 0. */
    public static X86EngineMachine protectedMode(String engine) {
        return protectedMode(provider(engine));
    }

    /** As {@link #protectedMode(String)}. */
    public static X86EngineMachine protectedMode(EngineProvider engine) {
        return new X86EngineMachine(engine,
            new EntryState(EntryState.Mode.PROTECTED_32, 0x1000, Map.of("rsp", 0x80000L), 0, GDT, 31, 8, 0x10));
    }

    /** Real-address mode, all segments 0. */
    public static X86EngineMachine realMode(String engine) {
        return realMode(provider(engine));
    }

    /** As {@link #realMode(String)}. */
    public static X86EngineMachine realMode(EngineProvider engine) {
        return new X86EngineMachine(engine, new EntryState(EntryState.Mode.REAL_16, 0x1000, Map.of("rsp", 0x8000L), 0, 0, 0, 0, 0));
    }

    private static final int GDT = 0x3000;

    /** Back to the state of the start; memory stays. */
    public void reset() {
        boolean long64 = entry.mode() == EntryState.Mode.LONG_64;
        memory.write(GDT + 8, 8, long64 ? 0x00af_9b00_0000_ffffL : 0x00cf_9b00_0000_ffffL);
        memory.write(GDT + 16, 8, 0x00cf_9300_0000_ffffL);
        cpu.enter(entry);
        if (entry.mode() != EntryState.Mode.REAL_16) {
            register("IDTR.base").write().accept(Integer.toHexString(IDT));
            register("IDTR.limit").write().accept(Integer.toHexString((long64 ? 16 : 8) * VECTORS - 1));
        }
    }

    private Register register(String name) {
        return cpu.registerGroups().stream().flatMap(group -> group.registers().stream()).filter(r -> r.name().equals(name)).findFirst()
            .orElseThrow(() -> new AssertionError("no register " + name));
    }

    public X86Cpu cpu() {
        return cpu;
    }

    public Vcpu vcpu() {
        return vcpu;
    }

    public Engine engine() {
        return engine;
    }

    public PhysicalMemory memory() {
        return memory;
    }

    /** A number that the engine tells about itself; 0 when it tells no such number. */
    public long counter(String name) {
        return InspectNode.of(engine).stream().filter(node -> node.name().equals(name)).mapToLong(node -> Long.parseLong(node.value())).findFirst().orElse(0);
    }

    /** Devices: what a test puts in place of {@link EmptyBus}. */
    public X86EngineMachine bus(VcpuBus bus) {
        cpu.bus = bus;
        return this;
    }

    /** Puts code and a HLT behind it at {@code address}, and the program counter before it. @param hex bytes, spaces allowed */
    public X86EngineMachine code(long address, String hex) {
        return code(address, HexFormat.of().parseHex(hex.replace(" ", "").replace("\n", "")));
    }

    public X86EngineMachine code(long address, byte[] bytes) {
        memory.write(address, bytes, 0, bytes.length);
        memory.write(address + bytes.length, 1, HLT);
        cpu.pc(address);
        return this;
    }

    public long gpr(int register) {
        return cpu.gpr(register);
    }

    public X86EngineMachine gpr(int register, long value) {
        cpu.gpr(register, value);
        return this;
    }

    public long rflags() {
        return LazyFlags.rflags(cpu.slots);
    }

    public X86EngineMachine rflags(long value) {
        LazyFlags.setRflags(cpu.slots, value);
        return this;
    }

    /** Runs until the processor halts. @return the exception whose handler halted it, or −1 */
    public int run() {
        VmExit exit = vcpu.run(RUN_LIMIT);
        if (!(exit instanceof VmExit.Halted)) {
            throw new AssertionError("ended with " + exit + " at " + Long.toHexString(cpu.pc()));
        }
        long handler = cpu.fetchAddress(cpu.pc()) - 1 - HANDLERS;
        return handler >= 0 && handler < 16 * VECTORS && handler % 16 == 0 ? (int) handler / 16 : -1;
    }

    @Override
    public void close() {
        engine.close();
        memory.close();
    }
}
