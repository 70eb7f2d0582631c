package dev.ringside.devices.pc;

import dev.ringside.device.Clock;
import dev.ringside.device.Device;
import dev.ringside.device.DeviceContext;
import dev.ringside.device.DmaMemory;
import dev.ringside.device.IoHandler;
import dev.ringside.device.IrqLine;
import dev.ringside.device.ShadowRam;
import dev.ringside.device.Timer;
import dev.ringside.trace.TraceSink;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A machine without processors: ports, MMIO, 16 MiB of memory, and a clock that tests advance. */
final class FakeContext implements DeviceContext, Clock, DmaMemory {
    long nanos;
    int currentVcpu;
    boolean a20 = true;
    final List<EndRequest> ends = new ArrayList<>();
    final List<String> unimplemented = new ArrayList<>();
    final List<String> shadow = new ArrayList<>();
    final List<Long> forgotten = new ArrayList<>();
    final boolean[] gsi = new boolean[24];
    final byte[] ram = new byte[16 << 20];
    private final List<FakeTimer> timers = new ArrayList<>();
    private final Map<Integer, Port> ports = new HashMap<>();
    private final List<FakeRegion> movablePorts = new ArrayList<>();
    private final List<FakeRegion> regions = new ArrayList<>();

    private record Port(IoHandler handler, int offset, int count) {
        boolean covers(int sizeBytes) {
            return offset + sizeBytes <= count;
        }
    }

    // Time

    /** Lets {@code duration} pass; timers expire exactly at their deadlines, in order. */
    void advance(long duration) {
        advanceTo(nanos + duration);
    }

    void advanceTo(long target) {
        while (true) {
            FakeTimer next = null;
            for (FakeTimer timer : timers) {
                if (timer.armed && timer.deadline <= target && (next == null || timer.deadline < next.deadline)) {
                    next = timer;
                }
            }
            if (next == null) {
                break;
            }
            next.armed = false;
            nanos = Math.max(nanos, next.deadline);
            next.onExpiry.run();
        }
        nanos = target;
    }

    @Override
    public long nanos() {
        return nanos;
    }

    @Override
    public Timer newTimer(String name, Runnable onExpiry) {
        var timer = new FakeTimer(onExpiry);
        timers.add(timer);
        return timer;
    }

    private static final class FakeTimer implements Timer {
        final Runnable onExpiry;
        boolean armed;
        long deadline;

        FakeTimer(Runnable onExpiry) {
            this.onExpiry = onExpiry;
        }

        @Override
        public void arm(long deadlineNanos) {
            armed = true;
            deadline = deadlineNanos;
        }

        @Override
        public void cancel() {
            armed = false;
        }

        @Override
        public boolean isArmed() {
            return armed;
        }

        @Override
        public long deadlineNanos() {
            return deadline;
        }
    }

    // Ports

    int in(int port) {
        return (int) in(port, 1);
    }

    long in(int port, int sizeBytes) {
        Port at = port(port);
        long mask = sizeBytes == 8 ? -1 : (1L << 8 * sizeBytes) - 1;
        if (at != null && at.covers(sizeBytes)) {
            return at.handler.read(at.offset, sizeBytes) & mask;
        }
        long value = sizeBytes == 1 ? 0xff : 0;
        for (int i = 0; i < sizeBytes && sizeBytes > 1; i++) {
            value |= in(port + i, 1) << 8 * i;
        }
        return value;
    }

    void out(int port, int value) {
        out(port, 1, value);
    }

    void out(int port, int sizeBytes, long value) {
        Port at = port(port);
        if (at != null && at.covers(sizeBytes)) {
            at.handler.write(at.offset, sizeBytes, value);
            return;
        }
        for (int i = 0; i < sizeBytes && sizeBytes > 1; i++) {
            out(port + i, 1, value >>> 8 * i & 0xff);
        }
    }

    boolean hasPort(int port) {
        return port(port) != null;
    }

    @Override
    public void claimPorts(Device owner, int first, int count, IoHandler handler) {
        for (int i = 0; i < count; i++) {
            if (ports.putIfAbsent(first + i, new Port(handler, i, count)) != null) {
                throw new IllegalStateException("port 0x" + Integer.toHexString(first + i) + " is taken");
            }
        }
    }

