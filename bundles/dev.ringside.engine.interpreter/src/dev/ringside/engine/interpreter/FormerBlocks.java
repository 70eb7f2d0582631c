package dev.ringside.engine.interpreter;

import dev.ringside.memory.RawMemory;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Blocks whose bytes were written, or that were forgotten for a breakpoint's sake. Often the same bytes are there again when the guest comes back: after a
 * reboot, behind code that is patched to and fro, beside a new breakpoint. Then what was made of them is still right.
 */
final class FormerBlocks {
    private static final long MAX_BYTES = 48L << 20;
    /** Code that is patched to and fro has two forms, seldom more. */
    private static final int MAX_FORMS = 4;

    private record Place(long host, long pc, int key, boolean single) {
    }

    /** Latest first. */
    private final Map<Place, ArrayDeque<Block>> blocks = new HashMap<>();
    private long bytes;

    void add(Block block) {
        if (block.source == null) {
            return;
        }
        if (bytes >= MAX_BYTES) {
            clear();
        }
        ArrayDeque<Block> forms = blocks.computeIfAbsent(new Place(block.host, block.pc, block.key, block.single), place -> new ArrayDeque<>(2));
        if (forms.size() == MAX_FORMS) {
            bytes -= forms.removeLast().weightBytes();
        }
        forms.addFirst(block);
        bytes += block.weightBytes();
    }

    /**
     * What stood there when the same bytes are there and as much of them may belong to a block as then, else null. It stays here no longer.
     *
     * @param limitBytes how far the block may reach
     */
    Block take(long host, long pc, int key, boolean single, int limitBytes, boolean standsAlone) {
        if (blocks.isEmpty()) {
            return null;
        }
        var place = new Place(host, pc, key, single);
        ArrayDeque<Block> forms = blocks.get(place);
        for (Block form : forms == null ? List.<Block>of() : forms) {
            if (form.limitBytes == limitBytes && form.stoodAlone == standsAlone && isThere(form.source, host)) {
                remove(place, form);
                return form;
            }
        }
        return null;
    }

    private void remove(Place place, Block form) {
        ArrayDeque<Block> forms = blocks.get(place);
        forms.remove(form);
        if (forms.isEmpty()) {
            blocks.remove(place);
        }
        bytes -= form.weightBytes();
    }

    private static boolean isThere(byte[] source, long host) {
        for (int i = 0; i < source.length; i++) {
            if ((byte) RawMemory.getByte(host + i) != source[i]) {
                return false;
            }
        }
        return true;
    }

    void clear() {
        blocks.clear();
        bytes = 0;
    }
}
