package dev.ringside.devices.pc;

import dev.ringside.device.Device;
import dev.ringside.device.DeviceContext;
import dev.ringside.device.DeviceContext.EndRequest;
import dev.ringside.device.IrqLine;
import dev.ringside.device.Keyboard;
import dev.ringside.device.StateReader;
import dev.ringside.device.StateWriter;
import dev.ringside.device.Timer;
import dev.ringside.inspect.Inspector;

/**
 * The keyboard controller of a PS/2: an Intel 8042 at ports 0x60 and 0x64, with keyboard (IRQ 1), mouse (IRQ 12), the A20 gate and the reset line on
 * its output port.
 *
 * <p>A device's byte reaches the output buffer {@value #BYTE_NANOS} ns after the buffer became free, so that a reader that reads twice sees one byte. The controller's own
 * answers are there at once.
 */
public final class I8042 implements Device {
    private static final long BYTE_NANOS = 20_000;

    private static final int STATUS_OBF = 0x01;
    private static final int STATUS_COMMAND = 0x08;
    private static final int STATUS_UNLOCKED = 0x10;
    private static final int STATUS_AUX = 0x20;

    private static final int CCB_KEYBOARD_IRQ = 0x01;
    private static final int CCB_AUX_IRQ = 0x02;
    private static final int CCB_SYS = 0x04;
    private static final int CCB_KEYBOARD_OFF = 0x10;
    private static final int CCB_AUX_OFF = 0x20;
    private static final int CCB_TRANSLATE = 0x40;

    private static final int FROM_CONTROLLER = 0;
    private static final int FROM_KEYBOARD = 1;
    private static final int FROM_AUX = 2;

    private final String name;
    private final DeviceContext context;
    private final IrqLine irq1;
    private final IrqLine irq12;
    private final A20Gate a20;
    private final Timer timer;
    private final Ps2Keyboard keyboard = new Ps2Keyboard(this::bytesWait);
    private final Ps2Mouse mouse = new Ps2Mouse(this::bytesWait);

    private final int[] ram = new int[32];
    private int commandByte;
    private boolean full;
    private int output;
    private int source;
    private boolean lastWasCommand;
    /** The controller command whose argument comes next at port 0x60; 0 for none. */
    private int expecting;
    /** The translator saw 0xF0: the next code is a release. */
    private boolean breakPending;
    private int outputPort;

    I8042(String name, DeviceContext context, IrqLine irq1, IrqLine irq12, A20Gate a20) {
        this.name = name;
        this.context = context;
        this.irq1 = irq1;
        this.irq12 = irq12;
        this.a20 = a20;
        this.timer = context.clock().newTimer(name, this::pull);
        reset();
        context.claimPorts(this, 0x60, 1, new ByteIo() {
            @Override
            public int readByte(int offset) {
                return readData();
            }

            @Override
            public void writeByte(int offset, int value) {
                writeData(value);
            }
        });
        context.claimPorts(this, 0x64, 1, new ByteIo() {
            @Override
            public int readByte(int offset) {
                return status();
            }

            @Override
            public void writeByte(int offset, int value) {
                writeCommand(value);
            }
        });
    }

    @Override
    public String name() {
        return name;
    }

    public Keyboard keyboard() {
        return keyboard;
    }

    /** Moves the mouse: see {@link Ps2Mouse#move}. */
    public void moveMouse(int right, int up, int buttons) {
        mouse.move(right, up, buttons);
    }

    private int status() {
        return (full ? STATUS_OBF : 0) | commandByte & CCB_SYS | (lastWasCommand ? STATUS_COMMAND : 0) | STATUS_UNLOCKED
                | (full && source == FROM_AUX ? STATUS_AUX : 0);
    }

    private int readData() {
        full = false;
        driveIrqs();
        bytesWait();
        return output;
    }

    private void writeData(int value) {
        lastWasCommand = false;
        int command = expecting;
        expecting = 0;
        if (command >= 0x60 && command < 0x80) {
            writeRam(command & 0x1f, value);
            return;
        }
        switch (command) {
            case 0xd1 -> writeOutputPort(value);
            case 0xd2 -> offer(value, FROM_KEYBOARD);
            case 0xd3 -> offer(value, FROM_AUX);
            case 0xd4 -> {
                commandByte &= ~CCB_AUX_OFF;
                mouse.command(value);
            }
            default -> {
                commandByte &= ~CCB_KEYBOARD_OFF; // sending to the keyboard needs its clock
                keyboard.command(value);
            }
        }
    }

    private void writeCommand(int command) {
        lastWasCommand = true;
        expecting = 0;
        if (command >= 0x20 && command < 0x40) {
            offer((command & 0x1f) == 0 ? commandByte : ram[command & 0x1f], FROM_CONTROLLER);
        } else if (command >= 0x60 && command < 0x80) {
            expecting = command;
        } else if (command >= 0xf0) {
            if ((command & 1) == 0) {
                context.end(new EndRequest.Reset("i8042"));
            }
        } else {
            controllerCommand(command);
        }
    }

