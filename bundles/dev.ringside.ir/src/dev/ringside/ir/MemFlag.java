package dev.ringside.ir;

import java.util.Locale;

/** The single-bit {@link MemFlags} by name, for the text form. */
enum MemFlag {
    WRITE_INTENT(MemFlags.WRITE_INTENT),
    LOCKED(MemFlags.LOCKED),
    ALIGNED(MemFlags.ALIGNED),
    SUPERVISOR(MemFlags.SUPERVISOR),
    USER(MemFlags.USER);

    private final int bit;

    MemFlag(int bit) {
        this.bit = bit;
    }

    int bit() {
        return bit;
    }

    String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
