package dev.ringside.ui.serial;

import dev.ringside.ui.guest.SerialChannel;
import java.io.IOException;
import java.io.OutputStream;

/** A thread that brings what a guest sends to a terminal. The terminal may make it wait; the guest does not notice. */
final class SerialPump {
    private final SerialChannel channel;
    private final OutputStream screen;
    private volatile boolean stopped;

    private SerialPump(SerialChannel channel, OutputStream screen) {
        this.channel = channel;
        this.screen = screen;
    }

    /** Starts with everything that the guest has sent so far. */
    static SerialPump start(SerialChannel channel, OutputStream screen) {
        SerialPump pump = new SerialPump(channel, screen);
        Thread.ofVirtual().name("serial console").start(pump::run);
        return pump;
    }

    /** Returns at once; nothing more is written after the present chunk. */
    void stop() {
        stopped = true;
        channel.wakeReaders();
    }

    private void run() {
        long position = 0;
        try {
            for (SerialChannel.Chunk chunk; (chunk = channel.read(position, () -> stopped)) != null;) {
                screen.write(chunk.bytes());
                screen.flush();
                position = chunk.next();
            }
        } catch (IOException closed) {
            // The terminal was disposed; nobody reads any more.
        } catch (InterruptedException asked) {
            Thread.currentThread().interrupt();
        }
    }
}
