package dev.ringside.machine;

import java.util.SortedMap;

/**
 * Counters of a run.
 *
 * @param instructions retired by all vCPUs
 * @param virtualNanos virtual time
 * @param exits how often the guest left for a hypervisor's attention, by {@link dev.ringside.trace.TraceKind#label()}
 * @param events how often other things happened that were counted: page faults, delivered exceptions and interrupts
 * @param eventHash over every exit and interrupt with its instruction count, 16 hexadecimal digits
 */
public record MachineStatistics(long instructions, long virtualNanos, SortedMap<String, Long> exits, SortedMap<String, Long> events,
        String eventHash) {
}
