package dev.ringside.devices.pc;

import dev.ringside.device.IrqLine;

/** A wire with a switch in it: the HPET cuts the lines of the timers that it replaces. The source's level is remembered and comes back with the connection. */
final class GatedLine implements IrqLine {
    private final IrqLine target;
    private boolean connected = true;
    private boolean level;

    GatedLine(IrqLine target) {
        this.target = target;
    }

    @Override
    public void set(boolean high) {
        level = high;
        if (connected) {
            target.set(high);
        }
    }

    void connect(boolean on) {
        if (on != connected) {
            connected = on;
            target.set(on && level);
        }
    }
}
