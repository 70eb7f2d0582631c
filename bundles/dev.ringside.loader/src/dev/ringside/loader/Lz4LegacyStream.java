package dev.ringside.loader;

import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import net.jpountz.lz4.LZ4Factory;
import net.jpountz.lz4.LZ4SafeDecompressor;

/** The frame that {@code lz4 -l} writes and Linux reads: a magic number, then blocks, each behind its packed length in four bytes. */
final class Lz4LegacyStream extends InputStream {
    private static final int MAGIC = 0x184c2102;
    private static final int END = 0;
    private static final int MAX_BLOCK_BYTES = 8 << 20;
    /** What a block grows to at worst when it cannot be packed. */
    private static final int MAX_PACKED_BYTES = MAX_BLOCK_BYTES + MAX_BLOCK_BYTES / 255 + 16;

    private static final LZ4SafeDecompressor UNPACKER = unpacker();

    private final InputStream packed;
    private final byte[] unpacked = new byte[MAX_BLOCK_BYTES];
    private InputStream block;

    Lz4LegacyStream(InputStream packed) throws IOException {
        this.packed = packed;
        nextBlock();
    }

    /** Native code where the library has some; its third kind, on sun.misc.Unsafe, is never asked for. */
    private static LZ4SafeDecompressor unpacker() {
        try {
            return LZ4Factory.nativeInstance().safeDecompressor();
        } catch (LinkageError | RuntimeException | AssertionError e) {
            return LZ4Factory.safeInstance().safeDecompressor();
        }
    }

    /** Leaves {@link #block} null when there is none. Several frames may follow each other. */
    private void nextBlock() throws IOException {
        int bytes = length();
        while (bytes == MAGIC) {
            bytes = length();
        }
        if (bytes == END) {
            return;
        }
        if (bytes <= 0 || bytes > MAX_PACKED_BYTES) {
            throw new IOException("a block of " + Integer.toUnsignedString(bytes) + " bytes");
        }
        byte[] content = packed.readNBytes(bytes);
        if (content.length < bytes) {
            throw new EOFException("the last block is cut off");
        }
        block = new ByteArrayInputStream(unpacked, 0, UNPACKER.decompress(content, 0, bytes, unpacked, 0, unpacked.length));
    }

    private int length() throws IOException {
        byte[] field = packed.readNBytes(4);
        return field.length < 4 ? END : ByteBuffer.wrap(field).order(ByteOrder.LITTLE_ENDIAN).getInt();
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        while (block != null) {
            int count = block.read(into, offset, length);
            if (count != -1) {
                return count;
            }
            block = null;
            nextBlock();
        }
        return -1;
    }
}
