package dev.ringside.machine;

import dev.ringside.machine.MachineControl.PortRange;
import java.util.ArrayList;
import java.util.List;

/**
 * A debugger's hands on the ports. A device cannot tell them from the guest's: what IN and OUT would change, they change. The guest's path has no part in it, so nothing is counted,
 * traced or hashed.
 */
final class PortAccess {
    private static final int PORTS = 0x10000;

    private final PortBus ports;

    PortAccess(PortBus ports) {
        this.ports = ports;
    }

    /** Ports that a device answers, in order; neighbours of one device are one range. No device is asked. */
    List<PortRange> map() {
        var ranges = new ArrayList<PortRange>();
        for (int port = 0; port < PORTS;) {
            String device = device(port);
            int first = port;
            do {
                port++;
            } while (port < PORTS && device != null && device.equals(device(port)));
            if (device != null) {
                ranges.add(new PortRange(first, port - first, device));
            }
        }
        return List.copyOf(ranges);
    }

    private String device(int port) {
        var owner = ports.owner(port);
        return owner == null ? null : owner.name();
    }

    byte[] read(int first, int lengthBytes) {
        requirePorts(first, lengthBytes);
        var bytes = new byte[lengthBytes];
        int size = accessBytes(lengthBytes);
        for (int at = 0; at < lengthBytes; at += size) {
            long value = ports.read(first + at, size);
            for (int i = 0; i < size; i++) {
                bytes[at + i] = (byte) (value >>> 8 * i);
            }
        }
        return bytes;
    }

    void write(int first, byte[] bytes) {
        requirePorts(first, bytes.length);
        int size = accessBytes(bytes.length);
        for (int at = 0; at < bytes.length; at += size) {
            long value = 0;
            for (int i = 0; i < size; i++) {
                value |= (bytes[at + i] & 0xffL) << 8 * i;
            }
            ports.write(first + at, size, value);
        }
    }

    /** Two ports are a word and four a doubleword, as IN and OUT have them (SDM 1, 19.3); a longer row is read port by port. */
    private static int accessBytes(int lengthBytes) {
        return lengthBytes == 2 || lengthBytes == 4 ? lengthBytes : 1;
    }

    private static void requirePorts(int first, int lengthBytes) {
        if (first < 0 || lengthBytes < 1 || first + lengthBytes > PORTS) {
            throw new IllegalArgumentException("ports %#x to %#x: ports end at 0xffff".formatted(first, first + lengthBytes - 1L));
        }
    }
}
