package dev.ringside.arch;

/** Names for addresses and addresses for names. Thread-safe. */
public interface Symbolizer {
    /** {@code name} or {@code name+0x12} for an address inside a symbol, or null. */
    String nameOf(long address);

    /** The address of a symbol, or null when there is none of that name. */
    Long addressOf(String name);

    Symbolizer NONE = new Symbolizer() {
        @Override
        public String nameOf(long address) {
            return null;
        }

        @Override
        public Long addressOf(String name) {
            return null;
        }
    };
}
