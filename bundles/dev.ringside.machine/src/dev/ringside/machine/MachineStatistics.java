package dev.ringside.machine;

import java.util.SortedMap;

/**
 * Counters of a run.
 *
 * @param instructions retired by all vCPUs
 * @param virtualNanos virtual time
 * @param exits by {@link dev.ringside.trace.TraceKind#label()} of each exit kind
 * @param eventHash over every exit and interrupt with its instruction count, 16 hexadecimal digits
 */
public record MachineStatistics(long instructions, long virtualNanos, SortedMap<String, Long> exits, String eventHash) {
}
