package dev.ringside.devices.pc;

import dev.ringside.device.Device;
import dev.ringside.device.DeviceContext;
import dev.ringside.device.IrqLine;
import dev.ringside.device.StateReader;
import dev.ringside.device.StateWriter;
import dev.ringside.inspect.Inspector;

/**
 * The two cascaded 8259As of a PC: master at 0x20, slave at 0xA0 on the master's IR2, edge/level control at 0x4D0.
 *
 * <pre>
 *   IRQ 0 1 3..7  -> master --INTR-> processor
 *   IRQ 8..15     -> slave  --IR2--^
 * </pre>
 */
public final class I8259Pair implements Device {
    private static final int CASCADE = 2;

    private final String name;
    private final I8259 master;
    private final I8259 slave;

    /** @param intr the wire to the processor (or to LINT0 of the local APICs) */
    public I8259Pair(String name, DeviceContext context, IrqLine intr) {
        this.name = name;
        // ELCR: the timer, the keyboard, the cascade, the clock and the coprocessor are edge-triggered for ever.
        this.master = new I8259(true, 0xf8, intr);
        this.slave = new I8259(false, 0xde, high -> master.setCascade(CASCADE, high));
        context.claimPorts(this, 0x20, 2, ports(master));
        context.claimPorts(this, 0xa0, 2, ports(slave));
        context.claimPorts(this, 0x4d0, 2, new ByteIo() {
            @Override
            public int readByte(int offset) {
                return chip(offset).readElcr();
            }

            @Override
            public void writeByte(int offset, int value) {
                chip(offset).writeElcr(value);
            }

            private I8259 chip(int offset) {
                return offset == 0 ? master : slave;
            }
        });
    }

    private static ByteIo ports(I8259 chip) {
        return new ByteIo() {
            @Override
            public int readByte(int offset) {
                return chip.readPort(offset);
            }

            @Override
            public void writeByte(int offset, int value) {
                chip.writePort(offset, value);
            }
        };
    }

    @Override
    public String name() {
        return name;
    }

    /** Drives IRQ 0 to 15; IRQ 2 is the cascade and not connected. */
    public void set(int irq, boolean high) {
        if (irq >= 8) {
            slave.set(irq - 8, high);
        } else if (irq != CASCADE) {
            master.set(irq, high);
        }
    }

    /** Level of INTR. */
    public boolean requested() {
        return master.requested();
    }

    /** Both INTA cycles. @return the vector; IR7's (of the master or of the slave) when the request went away */
    public int acknowledge() {
        int pin = master.acknowledge();
        if (pin != CASCADE) {
            return master.vector(pin < 0 ? 7 : pin);
        }
        int slavePin = slave.acknowledge();
        return slave.vector(slavePin < 0 ? 7 : slavePin);
    }

    /** Whether {@code irq} would get through to the processor. */
    boolean isMasked(int irq) {
        return irq < 8 ? master.masks(irq) : master.masks(CASCADE) || slave.masks(irq - 8);
    }

    @Override
    public void reset() {
        slave.reset();
        master.reset();
    }

    @Override
    public void save(StateWriter out) {
        slave.save(out, "slave");
        master.save(out, "master");
    }

    @Override
    public void restore(StateReader in) {
        // The slave drives the cascade, where a master that was initialised again has forgotten the level: so the master comes last.
        slave.restore(in, "slave");
        master.restore(in, "master");
    }

    @Override
    public void inspect(Inspector out) {
        out.child("master", master).child("slave", slave);
    }
}
