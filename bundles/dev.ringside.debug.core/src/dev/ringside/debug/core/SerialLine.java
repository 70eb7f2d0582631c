package dev.ringside.debug.core;

import dev.ringside.machine.MachineControl;
import java.nio.charset.StandardCharsets;
import java.util.function.BooleanSupplier;

/**
 * What a guest said on its first serial line, kept for every console that opens later, and the way back.
 *
 * <p>Consoles pull: the machine's thread only appends to a ring and never waits for a reader. A reader that falls behind by more than the ring
 * loses the oldest bytes.
 */
public final class SerialLine {
    private static final int CAPACITY_BYTES = 1 << 20;

    private final MachineControl machine;

    /** Guards the ring and both counters; a leaf lock. */
    private final Object lock = new Object();
    private final byte[] ring = new byte[CAPACITY_BYTES];
    private long written;
    private boolean closed;

    SerialLine(MachineControl machine) {
        this.machine = machine;
    }

    void open() {
        machine.attachSerial(this::append);
    }

    /** Wakes every reader for the last time. */
    void close() {
        synchronized (lock) {
            closed = true;
            lock.notifyAll();
        }
    }

    /** On the machine's thread. */
    private void append(int octet) {
        synchronized (lock) {
            ring[(int) (written++ % CAPACITY_BYTES)] = (byte) octet;
            lock.notifyAll();
        }
    }

    /**
     * Waits for bytes after position {@code from} of the line. Blocks; not for the UI thread.
     *
     * @param cancelled asked whenever the line wakes its readers (see {@link #wakeReaders()})
     * @return the bytes, or null when there will be none or {@code cancelled} says so
     */
    public Chunk read(long from, BooleanSupplier cancelled) throws InterruptedException {
        synchronized (lock) {
            while (written == from && !closed && !cancelled.getAsBoolean()) {
                lock.wait();
            }
            return written == from || cancelled.getAsBoolean() ? null : copy(Math.max(from, written - CAPACITY_BYTES));
        }
    }

    /** Makes readers look again at whether they are still wanted. */
    public void wakeReaders() {
        synchronized (lock) {
            lock.notifyAll();
        }
    }

    /** Everything that is kept, as text. */
    public String text() {
        synchronized (lock) {
            return new String(copy(Math.max(0, written - CAPACITY_BYTES)).bytes(), StandardCharsets.UTF_8);
        }
    }

    /** Types into the guest. Ignored once the run has ended. */
    public void send(byte[] bytes) {
        synchronized (lock) {
            if (closed) {
                return;
            }
        }
        machine.sendSerial(bytes);
    }

    private Chunk copy(long start) {
        byte[] bytes = new byte[(int) (written - start)];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = ring[(int) ((start + i) % CAPACITY_BYTES)];
        }
        return new Chunk(bytes, written);
    }

    /** @param next the position to read on from */
    public record Chunk(byte[] bytes, long next) {
    }
}
