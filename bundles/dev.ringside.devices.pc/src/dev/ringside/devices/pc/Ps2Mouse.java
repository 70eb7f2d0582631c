package dev.ringside.devices.pc;

import dev.ringside.device.StateReader;
import dev.ringside.device.StateWriter;
import dev.ringside.inspect.Inspectable;
import dev.ringside.inspect.Inspector;

/** A PS/2 mouse with three buttons behind its controller; three-byte packets. The sampling rate is kept but every movement is reported at once. */
final class Ps2Mouse implements Inspectable {
    private static final int ACK = 0xfa;
    private static final int RESEND = 0xfe;

    private final Runnable bytesWait;
    private final OctetQueue bytes = new OctetQueue();
    private boolean reporting;
    private boolean remote;
    private boolean wrap;
    private boolean scaling;
    private int rate;
    private int resolution;
    private int buttons;
    private int dx;
    private int dy;
    private int expecting;

    Ps2Mouse(Runnable bytesWait) {
        this.bytesWait = bytesWait;
        reset();
    }

    /**
     * Moves the mouse and sets its buttons.
     *
     * @param right mickeys to the right
     * @param up mickeys away from the user
     * @param pressed bit 0 left, 1 right, 2 middle
     */
    void move(int right, int up, int pressed) {
        dx += right;
        dy += up;
        buttons = pressed & 7;
        if (reporting && !remote && !wrap) {
            packet();
            bytesWait.run();
        }
    }

    private void packet() {
        int x = Math.clamp(dx, -256, 255);
        int y = Math.clamp(dy, -256, 255);
        int overflow = (x != dx ? 0x40 : 0) | (y != dy ? 0x80 : 0);
        bytes.add(buttons | 0x08 | (x < 0 ? 0x10 : 0) | (y < 0 ? 0x20 : 0) | overflow);
        bytes.add(x);
        bytes.add(y);
        dx = 0;
        dy = 0;
    }

    boolean hasByte() {
        return !bytes.isEmpty();
    }

    int takeByte() {
        return bytes.take();
    }

    void command(int value) {
        if (wrap && value != 0xff && value != 0xec) {
            bytes.add(value);
            bytesWait.run();
            return;
        }
        int argumentOf = expecting;
        expecting = 0;
        switch (argumentOf) {
            case 0xe8 -> {
                resolution = value & 3;
                bytes.add(ACK);
            }
            case 0xf3 -> {
                rate = value;
                bytes.add(ACK);
            }
            default -> start(value);
        }
        bytesWait.run();
    }

    private void start(int command) {
        if (command == 0xff) {
            reset();
            bytes.add(ACK);
            bytes.add(0xaa);
            bytes.add(0x00);
            return;
        }
        boolean known = true;
        switch (command) {
            case 0xe6 -> scaling = false;
            case 0xe7 -> scaling = true;
            case 0xe8, 0xf3 -> expecting = command;
            case 0xea -> remote = false;
            case 0xec -> wrap = false;
            case 0xee -> wrap = true;
            case 0xf0 -> remote = true;
            case 0xf4 -> reporting = true;
            case 0xf5 -> reporting = false;
            case 0xf6 -> defaults();
            case 0xe9, 0xeb, 0xf2 -> {
                // answered with data below
            }
            default -> known = false;
        }
        bytes.add(known ? ACK : RESEND);
        switch (command) {
            case 0xe9 -> {
                bytes.add((remote ? 0x40 : 0) | (reporting ? 0x20 : 0) | (scaling ? 0x10 : 0) | (buttons & 1) << 2 | (buttons & 4) >> 1 | (buttons & 2) >> 1);
                bytes.add(resolution);
                bytes.add(rate);
            }
            case 0xeb -> packet();
            case 0xf2 -> bytes.add(0x00);
            default -> {
                // no data
            }
        }
    }

    private void defaults() {
        reporting = false;
        remote = false;
        scaling = false;
        rate = 100;
        resolution = 2;
        dx = 0;
        dy = 0;
    }

    void reset() {
        bytes.clear();
        wrap = false;
        buttons = 0;
        expecting = 0;
        defaults();
    }

    void save(StateWriter out) {
        out.putBytes("mouse.bytes", bytes.toBytes());
        out.putInts("mouse", new int[] {reporting ? 1 : 0, remote ? 1 : 0, wrap ? 1 : 0, scaling ? 1 : 0, rate, resolution, buttons, dx, dy, expecting});
    }

    void restore(StateReader in) {
        bytes.fromBytes(in.getBytes("mouse.bytes"));
        int[] state = new int[10];
        in.getInts("mouse", state);
        reporting = state[0] != 0;
        remote = state[1] != 0;
        wrap = state[2] != 0;
        scaling = state[3] != 0;
        rate = state[4];
        resolution = state[5];
        buttons = state[6];
        dx = state[7];
        dy = state[8];
        expecting = state[9];
    }

    @Override
    public void inspect(Inspector out) {
        out.flag("reporting", reporting).flag("remote mode", remote).flag("wrap mode", wrap).flag("2:1 scaling", scaling).decimal("rate", rate)
                .decimal("resolution", resolution).hex("buttons", buttons, 3).decimal("bytes waiting", bytes.size());
    }
}
