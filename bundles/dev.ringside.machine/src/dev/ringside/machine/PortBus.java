package dev.ringside.machine;

import dev.ringside.device.Device;
import dev.ringside.device.DeviceContext.Region;
import dev.ringside.device.IoHandler;
import java.util.ArrayList;
import java.util.List;

/** The 65,536 ports. An access that no device answers reads all ones; one that spans two devices is split into bytes. */
final class PortBus {
    private static final int PORTS = 0x10000;

    private final Claim[] claims = new Claim[PORTS];
    private final List<Movable> movables = new ArrayList<>();

    private record Claim(Device owner, int first, int count, IoHandler handler) {
    }

    void claim(Device owner, int first, int count, IoHandler handler) {
        if (first < 0 || count < 1 || first + count > PORTS) {
            throw new IllegalArgumentException("%s claims ports %#x to %#x; ports end at 0xffff".formatted(owner.name(), first, first + count - 1));
        }
        var claim = new Claim(owner, first, count, handler);
        for (int port = first; port < first + count; port++) {
            if (claims[port] != null) {
                throw new IllegalStateException("%s claims port %#x, which %s has".formatted(owner.name(), port, claims[port].owner.name()));
            }
            claims[port] = claim;
        }
    }

    /** Ports that software moves; fixed claims go before them, earlier ones before later ones. */
    Region claimMovable(Device owner, int count, IoHandler handler) {
        var movable = new Movable(owner, count, handler);
        movables.add(movable);
        return movable;
    }

    private static final class Movable implements Region {
        private Claim claim;
        private boolean enabled;

        Movable(Device owner, int count, IoHandler handler) {
            claim = new Claim(owner, 0, count, handler);
        }

        boolean covers(int port) {
            return enabled && port >= claim.first && port < claim.first + claim.count;
        }

        @Override
        public void move(long first) {
            claim = new Claim(claim.owner, (int) first & 0xffff, claim.count, claim.handler);
        }

        @Override
        public void enable(boolean on) {
            enabled = on;
        }
    }

    private Claim at(int port) {
        Claim claim = claims[port & 0xffff];
        if (claim != null) {
            return claim;
        }
        for (Movable movable : movables) {
            if (movable.covers(port & 0xffff)) {
                return movable.claim;
            }
        }
        return null;
    }

    /** The device behind a port, or null. */
    Device owner(int port) {
        Claim claim = at(port);
        return claim == null ? null : claim.owner;
    }

    long read(int port, int sizeBytes) {
        Claim claim = whole(port, sizeBytes);
        if (claim != null) {
            return claim.handler.read(port - claim.first, sizeBytes) & mask(sizeBytes);
        }
        if (sizeBytes == 1) {
            return 0xff;
        }
        long value = 0;
        for (int i = 0; i < sizeBytes; i++) {
            value |= read(port + i & 0xffff, 1) << 8 * i;
        }
        return value;
    }

    void write(int port, int sizeBytes, long value) {
        Claim claim = whole(port, sizeBytes);
        if (claim != null) {
            claim.handler.write(port - claim.first, sizeBytes, value & mask(sizeBytes));
        } else if (sizeBytes > 1) {
            for (int i = 0; i < sizeBytes; i++) {
                write(port + i & 0xffff, 1, value >>> 8 * i & 0xff);
            }
        }
    }

    /** The claim that covers all of the access, or null. */
    private Claim whole(int port, int sizeBytes) {
        Claim claim = at(port);
        return claim != null && (port & 0xffff) + sizeBytes <= claim.first + claim.count ? claim : null;
    }

    static long mask(int sizeBytes) {
        return sizeBytes == 8 ? -1L : (1L << 8 * sizeBytes) - 1;
    }
}
