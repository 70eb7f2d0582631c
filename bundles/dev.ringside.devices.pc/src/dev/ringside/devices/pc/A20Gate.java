package dev.ringside.devices.pc;

import dev.ringside.device.DeviceContext;

/** The A20 gate. The keyboard controller and port 0x92 both switch it; who switched last wins. */
final class A20Gate {
    private final DeviceContext context;
    private boolean open = true;

    A20Gate(DeviceContext context) {
        this.context = context;
    }

    void set(boolean nowOpen) {
        if (nowOpen != open) {
            open = nowOpen;
            context.a20(nowOpen);
        }
    }

    boolean isOpen() {
        return open;
    }
}
