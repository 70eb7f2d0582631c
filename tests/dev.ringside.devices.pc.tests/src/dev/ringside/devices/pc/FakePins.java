package dev.ringside.devices.pc;

import dev.ringside.device.VcpuPins;
import java.util.ArrayList;
import java.util.List;

/** The wires to a processor that only listens. */
final class FakePins implements VcpuPins {
    boolean intr;
    final List<String> events = new ArrayList<>();

    @Override
    public void intr(boolean requested) {
        intr = requested;
    }

    @Override
    public void nmi() {
        events.add("nmi");
    }

    @Override
    public void smi() {
        events.add("smi");
    }

    @Override
    public void init() {
        events.add("init");
    }

    @Override
    public void startup(int vector) {
        events.add("startup " + vector);
    }
}
