package dev.ringside.machine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Finds and reads a PC BIOS image. */
final class Firmware {
    private static final List<Path> PLACES = List.of(Path.of("/usr/share/seabios/bios-256k.bin"), Path.of("/usr/share/seabios/bios.bin"),
        Path.of("/usr/share/qemu/bios-256k.bin"), Path.of("/usr/share/qemu/bios.bin"));
    private static final int MAX_BYTES = 1 << 24;

    private Firmware() {
    }

    /** @param chosen by the user, or null for the system's SeaBIOS */
    static byte[] read(Path chosen) throws MachineException {
        Path file = chosen != null ? chosen : PLACES.stream().filter(Files::isReadable).findFirst().orElseThrow(() -> new MachineException(
            "booting a disk needs a BIOS image, and none is installed: install the package 'seabios' or name one with --firmware"));
        byte[] bytes;
        try {
            bytes = Files.readAllBytes(file);
        } catch (IOException e) {
            throw new MachineException("firmware '" + file + "' cannot be read: " + e.getMessage(), e);
        }
        if (bytes.length < 0x10000 || bytes.length > MAX_BYTES || bytes.length % 0x10000 != 0) {
            throw new MachineException("firmware '" + file + "' has " + bytes.length + " bytes; a BIOS image has a multiple of 64 KiB, at most 16 MiB");
        }
        return bytes;
    }
}
