package dev.ringside.devices.pc;

import dev.ringside.device.Device;
import dev.ringside.device.IrqLine;
import dev.ringside.device.StateReader;
import dev.ringside.device.StateWriter;
import dev.ringside.inspect.Inspector;
import java.util.ArrayList;
import java.util.List;

/**
 * From the wires that devices drive to the inputs of the interrupt controllers.
 *
 * <pre>
 *   gsi 0       IRQ 0 of the 8259As, input 2 of the I/O APIC (the override that ACPI tells)
 *   gsi 1, 3-15 the same number at both
 *   gsi 16-23   the I/O APIC
 *   PIRQ A-D    inputs 16-19 of the I/O APIC, and the 8259A input that the ISA bridge routes them to
 * </pre>
 *
 * Several devices may drive one wire: it is high while one of them drives it high.
 */
public final class GsiRouter implements Device {
    /** Inputs 0 to 23 of the I/O APIC side, then the four PCI interrupts. */
    private static final int PIRQ_BASE = IoApic.PINS;
    private static final int NOT_ROUTED = 0x80;

    private final String name;
    private final I8259Pair pics;
    private final IoApic ioApic;
    private final List<Wire> wires = new ArrayList<>();
    private final int[] drivers = new int[PIRQ_BASE + 4];
    private final int[] pirqRoute = {NOT_ROUTED, NOT_ROUTED, NOT_ROUTED, NOT_ROUTED};
    private int picLevels;

    public GsiRouter(String name, I8259Pair pics, IoApic ioApic) {
        this.name = name;
        this.pics = pics;
        this.ioApic = ioApic;
    }

    @Override
    public String name() {
        return name;
    }

    /** A new driver of {@code gsi}. @param gsi 0 to 23 */
    public IrqLine gsi(int gsi) {
        if (gsi < 0 || gsi >= IoApic.PINS) {
            throw new IllegalArgumentException("gsi " + gsi + "; the I/O APIC has 0 to " + (IoApic.PINS - 1));
        }
        return wire(gsi);
    }

    /** A new driver of PCI interrupt {@code index}: 0 is PIRQA#. */
    IrqLine pirq(int index) {
        return wire(PIRQ_BASE + index);
    }

    private IrqLine wire(int target) {
        var wire = new Wire(target);
        wires.add(wire);
        return wire;
    }

    private final class Wire implements IrqLine {
        final int target;
        boolean level;

        Wire(int target) {
            this.target = target;
        }

        @Override
        public void set(boolean high) {
            if (high == level) {
                return;
            }
            level = high;
            int before = drivers[target];
            drivers[target] += high ? 1 : -1;
            if (before == 0 || drivers[target] == 0) {
                drive(target, high);
            }
        }
    }

    private void drive(int target, boolean high) {
        if (target >= PIRQ_BASE) {
            ioApic.set(16 + target - PIRQ_BASE, high || drivers[16 + target - PIRQ_BASE] > 0);
        } else if (target >= 16) {
            ioApic.set(target, high || target < 20 && drivers[PIRQ_BASE + target - 16] > 0);
        } else if (target == 0) {
            ioApic.set(2, high);
        } else if (target != 2) {
            ioApic.set(target, high);
        }
        updatePics();
    }

    private void updatePics() {
        int levels = 0;
        for (int irq = 0; irq < 16; irq++) {
            if (drivers[irq] > 0) {
                levels |= 1 << irq;
            }
        }
        for (int i = 0; i < 4; i++) {
            if (pirqRoute[i] < 16 && drivers[PIRQ_BASE + i] > 0) {
                levels |= 1 << pirqRoute[i];
            }
        }
        int changed = levels ^ picLevels;
        picLevels = levels;
        for (int irq = 0; irq < 16; irq++) {
            if ((changed >> irq & 1) != 0) {
                pics.set(irq, (levels >> irq & 1) != 0);
            }
        }
    }

    /** PIRQRC of the ISA bridge: bit 7 set means not routed, else bits 3:0 name the IRQ. */
    void routePirq(int index, int register) {
        pirqRoute[index] = (register & 0x80) != 0 ? NOT_ROUTED : register & 0x0f;
        updatePics();
    }

    @Override
    public void reset() {
        // Wires keep the levels that their devices drive.
    }

    @Override
    public void save(StateWriter out) {
        for (int i = 0; i < wires.size(); i++) {
            out.putBoolean("wire" + i, wires.get(i).level);
        }
        out.putInts("pirqRoute", pirqRoute);
        out.putInt("picLevels", picLevels);
    }

    /** The controllers restore their inputs themselves; here only the books are put right. */
    @Override
    public void restore(StateReader in) {
        java.util.Arrays.fill(drivers, 0);
        for (int i = 0; i < wires.size(); i++) {
            Wire wire = wires.get(i);
            wire.level = in.getBoolean("wire" + i);
            drivers[wire.target] += wire.level ? 1 : 0;
        }
        in.getInts("pirqRoute", pirqRoute);
        picLevels = in.getInt("picLevels");
    }

    @Override
    public void inspect(Inspector out) {
        for (int gsi = 0; gsi < IoApic.PINS; gsi++) {
            out.flag("gsi " + gsi, drivers[gsi] > 0);
        }
        for (int i = 0; i < 4; i++) {
            out.flag("PIRQ" + (char) ('A' + i), drivers[PIRQ_BASE + i] > 0);
        }
    }
}
