package dev.ringside.arch.x86.lift;

import dev.ringside.testkit.Repository;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/** {@code tests/corpora/x86-integer-*.txt}: what a real processor did. The format is described in {@code capture/x86-integer.c}. */
final class IntegerCorpus {
    static final int DATA = 0x100000;
    static final int DATA_BYTES = 0x2000;
    static final int CODE = 0x110000;
    static final List<String> REGISTERS = List.of("rax", "rcx", "rdx", "rbx", "rsp", "rbp", "rsi", "rdi", "r8", "r9", "r10", "r11", "r12", "r13",
        "r14");

    /** State by number: values by register name, {@code f}, {@code m0} to {@code n1}. */
    final List<Map<String, Long>> states = new ArrayList<>();
    final List<Code> codes = new ArrayList<>();

    /** @param outcomes by state number */
    record Code(String hex, int line, Map<Integer, Outcome> outcomes) {
        byte[] bytes() {
            return HexFormat.of().parseHex(hex);
        }
    }

    /** @param fault exception vector, or −1 @param changed values after by name @param memory bytes by offset */
    record Outcome(int fault, Map<String, Long> changed, Map<Integer, byte[]> memory) {
    }

    private IntegerCorpus() {
    }

    static IntegerCorpus read(String file) {
        IntegerCorpus corpus = new IntegerCorpus();
        try {
            List<String> lines = Files.readAllLines(Repository.corpus(file));
            for (int i = 0; i < lines.size(); i++) {
                corpus.line(lines.get(i), i + 1);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(file, e);
        }
        return corpus;
    }

    private void line(String line, int number) {
        String[] words = line.split(" ");
        switch (words[0]) {
            case "#" -> { }
            case "state" -> states.add(values(words, 2));
            case "code" -> codes.add(new Code(words[1], number, new HashMap<>()));
            default -> codes.getLast().outcomes().put(Integer.parseInt(words[0]), outcome(words));
        }
    }

    private static Outcome outcome(String[] words) {
        if (words.length == 2 && words[1].startsWith("fault=")) {
            return new Outcome(Integer.parseInt(words[1].substring(6)), Map.of(), Map.of());
        }
        Map<Integer, byte[]> memory = new HashMap<>();
        for (int i = 1; i < words.length; i++) {
            if (words[i].startsWith("@")) {
                String[] parts = words[i].substring(1).split("=");
                memory.put(Integer.parseInt(parts[0], 16), HexFormat.of().parseHex(parts[1]));
            }
        }
        return new Outcome(-1, values(words, 1), memory);
    }

    private static Map<String, Long> values(String[] words, int from) {
        Map<String, Long> values = new HashMap<>();
        for (int i = from; i < words.length; i++) {
            if (!words[i].startsWith("@")) {
                int equals = words[i].indexOf('=');
                values.put(words[i].substring(0, equals), Long.parseUnsignedLong(words[i].substring(equals + 1), 16));
            }
        }
        return values;
    }

    /** Memory of {@link #DATA_BYTES} before state {@code number}. */
    byte[] memory(int number) {
        byte[] bytes = new byte[DATA_BYTES];
        for (int i = 0; i < DATA_BYTES; i++) {
            bytes[i] = (byte) (37 * i + 11 * (i >> 8));
        }
        Map<String, Long> state = states.get(number);
        quadword(bytes, 0x1000, state.get("m0"));
        quadword(bytes, 0x1008, state.get("m1"));
        quadword(bytes, 0x1100, state.get("n0"));
        quadword(bytes, 0x1108, state.get("n1"));
        return bytes;
    }

    private static void quadword(byte[] bytes, int at, long value) {
        for (int i = 0; i < 8; i++) {
            bytes[at + i] = (byte) (value >>> 8 * i);
        }
    }
}
