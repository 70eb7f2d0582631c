package dev.ringside.machine;

import dev.ringside.engine.Breakpoints;
import java.util.HashMap;
import java.util.Map;

/**
 * What a debugger has set, by its numbers, with the hits that each counts. A hit is an arrival at the instruction, or an access to the data; those before the
 * one that a breakpoint waits for pass. Counting is part of the run and depends on nothing else, so the same run stops at the same hit.
 *
 * <p>Owned by the machine's thread.
 */
final class DebuggerBreakpoints {
    private final Machine machine;
    private final Map<Integer, Placed> placed = new HashMap<>();
    /** The last arrival that was counted: who stands there and is looked at again, by a step or a suspension, has not arrived again. */
    private Arrival last;

    DebuggerBreakpoints(Machine machine) {
        this.machine = machine;
    }

    private record Arrival(int vcpu, long address, long instructions) {
    }

    private static final class Placed {
        final Runnable removal;
        final long address;
        final long lengthBytes;
        final boolean execution;
        final boolean reads;
        final boolean writes;
        /** The hit that stops, from 1; so do those behind it. */
        final int stopsFrom;
        long hits;

        Placed(Breakpoints.Execution at, int stopsFrom, Runnable removal) {
            this(at.address(), 1, true, false, false, stopsFrom, removal);
        }

        Placed(Breakpoints.Watch on, int stopsFrom, Runnable removal) {
            this(on.address(), on.lengthBytes(), false, on.reads(), on.writes(), stopsFrom, removal);
        }

        private Placed(long address, long lengthBytes, boolean execution, boolean reads, boolean writes, int stopsFrom, Runnable removal) {
            this.address = address;
            this.lengthBytes = lengthBytes;
            this.execution = execution;
            this.reads = reads;
            this.writes = writes;
            this.stopsFrom = stopsFrom;
            this.removal = removal;
        }

        boolean covers(long dataAddress, boolean write) {
            return !execution && (write ? writes : reads) && Long.compareUnsigned(dataAddress - address, lengthBytes) < 0;
        }

        boolean hit() {
            return ++hits >= stopsFrom;
        }
    }

    private Breakpoints engine() {
        return machine.engine().breakpoints();
    }

    void add(int number, long address, int stopsFrom) {
        var breakpoint = engine().addExecution(address);
        placed.put(number, new Placed(breakpoint, stopsFrom, () -> engine().remove(breakpoint)));
    }

    void addWatch(int number, long address, int lengthBytes, boolean onRead, boolean onWrite, int stopsFrom) {
        var watch = engine().addWatch(address, lengthBytes, onRead, onWrite);
        placed.put(number, new Placed(watch, stopsFrom, () -> engine().remove(watch)));
    }

    void remove(int number) {
        Placed gone = placed.remove(number);
        if (gone != null) {
            gone.removal.run();
        }
    }

    /** Counts what was hit. @return whether the run goes on, because every one that was hit waits for a later hit */
    boolean passes(StopReason reason) {
        return switch (reason) {
            case StopReason.Breakpoint(long address) -> arrived(machine.currentVcpu(), address) == Met.WAITING;
            case StopReason.Watchpoint(long pc, long address, boolean write) -> accessed(address, write) == Met.WAITING;
            default -> false;
        };
    }

    /** What there is to an address. */
    private enum Met { NOTHING, WAITING, STOPS }

    /** A processor's next instruction is at {@code address}. */
    Met arrived(int vcpu, long address) {
        var arrival = new Arrival(vcpu, address, machine.cpu(vcpu).instructions);
        boolean again = arrival.equals(last);
        Met met = Met.NOTHING;
        for (Placed at : placed.values()) {
            if (at.execution && at.address == address) {
                last = arrival;
                boolean stops = again ? at.hits >= at.stopsFrom : at.hit();
                met = stops || met == Met.STOPS ? Met.STOPS : Met.WAITING;
            }
        }
        return met;
    }

    private Met accessed(long address, boolean write) {
        Met met = Met.NOTHING;
        for (Placed on : placed.values()) {
            if (on.covers(address, write)) {
                met = on.hit() || met == Met.STOPS ? Met.STOPS : Met.WAITING;
            }
        }
        return met;
    }
}
