package dev.ringside.cli;

import dev.ringside.device.BlockBackend;
import java.io.IOException;
import java.nio.file.Path;

/** Opens disk files. */
final class Disks {
    private Disks() {
    }

    static BlockBackend open(Path file, boolean writable) throws IOException {
        throw new IOException("disk '" + file + "': disks are not in this build");
    }
}