    private void controllerCommand(int command) {
        switch (command) {
            case 0xa4 -> offer(0xf1, FROM_CONTROLLER); // no password
            case 0xa7 -> changeCommandByte(commandByte | CCB_AUX_OFF);
            case 0xa8 -> changeCommandByte(commandByte & ~CCB_AUX_OFF);
            case 0xa9, 0xab -> offer(0x00, FROM_CONTROLLER); // the line to the device is well
            case 0xaa -> {
                commandByte |= CCB_SYS;
                offer(0x55, FROM_CONTROLLER);
            }
            case 0xad -> changeCommandByte(commandByte | CCB_KEYBOARD_OFF);
            case 0xae -> changeCommandByte(commandByte & ~CCB_KEYBOARD_OFF);
            case 0xc0 -> offer(0x80, FROM_CONTROLLER); // input port: keyboard not locked
            case 0xd0 -> offer(readOutputPort(), FROM_CONTROLLER);
            case 0xd1, 0xd2, 0xd3, 0xd4 -> expecting = command;
            case 0xdd -> a20.set(false);
            case 0xdf -> a20.set(true);
            case 0xe0 -> offer(0x00, FROM_CONTROLLER); // test inputs: both clocks low
            default -> context.unimplemented(this, "i8042 command 0x%02x".formatted(command));
        }
    }

    private void writeRam(int at, int value) {
        if (at == 0) {
            changeCommandByte(value);
        } else {
            ram[at] = value;
        }
    }

    private void changeCommandByte(int value) {
        commandByte = value;
        driveIrqs();
        bytesWait();
    }

    /** Output port: bit 0 reset (active low), 1 A20, 4 and 5 the buffer interrupts. */
    private int readOutputPort() {
        return outputPort & 0xcc | 1 | (a20.isOpen() ? 2 : 0) | (full && source != FROM_AUX ? 0x10 : 0) | (full && source == FROM_AUX ? 0x20 : 0);
    }

    private void writeOutputPort(int value) {
        outputPort = value;
        a20.set((value & 2) != 0);
        if ((value & 1) == 0) {
            context.end(new EndRequest.Reset("i8042"));
        }
    }

    private void offer(int value, int from) {
        full = true;
        output = value;
        source = from;
        timer.cancel();
        driveIrqs();
    }

    private void driveIrqs() {
        irq1.set(full && source == FROM_KEYBOARD && (commandByte & CCB_KEYBOARD_IRQ) != 0);
        irq12.set(full && source == FROM_AUX && (commandByte & CCB_AUX_IRQ) != 0);
    }

    /** A device has something, or the buffer became free. */
    private void bytesWait() {
        if (!full && !timer.isArmed() && (keyboardReady() || mouseReady())) {
            timer.arm(context.clock().nanos() + BYTE_NANOS);
        }
    }

    private boolean keyboardReady() {
        return keyboard.hasByte() && (commandByte & CCB_KEYBOARD_OFF) == 0;
    }

    private boolean mouseReady() {
        return mouse.hasByte() && (commandByte & CCB_AUX_OFF) == 0;
    }

    private void pull() {
        while (!full && keyboardReady()) {
            int octet = keyboard.takeByte();
            if ((commandByte & CCB_TRANSLATE) == 0) {
                offer(octet, FROM_KEYBOARD);
            } else if (octet == 0xf0) {
                breakPending = true;
            } else {
                int translated = ScanCodes.translate(octet);
                boolean prefix = octet == 0xe0 || octet == 0xe1;
                offer(breakPending && !prefix ? translated | 0x80 : translated, FROM_KEYBOARD);
                breakPending &= prefix;
            }
        }
        if (!full && mouseReady()) {
            offer(mouse.takeByte(), FROM_AUX);
        }
    }

    @Override
    public void reset() {
        java.util.Arrays.fill(ram, 0);
        commandByte = CCB_KEYBOARD_IRQ | CCB_TRANSLATE | CCB_AUX_OFF;
        full = false;
        output = 0;
        source = FROM_CONTROLLER;
        lastWasCommand = false;
        expecting = 0;
        breakPending = false;
        outputPort = 0xcf;
        keyboard.reset();
        mouse.reset();
        timer.cancel();
        a20.set(true);
        driveIrqs();
    }

    @Override
    public void save(StateWriter out) {
        out.putInts("ram", ram);
        out.putInt("commandByte", commandByte);
        out.putBoolean("full", full);
        out.putInt("output", output);
        out.putInt("source", source);
        out.putBoolean("lastWasCommand", lastWasCommand);
        out.putInt("expecting", expecting);
        out.putBoolean("breakPending", breakPending);
        out.putInt("outputPort", outputPort);
        out.putBoolean("A20", a20.isOpen());
        keyboard.save(out);
        mouse.save(out);
        TimerState.save(out, "timer", timer);
    }

    @Override
    public void restore(StateReader in) {
        in.getInts("ram", ram);
        commandByte = in.getInt("commandByte");
        full = in.getBoolean("full");
        output = in.getInt("output");
        source = in.getInt("source");
        lastWasCommand = in.getBoolean("lastWasCommand");
        expecting = in.getInt("expecting");
        breakPending = in.getBoolean("breakPending");
        outputPort = in.getInt("outputPort");
        a20.set(in.getBoolean("A20"));
        keyboard.restore(in);
        mouse.restore(in);
        TimerState.restore(in, "timer", timer);
        driveIrqs();
    }

    @Override
    public void inspect(Inspector out) {
        out.hex("status", status(), 8).hex("command byte", commandByte, 8).hex("output buffer", output, 8).hex("output port", readOutputPort(), 8)
                .flag("A20", a20.isOpen()).child("keyboard", keyboard).child("mouse", mouse);
    }
}
