package dev.ringside.arch.x86.simd;

import dev.ringside.arch.GuestFault;
import dev.ringside.arch.x86.LazyFlags;
import dev.ringside.arch.x86.X86State;
import dev.ringside.arch.x86.cpu.SseEnabled;
import dev.ringside.arch.x86.cpu.X86Cpu;
import dev.ringside.testkit.Repository;
import dev.ringside.testkit.X86EngineMachine;
import dev.ringside.testkit.X86TestMachine;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * {@code tests/corpora/x86-{sse,mmx,x87}-64.txt}: what a real processor did, and the same on a processor of ours. The format is described in
 * {@code capture/x86-floating.c}.
 */
final class FloatingCorpus {
    private static final int MEMORY = 0x8000;
    private static final int CODE = 0x1000;
    private static final int XMM0 = X86State.XMM[0].slot(), FPR0 = X86State.FPR[0].slot(), FPE0 = X86State.FPE[0].slot();

    private final Map<Integer, BigInteger> values = new TreeMap<>();
    private final List<Row> rows = new ArrayList<>();

    /** @param before and {@code after}: values by name; of what changed, or the fault */
    record Row(int line, String hex, String text, Map<String, BigInteger> before, Map<String, BigInteger> after) {
        BigInteger was(String name, BigInteger otherwise) {
            return before.getOrDefault(name, otherwise);
        }

        String mnemonic() {
            return text.startsWith("rex") ? text.split(" ")[1] : text.split(" ")[0];
        }
    }

