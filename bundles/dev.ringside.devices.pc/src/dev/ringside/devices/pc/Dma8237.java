package dev.ringside.devices.pc;

import dev.ringside.device.StateReader;
import dev.ringside.device.StateWriter;
import dev.ringside.inspect.Inspectable;
import dev.ringside.inspect.Inspector;
import java.util.Arrays;

/** The programming model of one Intel 8237A: addresses and counts through the byte flip-flop, mask, mode, command. It transfers nothing. */
final class Dma8237 implements ByteIo, Inspectable {
    private final int[] words = new int[8];
    private boolean high;
    private int command;
    private int mask;
    private int request;
    private final int[] modes = new int[4];
    private int temporary;

    @Override
    public int readByte(int offset) {
        if (offset < 8) {
            int value = words[offset] >> (high ? 8 : 0) & 0xff;
            high = !high;
            return value;
        }
        return switch (offset) {
            case 8 -> request << 4; // status: no terminal counts
            case 13 -> temporary;
            case 15 -> mask | 0xf0;
            default -> 0xff;
        };
    }

    @Override
    public void writeByte(int offset, int value) {
        if (offset < 8) {
            words[offset] = high ? words[offset] & 0xff | value << 8 : words[offset] & 0xff00 | value;
            high = !high;
            return;
        }
        int channelBit = 1 << (value & 3);
        switch (offset) {
            case 8 -> command = value;
            case 9 -> request = (value & 4) != 0 ? request | channelBit : request & ~channelBit;
            case 10 -> mask = (value & 4) != 0 ? mask | channelBit : mask & ~channelBit;
            case 11 -> modes[value & 3] = value;
            case 12 -> high = false;
            case 13 -> reset();
            case 14 -> mask = 0;
            default -> mask = value & 0xf;
        }
    }

    /** Master clear. */
    void reset() {
        high = false;
        command = 0;
        request = 0;
        temporary = 0;
        mask = 0xf;
        Arrays.fill(modes, 0);
    }

    void save(StateWriter out, String prefix) {
        out.putInts(prefix + ".words", words);
        out.putInts(prefix + ".modes", modes);
        out.putInts(prefix, new int[] {high ? 1 : 0, command, mask, request, temporary});
    }

    void restore(StateReader in, String prefix) {
        in.getInts(prefix + ".words", words);
        in.getInts(prefix + ".modes", modes);
        int[] state = new int[5];
        in.getInts(prefix, state);
        high = state[0] != 0;
        command = state[1];
        mask = state[2];
        request = state[3];
        temporary = state[4];
    }

    @Override
    public void inspect(Inspector out) {
        out.hex("command", command, 8).hex("mask", mask, 4).hex("request", request, 4).flag("flip-flop", high);
        for (int channel = 0; channel < 4; channel++) {
            out.hex("address " + channel, words[2 * channel], 16).hex("count " + channel, words[2 * channel + 1], 16).hex("mode " + channel, modes[channel], 8);
        }
    }
}
