package dev.ringside.pv.hyperv;

import dev.ringside.device.StateReader;
import dev.ringside.device.StateWriter;
import dev.ringside.inspect.Inspectable;
import dev.ringside.inspect.Inspector;
import dev.ringside.memory.PhysicalMemory;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What a guest says when it dies (TLFS 4.2 "guest crash enlightenment"): five numbers, and with bit 62 a message at P3 of P4 bytes. */
final class Crash implements Inspectable {
    static final long NOTIFY = 1L << 63, MESSAGE = 1L << 62;
    private static final int PARAMETERS = 5;
    private static final int MAX_MESSAGE_BYTES = 4096;

    private final PhysicalMemory memory;
    private final long[] parameters = new long[PARAMETERS];
    private long notices;
    private String message = "";

    Crash(PhysicalMemory memory) {
        this.memory = memory;
    }

    void reset() {
        Arrays.fill(parameters, 0);
    }

    long parameter(int index) {
        return parameters[index];
    }

    void parameter(int index, long value) {
        parameters[index] = value;
    }

    long notices() {
        return notices;
    }

    /** The last crash: its parameters, then its message. */
    List<String> lines() {
        if (notices == 0) {
            return List.of();
        }
        String numbers = Arrays.stream(parameters).mapToObj("%#x"::formatted).collect(Collectors.joining(", "));
        return Stream.concat(Stream.of("crash: " + numbers), message.lines().map(line -> "crash: " + line)).toList();
    }

    void control(long value) {
        if ((value & NOTIFY) == 0) {
            return;
        }
        notices++;
        message = (value & MESSAGE) == 0 ? "" : text(parameters[3], parameters[4]);
    }

    private String text(long gpa, long length) {
        var bytes = new byte[(int) Math.min(Math.max(length, 0), MAX_MESSAGE_BYTES)];
        memory.read(gpa, bytes, 0, bytes.length);
        String text = new String(bytes, StandardCharsets.ISO_8859_1);
        int end = text.indexOf('\0');
        return end < 0 ? text : text.substring(0, end);
    }

    void save(StateWriter out) {
        for (int i = 0; i < PARAMETERS; i++) {
            out.putLong("CRASH_P" + i, parameters[i]);
        }
        out.putLong("crashes", notices);
        out.putBytes("crash message", message.getBytes(StandardCharsets.ISO_8859_1));
    }

    void restore(StateReader in) {
        for (int i = 0; i < PARAMETERS; i++) {
            parameters[i] = in.getLong("CRASH_P" + i);
        }
        notices = in.getLong("crashes");
        message = new String(in.getBytes("crash message"), StandardCharsets.ISO_8859_1);
    }

    @Override
    public void inspect(Inspector out) {
        for (int i = 0; i < PARAMETERS; i++) {
            out.hex("HV_X64_MSR_CRASH_P" + i, parameters[i], 64);
        }
        out.decimal("crashes told", notices).text("message", message);
    }
}
