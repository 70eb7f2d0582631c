package dev.ringside.bench;

import dev.ringside.arch.AssemblyResult;
import dev.ringside.arch.Cpu;
import dev.ringside.arch.EntryState;
import dev.ringside.arch.x86.X86Architecture;
import dev.ringside.engine.EngineConfig;
import dev.ringside.engine.EngineProvider;
import dev.ringside.engine.Vcpu;
import dev.ringside.engine.VmExit;
import dev.ringside.memory.PhysicalMemory;
import dev.ringside.trace.TraceSink;
import java.lang.management.ManagementFactory;
import java.util.Locale;
import java.util.Map;
import java.util.ServiceLoader;

/**
 * How many million guest instructions a second an engine runs, by loop: best of several rounds, by the processor time of this thread, so that a
 * busy host disturbs it little. Arguments: engine name (interpreter), rounds (8), millions of
 * instructions in a round (40; a translator needs a thousand to show its pace).
 */
public final class InterpreterBench {
    private static final long PAGE_TABLES = 0x10000;

    private InterpreterBench() {
    }

    public static void main(String[] args) {
        String engine = args.length > 0 ? args[0] : "interpreter";
        int rounds = args.length > 1 ? Integer.parseInt(args[1]) : 8;
        long instructions = 1_000_000L * (args.length > 2 ? Integer.parseInt(args[2]) : 40);
        double[] best = new double[GuestLoops.values().length];
        for (int round = 0; round < rounds; round++) {
            for (GuestLoops loop : GuestLoops.values()) {
                best[loop.ordinal()] = Math.max(best[loop.ordinal()], mips(engine, loop, instructions));
            }
        }
        double product = 1;
        for (GuestLoops loop : GuestLoops.values()) {
            System.out.printf(Locale.ROOT, "%-16s %6.0f MIPS%n", loop, best[loop.ordinal()]);
            product *= best[loop.ordinal()];
        }
        System.out.printf(Locale.ROOT, "%-16s %6.0f MIPS%n", "geometric mean", Math.pow(product, 1.0 / best.length));
    }

    private static double mips(String engineName, GuestLoops loop, long instructions) {
        var architecture = new X86Architecture();
        AssemblyResult program = architecture.assembler().assemble(loop.name(), loop.source());
        if (program.hasErrors()) {
            throw new IllegalStateException(program.errors().toString());
        }
        EngineProvider provider = ServiceLoader.load(EngineProvider.class).stream().map(ServiceLoader.Provider::get)
                .filter(p -> p.name().equals(engineName)).findFirst().orElseThrow();
        try (var memory = new PhysicalMemory();
                var engine = provider.create(new EngineConfig(architecture, memory, TraceSink.NONE))) {
            memory.addRam("ram", 0, 64 << 20);
            identityMap(memory);
            memory.write(program.origin(), program.bytes(), 0, program.bytes().length);
            Cpu cpu = architecture.newCpu(0);
            Vcpu vcpu = engine.newVcpu(cpu);
            cpu.enter(new EntryState(EntryState.Mode.LONG_64, program.origin(), Map.of("rsp", 0x90000L), PAGE_TABLES, 0, 0, 8, 0x10));
            var threads = ManagementFactory.getThreadMXBean();
            long start = threads.getCurrentThreadCpuTime();
            VmExit exit = vcpu.run(instructions);
            long nanos = threads.getCurrentThreadCpuTime() - start;
            if (!exit.equals(VmExit.BUDGET_REACHED)) {
                throw new IllegalStateException(loop + " ended with " + exit + " at 0x" + Long.toHexString(cpu.pc()));
            }
            return instructions * 1e3 / nanos;
        }
    }

    /** The first GiB in pages of 2 MiB. */
    private static void identityMap(PhysicalMemory memory) {
        memory.write(PAGE_TABLES, 8, PAGE_TABLES + 0x1000 | 3);
        memory.write(PAGE_TABLES + 0x1000, 8, PAGE_TABLES + 0x2000 | 3);
        for (int i = 0; i < 512; i++) {
            memory.write(PAGE_TABLES + 0x2000 + 8 * i, 8, (long) i << 21 | 0x83);
        }
    }
}
