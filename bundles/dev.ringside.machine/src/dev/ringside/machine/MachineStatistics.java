package dev.ringside.machine;

import java.util.SortedMap;

/**
 * Counters of a run. Two are equal when the runs are, whatever the host took for them.
 *
 * @param instructions retired by all vCPUs
 * @param virtualNanos virtual time
 * @param exits how often the guest left for a hypervisor's attention, by {@link dev.ringside.trace.TraceKind#label()}
 * @param exitNanos time of the host that the machine took to answer exits, by the same labels: measured for the first ones and one in sixty of the others. Kinds that the
 *     processor answers by itself take none of their own and are absent; of {@code halt}, it is the time that the host waited for somebody outside. No part of the run:
 *     of an equal one it differs
 * @param events how often other things happened that were counted: page faults, delivered exceptions and interrupts
 * @param eventHash over every exit and interrupt with its instruction count, 16 hexadecimal digits
 */
public record MachineStatistics(long instructions, long virtualNanos, SortedMap<String, Long> exits, SortedMap<String, Long> exitNanos,
        SortedMap<String, Long> events, String eventHash) {

    @Override
    public boolean equals(Object other) {
        return other instanceof MachineStatistics s && instructions == s.instructions && virtualNanos == s.virtualNanos && exits.equals(s.exits) && events.equals(s.events)
            && eventHash.equals(s.eventHash);
    }

    @Override
    public int hashCode() {
        return eventHash.hashCode();
    }
}
