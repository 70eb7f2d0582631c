package dev.ringside.arch;

/** Instruction bytes, read one by one as a decoder needs them. */
public interface CodeSource {
    /**
     * The byte {@code offset} bytes behind the first.
     *
     * @return 0 to 255, or −1 when it cannot be read (unmapped, or behind the end)
     */
    int byteAt(int offset);

    /** Source over {@code bytes} from {@code start} to {@code end}. */
    static CodeSource of(byte[] bytes, int start, int end) {
        return offset -> {
            int at = start + offset;
            return at < end ? bytes[at] & 0xff : -1;
        };
    }
}
