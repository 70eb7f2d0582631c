package dev.ringside.debug.core.launch;

import java.nio.file.Path;

/** Turns what a user typed as a path into a file. */
@FunctionalInterface
public interface PathFinder {
    /** Takes the text for a path as it is. */
    PathFinder PLAIN = Path::of;

    /** @throws NotFoundException when the text names nothing; {@link java.nio.file.InvalidPathException} passes */
    Path find(String typed) throws NotFoundException;

    /** The message is one line without the field's name. */
    final class NotFoundException extends Exception {
        private static final long serialVersionUID = 1;

        public NotFoundException(String problem, Throwable cause) {
            super(problem, cause);
        }
    }
}
