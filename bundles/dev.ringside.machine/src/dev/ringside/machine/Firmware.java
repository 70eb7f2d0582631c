package dev.ringside.machine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Finds and reads a PC BIOS image. */
final class Firmware {
    private static final List<Path> PLACES = List.of(Path.of("/usr/share/seabios/bios-256k.bin"), Path.of("/usr/share/seabios/bios.bin"),
        Path.of("/usr/share/qemu/bios-256k.bin"), Path.of("/usr/share/qemu/bios.bin"));
    /** For a VGA that is not on the PCI bus. */
    private static final String VIDEO_BIOS = "vgabios-isavga.bin";
    private static final int MAX_BYTES = 1 << 24;

    private Firmware() {
    }

    /** @param chosen by the user, or null for the system's SeaBIOS */
    static byte[] read(Path chosen) throws MachineException {
        Path file = file(chosen);
        byte[] bytes = bytes(file);
        if (bytes.length < 0x10000 || bytes.length > MAX_BYTES || bytes.length % 0x10000 != 0) {
            throw new MachineException("firmware '" + file + "' has " + bytes.length + " bytes; a BIOS image has a multiple of 64 KiB, at most 16 MiB");
        }
        return bytes;
    }

    /** The video BIOS that lies beside the BIOS image; empty when there is none, and INT 10h then writes nowhere. */
    static Optional<byte[]> videoBios(Path chosen) throws MachineException {
        Path file = file(chosen).resolveSibling(VIDEO_BIOS);
        return Files.isReadable(file) ? Optional.of(bytes(file)) : Optional.empty();
    }

    private static Path file(Path chosen) throws MachineException {
        return chosen != null ? chosen : PLACES.stream().filter(Files::isReadable).findFirst().orElseThrow(() -> new MachineException(
            "booting a disk needs a BIOS image, and none is installed: install the package 'seabios' or name one with --firmware"));
    }

    private static byte[] bytes(Path file) throws MachineException {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new MachineException("firmware '" + file + "' " + (Files.exists(file) ? "cannot be read: " + e.getMessage() : "does not exist"), e);
        }
    }
}
