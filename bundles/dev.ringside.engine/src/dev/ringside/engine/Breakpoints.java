package dev.ringside.engine;

import dev.ringside.arch.Cpu;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;

/**
 * Where a machine's runs stop: instructions by linear address, data by linear range. As many as memory allows; one that is not hit costs
 * nothing, because engines cut their code at breakpoints and keep no translation of watched pages.
 *
 * <p>Changed only while the machine stands still.
 */
public final class Breakpoints {
    private static final Predicate<Cpu> ALWAYS = cpu -> true;
    private static final long PAGE_MASK = -4096;

    private final List<Execution> executions = new ArrayList<>();
    private final List<Watch> watches = new ArrayList<>();
    private final List<Runnable> listeners = new ArrayList<>();
    /** Addresses of {@link #executions}, sorted. */
    private long[] addresses = new long[0];

    /** Stops before the instruction at {@code address} while {@code condition} holds. */
    public record Execution(long address, Predicate<Cpu> condition) {
    }

    /** Stops behind an instruction that reads or writes a byte of {@code [address, address + lengthBytes)}. */
    public record Watch(long address, long lengthBytes, boolean reads, boolean writes) {
        boolean touches(long from, long length) {
            return from - address < lengthBytes && from - address >= 0 || address - from < length && address - from >= 0;
        }
    }

    public Execution addExecution(long address) {
        return addExecution(address, ALWAYS);
    }

    /** @param condition looks at the processor and changes nothing */
    public Execution addExecution(long address, Predicate<Cpu> condition) {
        var breakpoint = new Execution(address, condition);
        executions.add(breakpoint);
        changed();
        return breakpoint;
    }

    public Watch addWatch(long address, long lengthBytes, boolean reads, boolean writes) {
        if (lengthBytes <= 0) {
            throw new IllegalArgumentException("a watchpoint of " + lengthBytes + " bytes; at least 1 is needed");
        }
        var watch = new Watch(address, lengthBytes, reads, writes);
        watches.add(watch);
        changed();
        return watch;
    }

    public void remove(Execution breakpoint) {
        if (executions.remove(breakpoint)) {
            changed();
        }
    }

    public void remove(Watch watch) {
        if (watches.remove(watch)) {
            changed();
        }
    }

    public void clear() {
        executions.clear();
        watches.clear();
        changed();
    }

    public List<Execution> executions() {
        return List.copyOf(executions);
    }

    public List<Watch> watches() {
        return List.copyOf(watches);
    }

    /** Called after every change; engines drop what they derived. */
    public void onChange(Runnable listener) {
        listeners.add(listener);
    }

    /** Whether an execution breakpoint of any condition lies there. */
    public boolean isAt(long address) {
        return Arrays.binarySearch(addresses, address) >= 0;
    }

    /** Whether an execution breakpoint lies there and its condition holds. */
    public boolean stopsAt(long address, Cpu cpu) {
        return isAt(address) && executions.stream().anyMatch(b -> b.address == address && b.condition.test(cpu));
    }

    /** The first breakpoint in {@code (address, address + lengthBytes)} as a distance from {@code address}; {@code lengthBytes} when there is none. */
    public int distanceToNext(long address, int lengthBytes) {
        int nearest = lengthBytes;
        for (long at : addresses) {
            long distance = at - address;
            if (distance > 0 && distance < nearest) {
                nearest = (int) distance;
            }
        }
        return nearest;
    }

    /** Whether a byte of the 4 KiB page at {@code page} is watched. */
    public boolean watchesPage(long page) {
        if (watches.isEmpty()) {
            return false;
        }
        for (Watch watch : watches) {
            if (watch.touches(page & PAGE_MASK, 4096)) {
                return true;
            }
        }
        return false;
    }

    /** The watchpoint that such an access hits, or null. */
    public Watch watchFor(long address, int sizeBytes, boolean write) {
        for (Watch watch : watches) {
            if ((write ? watch.writes : watch.reads) && watch.touches(address, sizeBytes)) {
                return watch;
            }
        }
        return null;
    }

    private void changed() {
        addresses = executions.stream().mapToLong(Execution::address).distinct().sorted().toArray();
        listeners.forEach(Runnable::run);
    }
}
