package dev.ringside.device;

import java.io.IOException;

/** What is behind a disk: 512-byte sectors. Called on the machine's thread; may block for as long as the host's disk does, which takes no virtual time. */
public interface BlockBackend extends AutoCloseable {
    int SECTOR_BYTES = 512;

    /** For messages: the file's name. */
    String name();

    long sectors();

    boolean isReadOnly();

    /** @throws IOException with one clear line: file, sector, reason */
    void read(long sector, byte[] into, int offset, int count) throws IOException;

    /** @throws IOException with one clear line: file, sector, reason */
    void write(long sector, byte[] from, int offset, int count) throws IOException;

    void flush() throws IOException;

    /** Writes what the guest changed, as far as it is kept here and not in the user's file. */
    void save(StateWriter out);

    void restore(StateReader in);

    @Override
    void close() throws IOException;
}
