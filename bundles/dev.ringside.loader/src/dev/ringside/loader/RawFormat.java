package dev.ringside.loader;

import dev.ringside.arch.EntryState;
import java.util.List;
import java.util.Map;

/**
 * Bytes without a format, at an address that the user gives. At 0x7C00 they are entered in real mode as a boot sector would be, elsewhere in flat 32-bit
 * protected mode; the first byte is the entry.
 */
public final class RawFormat {
    private static final long BOOT_SECTOR = 0x7c00;

    private RawFormat() {
    }

    public static GuestImage load(ImageBytes image, long gpa) throws ImageException {
        return of(image.slice(0, image.length()), gpa, SymbolTable.empty());
    }

    /** A program in memory, for tests and the assembler. */
    public static GuestImage of(byte[] bytes, long gpa, SymbolTable symbols) {
        return new GuestImage("raw binary", List.of(new Segment(gpa, bytes, bytes.length)), symbols, new RawBoot(gpa));
    }

    private record RawBoot(long gpa) implements BootProtocol {
        @Override
        public String name() {
            return gpa == BOOT_SECTOR ? "boot sector without firmware" : "flat 32-bit entry";
        }

        @Override
        public boolean takesArguments() {
            return false;
        }

        @Override
        public EntryState prepare(BootEnvironment environment) {
            return gpa == BOOT_SECTOR
                ? new EntryState(EntryState.Mode.REAL_16, BOOT_SECTOR, Map.of("rsp", BOOT_SECTOR, "rdx", 0x80L), 0, 0, 0, 0, 0)
                : EntryState.protected32(gpa, Map.of());
        }
    }
}