    static FloatingCorpus read(String file) {
        FloatingCorpus corpus = new FloatingCorpus();
        try {
            List<String> lines = Files.readAllLines(Repository.corpus(file));
            String hex = null;
            String text = null;
            for (int i = 0; i < lines.size(); i++) {
                String[] words = lines.get(i).split(" ", 3);
                switch (words[0]) {
                    case "#" -> { }
                    case "value" -> corpus.values.put(Integer.parseInt(words[1]), new BigInteger(words[2], 16));
                    case "insn" -> {
                        hex = words[1];
                        text = words[2];
                    }
                    default -> corpus.rows.add(corpus.row(i + 1, hex, text, lines.get(i)));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(file, e);
        }
        return corpus;
    }

    List<Row> rows() {
        return rows;
    }

    private Row row(int line, String hex, String text, String words) {
        int arrow = words.indexOf('>');
        return new Row(line, hex, text, assignments(words.substring(0, arrow)), assignments(words.substring(arrow + 1)));
    }

    private Map<String, BigInteger> assignments(String words) {
        Map<String, BigInteger> result = new LinkedHashMap<>();
        for (String word : words.trim().split(" ")) {
            int equals = word.indexOf('=');
            if (equals > 0) {
                String value = word.substring(equals + 1);
                result.put(word.substring(0, equals),
                    value.startsWith("@") ? values.get(Integer.parseInt(value.substring(1))) : new BigInteger(value, 16));
            }
        }
        return result;
    }

    /** What a row runs on. */
    interface Machine {
        X86Cpu cpu();

        void reset();

        long load(long address);

        void store(long address, long value);

        void code(String hex);

        /** Runs the code; the exception it raised, or −1. */
        int run();
    }

    static Machine on(X86TestMachine m) {
        return new Machine() {
            @Override
            public X86Cpu cpu() {
                return m.cpu();
            }

            @Override
            public void reset() {
                // Every register of the corpus is set below.
            }

            @Override
            public long load(long address) {
                return m.memory().load(address, 8, 0);
            }

            @Override
            public void store(long address, long value) {
                m.memory().store(address, 8, value, 0);
            }

            @Override
            public void code(String hex) {
                m.code(CODE, hex);
            }

            @Override
            public int run() {
                GuestFault fault = m.run();
                return fault == null ? -1 : fault.vector;
            }
        };
    }

    static Machine on(X86EngineMachine m) {
        return new Machine() {
            private String present = "";

            @Override
            public X86Cpu cpu() {
                return m.cpu();
            }

            @Override
            public void reset() {
                m.reset();
            }

            @Override
            public long load(long address) {
                return m.memory().read(address, 8);
            }

            @Override
            public void store(long address, long value) {
                m.memory().write(address, 8, value);
            }

            @Override
            public void code(String hex) {
                if (!hex.equals(present)) {
                    m.code(CODE, hex);
                    present = hex;
                }
                m.cpu().pc(CODE);
            }

            @Override
            public int run() {
                return m.run();
            }
        };
    }

    /** Runs the row's instruction; what changed, by the corpus's names. */
    static Map<String, BigInteger> replay(Machine m, Row row) {
        X86Cpu cpu = m.cpu();
        m.reset();
        SseEnabled.in(cpu);
        set(m, row);
        Map<String, BigInteger> was = state(m);
        m.code(row.hex());
        int fault = m.run();
        if (fault >= 0) {
            Map<String, BigInteger> result = new LinkedHashMap<>();
            result.put("fault", BigInteger.valueOf(fault));
            result.put("mxcsr", BigInteger.valueOf(cpu.slots[X86State.MXCSR.slot()]));
            return result;
        }
        Map<String, BigInteger> changed = state(m);
        changed.entrySet().removeIf(e -> was.get(e.getKey()).equals(e.getValue()));
        return changed;
    }

    private static void set(Machine m, Row row) {
        long[] r = m.cpu().slots;
        long fsw = row.was("fsw", BigInteger.ZERO).longValue();
        r[X86State.MXCSR.slot()] = row.was("mxcsr", BigInteger.valueOf(0x1f80)).longValue();
        r[X86State.FCW.slot()] = row.was("fcw", BigInteger.valueOf(0x37f)).longValue();
        r[X86State.FSW.slot()] = fsw & ~0x3800;
        r[X86State.FTOP.slot()] = fsw >> 11 & 7;
        r[X86State.FTAG.slot()] = row.was("ftw", BigInteger.ZERO).longValue();
        r[X86State.RAX] = row.was("rax", BigInteger.ZERO).longValue();
        r[X86State.RCX] = row.was("rcx", BigInteger.ZERO).longValue();
        r[X86State.RDX] = row.was("rdx", BigInteger.ZERO).longValue();
        r[X86State.RBX] = r[X86State.RDI] = MEMORY;
        LazyFlags.setRflags(r, row.was("f", BigInteger.TWO).longValue() & 0x8d7);
        for (int i = 0; i < 16; i++) {
            BigInteger v = row.was("x" + i, BigInteger.ZERO);
            r[XMM0 + 2 * i] = v.longValue();
            r[XMM0 + 2 * i + 1] = v.shiftRight(64).longValue();
        }
        for (int i = 0; i < 8; i++) {
            BigInteger v = row.was("p" + i, BigInteger.ZERO);
            r[FPR0 + i] = v.longValue();
            r[FPE0 + i] = v.shiftRight(64).longValue();
        }
        BigInteger v = row.was("m", BigInteger.ZERO);
        m.store(MEMORY, v.longValue());
        m.store(MEMORY + 8, v.shiftRight(64).longValue());
    }

    private static Map<String, BigInteger> state(Machine m) {
        long[] r = m.cpu().slots;
        Map<String, BigInteger> state = new LinkedHashMap<>();
        for (int i = 0; i < 16; i++) {
            state.put("x" + i, wide(r[XMM0 + 2 * i + 1], r[XMM0 + 2 * i]));
        }
        for (int i = 0; i < 8; i++) {
            state.put("p" + i, wide(r[FPE0 + i], r[FPR0 + i]));
        }
        state.put("m", wide(m.load(MEMORY + 8), m.load(MEMORY)));
        state.put("rax", wide(0, r[X86State.RAX]));
        state.put("rcx", wide(0, r[X86State.RCX]));
        state.put("rdx", wide(0, r[X86State.RDX]));
        state.put("f", wide(0, LazyFlags.rflags(r) & 0x8d7));
        state.put("mxcsr", wide(0, r[X86State.MXCSR.slot()]));
        state.put("fcw", wide(0, r[X86State.FCW.slot()]));
        state.put("fsw", wide(0, r[X86State.FSW.slot()] | r[X86State.FTOP.slot()] << 11));
        state.put("ftw", wide(0, r[X86State.FTAG.slot()]));
        return state;
    }

    private static BigInteger wide(long high, long low) {
        return new BigInteger(Long.toUnsignedString(high)).shiftLeft(64).or(new BigInteger(Long.toUnsignedString(low)));
    }

    static String text(Map<String, BigInteger> values) {
        StringBuilder out = new StringBuilder();
        new TreeMap<>(values).forEach((name, value) -> out.append(name).append('=').append(value.toString(16)).append(' '));
        return out.toString();
    }
}
