package dev.ringside.engine;

import dev.ringside.arch.Architecture;
import dev.ringside.memory.PhysicalMemory;
import dev.ringside.trace.TraceSink;

/** What an engine runs: one machine's processors and memory. */
public record EngineConfig(Architecture architecture, PhysicalMemory memory, TraceSink trace) {
}
