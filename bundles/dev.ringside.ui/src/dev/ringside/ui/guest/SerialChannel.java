package dev.ringside.ui.guest;

import java.util.function.BooleanSupplier;

/** A guest's serial line, as a console uses it: it pulls, so that a slow console never slows the guest. */
public interface SerialChannel {
    /**
     * Waits for what the guest sends after position {@code from}; 0 is the start of the line. Blocks; not for the UI thread.
     *
     * @return null when there will be no more, or {@code cancelled} says so
     */
    Chunk read(long from, BooleanSupplier cancelled) throws InterruptedException;

    /** Makes {@link #read} look at its {@code cancelled} again. */
    void wakeReaders();

    /** Types into the guest. */
    void send(byte[] bytes);

    /** @param next the position to read on from */
    record Chunk(byte[] bytes, long next) {
    }
}
