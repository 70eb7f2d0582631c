package dev.ringside.devices.pc;

import dev.ringside.device.IrqLine;
import dev.ringside.device.StateReader;
import dev.ringside.device.StateWriter;
import dev.ringside.inspect.Inspectable;
import dev.ringside.inspect.Inspector;

/**
 * One Intel 8259A Programmable Interrupt Controller in 8086 mode, with the edge/level control register that EISA added to it.
 *
 * <p>Departures from the datasheet: an edge is remembered until acknowledged even when the input falls again (as in the integrated controllers of later
 * chipsets; the datasheet would answer IR7). At power-on, where the datasheet defines nothing, all inputs are masked. The MCS-80 mode is absent.
 */
final class I8259 implements Inspectable {
    private final boolean master;
    private final int elcrMask;
    private final IrqLine output;

    private int lines;
    private int irr;
    private int isr;
    private int imr;
    private int elcr;
    private int vectorBase;
    private int icw1;
    private int icw3;
    private int icw4;
    /** The ICW that the next write to the odd port is: 2, 3, 4, or 0 for OCW1. */
    private int nextIcw;
    private int highestPriority;
    private boolean rotateOnAutoEoi;
    private boolean specialMask;
    private boolean poll;
    private boolean readIsr;
    private boolean requested;

    I8259(boolean master, int elcrMask, IrqLine output) {
        this.master = master;
        this.elcrMask = elcrMask;
        this.output = output;
        reset();
    }

    /** Drives input {@code pin}. */
    void set(int pin, boolean high) {
        int bit = 1 << pin;
        if (high) {
            if (isLevel(bit) || (lines & bit) == 0) {
                irr |= bit;
            }
            lines |= bit;
        } else {
            lines &= ~bit;
            if (isLevel(bit)) {
                irr &= ~bit;
            }
        }
        update();
    }

    /** Drives the cascade input, which follows the slave: its request is withdrawn when the slave withdraws. */
    void setCascade(int pin, boolean high) {
        int bit = 1 << pin;
        lines = high ? lines | bit : lines & ~bit;
        irr = high ? irr | bit : irr & ~bit;
        update();
    }

    /** First INTA cycle. @return the input that is acknowledged, or -1: the request went away, which reads as IR7 without an ISR bit */
    int acknowledge() {
        int pin = pending();
        if (pin >= 0) {
            enterService(pin);
        }
        return pin;
    }

    int vector(int pin) {
        return vectorBase | pin;
    }

    private void enterService(int pin) {
        int bit = 1 << pin;
        if (!isLevel(bit) && !isCascade(pin)) {
            irr &= ~bit;
        }
        if (autoEoi()) {
            if (rotateOnAutoEoi) {
                highestPriority = pin + 1 & 7;
            }
        } else {
            isr |= bit;
        }
        update();
    }

    private boolean isCascade(int pin) {
        return master && !single() && (icw3 >> pin & 1) != 0;
    }

    private boolean isLevel(int bit) {
        return ((elcr & bit) != 0 || (icw1 & 0x08) != 0);
    }

    private boolean single() {
        return (icw1 & 0x02) != 0;
    }

    private boolean autoEoi() {
        return (icw4 & 0x02) != 0;
    }

    private boolean specialFullyNested() {
        return (icw4 & 0x10) != 0;
    }

    /** The unmasked request with the highest priority that nothing in service holds back, or -1. */
    private int pending() {
        int requests = irr & ~imr;
        if (requests == 0 || nextIcw != 0) {
            return -1;
        }
        int blocking = specialMask ? isr & ~imr : isr;
        for (int i = 0; i < 8; i++) {
            int pin = highestPriority + i & 7;
            boolean asks = (requests >> pin & 1) != 0;
            if ((blocking >> pin & 1) != 0) {
                boolean ownSlave = specialFullyNested() && isCascade(pin);
                return ownSlave && asks ? pin : -1;
            }
            if (asks) {
                return pin;
            }
        }
        return -1;
    }

    private void update() {
        boolean now = pending() >= 0;
        if (now != requested) {
            requested = now;
            output.set(now);
        }
    }

    int readPort(int a0) {
        if (poll) {
            poll = false;
            int pin = acknowledge();
            return pin < 0 ? 0 : 0x80 | pin;
        }
        return a0 == 1 ? imr : readIsr ? isr : irr;
    }

    void writePort(int a0, int value) {
        if (a0 == 0 && (value & 0x10) != 0) {
            writeIcw1(value);
        } else if (a0 == 0) {
            if ((value & 0x08) != 0) {
                writeOcw3(value);
            } else {
                writeOcw2(value);
            }
        } else {
            writeOdd(value);
        }
        update();
    }

