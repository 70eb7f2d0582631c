package dev.ringside.machine;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;

/** What a guest has sent over a serial line: passed on at once, and the last part of it kept for those who come later. Thread-safe. */
public final class Transcript {
    private static final int KEPT_BYTES = 1 << 20;

    /** Guarded by this, as all fields. */
    private final ByteArrayOutputStream kept = new ByteArrayOutputStream();
    private final List<IntConsumer> listeners = new ArrayList<>();

    synchronized void accept(int octet) {
        if (kept.size() >= KEPT_BYTES) {
            byte[] all = kept.toByteArray();
            kept.reset();
            kept.write(all, all.length / 2, all.length - all.length / 2);
        }
        kept.write(octet);
        for (IntConsumer listener : listeners) {
            listener.accept(octet);
        }
    }

    /** From now on {@code listener} gets every byte, after those that are kept. Called on the machine's thread; it returns quickly. */
    public synchronized void listen(IntConsumer listener) {
        for (byte b : kept.toByteArray()) {
            listener.accept(b & 0xff);
        }
        listeners.add(listener);
    }

    /** What is kept, as ISO 8859-1. */
    public synchronized String text() {
        return kept.toString(java.nio.charset.StandardCharsets.ISO_8859_1);
    }
}
