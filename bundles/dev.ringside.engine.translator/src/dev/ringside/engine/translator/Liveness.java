package dev.ringside.engine.translator;

import dev.ringside.engine.interpreter.Block;
import dev.ringside.engine.interpreter.Faults;
import java.util.BitSet;
import java.util.List;

/**
 * Which temporaries of one block hold something that is still needed, before each of its operations: by a later operation, or by what completes
 * the state where a later operation leaves the block. State fields are always needed and not in here.
 */
final class Liveness {
    private final BitSet[] before;

    Liveness(Block block, List<MicroOp> ops, int firstTemporary) {
        before = new BitSet[ops.size()];
        var live = new BitSet();
        for (int i = ops.size() - 1; i >= 0; i--) {
            MicroOp op = ops.get(i);
            for (int slot : op.writes) {
                live.clear(slot);
            }
            for (int slot : op.reads) {
                set(live, slot, firstTemporary);
            }
            for (Faults.Fixup fixup : block.faults.fixupsAt(op.index)) {
                set(live, fixup.from(), firstTemporary);
            }
            before[i] = (BitSet) live.clone();
        }
    }

    private static void set(BitSet live, int slot, int firstTemporary) {
        if (slot >= firstTemporary) {
            live.set(slot);
        }
    }

    /** Before operation number {@code i}. */
    BitSet before(int i) {
        return before[i];
    }
}
