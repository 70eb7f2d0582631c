package dev.ringside.memory;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/**
 * A stretch of zeroed host memory, page aligned, that costs nothing until it is touched. Inaccessible guard space lies on both sides where the
 * host has {@code mmap}; elsewhere the memory comes from an arena and is committed at once.
 */
final class HostMemory implements AutoCloseable {
    private static final long GUARD_BYTES = 64 << 10;
    private static final int PROT_NONE = 0;
    private static final int PROT_READ_WRITE = 3;
    private static final int MAP_PRIVATE_ANONYMOUS_NORESERVE = 0x02 | 0x20 | 0x4000;
    private static final Posix POSIX = Posix.find();

    final long address;
    final long sizeBytes;
    private final Arena arena;

    private HostMemory(long address, long sizeBytes, Arena arena) {
        this.address = address;
        this.sizeBytes = sizeBytes;
        this.arena = arena;
    }

    /** @throws OutOfMemoryError when the host has no room for it */
    static HostMemory allocate(long sizeBytes) {
        return POSIX == null ? fromArena(sizeBytes) : POSIX.reserve(sizeBytes);
    }

    static HostMemory fromArena(long sizeBytes) {
        Arena arena = Arena.ofShared();
        return new HostMemory(arena.allocate(sizeBytes, 4096).address(), sizeBytes, arena);
    }

    @Override
    public void close() {
        if (arena != null) {
            arena.close();
        } else {
            POSIX.release(this);
        }
    }

    private record Posix(MethodHandle mmap, MethodHandle mprotect, MethodHandle munmap) {

        /** Null where the constants above are not known to hold. */
        static Posix find() {
            if (!System.getProperty("os.name").equals("Linux")) {
                return null;
            }
            Linker linker = Linker.nativeLinker();
            var lookup = linker.defaultLookup();
            ValueLayout.OfLong size = ValueLayout.JAVA_LONG;
            ValueLayout.OfInt number = ValueLayout.JAVA_INT;
            return new Posix(linker.downcallHandle(lookup.findOrThrow("mmap"), FunctionDescriptor.of(size, size, size, number, number, number, size)),
                    linker.downcallHandle(lookup.findOrThrow("mprotect"), FunctionDescriptor.of(number, size, size, number)),
                    linker.downcallHandle(lookup.findOrThrow("munmap"), FunctionDescriptor.of(number, size, size)));
        }

        HostMemory reserve(long sizeBytes) {
            try {
                long whole = (long) mmap.invokeExact(0L, sizeBytes + 2 * GUARD_BYTES, PROT_NONE, MAP_PRIVATE_ANONYMOUS_NORESERVE, -1, 0L);
                long inner = whole + GUARD_BYTES;
                if (whole == -1 || (int) mprotect.invokeExact(inner, sizeBytes, PROT_READ_WRITE) != 0) {
                    throw new OutOfMemoryError("the host cannot reserve " + sizeBytes + " bytes for guest memory");
                }
                return new HostMemory(inner, sizeBytes, null);
            } catch (RuntimeException | Error e) {
                throw e;
            } catch (Throwable impossible) {
                throw new AssertionError(impossible);
            }
        }

        void release(HostMemory memory) {
            try {
                int status = (int) munmap.invokeExact(memory.address - GUARD_BYTES, memory.sizeBytes + 2 * GUARD_BYTES);
                assert status == 0 : "munmap of a mapping of ours failed";
            } catch (RuntimeException | Error e) {
                throw e;
            } catch (Throwable impossible) {
                throw new AssertionError(impossible);
            }
        }
    }
}
