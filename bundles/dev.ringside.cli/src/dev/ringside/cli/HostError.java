package dev.ringside.cli;

/** Something on the host is not as a command needs it: one clear line, and exit status 125. */
final class HostError extends Exception {
    private static final long serialVersionUID = 1L;

    HostError(String message) {
        super(message);
    }
}
