package dev.ringside.cli;

import java.io.BufferedOutputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.IntConsumer;

/** Where the guest's serial output goes: stdout or a file, byte for byte, flushed at line ends and when nothing more comes for a moment. */
final class SerialOutput implements IntConsumer, AutoCloseable {
    private static final long QUIET_MILLIS = 50;

    /** Guarded by this. */
    private final OutputStream out;
    private boolean dirty;
    private final Thread flusher;

    private SerialOutput(OutputStream out) {
        this.out = out;
        flusher = Thread.ofPlatform().daemon().name("Serial output").start(this::flushQuietLines);
    }

    /** @param target {@code stdio}, {@code none} or {@code file:F} */
    static SerialOutput open(String target, FileOutputStream stdout) throws HostError {
        if (target.equals("stdio")) {
            return new SerialOutput(new BufferedOutputStream(stdout, 1 << 16));
        }
        if (target.equals("none")) {
            return new SerialOutput(OutputStream.nullOutputStream());
        }
        if (target.equals("pty")) {
            throw new HostError("--serial pty is not in this build; stdio, none and file:F are");
        }
        if (!target.startsWith("file:")) {
            throw new HostError("--serial '" + target + "' is unknown; stdio, none or file:F is needed");
        }
        Path file = Path.of(target.substring("file:".length()));
        try {
            return new SerialOutput(new BufferedOutputStream(Files.newOutputStream(file), 1 << 16));
        } catch (IOException e) {
            throw new HostError("--serial: file '" + file + "' cannot be written: " + e.getMessage());
        }
    }

    @Override
    public synchronized void accept(int octet) {
        try {
            out.write(octet);
            dirty = true;
            if (octet == '\n') {
                out.flush();
                dirty = false;
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void flushQuietLines() {
        try {
            while (true) {
                Thread.sleep(QUIET_MILLIS);
                flush();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized void flush() {
        try {
            if (dirty) {
                out.flush();
                dirty = false;
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        flusher.interrupt();
        synchronized (this) {
            try {
                out.flush();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
