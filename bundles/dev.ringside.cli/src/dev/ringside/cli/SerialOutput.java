package dev.ringside.cli;

import java.io.BufferedOutputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.IntConsumer;

/**
 * Where the guest's serial output goes: stdout or a file, byte for byte, flushed at line ends and when nothing more comes for a moment. When it can go
 * there no longer (a full disk, a reader that went away), the rest is dropped and {@link #failure} tells why.
 */
final class SerialOutput implements IntConsumer, AutoCloseable {
    private static final long QUIET_MILLIS = 50;

    /** Guarded by this. */
    private final OutputStream out;
    private boolean dirty;
    private IOException failure;
    private Runnable onFailure = () -> {
    };
    private final String target;
    private final Thread flusher;

    private SerialOutput(String target, OutputStream out) {
        this.target = target;
        this.out = out;
        flusher = Thread.ofPlatform().daemon().name("Serial output").start(this::flushQuietLines);
    }

    /** @param target {@code stdio}, {@code none} or {@code file:F} */
    static SerialOutput open(String target, FileOutputStream stdout) throws HostError {
        if (target.equals("stdio")) {
            return new SerialOutput("stdout", new BufferedOutputStream(stdout, 1 << 16));
        }
        if (target.equals("none")) {
            return new SerialOutput(target, OutputStream.nullOutputStream());
        }
        if (target.equals("pty")) {
            throw new HostError("--serial pty is not in this build; stdio, none and file:F are");
        }
        if (!target.startsWith("file:")) {
            throw new HostError("--serial '" + target + "' is unknown; stdio, none or file:F is needed");
        }
        Path file = Path.of(target.substring("file:".length()));
        try {
            return new SerialOutput("file '" + file + "'", new BufferedOutputStream(Files.newOutputStream(file), 1 << 16));
        } catch (IOException e) {
            throw HostFile.cannotWrite("--serial", file, e);
        }
    }

    /** Called once, on any thread, when output cannot be written any more. */
    synchronized void onFailure(Runnable action) {
        onFailure = action;
    }

    /** @throws HostError when some of the output could not be written */
    synchronized void check() throws HostError {
        if (failure != null) {
            throw new HostError("the guest's serial output cannot be written to " + target + ": " + HostFile.reason(failure));
        }
    }

    @Override
    public synchronized void accept(int octet) {
        if (failure != null) {
            return;
        }
        try {
            out.write(octet);
            dirty = true;
        } catch (IOException e) {
            failed(e);
        }
        if (octet == '\n') {
            flush();
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
        if (!dirty || failure != null) {
            return;
        }
        try {
            out.flush();
            dirty = false;
        } catch (IOException e) {
            failed(e);
        }
    }

    private void failed(IOException e) {
        failure = e;
        onFailure.run();
    }

    /** Writes what is left; {@link #check} tells whether that went well. */
    @Override
    public void close() {
        flusher.interrupt();
        flush();
    }
}
