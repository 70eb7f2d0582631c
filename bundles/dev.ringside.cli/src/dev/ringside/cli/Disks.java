package dev.ringside.cli;

import dev.ringside.device.BlockBackend;
import dev.ringside.device.FileBackend;
import java.io.IOException;
import java.nio.file.Path;

/** Opens disk files. */
final class Disks {
    private Disks() {
    }

    static BlockBackend open(Path file, boolean writable) throws IOException {
        return FileBackend.open(file, writable);
    }
}
