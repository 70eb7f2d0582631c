package dev.ringside.pv.hyperv;

import dev.ringside.device.IoHandler;
import dev.ringside.device.StateReader;
import dev.ringside.device.StateWriter;
import dev.ringside.inspect.Inspectable;
import dev.ringside.inspect.Inspector;
import dev.ringside.pv.ParavirtContext;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Where messages and events go (HvCallPostMessage, HvCallSignalEvent; TLFS 11.9), and the device of kvm-unit-tests that makes such connections: a write of 32 bits to
 * port 0x3000, connection in bits 31:24, command in 23:16, processor in 15:8, interrupt source in 7:0. A message that is posted to a connection comes back at its source.
 *
 * <pre>
 * 1 create route, 2 destroy route, 3 set the source (interrupt it), 4 create message connection, 5 destroy, 6 create event connection, 7 destroy
 * </pre>
 */
final class Ports implements Inspectable, IoHandler {
    private static final int PORT = 0x3000;
    private static final int ROUTE_CREATE = 1, ROUTE_DESTROY = 2, SET_SINT = 3, MESSAGE_CREATE = 4, MESSAGE_DESTROY = 5, EVENT_CREATE = 6, EVENT_DESTROY = 7;

    private record Target(int vp, int sint) {
        long packed() {
            return (long) vp << 8 | sint;
        }

        static Target unpacked(long value) {
            return new Target((int) (value >> 8), (int) value & 0xff);
        }
    }

    private final List<Vp> vps;
    /** Null when there is none. */
    private final Vmbus vmbus;
    private final Map<Integer, Target> messages = new TreeMap<>();
    private final Map<Integer, Target> events = new TreeMap<>();

    Ports(ParavirtContext context, List<Vp> vps, boolean testDevice, Vmbus vmbus) {
        this.vps = vps;
        this.vmbus = vmbus;
        if (testDevice) {
            context.claimPorts("hyperv-testdev", PORT, 4, this);
        }
    }

    /** @return HV_STATUS */
    int post(int connection, int type, long[] payload, int payloadBytes) {
        Target target = messages.get(connection);
        if (target == null && vmbus != null && Vmbus.isConnection(connection)) {
            return vmbus.post(payload, payloadBytes);
        }
        if (target == null) {
            return HvStatus.INVALID_CONNECTION_ID;
        }
        if (payloadBytes > Synic.PAYLOAD_BYTES || type == 0 || type < 0) {
            return HvStatus.INVALID_PARAMETER; // types with bit 31 are the hypervisor's own
        }
        return vps.get(target.vp).synic().post(target.sint, type, connection, payload, payloadBytes) ? HvStatus.SUCCESS : HvStatus.INSUFFICIENT_BUFFERS;
    }

    /** @return HV_STATUS */
    int signal(int connection, int flag) {
        Target target = events.get(connection);
        if (target == null) {
            return HvStatus.INVALID_CONNECTION_ID;
        }
        // The flag of a port is relative to its base flag, which is the connection's number for the test device.
        return vps.get(target.vp).synic().signal(target.sint, connection + flag) ? HvStatus.SUCCESS : HvStatus.INVALID_PARAMETER;
    }

    @Override
    public long read(long offset, int sizeBytes) {
        return -1;
    }

    @Override
    public void write(long offset, int sizeBytes, long value) {
        var target = new Target((int) (value >> 8) & 0xff, (int) value & 0xff);
        int connection = (int) (value >> 24) & 0xff;
        if (offset != 0 || sizeBytes != 4 || target.vp >= vps.size() || target.sint >= Synic.SINTS) {
            return;
        }
        switch ((int) (value >> 16) & 0xff) {
            case SET_SINT -> vps.get(target.vp).synic().interrupt(target.sint);
            case MESSAGE_CREATE -> messages.put(connection, target);
            case MESSAGE_DESTROY -> messages.remove(connection);
            case EVENT_CREATE -> events.put(connection, target);
            case EVENT_DESTROY -> events.remove(connection);
            case ROUTE_CREATE, ROUTE_DESTROY -> {
                // Every source of every processor can be reached without one.
            }
            default -> {
                // No such command.
            }
        }
    }

    void reset() {
        messages.clear();
        events.clear();
    }

    void save(StateWriter out) {
        save(out, "message connections", messages);
        save(out, "event connections", events);
    }

    private static void save(StateWriter out, String name, Map<Integer, Target> connections) {
        out.putInt(name, connections.size());
        connections.forEach((id, target) -> {
            out.putInt(name + " id", id);
            out.putLong(name + " target", target.packed());
        });
    }

    void restore(StateReader in) {
        restore(in, "message connections", messages);
        restore(in, "event connections", events);
    }

    private static void restore(StateReader in, String name, Map<Integer, Target> connections) {
        connections.clear();
        for (int i = in.getInt(name); i > 0; i--) {
            int id = in.getInt(name + " id");
            connections.put(id, Target.unpacked(in.getLong(name + " target")));
        }
    }

    @Override
    public void inspect(Inspector out) {
        messages.forEach((id, target) -> out.text("message connection " + id, "vp " + target.vp + ", SINT" + target.sint));
        events.forEach((id, target) -> out.text("event connection " + id, "vp " + target.vp + ", SINT" + target.sint));
    }
}
