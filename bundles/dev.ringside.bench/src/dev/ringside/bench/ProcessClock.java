package dev.ringside.bench;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.OptionalDouble;

/** The CPU-time clock of another process: {@code clock_getcpuclockid} and {@code clock_gettime} (POSIX.1-2008), with a resolution of a nanosecond. */
final class ProcessClock {
    private static final Linker LINKER = Linker.nativeLinker();
    private static final MethodHandle CLOCK_OF = function("clock_getcpuclockid");
    private static final MethodHandle TIME_OF = function("clock_gettime");
    /** {@code struct timespec}: seconds, nanoseconds. */
    private static final int TIMESPEC_BYTES = 16;

    private ProcessClock() {
    }

    /** All threads together, those that have ended as well; empty when the process is gone, or the host has no such clocks. */
    static OptionalDouble seconds(long pid) {
        if (CLOCK_OF == null || TIME_OF == null) {
            return OptionalDouble.empty();
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment id = arena.allocate(ValueLayout.JAVA_INT);
            MemorySegment time = arena.allocate(TIMESPEC_BYTES, Long.BYTES);
            if ((int) CLOCK_OF.invokeExact((int) pid, id) != 0 || (int) TIME_OF.invokeExact(id.get(ValueLayout.JAVA_INT, 0), time) != 0) {
                return OptionalDouble.empty();
            }
            return OptionalDouble.of(time.get(ValueLayout.JAVA_LONG, 0) + time.get(ValueLayout.JAVA_LONG, Long.BYTES) / 1e9);
        } catch (Throwable e) {
            throw new IllegalStateException("a call of the host's C library failed", e);
        }
    }

    /** Both take an int and a pointer, and return an int. */
    private static MethodHandle function(String name) {
        return LINKER.defaultLookup().find(name)
            .map(f -> LINKER.downcallHandle(f, FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.ADDRESS))).orElse(null);
    }
}
