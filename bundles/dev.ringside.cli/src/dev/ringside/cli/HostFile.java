package dev.ringside.cli;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Why a file of the user's could not be used, in one line. */
final class HostFile {
    private HostFile() {
    }

    /** @param option the option that named the file */
    static HostError cannotWrite(String option, Path file, IOException e) {
        return new HostError(option + ": file '" + file + "' cannot be written: " + reason(e));
    }

    /** The JDK's messages name the file once more, and for the commonest reasons nothing else. */
    static String reason(IOException e) {
        return switch (e) {
            case NoSuchFileException missing -> "its folder does not exist";
            case AccessDeniedException denied -> "permission denied";
            case FileSystemException other when other.getReason() != null -> other.getReason();
            default -> String.valueOf(e.getMessage());
        };
    }
}
