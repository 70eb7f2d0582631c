package dev.ringside.machine;

import dev.ringside.device.Device;
import dev.ringside.device.DeviceContext.Region;
import dev.ringside.device.IoHandler;
import java.util.ArrayList;
import java.util.List;

/** Guest-physical addresses that devices answer. Nothing there reads all ones. A later claim lies over an earlier one. */
final class MmioBus {
    private final List<Claim> claims = new ArrayList<>();
    private Claim last;

    Region claim(Device owner, long gpa, long sizeBytes, IoHandler handler) {
        var claim = new Claim(owner, gpa, sizeBytes, handler);
        claims.addFirst(claim);
        return claim;
    }

    long read(long gpa, int sizeBytes) {
        Claim claim = find(gpa);
        return claim == null ? PortBus.mask(sizeBytes) : claim.handler.read(gpa - claim.gpa, sizeBytes) & PortBus.mask(sizeBytes);
    }

    void write(long gpa, int sizeBytes, long value) {
        Claim claim = find(gpa);
        if (claim != null) {
            claim.handler.write(gpa - claim.gpa, sizeBytes, value & PortBus.mask(sizeBytes));
        }
    }

    /** The device at an address, or null. */
    Device owner(long gpa) {
        Claim claim = find(gpa);
        return claim == null ? null : claim.owner;
    }

    private Claim find(long gpa) {
        if (last != null && last.covers(gpa)) {
            return last;
        }
        for (Claim claim : claims) {
            if (claim.covers(gpa)) {
                last = claim;
                return claim;
            }
        }
        return null;
    }

    private final class Claim implements Region {
        private final Device owner;
        private final long sizeBytes;
        private final IoHandler handler;
        private long gpa;
        private boolean enabled = true;

        Claim(Device owner, long gpa, long sizeBytes, IoHandler handler) {
            this.owner = owner;
            this.gpa = gpa;
            this.sizeBytes = sizeBytes;
            this.handler = handler;
        }

        boolean covers(long address) {
            return enabled && address - gpa >= 0 && address - gpa < sizeBytes;
        }

        @Override
        public void move(long to) {
            gpa = to;
            last = null;
        }

        @Override
        public void enable(boolean on) {
            enabled = on;
            last = null;
        }
    }
}
