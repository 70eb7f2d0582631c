package dev.ringside.devices.pc;

import dev.ringside.device.Keyboard;
import dev.ringside.device.StateReader;
import dev.ringside.device.StateWriter;
import dev.ringside.inspect.Inspectable;
import dev.ringside.inspect.Inspector;

/**
 * A PS/2 keyboard behind its controller, scan code sets 1 and 2.
 *
 * <p>Answers to commands go before keys. Keys wait until the controller takes them (the real buffer holds 16 bytes and then beeps). A key that
 * is held does not repeat: who presses keys decides how often.
 */
final class Ps2Keyboard implements Keyboard, Inspectable {
    private static final int ACK = 0xfa;
    private static final int RESEND = 0xfe;
    private static final int SELF_TEST_PASSED = 0xaa;
    private static final int BREAK = 0xf0;

    private final Runnable bytesWait;
    private final OctetQueue answers = new OctetQueue();
    private final OctetQueue keys = new OctetQueue();
    private boolean scanning;
    private int set;
    private int leds;
    private int typematic;
    private int expecting;
    private int lastSent;

    /** @param bytesWait called when the controller may come for a byte */
    Ps2Keyboard(Runnable bytesWait) {
        this.bytesWait = bytesWait;
        reset();
    }

    @Override
    public void press(String key) {
        send(ScanCodes.ofKey(key), false);
    }

    @Override
    public void release(String key) {
        send(ScanCodes.ofKey(key), true);
    }

    @Override
    public void type(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (ScanCodes.keyOf(text.charAt(i)) == null) {
                throw new IllegalArgumentException("no key makes the character '" + text.charAt(i) + "' (U+%04X)".formatted((int) text.charAt(i)));
            }
        }
        for (int i = 0; i < text.length(); i++) {
            char character = text.charAt(i);
            String key = ScanCodes.keyOf(character);
            boolean shift = ScanCodes.needsShift(character);
            if (shift) {
                press("LeftShift");
            }
            press(key);
            release(key);
            if (shift) {
                release("LeftShift");
            }
        }
    }

    private void send(int code, boolean released) {
        if (!scanning) {
            return;
        }
        if ((code & ScanCodes.EXTENDED) != 0) {
            keys.add(0xe0);
        }
        if (set == 1) {
            keys.add(ScanCodes.translate(code & 0xff) | (released ? 0x80 : 0));
        } else {
            if (released) {
                keys.add(BREAK);
            }
            keys.add(code & 0xff);
        }
        bytesWait.run();
    }

    boolean hasByte() {
        return !answers.isEmpty() || !keys.isEmpty();
    }

    int takeByte() {
        lastSent = answers.isEmpty() ? keys.take() : answers.take();
        return lastSent;
    }

    /** A byte from the host. */
    void command(int value) {
        int argumentOf = expecting;
        expecting = 0;
        switch (argumentOf) {
            case 0xed -> {
                leds = value & 7;
                answers.add(ACK);
            }
            case 0xf0 -> selectSet(value);
            case 0xf3 -> {
                typematic = value & 0x7f;
                answers.add(ACK);
            }
            default -> start(value);
        }
        bytesWait.run();
    }

    private void start(int command) {
        switch (command) {
            case 0xed, 0xf0, 0xf3 -> {
                expecting = command;
                answers.add(ACK);
            }
            case 0xee -> answers.add(0xee); // echo
            case 0xf2 -> {
                answers.add(ACK);
                answers.add(0xab);
                answers.add(0x83);
            }
            case 0xf4 -> {
                keys.clear();
                scanning = true;
                answers.add(ACK);
            }
            case 0xf5 -> {
                defaults();
                scanning = false;
                answers.add(ACK);
            }
            case 0xf6 -> {
                defaults();
                scanning = true;
                answers.add(ACK);
            }
            case 0xf7, 0xf8, 0xf9, 0xfa -> answers.add(ACK); // set 3 only: key types
            case 0xfe -> answers.add(lastSent);
            case 0xff -> {
                reset();
                answers.add(ACK);
                answers.add(SELF_TEST_PASSED);
            }
            default -> answers.add(RESEND);
        }
    }

    private void selectSet(int value) {
        switch (value) {
            case 0 -> {
                answers.add(ACK);
                answers.add(set);
            }
            case 1, 2 -> {
                set = value;
                answers.add(ACK);
            }
            default -> answers.add(RESEND);
        }
    }

    private void defaults() {
        keys.clear();
        set = 2;
        typematic = 0x2b; // 10.9 characters a second after 500 ms
        leds = 0;
    }

    void reset() {
        answers.clear();
        defaults();
        scanning = true;
        expecting = 0;
        lastSent = 0;
    }

    void save(StateWriter out) {
        out.putBytes("keyboard.answers", answers.toBytes());
        out.putBytes("keyboard.keys", keys.toBytes());
        out.putInts("keyboard", new int[] {scanning ? 1 : 0, set, leds, typematic, expecting, lastSent});
    }

    void restore(StateReader in) {
        answers.fromBytes(in.getBytes("keyboard.answers"));
        keys.fromBytes(in.getBytes("keyboard.keys"));
        int[] state = new int[6];
        in.getInts("keyboard", state);
        scanning = state[0] != 0;
        set = state[1];
        leds = state[2];
        typematic = state[3];
        expecting = state[4];
        lastSent = state[5];
    }

    @Override
    public void inspect(Inspector out) {
        out.flag("scanning", scanning).decimal("scan code set", set).hex("LEDs", leds, 3).hex("typematic", typematic, 7)
                .decimal("answers waiting", answers.size()).decimal("key bytes waiting", keys.size());
    }
}