    @Override
    public Region claimMovablePorts(Device owner, int count, IoHandler handler) {
        var movable = new FakeRegion(handler, 0, count);
        movable.enabled = false;
        movablePorts.add(movable);
        return movable;
    }

    private Port port(int port) {
        Port fixed = ports.get(port);
        if (fixed != null) {
            return fixed;
        }
        for (FakeRegion region : movablePorts) {
            if (region.covers(port)) {
                return new Port(region.handler, (int) (port - region.gpa), (int) region.size);
            }
        }
        return null;
    }

    // MMIO

    long load(long gpa, int sizeBytes) {
        long mask = sizeBytes == 8 ? -1 : (1L << 8 * sizeBytes) - 1;
        for (FakeRegion region : regions) {
            if (region.covers(gpa)) {
                return region.handler.read(gpa - region.gpa, sizeBytes) & mask;
            }
        }
        return mask;
    }

    void store(long gpa, int sizeBytes, long value) {
        for (FakeRegion region : regions) {
            if (region.covers(gpa)) {
                region.handler.write(gpa - region.gpa, sizeBytes, value);
                return;
            }
        }
    }

    @Override
    public Region claimMmio(Device owner, long gpa, long sizeBytes, IoHandler handler) {
        var region = new FakeRegion(handler, gpa, sizeBytes);
        regions.add(region);
        return region;
    }

    private static final class FakeRegion implements Region {
        final IoHandler handler;
        final long size;
        long gpa;
        boolean enabled = true;

        FakeRegion(IoHandler handler, long gpa, long size) {
            this.handler = handler;
            this.gpa = gpa;
            this.size = size;
        }

        boolean covers(long address) {
            return enabled && address >= gpa && address < gpa + size;
        }

        @Override
        public void move(long newGpa) {
            gpa = newGpa;
        }

        @Override
        public void enable(boolean on) {
            enabled = on;
        }
    }

    // Memory

    @Override
    public void read(long gpa, byte[] into, int offset, int length) {
        for (int i = 0; i < length; i++) {
            into[offset + i] = hasRam(gpa + i) ? ram[(int) (gpa + i)] : (byte) 0xff;
        }
    }

    @Override
    public void write(long gpa, byte[] from, int offset, int length) {
        for (int i = 0; i < length; i++) {
            write(gpa + i, 1, from[offset + i]);
        }
    }

    @Override
    public long read(long gpa, int sizeBytes) {
        long value = 0;
        for (int i = 0; i < sizeBytes; i++) {
            value |= (hasRam(gpa + i) ? ram[(int) (gpa + i)] & 0xffL : 0xff) << 8 * i;
        }
        return value;
    }

    @Override
    public void write(long gpa, int sizeBytes, long value) {
        for (int i = 0; i < sizeBytes; i++) {
            if (hasRam(gpa + i)) {
                ram[(int) (gpa + i)] = (byte) (value >>> 8 * i);
            }
        }
    }

    private boolean hasRam(long gpa) {
        return gpa >= 0 && gpa < ram.length;
    }

    // The rest of the context

    @Override
    public Clock clock() {
        return this;
    }

    @Override
    public DmaMemory memory() {
        return this;
    }

    @Override
    public TraceSink trace() {
        return TraceSink.NONE;
    }

    @Override
    public IrqLine gsi(int number) {
        return high -> gsi[number] = high;
    }

    @Override
    public void end(EndRequest request) {
        ends.add(request);
    }

    @Override
    public void unimplemented(Device device, String what) {
        if (!unimplemented.contains(what)) {
            unimplemented.add(what);
        }
    }

    @Override
    public int currentVcpu() {
        return currentVcpu;
    }

    @Override
    public ShadowRam shadowRam() {
        return (gpa, sizeBytes, readRam, writeRam) -> shadow.add("%x+%x %s%s".formatted(gpa, sizeBytes, readRam ? "r" : "-", writeRam ? "w" : "-"));
    }

    @Override
    public void a20(boolean enabled) {
        a20 = enabled;
    }

    @Override
    public void forgetMapping(long gpa) {
        forgotten.add(gpa);
    }
}
