package dev.ringside.arch.x86.lift;

import static dev.ringside.ir.Type.I1;
import static dev.ringside.ir.Type.I64;

import dev.ringside.arch.x86.LazyFlags;
import dev.ringside.ir.Helper;
import java.util.Collection;
import java.util.List;
import java.util.Set;

/** Functions of the four fields that describe the arithmetic flags. Pure, so engines may drop, merge and move them. */
final class FlagHelpers {
    private static final List<dev.ringside.ir.Type> FIELDS = List.of(I64, I64, I64, I64);

    /** CF, PF, AF, ZF, SF and OF in their RFLAGS positions. */
    static final Helper ARITHMETIC = new Helper("x86.arithmetic_flags", I64, FIELDS, Set.of(),
        (state, op, dst, src, aux) -> LazyFlags.flags(op, dst, src, aux));

    private static final Helper[] CONDITIONS = new Helper[16];

    static {
        String[] names = {"o", "no", "b", "ae", "e", "ne", "be", "a", "s", "ns", "p", "np", "l", "ge", "le", "g"};
        for (int i = 0; i < 16; i++) {
            int cc = i;
            CONDITIONS[i] = new Helper("x86.condition_" + names[i], I1, FIELDS, Set.of(),
                (state, op, dst, src, aux) -> LazyFlags.condition(op, dst, src, aux, cc) ? 1 : 0);
        }
    }

    private FlagHelpers() {
    }

    /** Whether condition {@code cc} (0 to 15) holds. */
    static Helper condition(int cc) {
        return CONDITIONS[cc];
    }

    static void collect(Collection<Helper> to) {
        to.add(ARITHMETIC);
        to.addAll(List.of(CONDITIONS));
    }
}
