package dev.ringside.memory;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;

/**
 * {@link RawMemory} through {@code jdk.internal.misc.Unsafe}, found at run time so that nothing depends on it at compile time. The handles are
 * constants to the compiler: a call becomes one machine instruction. Meant for little-endian hosts.
 */
final class UnsafeAccess {
    /** Whether this process was started with the package exported to us. */
    static final boolean AVAILABLE;

    private static final MethodHandle GET_BYTE;
    private static final MethodHandle GET_SHORT;
    private static final MethodHandle GET_INT;
    private static final MethodHandle GET_LONG;
    private static final MethodHandle PUT_BYTE;
    private static final MethodHandle PUT_SHORT;
    private static final MethodHandle PUT_INT;
    private static final MethodHandle PUT_LONG;

    static {
        var handles = new MethodHandle[8];
        AVAILABLE = find(handles);
        GET_BYTE = handles[0];
        GET_SHORT = handles[1];
        GET_INT = handles[2];
        GET_LONG = handles[3];
        PUT_BYTE = handles[4];
        PUT_SHORT = handles[5];
        PUT_INT = handles[6];
        PUT_LONG = handles[7];
    }

    private UnsafeAccess() {
    }

    private static boolean find(MethodHandle[] out) {
        try {
            var lookup = MethodHandles.lookup();
            Class<?> unsafe = Class.forName("jdk.internal.misc.Unsafe");
            Object instance = lookup.findStatic(unsafe, "getUnsafe", MethodType.methodType(unsafe)).invoke();
            Class<?>[] types = {byte.class, short.class, int.class, long.class};
            String[] names = {"Byte", "Short", "Int", "Long"};
            for (int i = 0; i < 4; i++) {
                out[i] = lookup.findVirtual(unsafe, "get" + names[i], MethodType.methodType(types[i], long.class)).bindTo(instance);
                out[4 + i] = lookup.findVirtual(unsafe, "put" + names[i], MethodType.methodType(void.class, long.class, types[i])).bindTo(instance);
            }
            return true;
        } catch (Throwable notExported) {
            // The package is not open to us, or this JDK has no such class: the segment does the work.
            return false;
        }
    }

    static int getByte(long address) {
        try {
            return (byte) GET_BYTE.invokeExact(address) & 0xff;
        } catch (Throwable t) {
            throw new AssertionError(t);
        }
    }

    static int getShort(long address) {
        try {
            return (short) GET_SHORT.invokeExact(address) & 0xffff;
        } catch (Throwable t) {
            throw new AssertionError(t);
        }
    }

    static int getInt(long address) {
        try {
            return (int) GET_INT.invokeExact(address);
        } catch (Throwable t) {
            throw new AssertionError(t);
        }
    }

    static long getLong(long address) {
        try {
            return (long) GET_LONG.invokeExact(address);
        } catch (Throwable t) {
            throw new AssertionError(t);
        }
    }

    static void putByte(long address, int value) {
        try {
            PUT_BYTE.invokeExact(address, (byte) value);
        } catch (Throwable t) {
            throw new AssertionError(t);
        }
    }

    static void putShort(long address, int value) {
        try {
            PUT_SHORT.invokeExact(address, (short) value);
        } catch (Throwable t) {
            throw new AssertionError(t);
        }
    }

    static void putInt(long address, int value) {
        try {
            PUT_INT.invokeExact(address, value);
        } catch (Throwable t) {
            throw new AssertionError(t);
        }
    }

    static void putLong(long address, long value) {
        try {
            PUT_LONG.invokeExact(address, value);
        } catch (Throwable t) {
            throw new AssertionError(t);
        }
    }
}
