package dev.ringside.device;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * A disk in a file. Unless direct writes are asked for, the file is opened for reading only and what the guest writes stays in memory, so the user's image is never
 * changed. A last sector that the file does not fill reads as zeros there.
 */
public final class FileBackend implements BlockBackend {
    private final Path file;
    private final FileChannel channel;
    private final long sectors;
    private final boolean direct;
    /** What the guest wrote, by sector; unused with direct writes. */
    private final Map<Long, byte[]> overlay = new HashMap<>();

    private FileBackend(Path file, FileChannel channel, long sectors, boolean direct) {
        this.file = file;
        this.channel = channel;
        this.sectors = sectors;
        this.direct = direct;
    }

    /**
     * @param direct whether the guest's writes go to the file
     * @throws IOException with one line that names the file and says what is wrong with it
     */
    public static FileBackend open(Path file, boolean direct) throws IOException {
        if (Files.isDirectory(file)) {
            throw new IOException("disk '" + file + "' is a directory; a disk image file is needed");
        }
        try {
            FileChannel channel = direct ? FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)
                    : FileChannel.open(file, StandardOpenOption.READ);
            return new FileBackend(file, channel, checkedSectors(file, channel, direct), direct);
        } catch (NoSuchFileException e) {
            throw new IOException("disk '" + file + "' does not exist", e);
        } catch (AccessDeniedException e) {
            throw new IOException("disk '" + file + "' may not be opened for " + (direct ? "writing" : "reading") + ": permission denied", e);
        }
    }

    private static long checkedSectors(Path file, FileChannel channel, boolean direct) throws IOException {
        long bytes = channel.size();
        String problem = bytes == 0 ? "is empty; a disk has at least one sector of 512 bytes"
                : direct && bytes % SECTOR_BYTES != 0 ? "has " + bytes + " bytes, which is no multiple of 512; only such a file can be written directly" : null;
        if (problem != null) {
            channel.close();
            throw new IOException("disk '" + file + "' " + problem);
        }
        return (bytes + SECTOR_BYTES - 1) / SECTOR_BYTES;
    }

    @Override
    public String name() {
        return file.toString();
    }

    @Override
    public long sectors() {
        return sectors;
    }

    /** Never for the guest: without direct writes it writes to the overlay. */
    @Override
    public boolean isReadOnly() {
        return false;
    }

    @Override
    public void read(long sector, byte[] into, int offset, int count) throws IOException {
        check(sector, count);
        for (int i = 0; i < count; i++) {
            byte[] written = overlay.get(sector + i);
            int at = offset + i * SECTOR_BYTES;
            if (written != null) {
                System.arraycopy(written, 0, into, at, SECTOR_BYTES);
            } else {
                readFile(sector + i, into, at);
            }
        }
    }

    private void readFile(long sector, byte[] into, int offset) throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(into, offset, SECTOR_BYTES);
        long position = sector * SECTOR_BYTES;
        while (buffer.hasRemaining()) {
            int read = channel.read(buffer, position + buffer.position() - offset);
            if (read < 0) {
                while (buffer.hasRemaining()) {
                    buffer.put((byte) 0);
                }
            }
        }
    }

    @Override
    public void write(long sector, byte[] from, int offset, int count) throws IOException {
        check(sector, count);
        if (direct) {
            ByteBuffer buffer = ByteBuffer.wrap(from, offset, count * SECTOR_BYTES);
            while (buffer.hasRemaining()) {
                channel.write(buffer, sector * SECTOR_BYTES + buffer.position() - offset);
            }
            return;
        }
        for (int i = 0; i < count; i++) {
            byte[] copy = overlay.computeIfAbsent(sector + i, s -> new byte[SECTOR_BYTES]);
            System.arraycopy(from, offset + i * SECTOR_BYTES, copy, 0, SECTOR_BYTES);
        }
    }

    private void check(long sector, int count) throws IOException {
        if (sector < 0 || count < 0 || sector > sectors - count) {
            throw new IOException("disk '" + file + "': sector " + sector + " + " + count + " is outside of its " + sectors + " sectors");
        }
    }

    @Override
    public void flush() throws IOException {
        if (direct) {
            channel.force(false);
        }
    }

    /** Sectors that the guest has written and the file does not have. */
    public int overlaySectors() {
        return overlay.size();
    }

    @Override
    public void save(StateWriter out) {
        out.putInt("overlaySectors", overlay.size());
        new TreeMap<>(overlay).forEach((sector, bytes) -> {
            out.putLong("sector", sector);
            out.putBytes("bytes", bytes);
        });
    }

    @Override
    public void restore(StateReader in) {
        overlay.clear();
        int count = in.getInt("overlaySectors");
        for (int i = 0; i < count; i++) {
            overlay.put(in.getLong("sector"), in.getBytes("bytes"));
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
