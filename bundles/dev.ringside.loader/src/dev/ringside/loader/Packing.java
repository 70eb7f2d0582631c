package dev.ringside.loader;

import com.github.luben.zstd.ZstdInputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Optional;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorInputStream;
import org.tukaani.xz.LZMAInputStream;
import org.tukaani.xz.SingleXZInputStream;

/** How Linux packs a kernel: told by the first bytes, as in the kernel's lib/decompress.c. */
enum Packing {
    GZIP(0x1f, 0x8b) {
        @Override
        InputStream open(InputStream packed) throws IOException {
            return new GZIPInputStream(packed, BUFFER_BYTES);
        }
    },
    BZIP2('B', 'Z', 'h') {
        @Override
        InputStream open(InputStream packed) throws IOException {
            return new BZip2CompressorInputStream(packed);
        }
    },
    LZMA(0x5d, 0, 0) {
        @Override
        InputStream open(InputStream packed) throws IOException {
            return new LZMAInputStream(packed, MAX_DICTIONARY_KIB);
        }
    },
    XZ(0xfd, '7', 'z', 'X', 'Z', 0) {
        @Override
        InputStream open(InputStream packed) throws IOException {
            return new SingleXZInputStream(packed, MAX_DICTIONARY_KIB);
        }
    },
    LZ4(0x02, 0x21, 0x4c, 0x18) {
        @Override
        InputStream open(InputStream packed) throws IOException {
            return new Lz4LegacyStream(packed);
        }
    },
    ZSTD(0x28, 0xb5, 0x2f, 0xfd) {
        @Override
        InputStream open(InputStream packed) throws IOException {
            return new ZstdInputStream(packed);
        }
    };

    private static final int BUFFER_BYTES = 1 << 16;
    /** Linux packs with dictionaries of up to 128 MiB. */
    private static final int MAX_DICTIONARY_KIB = 160 << 10;

    private final byte[] magic;

    Packing(int... magic) {
        this.magic = new byte[magic.length];
        for (int i = 0; i < magic.length; i++) {
            this.magic[i] = (byte) magic[i];
        }
    }

    abstract InputStream open(InputStream packed) throws IOException;

    static Optional<Packing> of(byte[] start) {
        return Arrays.stream(values()).filter(p -> start.length >= p.magic.length && Arrays.equals(p.magic, 0, p.magic.length, start, 0, p.magic.length))
            .findFirst();
    }

    /**
     * @param packed the stream and, as Linux's build writes it, how much must come out of it in the last four bytes, which gzip has by itself
     * @param sizeBytes how much must come out
     * @throws IOException with a reason, when something else comes out or the stream is damaged
     */
    byte[] unpack(ImageBytes packed, int sizeBytes) throws IOException {
        int behind = this == GZIP ? 0 : 4;
        try (InputStream in = open(packed.to((from, offset, length) -> new ByteArrayInputStream(from, offset, length - behind)))) {
            byte[] unpacked = new byte[sizeBytes];
            int unpackedBytes = in.readNBytes(unpacked, 0, sizeBytes);
            if (unpackedBytes != sizeBytes || in.read() != -1) {
                throw new IOException((unpackedBytes < sizeBytes ? unpackedBytes : "more") + " bytes came out, " + sizeBytes + " were announced");
            }
            return unpacked;
        } catch (RuntimeException e) {
            throw new IOException("the stream is damaged: " + e.getMessage(), e);
        } catch (LinkageError e) {
            throw new IOException("the library for it cannot run here: " + e.getMessage(), e);
        }
    }

    /** {@code xz}. */
    String label() {
        return name().toLowerCase(java.util.Locale.ROOT);
    }
}
