package dev.ringside.devices.pc;

import dev.ringside.device.Device;
import dev.ringside.device.DeviceContext;
import dev.ringside.device.IoHandler;
import dev.ringside.device.StateReader;
import dev.ringside.device.StateWriter;
import dev.ringside.inspect.Inspector;
import java.util.Map;
import java.util.TreeMap;

/**
 * PCI bus 0 and configuration mechanism #1 (PCI Local Bus Specification 3.0, 3.2.2.3.2) at ports 0xCF8 and 0xCFC. Byte accesses to port 0xCF9 belong
 * to the reset control register.
 */
public final class PciBus implements Device, IoHandler {
    private static final int ENABLE = 1 << 31;

    private final String name;
    private final GsiRouter router;
    private final SystemPorts systemPorts;
    /** By slot * 8 + function. */
    private final Map<Integer, PciFunction> functions = new TreeMap<>();
    private int address;

    PciBus(String name, DeviceContext context, GsiRouter router, SystemPorts systemPorts) {
        this.name = name;
        this.router = router;
        this.systemPorts = systemPorts;
        context.claimPorts(this, 0xcf8, 8, this);
    }

    @Override
    public String name() {
        return name;
    }

    /** @throws IllegalArgumentException when the place is taken */
    public void add(int slot, int number, PciFunction function) {
        if (functions.putIfAbsent(slot << 3 | number, function) != null) {
            throw new IllegalArgumentException("PCI 00:%02x.%d is taken".formatted(slot, number));
        }
        int pin = function.readConfig(PciFunction.INTERRUPT_PIN, 1);
        if (pin != 0) {
            function.connectInterrupt(router.pirq(pirqOf(slot, pin)));
        }
    }

    /** Which of PIRQA# to PIRQD# a slot's pin is wired to; the tables for the operating system say the same. */
    static int pirqOf(int slot, int pin) {
        return slot + pin - 2 & 3;
    }

    @Override
    public long read(long offset, int sizeBytes) {
        if (offset >= 4) {
            return data((int) offset - 4, sizeBytes);
        }
        if (offset == 1 && sizeBytes == 1) {
            return systemPorts.readResetControl();
        }
        return offset == 0 && sizeBytes == 4 ? address & 0xffffffffL : -1;
    }

    private long data(int lane, int sizeBytes) {
        PciFunction function = selected();
        return function == null ? -1 : function.readConfig(address & 0xfc | lane, sizeBytes) & 0xffffffffL;
    }

    @Override
    public void write(long offset, int sizeBytes, long value) {
        if (offset >= 4) {
            PciFunction function = selected();
            if (function != null) {
                function.writeConfig(address & 0xfc | (int) offset - 4, sizeBytes, (int) value);
            }
        } else if (offset == 1 && sizeBytes == 1) {
            systemPorts.writeResetControl((int) value & 0xff);
        } else if (offset == 0 && sizeBytes == 4) {
            address = (int) value & (ENABLE | 0xfffffc);
        }
    }

    private PciFunction selected() {
        boolean busZero = (address >> 16 & 0xff) == 0;
        return (address & ENABLE) != 0 && busZero ? functions.get(address >> 8 & 0xff) : null;
    }

    @Override
    public void reset() {
        address = 0;
    }

    @Override
    public void save(StateWriter out) {
        out.putInt("CONFIG_ADDRESS", address);
    }

    @Override
    public void restore(StateReader in) {
        address = in.getInt("CONFIG_ADDRESS");
    }

    @Override
    public void inspect(Inspector out) {
        out.hex("CONFIG_ADDRESS", address, 32);
        functions.forEach((place, function) -> out.child("00:%02x.%d %s".formatted(place >> 3, place & 7, function.name()), function));
    }
}