    private void writeIcw1(int value) {
        icw1 = value;
        imr = 0;
        isr = 0;
        irr = 0;
        for (int pin = 0; pin < 8; pin++) {
            // Edge inputs need a new edge; level inputs request again.
            if ((lines >> pin & 1) != 0 && isLevel(1 << pin)) {
                irr |= 1 << pin;
            }
        }
        highestPriority = 0;
        specialMask = false;
        readIsr = false;
        poll = false;
        rotateOnAutoEoi = false;
        icw4 = 0;
        nextIcw = 2;
    }

    private void writeOdd(int value) {
        switch (nextIcw) {
            case 2 -> {
                vectorBase = value & 0xf8;
                nextIcw = single() ? afterIcw3() : 3;
            }
            case 3 -> {
                icw3 = value;
                nextIcw = afterIcw3();
            }
            case 4 -> {
                icw4 = value;
                nextIcw = 0;
            }
            default -> imr = value;
        }
    }

    private int afterIcw3() {
        return (icw1 & 1) != 0 ? 4 : 0;
    }

    private void writeOcw2(int value) {
        int pin = value & 7;
        switch (value >> 5) {
            case 0 -> rotateOnAutoEoi = false;
            case 1 -> endNonSpecific(false);
            case 3 -> isr &= ~(1 << pin);
            case 4 -> rotateOnAutoEoi = true;
            case 5 -> endNonSpecific(true);
            case 6 -> highestPriority = pin + 1 & 7;
            case 7 -> {
                isr &= ~(1 << pin);
                highestPriority = pin + 1 & 7;
            }
            default -> {
                // 010: no operation
            }
        }
    }

    /** Ends the interrupt in service with the highest priority; in special mask mode one that is not masked. */
    private void endNonSpecific(boolean rotate) {
        int inService = specialMask ? isr & ~imr : isr;
        for (int i = 0; i < 8; i++) {
            int pin = highestPriority + i & 7;
            if ((inService >> pin & 1) != 0) {
                isr &= ~(1 << pin);
                if (rotate) {
                    highestPriority = pin + 1 & 7;
                }
                return;
            }
        }
    }

    private void writeOcw3(int value) {
        if ((value & 0x40) != 0) {
            specialMask = (value & 0x20) != 0;
        }
        if ((value & 0x04) != 0) {
            poll = true;
        } else if ((value & 0x02) != 0) {
            readIsr = (value & 0x01) != 0;
        }
    }

    int readElcr() {
        return elcr;
    }

    void writeElcr(int value) {
        elcr = value & elcrMask;
        irr = irr & ~elcr | lines & elcr;
        update();
    }

    boolean requested() {
        return requested;
    }

    boolean masks(int pin) {
        return (imr >> pin & 1) != 0;
    }

    /** Power-on. The inputs keep their levels: their drivers reset themselves. */
    void reset() {
        irr = 0;
        isr = 0;
        imr = 0xff;
        elcr = 0;
        vectorBase = 0;
        icw1 = 0;
        icw3 = 0;
        icw4 = 0;
        nextIcw = 0;
        highestPriority = 0;
        rotateOnAutoEoi = false;
        specialMask = false;
        poll = false;
        readIsr = false;
        update();
    }

    void save(StateWriter out, String prefix) {
        out.putInts(prefix, new int[] {lines, irr, isr, imr, elcr, vectorBase, icw1, icw3, icw4, nextIcw, highestPriority, rotateOnAutoEoi ? 1 : 0,
            specialMask ? 1 : 0, poll ? 1 : 0, readIsr ? 1 : 0, requested ? 1 : 0});
    }

    void restore(StateReader in, String prefix) {
        int[] state = new int[16];
        in.getInts(prefix, state);
        lines = state[0];
        irr = state[1];
        isr = state[2];
        imr = state[3];
        elcr = state[4];
        vectorBase = state[5];
        icw1 = state[6];
        icw3 = state[7];
        icw4 = state[8];
        nextIcw = state[9];
        highestPriority = state[10];
        rotateOnAutoEoi = state[11] != 0;
        specialMask = state[12] != 0;
        poll = state[13] != 0;
        readIsr = state[14] != 0;
        requested = state[15] != 0;
        output.set(requested);
    }

    @Override
    public void inspect(Inspector out) {
        out.hex("IRR", irr, 8).hex("ISR", isr, 8).hex("IMR", imr, 8).hex("ELCR", elcr, 8).hex("ICW1", icw1, 8).hex("ICW2", vectorBase, 8)
                .hex("ICW3", icw3, 8).hex("ICW4", icw4, 8).decimal("highest priority", highestPriority).flag("special mask", specialMask)
                .flag("rotate on AEOI", rotateOnAutoEoi).flag("INT", requested);
    }
}
