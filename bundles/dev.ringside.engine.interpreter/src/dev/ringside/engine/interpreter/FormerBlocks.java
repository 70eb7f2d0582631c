package dev.ringside.engine.interpreter;

import dev.ringside.memory.RawMemory;
import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.List;

/**
 * Blocks whose bytes were written, or that were forgotten for a breakpoint's sake. Often the same bytes are there again when the guest comes back: after a
 * reboot, behind code that is patched to and fro, beside a new breakpoint. Then what was made of them is still right, their regions too.
 */
final class FormerBlocks {
    /** A Linux boot has 50 MB. */
    private static final long MAX_BYTES = 96L << 20;
    /** Code that is patched to and fro has two forms, seldom more. */
    private static final int MAX_FORMS = 4;

    private record Place(long host, long pc, int key, boolean single) {
    }

    /** Places in the order of their first forms, forms latest first. */
    private final LinkedHashMap<Place, ArrayDeque<Block>> blocks = new LinkedHashMap<>();
    private long bytes;

    /** Takes in a block that the cache has forgotten; from now on its regions are this one's to drop. */
    void add(Block block) {
        if (block.source == null) {
            block.dropRegions();
            return;
        }
        ArrayDeque<Block> forms = blocks.computeIfAbsent(new Place(block.host, block.pc, block.key, block.single), place -> new ArrayDeque<>(2));
        if (forms.size() == MAX_FORMS) {
            forgetLast(forms);
        }
        forms.addFirst(block);
        bytes += block.weightBytes();
        while (bytes > MAX_BYTES) {
            ArrayDeque<Block> oldest = blocks.pollFirstEntry().getValue();
            while (!oldest.isEmpty()) {
                forgetLast(oldest);
            }
        }
    }

    private void forgetLast(ArrayDeque<Block> forms) {
        Block forgotten = forms.removeLast();
        bytes -= forgotten.weightBytes();
        forgotten.dropRegions();
    }

    /**
     * What stood there when the same bytes are there and a block of as many may be there now, else null. It stays here no longer.
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
            boolean reachesAsFar = form.lengthBytes <= limitBytes && (limitBytes <= form.limitBytes || !form.isOpen);
            if (reachesAsFar && form.stoodAlone == standsAlone && isThere(form.source, host)) {
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
        blocks.values().forEach(forms -> forms.forEach(Block::dropRegions));
        blocks.clear();
        bytes = 0;
    }
}
