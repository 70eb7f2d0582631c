package dev.ringside.engine;

import dev.ringside.arch.Cpu;
import dev.ringside.inspect.Inspectable;
import dev.ringside.memory.PhysicalMemory;

/** Runs the virtual CPUs of one machine. Everything happens on the machine's thread unless a method says otherwise. */
public interface Engine extends Inspectable, AutoCloseable {
    /** As {@link EngineProvider#name()}. */
    String name();

    PhysicalMemory memory();

    /** Where runs stop; changes take effect at the next {@link Vcpu#run}. Changed only while the machine stands still. */
    Breakpoints breakpoints();

    /** Takes {@code cpu} over: sets {@link Cpu#memory}. */
    Vcpu newVcpu(Cpu cpu);

    /** Forgets all code made from guest code. Never needed for correctness after the guest's own stores; costs time only. */
    void flushCode();

    @Override
    void close();
}
