package dev.ringside.ui.memory;

import dev.ringside.machine.MachineControl.PortRange;
import java.util.Arrays;
import java.util.List;

/**
 * Ports: which device answers where, and what was read on request. Reading a port can change its device, so nothing is read otherwise; a value holds until the guest runs, and only serves to
 * tell whether the next one differs.
 */
final class PortBytes implements ShownBytes {
    static final int PORTS = 0x10000;

    private static final short UNKNOWN = -1;
    private static final long NOWHERE = -1;

    private final String[] devices = new String[PORTS];
    private final short[] now = new short[PORTS];
    private final short[] before = new short[PORTS];
    private boolean mapKnown;
    /** Where one digit of two has been typed. */
    private long half = NOWHERE;
    private byte halfTyped;

    PortBytes() {
        forget();
    }

    /** Another machine. */
    void forget() {
        Arrays.fill(devices, null);
        Arrays.fill(now, UNKNOWN);
        Arrays.fill(before, UNKNOWN);
        outdate();
    }

    /** The guest has run. */
    void nextStop() {
        for (int port = 0; port < PORTS; port++) {
            forget(port);
        }
        outdate();
    }

    private void forget(int port) {
        if (now[port] != UNKNOWN) {
            before[port] = now[port];
            now[port] = UNKNOWN;
        }
    }

    /** Something was changed at this stop: PCI devices may answer at other ports. */
    void outdate() {
        mapKnown = false;
        half = NOWHERE;
    }

    boolean isMapKnown() {
        return mapKnown;
    }

    void map(List<PortRange> ranges) {
        Arrays.fill(devices, null);
        ranges.forEach(range -> Arrays.fill(devices, range.first(), range.first() + range.count(), range.device()));
        mapKnown = true;
    }

    /** The device that answers at a port, or null. */
    String device(long port) {
        return devices[(int) port];
    }

    void wasRead(long first, byte[] bytes) {
        for (int i = 0; i < bytes.length; i++) {
            forget((int) first + i);
            now[(int) first + i] = (short) (bytes[i] & 0xff);
        }
    }

    /** What was written is not what would be read. */
    void wasWritten(long first, int count) {
        for (int i = 0; i < count; i++) {
            forget((int) first + i);
        }
        half = NOWHERE;
    }

    /** Shows the first of two digits, which writes nothing yet. */
    void halfTyped(long port, byte value) {
        half = port;
        halfTyped = value;
    }

    /** The cursor is at {@code port}: a digit that was typed elsewhere is not going to be completed. */
    void cursorAt(long port) {
        half = half == port ? half : NOWHERE;
    }

    @Override
    public int at(long port) {
        return port == half ? halfTyped & 0xff : now[(int) port];
    }

    @Override
    public String gap(long port) {
        return devices[(int) port] == null ? "  " : "..";
    }

    @Override
    public boolean isChanged(long port) {
        int at = (int) port;
        return now[at] != UNKNOWN && before[at] != UNKNOWN && now[at] != before[at];
    }

    @Override
    public boolean isWritable(long port) {
        return true;
    }
}
