package dev.ringside.devices.pc;

import java.util.ArrayDeque;

/** Bytes in the order of their arrival. */
final class OctetQueue {
    private final ArrayDeque<Byte> octets = new ArrayDeque<>();

    void add(int octet) {
        octets.add((byte) octet);
    }

    int take() {
        return octets.remove() & 0xff;
    }

    boolean isEmpty() {
        return octets.isEmpty();
    }

    int size() {
        return octets.size();
    }

    void clear() {
        octets.clear();
    }

    byte[] toBytes() {
        byte[] bytes = new byte[octets.size()];
        int i = 0;
        for (byte octet : octets) {
            bytes[i++] = octet;
        }
        return bytes;
    }

    void fromBytes(byte[] bytes) {
        octets.clear();
        for (byte octet : bytes) {
            octets.add(octet);
        }
    }
}
