package dev.ringside.devices.pc;

import dev.ringside.device.IoHandler;

/** A handler for 8-bit chips: wider accesses become accesses to consecutive registers, lowest first, as the ISA bus makes them. */
interface ByteIo extends IoHandler {
    int readByte(int offset);

    void writeByte(int offset, int value);

    @Override
    default long read(long offset, int sizeBytes) {
        long value = 0;
        for (int i = 0; i < sizeBytes; i++) {
            value |= (long) (readByte((int) offset + i) & 0xff) << 8 * i;
        }
        return value;
    }

    @Override
    default void write(long offset, int sizeBytes, long value) {
        for (int i = 0; i < sizeBytes; i++) {
            writeByte((int) offset + i, (int) (value >>> 8 * i) & 0xff);
        }
    }
}
