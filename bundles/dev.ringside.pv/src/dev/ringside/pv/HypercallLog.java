package dev.ringside.pv;

import dev.ringside.inspect.Inspectable;
import dev.ringside.inspect.Inspector;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongFunction;

/** The last hypercalls, and how often each was made. Costs no allocation while the guest runs; words are made when somebody looks. */
public final class HypercallLog implements Inspectable {
    private static final int KEPT = 64;
    private static final int FIELDS = 7;
    private static final int INSTRUCTIONS = 0, VCPU = 1, RIP = 2, CODE = 3, A = 4, B = 5, RESULT = 6;

    private final LongFunction<String> names;
    private final LongFunction<String> results;
    private final long[] ring = new long[KEPT * FIELDS];
    private long total;
    private long[] codes = new long[16];
    private long[] counts = new long[16];
    private int used;

    /** @param names of hypercall codes @param results status or value as text */
    public HypercallLog(LongFunction<String> names, LongFunction<String> results) {
        this.names = names;
        this.results = results;
    }

    public void add(PvVcpu vcpu, long code, long a, long b, long result) {
        int at = (int) (total++ % KEPT) * FIELDS;
        ring[at + INSTRUCTIONS] = vcpu.cpu().instructions;
        ring[at + VCPU] = vcpu.index();
        ring[at + RIP] = vcpu.cpu().pc();
        ring[at + CODE] = code;
        ring[at + A] = a;
        ring[at + B] = b;
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

    private static final int MAX_CODES = 256;

    public Map<String, Long> counts() {
        var byName = new TreeMap<String, Long>();
        for (int i = 0; i < used; i++) {
            byName.merge(names.apply(codes[i]), counts[i], Long::sum);
        }
        return byName;
    }

    public void reset() {
        total = 0;
        used = 0;
    }

    @Override
    public void inspect(Inspector out) {
        for (long i = Math.max(0, total - KEPT); i < total; i++) {
            int at = (int) (i % KEPT) * FIELDS;
            out.text("at " + ring[at + INSTRUCTIONS], "vcpu%d rip %#x %s(%#x, %#x) = %s".formatted(ring[at + VCPU], ring[at + RIP],
                names.apply(ring[at + CODE]), ring[at + A], ring[at + B], results.apply(ring[at + RESULT])));
        }
    }
}
