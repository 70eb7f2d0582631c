package dev.ringside.pv;

import dev.ringside.inspect.Inspectable;
import dev.ringside.inspect.Inspector;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongFunction;

/** The last hypercalls, and how often each was made. Costs no allocation while the guest runs; words are made when somebody looks. */
public final class HypercallLog implements Inspectable {
    /** Arguments that are kept of each. */
    public static final int ARGUMENTS = 4;

    private static final int KEPT = 64;
    private static final int INSTRUCTIONS = 0, VCPU = 1, CALLER = 2, CODE = 3, ARGUMENT = 4, RESULT = ARGUMENT + ARGUMENTS, FIELDS = RESULT + 1;
    private static final int MAX_CODES = 256;

    /** Words for the arguments of a hypercall. */
    @FunctionalInterface
    public interface Words {
        /** @param arguments {@value #ARGUMENTS} of them, as {@link #add} got them */
        String of(long code, long[] arguments);
    }

    /**
     * One hypercall.
     *
     * @param instructions of the processor when it made it
     * @param caller linear address of the instruction, or, when a page of the hypervisor's has it, where that page was called from
     */
    public record Entry(long instructions, int vcpu, long caller, String name, String arguments, String result) {
        @Override
        public String toString() {
            return "vcpu%d %#x %s(%s) = %s".formatted(vcpu, caller, name, arguments, result);
        }
    }

    private final LongFunction<String> names;
    private final Words words;
    private final LongFunction<String> results;
    private final long[] ring = new long[KEPT * FIELDS];
    private long total;
    private long[] codes = new long[16];
    private long[] counts = new long[16];
    private int used;

    /** @param names of hypercall codes @param results status or value as text */
    public HypercallLog(LongFunction<String> names, Words words, LongFunction<String> results) {
        this.names = names;
        this.words = words;
        this.results = results;
    }

    public void add(PvVcpu vcpu, long caller, long code, long a, long b, long c, long d, long result) {
        int at = (int) (total++ % KEPT) * FIELDS;
        ring[at + INSTRUCTIONS] = vcpu.cpu().instructions;
        ring[at + VCPU] = vcpu.index();
        ring[at + CALLER] = caller;
        ring[at + CODE] = code;
        ring[at + ARGUMENT] = a;
        ring[at + ARGUMENT + 1] = b;
        ring[at + ARGUMENT + 2] = c;
        ring[at + ARGUMENT + 3] = d;
        ring[at + RESULT] = result;
        count(code);
    }

    private void count(long code) {
        for (int i = 0; i < used; i++) {
            if (codes[i] == code) {
                counts[i]++;
                return;
            }
        }
        if (used == codes.length) {
            if (used == MAX_CODES) {
                return; // a guest that tries every code learns nothing from the count of the rest
            }
            codes = Arrays.copyOf(codes, 2 * used);
            counts = Arrays.copyOf(counts, 2 * used);
        }
        codes[used] = code;
        counts[used++] = 1;
    }

    public Map<String, Long> counts() {
        var byName = new TreeMap<String, Long>();
        for (int i = 0; i < used; i++) {
            byName.merge(names.apply(codes[i]), counts[i], Long::sum);
        }
        return byName;
    }

    /** Those that are kept, oldest first. */
    public List<Entry> entries() {
        var entries = new ArrayList<Entry>();
        for (long i = Math.max(0, total - KEPT); i < total; i++) {
            int at = (int) (i % KEPT) * FIELDS;
            long code = ring[at + CODE];
            entries.add(new Entry(ring[at + INSTRUCTIONS], (int) ring[at + VCPU], ring[at + CALLER], names.apply(code),
                words.of(code, Arrays.copyOfRange(ring, at + ARGUMENT, at + ARGUMENT + ARGUMENTS)), results.apply(ring[at + RESULT])));
        }
        return entries;
    }

    /**
     * Arguments with the names that a table gives them: {@code APIC ID 0x1, flags 0x0}.
     *
     * @param names with commas between; fewer than there are arguments, or none
     */
    public static String named(String names, long[] arguments) {
        if (names.isEmpty() || names.equals("-") || names.equals("none")) {
            return "";
        }
        var text = new StringBuilder();
        String[] each = names.split(",\\s*");
        for (int i = 0; i < Math.min(each.length, arguments.length); i++) {
            text.append(i == 0 ? "" : ", ").append(each[i]).append(" 0x").append(Long.toHexString(arguments[i]));
        }
        return text.toString();
    }

    public void reset() {
        total = 0;
        used = 0;
    }

    @Override
    public void inspect(Inspector out) {
        entries().forEach(entry -> out.text("at " + entry.instructions(), entry.toString()));
    }
}
